/**
 * The plan that `kernels/slice.ts` follows for one axis: radices, twiddles and the order in which frequencies come out.
 * Layout of the bytes: see the kernel's header.
 */

import { fail } from '../../core/errors.ts';
import { unitPair } from './unit-pair.ts';

export interface FftPlan {
  readonly n: number;
  /** What the kernel reads. */
  readonly bytes: Uint8Array;
  /** position[k]: where the transform leaves frequency index k (0 … n−1). */
  readonly position: Int32Array;
}

/**
 * Radices of n, at least two, outermost first; the innermost is fused with the propagator. Odd ones outside and 4s inside is
 * the fastest order (up to 5% over 4s outside: `npm run bench -- slice`). @throws 'range' if n is not 4·2ᵃ3ᵇ5ᶜ7ᵈ
 */
export function radices(n: number): number[] {
  if (n === 4) return [2, 2];
  const found: number[] = [];
  let rest = n;
  for (const radix of [7, 5, 3]) {
    while (rest % radix === 0) {
      found.push(radix);
      rest /= radix;
    }
  }
  const fours: number[] = [];
  while (rest % 4 === 0) {
    fours.push(4);
    rest /= 4;
  }
  if (rest === 2) fours.push(2);
  else if (rest !== 1 || n % 4 !== 0) {
    fail('range', `A grid of ${n} points is not 4 times a product of 2, 3, 5 and 7.`, 'Choose another grid_per_cell.');
  }
  return [...found, ...fours];
}

export function fftPlan(n: number): FftPlan {
  const stages = radices(n);
  const header = 4 + 12 * stages.length;
  const twiddles: number[] = [];
  const ints = [stages.length];
  for (let s = 0, length = n; s < stages.length; s++) {
    const radix = stages[s]!;
    const m = length / radix;
    let drift = 0;
    ints.push(radix, m, header + 4 * twiddles.length);
    for (let j = 0; j < m; j++) {
      for (let q = 1; q < radix; q++) {
        const { re, im, excess } = unitPair((-2 * Math.PI * j * q) / length, drift);
        drift += excess;
        twiddles.push(re, im);
      }
    }
    length = m;
  }
  const bytes = new Uint8Array(header + 4 * twiddles.length);
  new Int32Array(bytes.buffer, 0, ints.length).set(ints);
  new Float32Array(bytes.buffer, header).set(twiddles);

  const position = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    let at = 0;
    let rest = k;
    let length = n;
    for (const radix of stages) {
      length /= radix;
      at += (rest % radix) * length;
      rest = Math.floor(rest / radix);
    }
    position[k] = at;
  }
  return { n, bytes, position };
}
