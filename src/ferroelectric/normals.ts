/**
 * Standard normal deviates for the thermostat's noise, by counter: the deviates of step s are a function of (seed, s) alone. Philox4x32-10 makes 4 random words
 * per block, Box and Muller 4 deviates of them. The logarithm, sine and cosine are short series in +, −, ×, ÷ and √ only, which round alike everywhere: the
 * kernel (kernels/normals.ts) gives the same bits. Series errors are below 1e−13; deviates reach 6.8.
 */

import { philox } from '../core/random.ts';

/** Words that keep this stream apart from every RandomStream: the start of π in hexadecimal. */
export const STREAM: readonly [number, number] = [0x243f6a88, 0x85a308d3];

/** Fills `out`; its length is a multiple of 4 or the last block is cut. @param step 0 … 2³² − 1 */
export function normals(out: Float64Array, seed: number, step: number): void {
  const words = new Uint32Array(4);
  const [k0, k1] = seedWords(seed);
  for (let block = 0; 4 * block < out.length; block++) {
    philox(block, step >>> 0, STREAM[0], STREAM[1], k0, k1, words);
    for (const half of [0, 2]) {
      const at = 4 * block + half;
      const radius = Math.sqrt(-2 * logarithm(words[half]!));
      const [c, s] = direction(words[half + 1]!);
      out[at] = radius * c;
      if (at + 1 < out.length) out[at + 1] = radius * s;
    }
  }
}

/** The two words of Philox's key, as in core/random.ts. */
export function seedWords(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** ln((word + ½)/2³²): mantissa m in [√½, √2), then 2 artanh((m − 1)/(m + 1)). */
function logarithm(word: number): number {
  let exponent = 31 - Math.clz32(word);
  let m = (word + 0.5) * 2 ** -exponent;
  if (m >= Math.SQRT2) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const t = s * s;
  const tail = 1 / 3 + t * (1 / 5 + t * (1 / 7 + t * (1 / 9 + t * (1 / 11 + t * (1 / 13 + t * (1 / 15))))));
  return (exponent - 32) * Math.LN2 + 2 * s * (1 + t * tail);
}

/** Cosine and sine of the angle that `word` picks: its two top bits a quadrant, the rest an angle in (−π/4, π/4). */
function direction(word: number): [c: number, s: number] {
  const x = ((word & 0x3fffffff) + 0.5 - 2 ** 29) * ((Math.PI / 2) * 2 ** -30);
  const t = x * x;
  const sine =
    x *
    (1 +
      t * (-1 / 6 + t * (1 / 120 + t * (-1 / 5040 + t * (1 / 362880 + t * (-1 / 39916800 + t * (1 / 6227020800)))))));
  const cosine =
    1 +
    t *
      (-1 / 2 +
        t *
          (1 / 24 +
            t * (-1 / 720 + t * (1 / 40320 + t * (-1 / 3628800 + t * (1 / 479001600 + t * (-1 / 87178291200)))))));
  const quadrant = word >>> 30;
  const [c, s] = quadrant & 1 ? [-sine, cosine] : [cosine, sine];
  return quadrant & 2 ? [-c, -s] : [c, s];
}
