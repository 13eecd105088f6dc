/**
 * What a model was trained on, in a few numbers that say whether it fits a pattern: the range of each label; how much of a pattern its reconstruction leaves
 * over,
 *
 *     misfit = Σ (√x − √r)² / Σ x        (x the pattern, r its reconstruction, over pixels);
 *
 * and how far the pattern's latents z lie from those of held-out patterns, Mahalanobis' distance d² = (z − μ)ᵀ Σ⁻¹ (z − μ) / dim z. Quantiles of misfit and
 * distance are taken over held-out patterns with the noise of training, distances from the other held-out structures; so are those of what counting does not explain of the misfit, and of the amplitudes of
 * what instruments do to patterns (instrument.ts).
 *
 * What this is not: a probability. A pattern may look familiar and still be labelled wrongly.
 */

import * as z from 'zod';
import { cholesky, inverseOfLower, triangle } from '../core/cholesky.ts';
import type { Options } from '../core/schema.ts';
import { meanAndCovariance } from './covariance.ts';

const quantiles = z
  .object({
    /** Half of the held-out patterns have less, and 99 of 100. */
    median: z.number(),
    high: z.number(),
  })
  .refine(({ median, high }) => median <= high, 'the median is above what 99 of 100 have');

const gaussian = z
  .object({
    mean: z.array(z.number()),
    /** W with WᵀW = Σ⁻¹/dim, lower triangle row by row: d = |W(z − μ)|. */
    whitening: z.array(z.number()),
  })
  .refine(({ mean, whitening }) => whitening.length === triangle(mean.length), 'is no triangle of the mean’s size');

/** As a model file states it. */
export const domainSchema = z.object({
  /** Least and greatest value that it was trained on, in the label's unit. */
  labels: z.array(
    z
      .object({ name: z.string(), min: z.number(), max: z.number() })
      .refine(({ min, max }) => min <= max, 'its least value is above its greatest'),
  ),
  misfit: quantiles,
  /** The misfit less what counting makes of it; models before format 3 do not say. */
  excess: quantiles.optional(),
  distance: quantiles,
  latent: gaussian,
  /** Amplitudes of what an instrument does (instrument.ts), and their distances; models before format 3 do not say. */
  instrument: z.object({ amplitudes: gaussian, distance: quantiles }).optional(),
});
/** What a model was trained on. */
export type Domain = Options<typeof domainSchema>;

/**
 * Σ(√x − √r)²/Σx over pixels; NaN for an empty pattern. Negative intensities count as 0.
 * @param pattern and its reconstruction, [pixels²], intensities in the same unit
 */
export function misfitOf(pattern: Float32Array, reconstruction: Float32Array): number {
  let left = 0;
  let all = 0;
  for (let i = 0; i < pattern.length; i++) {
    const x = Math.max(0, pattern[i]!);
    left += (Math.sqrt(x) - Math.sqrt(Math.max(0, reconstruction[i]!))) ** 2;
    all += x;
  }
  return all > 0 ? left / all : Number.NaN;
}

/** Means μ at which E(√N − √μ)² of a Poisson count N is tabulated: 1e-3 … 1e3, 40 to a decade. */
const TABLE_PER_DECADE = 40;
const TABLE_FROM = -3;
let rootVariances: Float64Array | undefined;

/** E(√N − √μ)² = 2μ − 2√μ E√N of a Poisson count N of mean μ: μ where counts are rare, 1/4 where they are many. */
export function rootVariance(mu: number): number {
  rootVariances ??= Float64Array.from({ length: 6 * TABLE_PER_DECADE + 1 }, (_, i) => {
    const mean = 10 ** (TABLE_FROM + i / TABLE_PER_DECADE);
    // Σ √n μⁿe^−μ/n!, far enough on both sides.
    let sum = 0;
    const from = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean) - 12));
    const to = Math.ceil(mean + 12 * Math.sqrt(mean) + 12);
    let log = -mean;
    for (let n = 1; n <= to; n++) {
      log += Math.log(mean / n);
      if (n >= from) sum += Math.sqrt(n) * Math.exp(log);
    }
    return 2 * mean - 2 * Math.sqrt(mean) * sum;
  });
  if (!(mu > 1e-3)) return Math.max(0, mu);
  const x = (Math.log10(mu) - TABLE_FROM) * TABLE_PER_DECADE;
  const i = Math.floor(x);
  if (i >= rootVariances.length - 1) return 0.25;
  return rootVariances[i]! + (x - i) * (rootVariances[i + 1]! - rootVariances[i]!);
}

