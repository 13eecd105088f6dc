/**
 * The library pattern that is nearest to a pattern: by its labels, Σ((y − y')/s)² with s the library's deviation of each label, or by its image (match.ts); and how
 * unlike the two are,
 *
 *     R1 = Σ|I − I'| / ΣI'        both scaled to sum 1, so that what only some camera counted does not matter.
 */

import { logFactorial } from '../core/random.ts';

/** Index of the nearest row of `library` [count][n] to `labels` [n]; label k counts over `deviation[k]`, not where that is 0. */
export function nearestByLabels(
  labels: ArrayLike<number>,
  library: ArrayLike<number>,
  deviation: ArrayLike<number>,
): number {
  const n = labels.length;
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < library.length / n; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) {
      if (deviation[k]! > 0) sum += ((library[i * n + k]! - labels[k]!) / deviation[k]!) ** 2;
    }
    if (sum < least) [best, least] = [i, sum];
  }
  return best;
}

/** Standard deviation of each column of rows [count][n]. */
export function deviations(rows: ArrayLike<number>, n: number): number[] {
  const count = rows.length / n;
  return Array.from({ length: n }, (_, k) => {
    let [mean, square] = [0, 0];
    for (let i = 0; i < count; i++) mean += rows[i * n + k]! / count;
    for (let i = 0; i < count; i++) square += (rows[i * n + k]! - mean) ** 2 / count;
    return Math.sqrt(square);
  });
}

const sum = (values: ArrayLike<number>): number => {
  let all = 0;
  for (let i = 0; i < values.length; i++) all += values[i]!;
  return all;
};

/** R1 of a pattern beside a reference of as many pixels. */
export function r1(pattern: ArrayLike<number>, reference: ArrayLike<number>): number {
  const [own, other] = [sum(pattern), sum(reference)];
  let off = 0;
  for (let i = 0; i < pattern.length; i++) off += Math.abs(pattern[i]! / own - reference[i]! / other);
  return off;
}

/**
 * The R1 that counting alone leaves of a pattern, Σ E|N − μ| / Σμ with μ = dose · I, and E|N − μ| = 2 e^−μ μ^(⌊μ⌋+1) / ⌊μ⌋! of a Poisson count N (de Moivre 1730).
 * @param pattern fractions of the incident beam @param dose_e electrons per pattern
 */
export function countingR1(pattern: ArrayLike<number>, dose_e: number): number {
  let off = 0;
  for (let i = 0; i < pattern.length; i++) {
    const mu = dose_e * pattern[i]!;
    if (!(mu > 0)) continue;
    const whole = Math.floor(mu);
    off += 2 * Math.exp((whole + 1) * Math.log(mu) - mu - logFactorial(whole));
  }
  return off / (dose_e * sum(pattern));
}
