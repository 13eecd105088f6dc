/**
 * How well a model predicts labels that are known: mean absolute and rms error, bias and correlation, streamed over a
 * dataset in batches, predicted as a map is: averaged over two looks. The rms error over held-out structures is the first honest uncertainty of a map.
 */

import { extent } from '../core/extent.ts';
import { RandomStream } from '../core/random.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { Augmenter, addNoise } from './augment.ts';
import { type Domain, distanceOf, latentStatistics, misfitOf, quantile } from './domain.ts';
import type { Model } from './infer.ts';
import type { LabelScore } from './model-info.ts';
import type { TrainingOptions } from './options.ts';
import { predictSymmetric } from './symmetric.ts';

/** What is done to patterns before they are predicted. */
export interface EvaluateOptions {
  /** Poisson noise of this dose [electrons per pattern]; none when left out. */
  readonly dose?: number | undefined;
  /** Blur, background and dose drawn as in this training (no symmetry); `dose` is then ignored. */
  readonly training?: TrainingOptions | undefined;
  /** Of noise, blur and background. */
  readonly seed: number;
}

/** Patterns in one batch. */
const BATCH = 64;

/** Running sums for one label. */
class Sums {
  n = 0;
  absolute = 0;
  square = 0;
  error = 0;
  #meanX = 0;
  #meanY = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  /** Adds a truth x and a prediction y (Welford's update of the co-moments). */
  add(x: number, y: number): void {
    this.n++;
    this.absolute += Math.abs(y - x);
    this.square += (y - x) ** 2;
    this.error += y - x;
    const dx = x - this.#meanX;
    const dy = y - this.#meanY;
    this.#meanX += dx / this.n;
    this.#meanY += dy / this.n;
    this.#xx += dx * (x - this.#meanX);
    this.#yy += dy * (y - this.#meanY);
    this.#xy += dx * (y - this.#meanY);
  }

  score(name: string, unit: string): LabelScore {
    const spread = Math.sqrt(this.#xx * this.#yy);
    const n = Math.max(1, this.n);
    return {
      name,
      unit,
      mae: this.absolute / n,
      rmse: Math.sqrt(this.square / n),
      bias: this.error / n,
      correlation: spread > 0 ? this.#xy / spread : 0,
      meanOnly: Math.sqrt(this.#xx / n),
    };
  }
}

/**
 * Scores of the model's labels over the patterns at `indices`, a row for each label.
 * @throws 'aborted' when stopped, and what reading the dataset throws
 */
export async function evaluate(
  model: Model,
  data: PatternDataset,
  indices: readonly number[],
  options: EvaluateOptions,
  task: Task,
): Promise<LabelScore[]> {
  const { dose, training, seed } = options;
  const size = data.detector.pixels ** 2;
  const augmenter =
    training &&
    new Augmenter({
      training: { ...training, seed },
      detector: data.detector,
      labels: data.labels.map(({ name }) => name),
    });
  const sums = data.labels.map(() => new Sums());
  for (let first = 0; first < indices.length; first += BATCH) {
    checkAborted(task);
    const here = indices.slice(first, first + BATCH);
    const { patterns, labels } = await data.read(here);
    if (augmenter) augmenter.apply({ purpose: 'validate', epoch: 0, indices: here, patterns, labels });
    else if (dose !== undefined) {
      here.forEach((index, i) => {
        addNoise(patterns.subarray(i * size, (i + 1) * size), dose, new RandomStream(seed, 'noise', index));
      });
    }
    const predicted = (await predictSymmetric(model, patterns, here.length)).labels;
    for (let i = 0; i < labels.length; i++) sums[i % sums.length]!.add(labels[i]!, predicted[i]!);
    task.progress(first + here.length, indices.length, 'patterns');
  }
  return data.labels.map(({ name, unit }, i) => sums[i]!.score(name, unit));
}

/**
 * What the model was trained on (domain.ts).
 * @param heldOut patterns for misfit and distance, under the noise of training; at least one
 * @param training patterns whose labels span the range; at least one
 * @param options of the training
 * @throws 'aborted' when stopped, and what reading the dataset throws
 */
export async function measureDomain(
  model: Model,
  data: PatternDataset,
  heldOut: readonly number[],
  training: readonly number[],
  options: TrainingOptions,
  task: Task,
): Promise<Domain> {
  const size = data.detector.pixels ** 2;
  const augmenter = new Augmenter({
    training: options,
    detector: data.detector,
    labels: data.labels.map(({ name }) => name),
  });
  const misfit: number[] = [];
  const latents: Float32Array[] = [];
  for (let first = 0; first < heldOut.length; first += BATCH) {
    checkAborted(task);
    const here = heldOut.slice(first, first + BATCH);
    const { patterns, labels } = await data.read(here);
    augmenter.apply({ purpose: 'validate', epoch: 0, indices: here, patterns, labels });
    const { latent, reconstruction } = await model.predict(patterns, here.length);
    latents.push(latent);
    for (let i = 0; i < here.length; i++) {
      const at = (array: Float32Array) => array.subarray(i * size, (i + 1) * size);
      misfit.push(misfitOf(at(patterns), at(reconstruction)));
    }
  }
  const all = new Float32Array(latents.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of latents) {
    all.set(part, at);
    at += part.length;
  }
  const n = all.length / heldOut.length;
  const latent = latentStatistics(all, n);
  const distance = heldOut.map((_, i) => distanceOf(latent, all.subarray(i * n, (i + 1) * n)));
  const { labels } = await data.read(training);
  const width = data.labels.length;
  const ends = (values: readonly number[]) => ({ median: quantile(values, 0.5), high: quantile(values, 0.99) });
  return {
    labels: data.labels.map(({ name }, label) => {
      const own = labels.filter((_, i) => i % width === label);
      const [min, max] = extent(own);
      return { name, min, max };
    }),
    misfit: ends(misfit),
    distance: ends(distance),
    latent,
  };
}
