/**
 * Whether stated posteriors are those of the truth, over many patterns whose truth is known.
 *
 * - Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari, Gelman 2018, "Validating Bayesian inference algorithms with simulation-based calibration",
 *   algorithm 1): the rank of the truth among L draws of its posterior is uniform on 0 … L. A ∪ of ranks says that σ is too small, a ∩ too large, a slope that means
 *   are biased.
 * - TARP (Lemos, Coogan, Hezaveh, Perreault-Levasseur 2023, "Sampling-based accuracy testing of posterior estimators for general inference", algorithm 1): with a
 *   reference point drawn at random, the share of posterior draws nearer to it than the truth is uniform on 0 … 1, for all labels together. Its distribution function
 *   beside the diagonal is the expected coverage.
 *
 * Posteriors are Gaussians, label by label: what the map states. TARP sees where their errors go together.
 *
 * What this is not: a test with a p-value. Patterns of one structure share its disorder: they are fewer trials than they count.
 */

import type { RandomStream } from '../core/random.ts';

/** Draws of each posterior. */
export const DRAWS = 99;

/** Posteriors of `count` patterns: truth, mean and σ of each of `width` labels, [count][width], in the labels' units. */
export interface Posteriors {
  readonly count: number;
  readonly width: number;
  readonly truth: Float32Array;
  readonly mean: Float32Array;
  readonly sigma: Float32Array;
}

/** Ranks 0 … DRAWS of the truth of one label among draws of its posterior, [count]. */
export function ranksOf(
  { count, width, truth, mean, sigma }: Posteriors,
  label: number,
  random: RandomStream,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const at = i * width + label;
    let rank = 0;
    for (let d = 0; d < DRAWS; d++) if (mean[at]! + sigma[at]! * random.normal() < truth[at]!) rank++;
    return rank;
  });
}

/** Ranks in each of `bins` equal bins; bins divides DRAWS + 1. */
export function rankHistogram(ranks: readonly number[], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const rank of ranks) counts[Math.floor((rank * bins) / (DRAWS + 1))]!++;
  return counts;
}

/**
 * Share of posterior draws nearer to a random reference point than the truth, [count]: Euclidean distance with each label over its spread, reference points even over
 * the range of truths.
 */
export function tarpShares({ count, width, truth, mean, sigma }: Posteriors, random: RandomStream): number[] {
  const low = new Array<number>(width).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(width).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < truth.length; i++) {
    low[i % width] = Math.min(low[i % width]!, truth[i]!);
    high[i % width] = Math.max(high[i % width]!, truth[i]!);
  }
  const span = low.map((value, l) => high[l]! - value || 1);
  return Array.from({ length: count }, (_, i) => {
    const reference = low.map((value, l) => random.between(value, value + span[l]!));
    const distance = (of: (at: number) => number): number =>
      reference.reduce((sum, r, l) => sum + ((of(i * width + l) - r) / span[l]!) ** 2, 0);
    const own = distance((at) => truth[at]!);
    let nearer = 0;
    for (let d = 0; d < DRAWS; d++) if (distance((at) => mean[at]! + sigma[at]! * random.normal()) < own) nearer++;
    return nearer / DRAWS;
  });
}

/** The distribution function of shares or of ranks/DRAWS at `at`: the expected coverage of TARP. @param values 0 … 1 */
export function distribution(values: readonly number[], at: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return at.map((level) => {
    let n = 0;
    while (n < sorted.length && sorted[n]! <= level) n++;
    return n / Math.max(1, sorted.length);
  });
}

/** Greatest distance of the distribution function of values from the diagonal (Kolmogorov's), 0 … 1. */
export function deviation(values: readonly number[]): number {
  const levels = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
  return Math.max(...distribution(values, levels).map((share, i) => Math.abs(share - levels[i]!)));
}
