/**
 * The transform of one axis on the GPU: decimation in frequency there, its mirror image back, in place and without reordering, as in `kernels/slice.ts`,
 * but with radices up to 16, since a workgroup's memory is slower than registers and each stage goes through it once.
 */

import { fail } from '../../core/errors.ts';
import { type LinePlan, oddFactors } from '../propagator-tables.ts';
import { butterfly, numbers } from './butterflies.ts';

export interface GpuLinePlan extends LinePlan {
  /** Outermost first, at least two; the innermost is fused with the propagator. */
  readonly radices: readonly number[];
  /** Per stage, where its twiddles begin in `twiddles` (in complex numbers). */
  readonly first: readonly number[];
  /** Stage with sub-length m: exp(−2πi·jq/(radix·m)) at (q − 1)·m + j. */
  readonly twiddles: Float32Array<ArrayBuffer>;
}

/** Radices of n, odd ones outside, powers of two as equal as they can be. @throws 'range' if n has other primes than 2, 3, 5, 7 or is one of them */
export function gpuRadices(n: number, largest: 4 | 8 | 16 = 8): number[] {
  const { found, rest } = oddFactors(n);
  const twos = Math.log2(rest);
  if (!Number.isInteger(twos) || n < 4) {
    fail('range', `A grid of ${n} points is not a product of 2, 3, 5 and 7.`, 'Choose another grid_per_cell.');
  }
  // The fused stage needs one before it.
  const least = found.length === 0 ? 2 : found.length === 1 ? 1 : 0;
  const stages = twos === 0 ? 0 : Math.max(Math.ceil(twos / Math.log2(largest)), Math.min(twos, least > 1 ? 2 : 1));
  for (let s = 0, left = twos; s < stages; s++) {
    const share = Math.floor(left / (stages - s));
    found.push(2 ** share);
    left -= share;
  }
  if (found.length < 2) fail('range', `A grid of ${n} points has a single factor.`, 'Choose another grid_per_cell.');
  return found;
}

/** What the butterfly and its inverse, with float32 constants, make of the wave that output q belongs to; 1 if they were exact. */
function butterflyGain(radix: number, q: number): number {
  const wave = Array.from({ length: radix }, (_, p) => {
    const angle = (2 * Math.PI * p * q) / radix;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
  const [fr, fi] = butterfly(numbers, wave, -1)[q]!;
  const one = Array.from({ length: radix }, (_, p) => [p === q ? 1 : 0, 0] as const);
  const back = butterfly(numbers, one, 1);
  let br = 0;
  let bi = 0;
  for (const [p, [wr, wi]] of wave.entries()) {
    const [r, i] = back[p]!;
    br += wr * r + wi * i;
    bi += wr * i - wi * r;
  }
  return (fr * br - fi * bi) / radix ** 2;
}

/** Twiddles, order and gain of one axis of n points, for these radices (their product is n). @throws as `gpuRadices` */
export function gpuLinePlan(n: number, radices: readonly number[] = gpuRadices(n)): GpuLinePlan {
  const twiddles: number[] = [];
  const first: number[] = [];
  const gains: number[][] = [];
  for (let s = 0, length = n; s < radices.length; s++) {
    const radix = radices[s]!;
    const m = length / radix;
    first.push(twiddles.length / 2);
    const gain = [butterflyGain(radix, 0)];
    for (let q = 1; q < radix; q++) {
      let sum = 0;
      for (let j = 0; j < m; j++) {
        const angle = (-2 * Math.PI * j * q) / length;
        const [re, im] = [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle))];
        sum += re * re + im * im;
        twiddles.push(re, im);
      }
      gain.push((butterflyGain(radix, q) * sum) / m);
    }
    gains.push(gain);
    length = m;
  }
  const position = new Int32Array(n);
  const gain = new Float64Array(n).fill(1);
  for (let k = 0; k < n; k++) {
    let rest = k;
    let length = n;
    for (const [s, radix] of radices.entries()) {
      length /= radix;
      position[k] = position[k]! + (rest % radix) * length;
      gain[k] = gain[k]! * gains[s]![rest % radix]!;
      rest = Math.floor(rest / radix);
    }
  }
  return { n, radices, first, twiddles: Float32Array.from(twiddles), position, gain };
}
