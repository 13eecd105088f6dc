/** Standard normal deviates by counter, the twin of src/ferroelectric/normals.ts, bit for bit: the same operations in the same order, two numbers at a time. */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

// Constants come from memory, one cheap load each: engines build vector constants from scratch at every use.
const LOG: usize = memory.data<f64>([1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0]);
const SIN: usize = memory.data<f64>([-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362880.0, -1.0 / 39916800.0, 1.0 / 6227020800.0]);
const COS: usize = memory.data<f64>([-1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40320.0, -1.0 / 3628800.0, 1.0 / 479001600.0, -1.0 / 87178291200.0]);
// 1, 2, −2, ½, √2, 32, ln 2, 2²⁹, π/2 · 2⁻³⁰, 2⁵², 2⁵² + 1023.
const REST: usize = memory.data<f64>([1, 2, -2, 0.5, 1.4142135623730951, 32, 0.6931471805599453, 536870912, 1.5707963267948966 * 9.313225746154785e-10, 4503599627370496, 4503599627371519]);
// Bits of the mantissa, of the sign.
const MASKS: usize = memory.data<u64>([0x000fffffffffffff, 0x8000000000000000]);
// The angle's bits of a word, Philox's multipliers.
const ANGLE: usize = memory.data<u32>([0x3fffffff, 0xd2511f53, 0xcd9e8d57]);

// @ts-ignore: decorator
@inline function at(table: usize, i: usize): v128 {
  return v128.load64_splat(table + 8 * i);
}

// @ts-ignore: decorator
@inline function step(t: v128, coefficient: v128, rest: v128): v128 {
  return f64x2.add(coefficient, f64x2.mul(t, rest));
}

/** ln((word + ½)/2³²) of the two low words. */
// @ts-ignore: decorator
@inline function logarithm(words: v128): v128 {
  const one = at(REST, 0);
  const bits = f64x2.add(f64x2.convert_low_i32x4_u(words), at(REST, 3));
  let m = v128.or(v128.and(bits, at(MASKS, 0)), one);
  // The biased exponent as the last bits of a number near 2⁵².
  let exponent = f64x2.sub(v128.or(i64x2.shr_u(bits, 52), at(REST, 9)), at(REST, 10));
  const large = f64x2.ge(m, at(REST, 4));
  m = v128.bitselect(f64x2.mul(m, at(REST, 3)), m, large);
  exponent = f64x2.add(exponent, v128.and(large, one));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const t = f64x2.mul(s, s);
  const tail = step(t, at(LOG, 0), step(t, at(LOG, 1), step(t, at(LOG, 2), step(t, at(LOG, 3), step(t, at(LOG, 4), step(t, at(LOG, 5), at(LOG, 6)))))));
  return f64x2.add(
    f64x2.mul(f64x2.sub(exponent, at(REST, 5)), at(REST, 6)),
    f64x2.mul(f64x2.mul(at(REST, 1), s), f64x2.add(one, f64x2.mul(t, tail))),
  );
}

/** Two deviates each from the two low words of `a` (radius) and `b` (angle), at `out` and 32 bytes on. */
// @ts-ignore: decorator
@inline function deviates(out: usize, a: v128, b: v128): void {
  const radius = f64x2.sqrt(f64x2.mul(at(REST, 2), logarithm(a)));
  const x = f64x2.mul(
    f64x2.sub(f64x2.add(f64x2.convert_low_i32x4_s(v128.and(b, v128.load32_splat(ANGLE))), at(REST, 3)), at(REST, 7)),
    at(REST, 8),
  );
  const t = f64x2.mul(x, x);
  const sine = f64x2.mul(
    x,
    step(t, at(REST, 0), step(t, at(SIN, 0), step(t, at(SIN, 1), step(t, at(SIN, 2), step(t, at(SIN, 3), step(t, at(SIN, 4), at(SIN, 5))))))),
  );
  const cosine = step(t, at(REST, 0), step(t, at(COS, 0), step(t, at(COS, 1), step(t, at(COS, 2), step(t, at(COS, 3), step(t, at(COS, 4), step(t, at(COS, 5), at(COS, 6))))))));
  const odd = i64x2.extend_low_i32x4_s(i32x4.shr_s(i32x4.shl(b, 1), 31));
  const sign = v128.and(i64x2.shl(i64x2.extend_low_i32x4_u(b), 32), at(MASKS, 1));
  const c = f64x2.mul(radius, v128.xor(sign, v128.bitselect(f64x2.neg(sine), cosine, odd)));
  const s = f64x2.mul(radius, v128.xor(sign, v128.bitselect(cosine, sine, odd)));
  v128.store(out, v128.shuffle<f64>(c, s, 0, 2));
  v128.store(out, v128.shuffle<f64>(c, s, 1, 3), 32);
}

// @ts-ignore: decorator
@inline function upper(words: v128): v128 {
  return v128.shuffle<i64>(words, words, 1, 0);
}

/** Fills 4·`fours` blocks of 4 deviates at `out`; counter (block, step, c2, c3), key (k0, k1). Four blocks at a time, one per lane. */
export function normals(out: usize, fours: i32, step_: u32, c2: u32, c3: u32, key0: u32, key1: u32): void {
  const m0 = v128.load32_splat(ANGLE, 4), m1 = v128.load32_splat(ANGLE, 8);
  for (let four = 0; four < fours; four++) {
    let w0 = i32x4.add(i32x4.splat(4 * four), i32x4(0, 1, 2, 3));
    let w1 = i32x4.splat(step_), w2 = i32x4.splat(c2), w3 = i32x4.splat(c3);
    let k0 = key0, k1 = key1;
    for (let round = 0; round < 10; round++) {
      const p = i64x2.extmul_low_i32x4_u(w0, m0), q = i64x2.extmul_high_i32x4_u(w0, m0);
      const r = i64x2.extmul_low_i32x4_u(w2, m1), s = i64x2.extmul_high_i32x4_u(w2, m1);
      w0 = v128.xor(v128.xor(v128.shuffle<i32>(r, s, 1, 3, 5, 7), w1), i32x4.splat(k0));
      w1 = v128.shuffle<i32>(r, s, 0, 2, 4, 6);
      w2 = v128.xor(v128.xor(v128.shuffle<i32>(p, q, 1, 3, 5, 7), w3), i32x4.splat(k1));
      w3 = v128.shuffle<i32>(p, q, 0, 2, 4, 6);
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    deviates(out, w0, w1);
    deviates(out + 16, w2, w3);
    deviates(out + 64, upper(w0), upper(w1));
    deviates(out + 80, upper(w2), upper(w3));
    out += 128;
  }
}
