/**
 * The plan that `kernels/slice.ts` follows for one axis: radices, twiddles and the order in which frequencies come out.
 * Layout of the bytes: see the kernel's header.
 */

import { fail } from '../../core/errors.ts';
import { type LinePlan, oddFactors } from '../propagator-tables.ts';

export interface FftPlan extends LinePlan {
  /** What the kernel reads. */
  readonly bytes: Uint8Array;
}

/**
 * Radices of n, at least two, outermost first; the innermost is fused with the propagator. Odd ones outside and 4s inside is
 * the fastest order (up to 5% over 4s outside, docs/verification.md). @throws 'range' if n is not 4·2ᵃ3ᵇ5ᶜ7ᵈ
 */
export function radices(n: number): number[] {
  if (n === 4) return [2, 2];
  const odd = oddFactors(n);
  let { rest } = odd;
  const fours: number[] = [];
  while (rest % 4 === 0) {
    fours.push(4);
    rest /= 4;
  }
  if (rest === 2) {
    fours.push(2);
    rest = 1;
  }
  if (rest !== 1 || n % 4 !== 0) {
    fail('range', `A grid of ${n} points is not 4 times a product of 2, 3, 5 and 7.`, 'Choose another grid_per_cell.');
  }
  return [...odd.found, ...fours];
}

/** The least number of points from `least` on that has such radices. */
export function fastSize(least: number): number {
  let n = 4 * Math.ceil(least / 4);
  while (!Number.isInteger(Math.log2(oddFactors(n).rest))) n += 4;
  return n;
}

/** Mean |·|² of a radix's butterfly on output q ≥ 1, over its ideal value: float32 constants are not quite unitary. */
function butterflyGain(radix: number): number {
  let sum = 1;
  for (let t = 1; t < radix; t++) {
    sum +=
      Math.fround(Math.cos((2 * Math.PI * t) / radix)) ** 2 + Math.fround(Math.sin((2 * Math.PI * t) / radix)) ** 2;
  }
  return radix % 2 === 0 ? 1 : sum / radix;
}

export function fftPlan(n: number): FftPlan {
  const stages = radices(n);
  const header = 4 + 12 * stages.length;
  const twiddles: number[] = [];
  const ints = [stages.length];
  /** gains[stage][q] */
  const gains: number[][] = [];
  for (let s = 0, length = n; s < stages.length; s++) {
    const radix = stages[s]!;
    const m = length / radix;
    ints.push(radix, m, header + 4 * twiddles.length);
    const gain = Array.from<number>({ length: radix }).fill(0).fill(1, 0, 1);
    for (let j = 0; j < m; j++) {
      for (let q = 1; q < radix; q++) {
        const angle = (-2 * Math.PI * j * q) / length;
        const [re, im] = [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle))];
        gain[q] = gain[q]! + ((re * re + im * im) * butterflyGain(radix)) / m;
        twiddles.push(re, im);
      }
    }
    gains.push(gain);
    length = m;
  }
  const bytes = new Uint8Array(header + 4 * twiddles.length);
  new Int32Array(bytes.buffer, 0, ints.length).set(ints);
  new Float32Array(bytes.buffer, header).set(twiddles);

  const position = new Int32Array(n);
  const gain = new Float64Array(n).fill(1);
  for (let k = 0; k < n; k++) {
    let at = 0;
    let rest = k;
    let length = n;
    for (const [s, radix] of stages.entries()) {
      length /= radix;
      at += (rest % radix) * length;
      gain[k] = gain[k]! * gains[s]![rest % radix]!;
      rest = Math.floor(rest / radix);
    }
    position[k] = at;
  }
  return { n, bytes, position, gain };
}