/**
 * The misfit that counting alone leaves, Σ E(√N − √μ)² / Σ μ with μ = dose · r: of a pattern of this dose whose expectation is the reconstruction.
 * @param reconstruction [pixels²], fractions of the beam @param dose_e electrons per pattern; Infinity without noise
 */
export function countingMisfit(reconstruction: Float32Array, dose_e: number): number {
  if (!Number.isFinite(dose_e)) return 0;
  let left = 0;
  let all = 0;
  for (const r of reconstruction) {
    left += rootVariance(dose_e * r);
    all += dose_e * r;
  }
  return all > 0 ? left / all : 0;
}

/** Mahalanobis' distance d of one pattern's latents [dim] from those of held-out patterns, over √dim; 1 is usual. */
export function distanceOf({ mean, whitening }: Domain['latent'], latent: ArrayLike<number>): number {
  const n = mean.length;
  let sum = 0;
  for (let row = 0, at = 0; row < n; row++) {
    let value = 0;
    for (let column = 0; column <= row; column++, at++) value += whitening[at]! * (latent[column]! - mean[column]!);
    sum += value * value;
  }
  return Math.sqrt(sum);
}

/** The distance of each of several vectors, [count][dim]. */
export function distancesOf(of: Domain['latent'], vectors: Float32Array): Float64Array {
  const n = of.mean.length;
  return Float64Array.from({ length: vectors.length / n }, (_, i) =>
    distanceOf(of, vectors.subarray(i * n, (i + 1) * n)),
  );
}

/**
 * Distances of vectors [count][dim], each from those of the other structures; of one structure alone, from its own. Vectors look nearer to a Gaussian that was fitted to
 * them than new ones will be.
 * @param structure of each vector [count]
 */
export function distancesApart(vectors: Float32Array, structure: Int32Array): Float64Array {
  const n = vectors.length / structure.length;
  const rows = (keep: (own: number) => boolean) =>
    Float32Array.from(
      structure.reduce<number[]>((out, own, i) => {
        if (keep(own)) for (let k = 0; k < n; k++) out.push(vectors[i * n + k]!);
        return out;
      }, []),
    );
  const structures = [...new Set(structure)];
  if (structures.length < 2) return distancesOf(latentStatistics(vectors, n), vectors);
  const out = new Float64Array(structure.length);
  for (const one of structures) {
    const own = distancesOf(
      latentStatistics(
        rows((other) => other !== one),
        n,
      ),
      rows((other) => other === one),
    );
    let at = 0;
    structure.forEach((s, i) => {
      if (s === one) out[i] = own[at++]!;
    });
  }
  return out;
}

/**
 * Mean of latents and the matrix that whitens them. The covariance (over count) gets a thousandth of its mean variance on the diagonal.
 * @param latents [count][n]
 */
export function latentStatistics(latents: Float32Array, n: number): Domain['latent'] {
  const { mean, covariance, trace } = meanAndCovariance(latents, n);
  // Directions in which nothing varied would make every other pattern infinitely far.
  for (let a = 0; a < n; a++) covariance[a * n + a]! += (1e-3 * trace) / n + 1e-12;
  const inverse = inverseOfLower(cholesky(covariance, n), n);
  const whitening: number[] = [];
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) whitening.push(inverse[row * n + column]! / Math.sqrt(n));
  }
  return { mean: Array.from(mean), whitening };
}

/** The value below which a share q (0 … 1) of the values lies, one of them. @param values at least one */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
