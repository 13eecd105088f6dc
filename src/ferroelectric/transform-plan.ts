/** What `kernels/complex-stages.ts` follows for one axis: radices, twiddles, and where each frequency lands. */

export interface TransformPlan {
  readonly n: number;
  readonly radices: readonly number[];
  /** Sub-length of each stage. */
  readonly lengths: readonly number[];
  /** Twiddles of each stage, forward: for j = 1 … m−1, q = 1 … R−1: c, c, −s, s of exp(−2πi jq/Rm). */
  readonly twiddles: readonly Float64Array[];
  /** frequencies[p]: index k of the frequency that the forward transform leaves at position p. */
  readonly frequencies: Int32Array;
  /** mirrors[p]: the position of −k. */
  readonly mirrors: Int32Array;
}

/** @param n a product of 2, 3 and 5 */
export function transformPlan(n: number): TransformPlan {
  const radices = radicesOf(n);
  let length = n;
  const lengths = radices.map((radix) => {
    length /= radix;
    return length;
  });
  const twiddles = radices.map((radix, stage) => {
    const m = lengths[stage]!;
    const values: number[] = [];
    for (let j = 1; j < m; j++) {
      for (let q = 1; q < radix; q++) {
        const angle = (-2 * Math.PI * j * q) / (radix * m);
        values.push(Math.cos(angle), Math.cos(angle), -Math.sin(angle), Math.sin(angle));
      }
    }
    return Float64Array.from(values);
  });
  // Digit by digit: k mod R of a stage is the block that its frequency goes to.
  const position = Array.from({ length: n }, (_, k) => {
    let at = 0;
    let left = k;
    for (const [stage, radix] of radices.entries()) {
      at += (left % radix) * lengths[stage]!;
      left = Math.floor(left / radix);
    }
    return at;
  });
  const frequencies = new Int32Array(n);
  const mirrors = new Int32Array(n);
  for (const [k, at] of position.entries()) {
    frequencies[at] = k;
    mirrors[at] = position[(n - k) % n]!;
  }
  return { n, radices, lengths, twiddles, frequencies, mirrors };
}

/** As few stages as 5, 3, 8, 4 and 2 allow, no 8 where 4s do with as many. */
function radicesOf(n: number): number[] {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [5, 3]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  let twos = Math.log2(rest);
  for (let stages = Math.ceil(twos / 3); stages > 0; stages--) {
    const power = Math.ceil(twos / stages);
    radices.push(2 ** power);
    twos -= power;
  }
  return radices;
}
