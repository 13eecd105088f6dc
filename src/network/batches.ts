/**
 * Batches ready for the network: read from the dataset, augmented in a worker thread, labels standardised, prior drawn.
 * Which patterns a batch holds and how each is augmented depends only on the seed, the epoch and the place in the epoch,
 * so a resumed training sees what an uninterrupted one would have seen.
 */

import type { Identity } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import { Threads, type WorkerHost } from '../core/threads.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { AugmentJob, AugmentSettings } from './augment.ts';
import type { LabelScaling } from './export.ts';
import type { Batch } from './step.ts';

/** Batches prepared before they are needed. */
export const BATCHES_AHEAD = 3;

/** Unlabelled experimental patterns on the model's detector, as intensity fractions. */
export interface ExperimentSource {
  /** Of the scan, as it is calibrated. */
  readonly identity: Identity;
  readonly count: number;
  /** [indices][pixels²] */
  read(indices: ArrayLike<number>): Promise<Float32Array>;
}

/** A thread that augments jobs in the order they come, while ONNX Runtime trains on the batch before. */
export class AugmentThread {
  readonly #threads: Threads<AugmentJob, AugmentJob>;

  /** Starts the thread. */
  constructor(host: WorkerHost, settings: AugmentSettings) {
    this.#threads = new Threads(host, 'augment', { count: 1, data: settings });
  }

  /** The augmented batch. Arrays that fill their buffers are handed over: the caller's are empty afterwards. */
  run(job: AugmentJob): Promise<Pick<AugmentJob, 'patterns' | 'labels'>> {
    // Views of larger buffers are copied: the whole buffer is handed over.
    const own = (x: Float32Array): Float32Array => (x.byteLength === x.buffer.byteLength ? x : x.slice());
    const [patterns, labels] = [own(job.patterns), own(job.labels)];
    return this.#threads.run({ ...job, patterns, labels }, [
      patterns.buffer as ArrayBuffer,
      labels.buffer as ArrayBuffer,
    ]);
  }

  /** Ends the thread. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** What the batches of a training are made from: `batch` patterns each, with as many draws of `latent` components from the prior. */
export interface BatchPlan {
  readonly data: PatternDataset;
  readonly thread: AugmentThread;
  readonly seed: number;
  readonly batch: number;
  readonly latent: number;
  readonly scaling: LabelScaling;
  readonly experiment?: ExperimentSource | undefined;
}

/** (labels − mean)/deviation of labels [n][labels], in place. */
function standardise(labels: Float32Array, { mean, deviation }: LabelScaling): Float32Array {
  const width = mean.length;
  for (let i = 0; i < labels.length; i++) {
    labels[i] = (labels[i]! - mean[i % width]!) / deviation[i % width]!;
  }
  return labels;
}

/**
 * The patterns of one epoch in their order: every full batch of a shuffled list, at least one batch (which repeats patterns where there are too few).
 * @param indices of training patterns, at least one
 * @param batch patterns in a batch
 */
export function epochOrder(indices: readonly number[], seed: number, epoch: number, batch: number): Int32Array {
  const order = new RandomStream(seed, 'shuffle', epoch).shuffle(Int32Array.from(indices));
  if (order.length < batch) return Int32Array.from({ length: batch }, (_, i) => order[i % order.length]!);
  return order.subarray(0, order.length - (order.length % batch));
}

/**
 * One batch: the patterns at `indices`, as many as the plan's batch.
 * @param place the batch's number since training began; it names the draws of prior and experiment
 */
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
