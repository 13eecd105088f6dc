/**
 * The order that sorts numbers, by their bits, eleven at a time (radix sort): about ten times as fast as a comparison of indices. Equal numbers stay in the order in which they
 * come. Not here: the order of what is not a number.
 */

const BITS = 11;
const DIGITS = 1 << BITS;
const PASSES = Math.ceil(64 / BITS);

/** Indices of `values` by rising value; −0 comes before 0, NaN at either end. */
export function ascending(values: ArrayLike<number>): Uint32Array {
  const n = values.length;
  const words = new Uint32Array(Float64Array.from(values).buffer);
  const little = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b] = little ? [words[2 * i]!, words[2 * i + 1]!] : [words[2 * i + 1]!, words[2 * i]!];
    // Bits of numbers above 0 rise with them, those of numbers below 0 fall.
    const below = b >>> 31;
    low[i] = below ? ~a : a;
    high[i] = below ? ~b : b ^ 0x80000000;
  }
  const counts = new Uint32Array(PASSES * DIGITS);
  for (let i = 0; i < n; i++) for (let k = 0; k < PASSES; k++) counts[k * DIGITS + digit(low[i]!, high[i]!, k)]!++;
  let order = Uint32Array.from({ length: n }, (_, i) => i);
  let next = new Uint32Array(n);
  for (let k = 0; k < PASSES; k++) {
    const places = counts.subarray(k * DIGITS, (k + 1) * DIGITS);
    // All alike in these bits: nothing to do.
    if (n > 0 && places[digit(low[0]!, high[0]!, k)] === n) continue;
    for (let d = 0, sum = 0; d < DIGITS; d++) {
      const count = places[d]!;
      places[d] = sum;
      sum += count;
    }
    for (let at = 0; at < n; at++) {
      const i = order[at]!;
      next[places[digit(low[i]!, high[i]!, k)]!++] = i;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Bits k · 11 and on of 64. */
function digit(low: number, high: number, k: number): number {
  const from = k * BITS;
  if (from >= 32) return (high >>> (from - 32)) & (DIGITS - 1);
  const bits = low >>> from;
  return (from > 32 - BITS ? bits | (high << (32 - from)) : bits) & (DIGITS - 1);
}
