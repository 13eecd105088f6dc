/**
 * Some hundred steps of training that go on from a finished model, on its library under the instrument that was fitted to a scan, instead of the ranges of [training]. The scan's
 * patterns are not in it: nothing pulls its thickness or tilt towards the library's. The best of the states that were looked at is kept, the first among them: a
 * model that does not get better on held-out patterns stays as it is. Standardisation of inputs and labels is the model's.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { ahead, type WorkerHost } from '../core/threads.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { Architecture } from './architecture.ts';
import { AugmentThread, BATCHES_AHEAD, type BatchPlan, epochOrder, makeBatch } from './batches.ts';
import type { CameraFit } from './camera-fit-info.ts';
import type { TrainingOptions } from './options.ts';
import type { Restored } from './restore.ts';
import type { OnnxRuntime } from './session.ts';
import { Trainer } from './step.ts';

/** Steps between two looks at held-out patterns, and how many of those. */
const LOOK_EVERY = 100;
const LOOKED_AT = 512;
/** Final learning rate as a fraction of the first. */
const FINAL = 0.05;

export interface FineTuneOptions {
  readonly training: TrainingOptions;
  readonly camera: CameraFit;
  readonly steps: number;
  readonly learning_rate: number;
  readonly host: WorkerHost;
  readonly runtime: OnnxRuntime;
}

export interface FineTuned {
  readonly p: Float32Array;
  readonly s: Float32Array;
  /** Loss of reconstruction and labels, weighted as in training, of held-out patterns: before, and of the state kept. */
  readonly validation: { readonly before: number; readonly after: number };
  /** Steps of the state kept; 0 where none was better than the first. */
  readonly kept: number;
}

/** @throws 'not-finite' when the loss diverges, 'aborted' when stopped */
export async function fineTune(
  from: Restored,
  a: Architecture,
  data: PatternDataset,
  { training: t, camera, steps, learning_rate, host, runtime }: FineTuneOptions,
  task: Task,
): Promise<FineTuned> {
  const all = Array.from({ length: data.count }, (_, i) => i);
  const train = all.filter((i) => !data.isHeldOut(i));
  const held = all.filter((i) => data.isHeldOut(i));
  const labels = data.labels.map(({ name }) => name);
  const thread = new AugmentThread(host, { training: t, detector: data.detector, labels, camera });
  const plan: BatchPlan = { data, thread, seed: t.seed, batch: t.batch, latent: a.latent, scaling: from.labels };
  const zeros = () => new Float32Array(from.p.length);
  const start = { p: from.p, m: zeros(), v: zeros(), s: from.s };
  const trainer = await Trainer.open(runtime, a, t.batch, from.input, t, start);
  try {
    const looks = Math.max(1, Math.floor(Math.min(LOOKED_AT, held.length) / t.batch));
    const validate = async (): Promise<number> => {
      let sum = 0;
      for (let i = 0; i < looks; i++) {
        const some = Array.from({ length: t.batch }, (_, k) => {
          const place = (i * t.batch + k) % held.length;
          return held[Math.floor((place * held.length) / Math.min(held.length, looks * t.batch)) % held.length]!;
        });
        const { reconstruction, prediction } = await trainer.validate(await makeBatch(plan, 'validate', 0, i, some));
        sum += t.weights.reconstruction * reconstruction + t.weights.prediction * prediction;
      }
      return sum / looks;
    };
    const before = await validate();
    let best = { p: from.p, s: from.s, score: before, kept: 0 };
    const perEpoch = Math.max(1, Math.floor(train.length / t.batch));
    const make = (step: number) => {
      const epoch = Math.floor(step / perEpoch);
      const order = epochOrder(train, t.seed, epoch, t.batch);
      const at = step % perEpoch;
      const indices = Array.from(order.subarray(at * t.batch, (at + 1) * t.batch));
      return makeBatch(plan, 'augment', epoch, step, indices);
    };
    let step = 0;
    for await (const batch of ahead(0, steps, BATCHES_AHEAD, make)) {
      checkAborted(task);
      const rate = learning_rate * (FINAL + 0.5 * (1 - FINAL) * (1 + Math.cos((Math.PI * step) / steps)));
      const loss = await trainer.step(batch, rate, ++step);
      if (!Number.isFinite(loss.total)) {
        fail('not-finite', 'The loss of the adaptation is no longer finite.', 'Lower --learning-rate.', { ...loss });
      }
      task.progress(step, steps, 'steps', `adapting, label loss ${loss.prediction.toPrecision(3)}`);
      if (step % LOOK_EVERY === 0 || step === steps) {
        const score = await validate();
        const { p, s } = trainer.state;
        if (score < best.score) best = { p: p.slice(), s: s.slice(), score, kept: step };
      }
    }
    return { p: best.p, s: best.s, validation: { before, after: best.score }, kept: best.kept };
  } finally {
    await trainer.close();
    await thread.close();
  }
}
