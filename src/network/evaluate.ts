/**
 * How well a model predicts labels that are known: mean absolute and rms error, bias and correlation, streamed over a
 * dataset in batches, predicted as a map is: averaged over two looks. The rms error over held-out structures is the first honest uncertainty of a map.
 */

import { RandomStream } from '../core/random.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { Augmenter, addNoise } from './augment.ts';
import type { Model } from './infer.ts';
import type { LabelScore } from './model-info.ts';
import type { TrainingOptions } from './options.ts';
import { predictSymmetric } from './symmetric.ts';

export interface EvaluateOptions {
  /** Poisson noise of this dose [electrons per pattern]; none when left out. */
  readonly dose?: number | undefined;
  /** Blur, background and dose drawn as in this training (no symmetry); `dose` is then ignored. */
  readonly training?: TrainingOptions | undefined;
  readonly seed: number;
  /** Patterns in one batch. Default 64. */
  readonly batch?: number;
}

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
    };
  }
}

/** Scores of the model's labels over the patterns at `indices`. */
export async function evaluate(
  model: Model,
  data: PatternDataset,
  indices: readonly number[],
  options: EvaluateOptions,
  task: Task,
): Promise<LabelScore[]> {
  const { dose, training, seed, batch = 64 } = options;
  const size = data.detector.pixels ** 2;
  const augmenter =
    training &&
    new Augmenter({
      training: { ...training, seed },
      detector: data.detector,
      labels: data.labels.map(({ name }) => name),
    });
  const sums = data.labels.map(() => new Sums());
  for (let first = 0; first < indices.length; first += batch) {
    checkAborted(task);
    const here = indices.slice(first, first + batch);
    const { patterns, labels } = await data.read(here);
    if (augmenter) augmenter.apply({ purpose: 'validate', epoch: 0, indices: here, patterns, labels });
    else if (dose !== undefined) {
      here.forEach((index, i) => {
        addNoise(patterns.subarray(i * size, (i + 1) * size), dose, new RandomStream(seed, 'noise', index));
      });
    }
    const predicted = (await predictSymmetric(model, patterns, here.length)).labels;
    for (let i = 0; i < labels.length; i++) sums[i % sums.length]?.add(labels[i] ?? 0, predicted[i] ?? 0);
    task.progress(first + here.length, indices.length, 'patterns');
  }
  return sums.map((sum, i) => sum.score(data.labels[i]?.name ?? '', data.labels[i]?.unit ?? ''));
}
