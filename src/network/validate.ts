/** How well a state of a training does on held-out patterns, altered as in training and looked at once, as they lie. */

import { ahead } from '../core/threads.ts';
import { BATCHES_AHEAD, type BatchPlan, makeBatch } from './batches.ts';
import type { Trainer } from './step.ts';
import { combine, type LossValues, NO_LOSS } from './step-graphs.ts';

/**
 * Losses over held-out patterns, and the mean square error of each label, standardised.
 * @param stopHere is called before each batch; what it throws passes through
 */
export async function validate(
  trainer: Trainer,
  plan: BatchPlan,
  heldOut: readonly number[],
  stopHere: () => Promise<void>,
): Promise<{ readonly validation: LossValues; readonly errors: readonly number[] }> {
  const count = Math.max(1, Math.floor(heldOut.length / plan.batch));
  const make = (i: number) => {
    const indices = Array.from({ length: plan.batch }, (_, k) => heldOut[(i * plan.batch + k) % heldOut.length]!);
    return makeBatch({ ...plan, experiment: undefined }, 'validate', 0, i, indices);
  };
  const width = plan.data.labels.length;
  const errors = new Array<number>(width).fill(0);
  let sums = NO_LOSS;
  for await (const batch of ahead(0, count, BATCHES_AHEAD, make)) {
    await stopHere();
    const said = await trainer.validate(batch);
    sums = combine(sums, said, (x, y) => x + y);
    said.labels.forEach((value, i) => {
      errors[i % width]! += (value - batch.labels[i]!) ** 2 / plan.batch / count;
    });
  }
  return { validation: combine(sums, NO_LOSS, (x) => x / count), errors };
}
