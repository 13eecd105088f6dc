/**
 * What an instrument does to a pattern that the library does not know: a share of electrons spread evenly over the detector, a share that decays from the direct
 * beam, a blur, and intensity as a whole. Their amplitudes a are fitted to what the network's reconstruction r leaves of the pattern x, in square roots, where counts
 * have even noise:
 *
 *     √x − √r ≈ Σ_k a_k D_k/(2√r'),   D = (R/n², R·e^(−q/q₀)/Σ, ½∇²r, r),   R = Σ r,   q₀ = 0.15 n pixels,   weights 1/(c + 0.03 r)
 *
 * with c the variance of √x by counting (domain.ts: rootVariance/dose), 0.03 about the share of r that reconstructions leave of held-out patterns, and r' = r + c + a
 * millionth of R. ½∇² makes the third amplitude the variance of a Gaussian blur [pixels²], to first order. What an autoencoder gets wrong of a crystal looks
 * like none of these, so that 3% of background, or a blur of a third of a pixel, show where the misfit as a whole does not change.
 *
 * What this is not: a calibration of the instrument: amplitudes are too small, by half in patterns that are dark between disks, and an effect that the network learned to reconstruct is not seen.
 */

import { cholesky, solveByLower } from '../core/cholesky.ts';
import { rootVariance } from './domain.ts';

/** Even background, decaying background [shares of the beam], blur [pixels²], intensity [share]. */
export const INSTRUMENT = 4;

const LEFT = 0.03;

const decays = new Map<number, Float64Array>();

/** e^(−q/q₀) on n × n pixels, of sum 1. */
function decaying(n: number): Float64Array {
  const made = decays.get(n);
  if (made) return made;
  const shape = Float64Array.from({ length: n * n }, (_, i) =>
    Math.exp(-Math.hypot(Math.floor(i / n) - n / 2, (i % n) - n / 2) / (0.15 * n)),
  );
  const sum = shape.reduce((a, b) => a + b, 0);
  const unit = shape.map((value) => value / sum);
  decays.set(n, unit);
  return unit;
}

/**
 * D of a pattern r [n²], [INSTRUMENT][n²], in its unit: even background, decaying background, blur, intensity. The rim has no Laplacian: the blur's is 0 there.
 * Negative intensities count as 0 but for the blur.
 */
export function instrumentShapes(r: Float32Array): readonly Float64Array[] {
  const n = Math.sqrt(r.length);
  const clamped = Float64Array.from(r, (value) => Math.max(0, value));
  const total = clamped.reduce((sum, value) => sum + value, 0);
  const blur = new Float64Array(n * n);
  for (let y = 1; y < n - 1; y++) {
    for (let x = 1; x < n - 1; x++) {
      const i = y * n + x;
      blur[i] = 0.5 * (r[i - 1]! + r[i + 1]! + r[i - n]! + r[i + n]! - 4 * r[i]!);
    }
  }
  return [new Float64Array(n * n).fill(total / (n * n)), decaying(n).map((value) => total * value), blur, clamped];
}

/**
 * The amplitudes of one pattern.
 * @param pattern and its reconstruction, [n²], fractions of the beam
 * @param dose_e electrons per pattern; Infinity without noise
 */
export function instrumentOf(pattern: Float32Array, reconstruction: Float32Array, dose_e: number): Float64Array {
  const n = Math.sqrt(pattern.length);
  const r = reconstruction;
  const shapes = instrumentShapes(r);
  let total = 0;
  for (const value of r) total += Math.max(0, value);
  const matrix = new Float64Array(INSTRUMENT * INSTRUMENT);
  const side = new Float64Array(INSTRUMENT);
  const d = new Float64Array(INSTRUMENT);
  // The rim has no Laplacian.
  for (let y = 1; y < n - 1; y++) {
    for (let x = 1; x < n - 1; x++) {
      const i = y * n + x;
      const here = Math.max(0, r[i]!);
      const counting = Number.isFinite(dose_e) ? rootVariance(dose_e * here) / dose_e : 0;
      const root = 2 * Math.sqrt(here + counting + 1e-6 * total);
      const weight = 1 / (counting + LEFT * (here + 1e-6 * total));
      shapes.forEach((shape, a) => {
        d[a] = shape[i]! / root;
      });
      const residual = Math.sqrt(Math.max(0, pattern[i]!)) - Math.sqrt(here);
      for (let a = 0; a < INSTRUMENT; a++) {
        side[a]! += weight * d[a]! * residual;
        for (let b = 0; b <= a; b++) matrix[a * INSTRUMENT + b]! += weight * d[a]! * d[b]!;
      }
    }
  }
  return solve(matrix, side);
}

/** x of Ax = y, A positive definite with its lower triangle given; zeros where A is not. */
function solve(a: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  const l = cholesky(a, n);
  for (let i = 0; i < n; i++) if (!(l[i * n + i]! > 0)) return new Float64Array(n);
  return solveByLower(l, y);
}
