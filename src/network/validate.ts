/** How well a state of a training does on held-out patterns, altered as in training and looked at once, as they lie. */

import { ahead } from '../core/threads.ts';
import { BATCHES_AHEAD, type BatchPlan, makeBatch } from './batches.ts';
import type { Trainer } from './step.ts';
import { combine, type LossValues, NO_LOSS } from './step-graphs.ts';

/**
 * What training makes least: the mean over labels of ln MSE, so that what a label gains or loses counts by its share. A label that is told no better than by the mean of what
 * was trained on counts as that: P along the beam, which patterns do not tell, is learned by heart, and the more of it, the worse on other structures, while all that is
 * measured still improves (docs/notes/0017-epochs.md).
 * @param errors mean square error of each label @param meanOnly what knowing only the mean leaves, in the same unit
 */
export function labelScore(errors: readonly number[], meanOnly: readonly number[]): number {
  const told = errors.map((error, i) => Math.log(Math.max(Math.min(error, meanOnly[i]!), 1e-12)));
  return told.reduce((sum, x) => sum + x, 0) / errors.length;
}

/**
 * Losses over held-out patterns, and of their labels the score of {@link labelScore}.
 * @param stopHere is called before each batch; what it throws passes through
 */
export async function validate(
  trainer: Trainer,
  plan: BatchPlan,
  heldOut: readonly number[],
  stopHere: () => Promise<void>,
): Promise<{ readonly validation: LossValues; readonly score: number }> {
  const count = Math.max(1, Math.floor(heldOut.length / plan.batch));
  const make = (i: number) => {
    const indices = Array.from({ length: plan.batch }, (_, k) => heldOut[(i * plan.batch + k) % heldOut.length]!);
    return makeBatch({ ...plan, experiment: undefined }, 'validate', 0, i, indices);
  };
  const width = plan.data.labels.length;
  const errors = new Array<number>(width).fill(0);
  const meanOnly = new Array<number>(width).fill(0);
  let sums = NO_LOSS;
  for await (const batch of ahead(0, count, BATCHES_AHEAD, make)) {
    await stopHere();
    const said = await trainer.validate(batch);
    sums = combine(sums, said, (x, y) => x + y);
    said.labels.forEach((value, i) => {
      errors[i % width]! += (value - batch.labels[i]!) ** 2 / plan.batch / count;
      // Standardised: the mean of what is trained on is 0.
      meanOnly[i % width]! += batch.labels[i]! ** 2 / plan.batch / count;
    });
  }
  return { validation: combine(sums, NO_LOSS, (x) => x / count), score: labelScore(errors, meanOnly) };
}
