/**
 * Batches ready for the network: read from the dataset, augmented in a worker thread, labels standardised, prior drawn.
 * Which patterns a batch holds and how each is augmented depends only on the seed, the epoch and the place in the epoch,
 * so a resumed training sees what an uninterrupted one would have seen.
 */

import { Threads } from '../core/pool.ts';
import { RandomStream } from '../core/random.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { AugmentJob, AugmentSettings } from './augment.ts';
import type { LabelScaling } from './export.ts';
import type { Batch } from './step.ts';

/** Unlabelled experimental patterns on the model's detector, as intensity fractions. */
export interface ExperimentSource {
  readonly count: number;
  read(indices: ArrayLike<number>): Promise<Float32Array>;
}

/** A thread that augments jobs in the order they come, while ONNX Runtime trains on the batch before. */
export class AugmentThread {
  readonly #threads: Threads<AugmentJob, AugmentJob>;

  constructor(settings: AugmentSettings) {
    this.#threads = new Threads(import.meta.url, './augment-worker', { count: 1, data: settings });
  }

  run(job: AugmentJob): Promise<Pick<AugmentJob, 'patterns' | 'labels'>> {
    // Views of larger buffers are copied: the whole buffer is handed over.
    const own = (x: Float32Array): Float32Array => (x.byteLength === x.buffer.byteLength ? x : x.slice());
    const [patterns, labels] = [own(job.patterns), own(job.labels)];
    return this.#threads.run({ ...job, patterns, labels }, [
      patterns.buffer as ArrayBuffer,
      labels.buffer as ArrayBuffer,
    ]);
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}

export interface BatchPlan {
  readonly data: PatternDataset;
  readonly thread: AugmentThread;
  readonly seed: number;
  readonly batch: number;
  readonly latent: number;
  readonly scaling: LabelScaling;
  readonly experiment?: ExperimentSource | undefined;
}

/** (labels − mean)/deviation in place. */
export function standardise(labels: Float32Array, { mean, deviation }: LabelScaling): Float32Array {
  const width = mean.length;
  for (let i = 0; i < labels.length; i++) {
    labels[i] = ((labels[i] ?? 0) - (mean[i % width] ?? 0)) / (deviation[i % width] ?? 1);
  }
  return labels;
}

/** The patterns of one epoch in their order: every full batch of a shuffled list, at least one batch. */
export function epochOrder(indices: readonly number[], seed: number, epoch: number, batch: number): Int32Array {
  const order = new RandomStream(seed, 'shuffle', epoch).shuffle(Int32Array.from(indices));
  if (order.length < batch) return Int32Array.from({ length: batch }, (_, i) => order[i % order.length] ?? 0);
  return order.subarray(0, order.length - (order.length % batch));
}

/** One batch of `indices`; `place` is its number since training began (it names the draws of prior and experiment). */
export async function makeBatch(
  plan: BatchPlan,
  purpose: AugmentJob['purpose'],
  epoch: number,
  place: number,
  indices: readonly number[],
): Promise<Batch> {
  const { patterns, labels } = await plan.thread.run({
    purpose,
    epoch,
    indices,
    ...(await plan.data.read(indices)),
  });
  const normal = new RandomStream(plan.seed, 'prior', purpose, place);
  const prior = Float32Array.from({ length: plan.batch * plan.latent }, () => normal.normal());
  return { patterns, labels: standardise(labels, plan.scaling), prior, experiment: await drawExperiment(plan, place) };
}

async function drawExperiment(
  { experiment, seed, batch }: BatchPlan,
  place: number,
): Promise<Float32Array | undefined> {
  if (!experiment) return undefined;
  const stream = new RandomStream(seed, 'experiment', place);
  return experiment.read(Array.from({ length: batch }, () => stream.integer(experiment.count)));
}
