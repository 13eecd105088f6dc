/**
 * How well a model predicts labels that are known: mean absolute and rms error, bias and correlation, streamed over a
 * dataset in batches, predicted as a map is: averaged over two looks. The rms error over held-out structures is the first honest uncertainty of a map.
 */

import { extent } from '../core/extent.ts';
import type { Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { type Answers, answersOf, type EvaluateOptions } from './answers.ts';
import { type Domain, distancesApart, latentStatistics, quantile } from './domain.ts';
import type { Model } from './infer.ts';
import { INSTRUMENT } from './instrument.ts';
import type { LabelScore } from './model-info.ts';

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

/** Scores of answers, a row for each label. */
export function scoresOf({ count, truth, mean }: Answers, labels: PatternDataset['labels']): LabelScore[] {
  return labels.map(({ name, unit }, label) => {
    const sums = new Sums();
    for (let i = 0; i < count; i++) sums.add(truth[i * labels.length + label]!, mean[i * labels.length + label]!);
    return sums.score(name, unit);
  });
}

/**
 * Scores of the model's labels over the patterns at `indices`, a row for each label.
 * @throws as `answersOf`
 */
export async function evaluate(
  model: Model,
  data: PatternDataset,
  indices: readonly number[],
  options: EvaluateOptions,
  task: Task,
): Promise<LabelScore[]> {
  return scoresOf(await answersOf(model, data, indices, options, task), data.labels);
}

/**
 * What the model was trained on (domain.ts).
 * @param answers to held-out patterns under the noise of training, misfit included; at least one
 * @param trained labels of trained patterns, [patterns][labels], that span the range; at least one pattern
 */
export function measureDomain(
  { latent: all, misfit, counting, instrument, count, structure }: Answers,
  names: PatternDataset['labels'],
  trained: Float32Array,
): Domain {
  const latent = latentStatistics(all, all.length / count);
  const amplitudes = latentStatistics(instrument, INSTRUMENT);
  const width = names.length;
  const ends = (values: ArrayLike<number>) => ({ median: quantile(values, 0.5), high: quantile(values, 0.99) });
  return {
    labels: names.map(({ name }, label) => {
      const own = trained.filter((_, i) => i % width === label);
      const [min, max] = extent(own);
      return { name, min, max };
    }),
    misfit: ends(misfit),
    excess: ends(misfit.map((value, i) => value - counting[i]!)),
    distance: ends(distancesApart(all, structure)),
    latent,
    instrument: { amplitudes, distance: ends(distancesApart(instrument, structure)) },
  };
}
