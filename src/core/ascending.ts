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
  const counts = new Uint32Array(DIGITS);
  const digits = new Uint16Array(n);
  let order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let next = new Uint32Array(n);
  for (let k = 0; k < PASSES; k++) {
    digitsOf(low, high, k * BITS, digits);
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[digits[i]!]!++;
    // All alike in these bits: nothing to do.
    if (n > 0 && counts[digits[0]!] === n) continue;
    for (let d = 0, sum = 0; d < DIGITS; d++) {
      const count = counts[d]!;
      counts[d] = sum;
      sum += count;
    }
    for (let at = 0; at < n; at++) {
      const i = order[at]!;
      next[counts[digits[i]!]!++] = i;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Bits `from` to `from` + 10 of 64. */
function digitsOf(low: Uint32Array, high: Uint32Array, from: number, into: Uint16Array): void {
  const n = into.length;
  const mask = DIGITS - 1;
  if (from >= 32) for (let i = 0; i < n; i++) into[i] = (high[i]! >>> (from - 32)) & mask;
  else if (from <= 32 - BITS) for (let i = 0; i < n; i++) into[i] = (low[i]! >>> from) & mask;
  else for (let i = 0; i < n; i++) into[i] = ((low[i]! >>> from) | (high[i]! << (32 - from))) & mask;
}
