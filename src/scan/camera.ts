/**
 * A camera for simulated scans: maps a diffraction pattern sampled on a fine lattice of angles onto rotated, shifted pixels,
 * then counts electrons: Poisson noise, dark offset, read noise, hot pixels. Frames and signs as in `calibration.ts`.
 */

import type { RandomStream } from '../core/random.ts';
import type { Pair } from './calibration.ts';

/** An intensity per solid angle: values [size][size] at angles (index − size/2)·step, y and x. */
export interface AnglePattern {
  readonly values: ArrayLike<number>;
  readonly size: number;
  readonly step_mrad: number;
}

/** Sub-pixels along each side of a camera pixel over which its intensity is averaged. */
const SUB = 3;

/**
 * Expected fraction of the beam on each pixel [ny][nx] of a camera with d = centre + M·q. Bilinear between the samples,
 * averaged over 3×3 sub-pixels; the samples' sum is kept up to what leaves the camera.
 */
export function exposeCamera(
  pattern: AnglePattern,
  ny: number,
  nx: number,
  centre: Pair,
  map_px_per_mrad: readonly [Pair, Pair],
): Float64Array {
  const [[a, b], [c, d]] = map_px_per_mrad;
  const determinant = a * d - b * c;
  const perPixel = 1 / (Math.abs(determinant) * pattern.step_mrad ** 2 * SUB * SUB);
  const { values, size, step_mrad } = pattern;
  const out = new Float64Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      let sum = 0;
      for (let s = 0; s < SUB * SUB; s++) {
        const dy = y + (Math.floor(s / SUB) + 0.5) / SUB - 0.5 - centre[0];
        const dx = x + ((s % SUB) + 0.5) / SUB - 0.5 - centre[1];
        const v = (d * dy - b * dx) / determinant / step_mrad + size / 2;
        const u = (a * dx - c * dy) / determinant / step_mrad + size / 2;
        const iv = Math.floor(v);
        const iu = Math.floor(u);
        if (iv < 0 || iu < 0 || iv >= size - 1 || iu >= size - 1) continue;
        const fv = v - iv;
        const fu = u - iu;
        const at = iv * size + iu;
        sum +=
          (values[at]! * (1 - fu) + values[at + 1]! * fu) * (1 - fv) +
          (values[at + size]! * (1 - fu) + values[at + size + 1]! * fu) * fv;
      }
      out[y * nx + x] = sum * perPixel;
    }
  }
  return out;
}

export interface Counting {
  readonly dose_e: number;
  readonly dark_counts: number;
  readonly read_noise_counts: number;
  /** Pixel indices that read `hot_counts` more. */
  readonly hot: readonly number[];
  readonly hot_counts: number;
}

/** One exposure of `expected` (fractions of the beam per pixel, any shape): whole counts in the same order, clipped to what a 16-bit camera stores. */
export function count(expected: Float64Array, counting: Counting, random: RandomStream): Uint16Array {
  const out = new Uint16Array(expected.length);
  const hot = new Set(counting.hot);
  for (let i = 0; i < out.length; i++) {
    const mean = expected[i]! * counting.dose_e + (hot.has(i) ? counting.hot_counts : 0);
    const read = counting.read_noise_counts > 0 ? counting.read_noise_counts * random.normal() : 0;
    out[i] = Math.min(65535, Math.max(0, Math.round(random.poisson(mean) + counting.dark_counts + read)));
  }
  return out;
}
