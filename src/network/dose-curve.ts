/**
 * How wrong a model is against the dose of its patterns: mean absolute error of each label over patterns whose truth is known, with Poisson noise of each dose and
 * nothing else, beside that of somebody who knows only the mean of the truths.
 */

import type { Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { type Answers, answersOf } from './answers.ts';
import type { Model } from './infer.ts';

export interface DoseCurve {
  readonly name: string;
  readonly unit: string;
  /** [electrons per pattern] and mean absolute error [unit], by increasing dose. */
  readonly points: readonly (readonly [dose_e: number, mae: number])[];
  readonly noise_free: number;
  /** Mean |y − ȳ| of the truths. */
  readonly mean_only: number;
}

/** Mean |y − ŷ| of one label. */
export function meanAbsoluteError({ count, truth, mean }: Answers, label: number): number {
  const width = truth.length / count;
  let sum = 0;
  for (let i = label; i < truth.length; i += width) sum += Math.abs(mean[i]! - truth[i]!);
  return sum / count;
}

/** Mean |y − ȳ| of one label's truths. */
export function meanOnlyError({ count, truth }: Pick<Answers, 'count' | 'truth'>, label: number): number {
  const width = truth.length / count;
  const own = Array.from({ length: count }, (_, i) => truth[i * width + label]!);
  const middle = own.reduce((a, b) => a + b, 0) / count;
  return own.reduce((sum, value) => sum + Math.abs(value - middle), 0) / count;
}

/**
 * A curve for each label over the patterns at `indices`.
 * @param doses [electrons per pattern], ascending @param seed of the noise
 * @throws as `answersOf`
 */
export async function doseCurves(
  model: Model,
  data: PatternDataset,
  indices: readonly number[],
  doses: readonly number[],
  seed: number,
  task: Task,
): Promise<DoseCurve[]> {
  const clean = await answersOf(model, data, indices, { seed }, task);
  const noisy: Answers[] = [];
  for (const dose of doses) noisy.push(await answersOf(model, data, indices, { seed, dose }, task));
  return data.labels.map(({ name, unit }, label) => ({
    name,
    unit,
    points: noisy.map((answers, i) => [doses[i]!, meanAbsoluteError(answers, label)] as const),
    noise_free: meanAbsoluteError(clean, label),
    mean_only: meanOnlyError(clean, label),
  }));
}
