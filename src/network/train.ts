/**
 * Training of the WAE-predictor on a library, from recipe to model: epochs of Adam steps, validation on held-out
 * structures after each, the best model kept, and a checkpoint from which a stopped training continues to the same
 * result (the paper, Methods, 'Model Training'; every number is in the recipe).
 */

import { fail } from '../core/errors.ts';
import { type Identity, identify } from '../core/identity.ts';
import { resumable } from '../core/resumable.ts';
import type { Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { architecture } from './architecture.ts';
import { AugmentThread } from './batches.ts';
import { spread } from './finish.ts';
import { MODEL_SCHEMA } from './model-info.ts';
import type { LearningInputs } from './options.ts';
import { TrainingRun, type TrainOptions, type TrainResult } from './training-run.ts';

/** At most this many held-out patterns validate an epoch. */
const VALIDATION_LIMIT = 2048;

/** What a model follows from: changing anything else neither starts a training again nor makes another model. */
export function modelIdentity(
  { network, training }: LearningInputs,
  {
    program,
    library,
    scan,
  }: { readonly program: string; readonly library: Identity; readonly scan?: Identity | undefined },
): Identity {
  const inputs = scan ? { library, scan } : { library };
  return identify({ kind: 'model', schema: MODEL_SCHEMA, program, settings: { network, training }, inputs });
}

/**
 * Trains a model, or goes on where the checkpoint stands.
 * @throws 'range' for a network that does not fit the patterns or the labels, 'incomplete' without patterns, 'not-finite' when the loss diverges,
 * 'stale' where the checkpoint is of a training with other settings, another library or another scan, 'aborted' when stopped
 */
export async function train(
  inputs: LearningInputs,
  data: PatternDataset,
  options: TrainOptions,
  task: Task,
): Promise<TrainResult> {
  const all = Array.from({ length: data.count }, (_, i) => i);
  const training = all.filter((i) => !data.isHeldOut(i));
  const heldOut = spread(
    all.filter((i) => data.isHeldOut(i)),
    VALIDATION_LIMIT,
  );
  if (training.length === 0 || heldOut.length === 0) {
    fail(
      'incomplete',
      'Training needs patterns of training and of held-out structures.',
      'Simulate the library first.',
      {
        training: training.length,
        heldOut: heldOut.length,
      },
    );
  }
  const thread = new AugmentThread(options.host, {
    training: inputs.training,
    detector: data.detector,
    labels: data.labels.map(({ name }) => name),
  });
  try {
    const a = architecture(inputs.network, data, options.experiment !== undefined);
    const { program, experiment, checkpoint: store } = options;
    const identity = modelIdentity(inputs, { program, library: data.identity, scan: experiment?.identity });
    const run = new TrainingRun(inputs, data, options, task, { a, thread, training, heldOut, identity });
    const attributes = { format: 'ferroscope-training/1' };
    return await resumable({ store, identity, attributes, units: ['state'], key: String, alone: true }, (missing) =>
      run.run(missing.length === 0),
    );
  } finally {
    await thread.close();
  }
}
