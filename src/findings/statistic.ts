/** What a statistic is, and the few sums that samples of one need. Not here: where samples come from (redraw.ts, blocks.ts). */

import type { VectorField } from './vector-field.ts';

/** One number, or several at once, of a field. It must leave masked positions out and not keep the field. */
export type Statistic = (field: VectorField) => number | ArrayLike<number>;

export function numbersOf(statistic: Statistic, field: VectorField): ArrayLike<number> {
  const found = statistic(field);
  return typeof found === 'number' ? [found] : found;
}

/** The numbers of several statistics, one after another: draws that serve one serve all. */
export function together(...statistics: readonly Statistic[]): Statistic {
  return (field) => statistics.flatMap((one) => Array.from(numbersOf(one, field)));
}

export function meanOfSample(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Σ (v − mean)² / (n − 1). */
export function varianceOfSample(values: readonly number[]): number {
  const mean = meanOfSample(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Of the normal distribution, 97.5% below. */
export const Z95 = 1.959964;

/** The same of Student's t (Cornish and Fisher's series; within 0.5% from 4 degrees of freedom on). */
export function t95(freedom: number): number {
  const z = Z95;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
