/**
 * A periodic Gaussian random field on the cells, unit variance, with a Gaussian correlation: white noise convolved axis
 * by axis with the periodic sum of exp(−d²/s²), whose autocorrelation is the periodic sum of exp(−d²/2s²), divided by
 * its value at 0. For a box much longer than the correlation length ℓ, s = ℓ and the correlation at ℓ is exp(−1/2). In a
 * shorter box the images add up; s is then made smaller so that the correlation at ℓ stays exp(−1/2). Where ℓ exceeds half
 * the edge, no two cells are that far apart: s keeps the ratio s/ℓ of half the edge, and the field nears uniformity.
 *
 * What this is not: bounded. `textures.ts` turns three such fields into a polarization.
 */

import type { RandomStream } from '../core/random.ts';
import { cellCount, type Vec3 } from './structure.ts';

/** Correlation at distance d on a ring of the given length, for width s; any one unit of length. */
export function ringCorrelation(d: number, s: number, length: number): number {
  const images = Math.ceil((8 * s) / length) + 1;
  let at = 0;
  let zero = 0;
  for (let m = -images; m <= images; m++) {
    at += Math.exp(-((d + m * length) ** 2) / (2 * s * s));
    zero += Math.exp(-((m * length) ** 2) / (2 * s * s));
  }
  return at / zero;
}

/** Width s that makes the correlation at distance ℓ exp(−1/2) on a ring; ℓ · s(half ring)/(half ring) for longer ℓ. */
export function ringWidth(correlation: number, length: number): number {
  const distance = Math.min(correlation, length / 2);
  let low = distance / 4;
  let high = distance;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (ringCorrelation(distance, middle, length) < Math.exp(-0.5)) low = middle;
    else high = middle;
  }
  return (high * correlation) / distance;
}

/** Convolution kernel on a ring of n cells, sum of squares 1. */
function ringKernel(n: number, s: number): Float64Array {
  const images = Math.ceil((8 * s) / n) + 1;
  const kernel = Float64Array.from({ length: n }, (_, cell) => {
    let sum = 0;
    for (let m = -images; m <= images; m++) sum += Math.exp(-((cell + m * n) ** 2) / (s * s));
    return sum;
  });
  const norm = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0));
  return kernel.map((value) => value / norm);
}

/**
 * One sample of the field, [nz][ny][nx], each value a standard normal deviate over samples.
 * @param correlation correlation length along x, y and z, in cells
 */
export function gaussianField(cells: Vec3, correlation: Vec3, stream: RandomStream): Float64Array {
  let field = Float64Array.from({ length: cellCount(cells) }, () => stream.normal());
  let stride = 1;
  for (const [axis, n] of cells.entries()) {
    const kernel = ringKernel(n, ringWidth(correlation[axis]!, n));
    const next = new Float64Array(field.length);
    for (let index = 0; index < field.length; index++) {
      const here = Math.floor(index / stride) % n;
      let sum = 0;
      for (let other = 0; other < n; other++) {
        sum += kernel[(here - other + n) % n]! * field[index + (other - here) * stride]!;
      }
      next[index] = sum;
    }
    field = next;
    stride *= n;
  }
  return field;
}
