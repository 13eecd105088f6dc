/**
 * The separable slice: one multislice step on a complex field, in two passes that each transform along one axis.
 *
 * Field layout ("panels"): four neighbouring columns form a panel; element (row r, column c) of a field with `rows` rows lies at
 * ((c >> 2)·rows + r)·32 bytes + (c & 3)·4, real parts first, imaginary parts 16 bytes on. A pass takes each panel, multiplies it by the
 * transmission function (first pass only), transforms along the rows, multiplies by the propagator's factor for that axis,
 * transforms back and stores the panel transposed, so that the second pass finds the other axis along the rows. All in L1.
 *
 * The transform is a mixed-radix (2, 3, 4, 5, 7) decimation in frequency, the way back the mirrored decimation in time: no reordering, the
 * propagator's factor is stored in the order that the transform leaves (`host: fft-plan.ts`). The inverse is the forward transform with
 * real and imaginary parts exchanged, so the same butterflies and twiddles serve both: `re` and `im` are byte offsets 0 and 16 or 16 and 0.
 *
 * A plan in memory: i32 count of stages, then per stage i32 radix, i32 m (sub-length), i32 byte offset of its twiddles from the plan's start;
 * twiddles of a stage: for j = 0 … m−1, for q = 1 … radix−1: cos, sin of −2πjq/(radix·m), f32.
 * Built twice: with fused multiply-add for engines with relaxed SIMD, and without.
 */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts
// @ts-ignore: decorator
@inline function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  else return f32x4.add(f32x4.mul(a, b), c);
}
// @ts-ignore: decorator
@inline function fnma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  else return f32x4.sub(c, f32x4.mul(a, b));
}


/** Radix 2, decimation in frequency: one stage of the way there, over blocks of 2·m rows. */
function dif2(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 2 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const x1r = v128.load(p + stride + re);
      const x1i = v128.load(p + stride + im);
      const y0r = f32x4.add(x0r, x1r);
      const y0i = f32x4.add(x0i, x1i);
      const y1r = f32x4.sub(x0r, x1r);
      const y1i = f32x4.sub(x0i, x1i);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      v128.store(p + stride + re, fnma(y1i, w1i, f32x4.mul(y1r, w1r)));
      v128.store(p + stride + im, fma(y1i, w1r, f32x4.mul(y1r, w1i)));
      tw += 8;
    }
  }
}

/** Radix 2, decimation in time: the mirror of dif2. */
function dit2(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 2 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const v1r = v128.load(p + stride + re);
      const v1i = v128.load(p + stride + im);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      const x1r = fnma(v1i, w1i, f32x4.mul(v1r, w1r));
      const x1i = fma(v1i, w1r, f32x4.mul(v1r, w1i));
      const y0r = f32x4.add(x0r, x1r);
      const y0i = f32x4.add(x0i, x1i);
      const y1r = f32x4.sub(x0r, x1r);
      const y1i = f32x4.sub(x0i, x1i);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      v128.store(p + stride + re, y1r);
      v128.store(p + stride + im, y1i);
      tw += 8;
    }
  }
}

/** Radix 2, the innermost stage there, the propagator's factor, and the innermost stage back, in registers. */
function mid2(base: usize, n: i32, factor: usize): void {
  for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += 64) {
    const x0r = v128.load(p, 0);
    const x0i = v128.load(p, 16);
    const x1r = v128.load(p, 32);
    const x1i = v128.load(p, 48);
    const y0r = f32x4.add(x0r, x1r);
    const y0i = f32x4.add(x0i, x1i);
    const y1r = f32x4.sub(x0r, x1r);
    const y1i = f32x4.sub(x0i, x1i);
    const f0r = v128.load32_splat(factor, 0);
    const f0i = v128.load32_splat(factor, 4);
    const u0i = fnma(y0i, f0i, f32x4.mul(y0r, f0r));
    const u0r = fma(y0i, f0r, f32x4.mul(y0r, f0i));
    const f1r = v128.load32_splat(factor, 8);
    const f1i = v128.load32_splat(factor, 12);
    const u1i = fnma(y1i, f1i, f32x4.mul(y1r, f1r));
    const u1r = fma(y1i, f1r, f32x4.mul(y1r, f1i));
    const y0r_ = f32x4.add(u0r, u1r);
    const y0i_ = f32x4.add(u0i, u1i);
    const y1r_ = f32x4.sub(u0r, u1r);
    const y1i_ = f32x4.sub(u0i, u1i);
    v128.store(p, y0i_, 0);
    v128.store(p, y0r_, 16);
    v128.store(p, y1i_, 32);
    v128.store(p, y1r_, 48);
    factor += 16;
  }
}

/** Radix 3, decimation in frequency: one stage of the way there, over blocks of 3·m rows. */
function dif3(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C3_1 = f32x4.splat(-0.4999999999999998);
  const S3_1 = f32x4.splat(0.8660254037844387);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 3 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const x1r = v128.load(p + stride + re);
      const x1i = v128.load(p + stride + im);
      const x2r = v128.load(p + 2 * stride + re);
      const x2i = v128.load(p + 2 * stride + im);
      const s1r = f32x4.add(x1r, x2r);
      const s1i = f32x4.add(x1i, x2i);
      const d1r = f32x4.sub(x1r, x2r);
      const d1i = f32x4.sub(x1i, x2i);
      const y0r = f32x4.add(x0r, s1r);
      const y0i = f32x4.add(x0i, s1i);
      const m1r = fma(s1r, C3_1, x0r);
      const n1r = f32x4.mul(d1r, S3_1);
      const m1i = fma(s1i, C3_1, x0i);
      const n1i = f32x4.mul(d1i, S3_1);
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y2r = f32x4.sub(m1r, n1i);
      const y2i = f32x4.add(m1i, n1r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      v128.store(p + stride + re, fnma(y1i, w1i, f32x4.mul(y1r, w1r)));
      v128.store(p + stride + im, fma(y1i, w1r, f32x4.mul(y1r, w1i)));
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      v128.store(p + 2 * stride + re, fnma(y2i, w2i, f32x4.mul(y2r, w2r)));
      v128.store(p + 2 * stride + im, fma(y2i, w2r, f32x4.mul(y2r, w2i)));
      tw += 16;
    }
  }
}

/** Radix 3, decimation in time: the mirror of dif3. */
function dit3(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C3_1 = f32x4.splat(-0.4999999999999998);
  const S3_1 = f32x4.splat(0.8660254037844387);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 3 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const v1r = v128.load(p + stride + re);
      const v1i = v128.load(p + stride + im);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      const x1r = fnma(v1i, w1i, f32x4.mul(v1r, w1r));
      const x1i = fma(v1i, w1r, f32x4.mul(v1r, w1i));
      const v2r = v128.load(p + 2 * stride + re);
      const v2i = v128.load(p + 2 * stride + im);
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      const x2r = fnma(v2i, w2i, f32x4.mul(v2r, w2r));
      const x2i = fma(v2i, w2r, f32x4.mul(v2r, w2i));
      const s1r = f32x4.add(x1r, x2r);
      const s1i = f32x4.add(x1i, x2i);
      const d1r = f32x4.sub(x1r, x2r);
      const d1i = f32x4.sub(x1i, x2i);
      const y0r = f32x4.add(x0r, s1r);
      const y0i = f32x4.add(x0i, s1i);
      const m1r = fma(s1r, C3_1, x0r);
      const n1r = f32x4.mul(d1r, S3_1);
      const m1i = fma(s1i, C3_1, x0i);
      const n1i = f32x4.mul(d1i, S3_1);
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y2r = f32x4.sub(m1r, n1i);
      const y2i = f32x4.add(m1i, n1r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      v128.store(p + stride + re, y1r);
      v128.store(p + stride + im, y1i);
      v128.store(p + 2 * stride + re, y2r);
      v128.store(p + 2 * stride + im, y2i);
      tw += 16;
    }
  }
}

/** Radix 3, the innermost stage there, the propagator's factor, and the innermost stage back, in registers. */
function mid3(base: usize, n: i32, factor: usize): void {
  const C3_1 = f32x4.splat(-0.4999999999999998);
  const S3_1 = f32x4.splat(0.8660254037844387);
  for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += 96) {
    const x0r = v128.load(p, 0);
    const x0i = v128.load(p, 16);
    const x1r = v128.load(p, 32);
    const x1i = v128.load(p, 48);
    const x2r = v128.load(p, 64);
    const x2i = v128.load(p, 80);
    const s1r = f32x4.add(x1r, x2r);
    const s1i = f32x4.add(x1i, x2i);
    const d1r = f32x4.sub(x1r, x2r);
    const d1i = f32x4.sub(x1i, x2i);
    const y0r = f32x4.add(x0r, s1r);
    const y0i = f32x4.add(x0i, s1i);
    const m1r = fma(s1r, C3_1, x0r);
    const n1r = f32x4.mul(d1r, S3_1);
    const m1i = fma(s1i, C3_1, x0i);
    const n1i = f32x4.mul(d1i, S3_1);
    const y1r = f32x4.add(m1r, n1i);
    const y1i = f32x4.sub(m1i, n1r);
    const y2r = f32x4.sub(m1r, n1i);
    const y2i = f32x4.add(m1i, n1r);
    const f0r = v128.load32_splat(factor, 0);
    const f0i = v128.load32_splat(factor, 4);
    const u0i = fnma(y0i, f0i, f32x4.mul(y0r, f0r));
    const u0r = fma(y0i, f0r, f32x4.mul(y0r, f0i));
    const f1r = v128.load32_splat(factor, 8);
    const f1i = v128.load32_splat(factor, 12);
    const u1i = fnma(y1i, f1i, f32x4.mul(y1r, f1r));
    const u1r = fma(y1i, f1r, f32x4.mul(y1r, f1i));
    const f2r = v128.load32_splat(factor, 16);
    const f2i = v128.load32_splat(factor, 20);
    const u2i = fnma(y2i, f2i, f32x4.mul(y2r, f2r));
    const u2r = fma(y2i, f2r, f32x4.mul(y2r, f2i));
    const s1r_ = f32x4.add(u1r, u2r);
    const s1i_ = f32x4.add(u1i, u2i);
    const d1r_ = f32x4.sub(u1r, u2r);
    const d1i_ = f32x4.sub(u1i, u2i);
    const y0r_ = f32x4.add(u0r, s1r_);
    const y0i_ = f32x4.add(u0i, s1i_);
    const m1r_ = fma(s1r_, C3_1, u0r);
    const n1r_ = f32x4.mul(d1r_, S3_1);
    const m1i_ = fma(s1i_, C3_1, u0i);
    const n1i_ = f32x4.mul(d1i_, S3_1);
    const y1r_ = f32x4.add(m1r_, n1i_);
    const y1i_ = f32x4.sub(m1i_, n1r_);
    const y2r_ = f32x4.sub(m1r_, n1i_);
    const y2i_ = f32x4.add(m1i_, n1r_);
    v128.store(p, y0i_, 0);
    v128.store(p, y0r_, 16);
    v128.store(p, y1i_, 32);
    v128.store(p, y1r_, 48);
    v128.store(p, y2i_, 64);
    v128.store(p, y2r_, 80);
    factor += 24;
  }
}

/** Radix 4, decimation in frequency: one stage of the way there, over blocks of 4·m rows. */
function dif4(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 4 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const x1r = v128.load(p + stride + re);
      const x1i = v128.load(p + stride + im);
      const x2r = v128.load(p + 2 * stride + re);
      const x2i = v128.load(p + 2 * stride + im);
      const x3r = v128.load(p + 3 * stride + re);
      const x3i = v128.load(p + 3 * stride + im);
      const ar = f32x4.add(x0r, x2r);
      const ai = f32x4.add(x0i, x2i);
      const br = f32x4.sub(x0r, x2r);
      const bi = f32x4.sub(x0i, x2i);
      const cr = f32x4.add(x1r, x3r);
      const ci = f32x4.add(x1i, x3i);
      const dr = f32x4.sub(x1r, x3r);
      const di = f32x4.sub(x1i, x3i);
      const y0r = f32x4.add(ar, cr);
      const y0i = f32x4.add(ai, ci);
      const y2r = f32x4.sub(ar, cr);
      const y2i = f32x4.sub(ai, ci);
      const y1r = f32x4.add(br, di);
      const y1i = f32x4.sub(bi, dr);
      const y3r = f32x4.sub(br, di);
      const y3i = f32x4.add(bi, dr);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      v128.store(p + stride + re, fnma(y1i, w1i, f32x4.mul(y1r, w1r)));
      v128.store(p + stride + im, fma(y1i, w1r, f32x4.mul(y1r, w1i)));
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      v128.store(p + 2 * stride + re, fnma(y2i, w2i, f32x4.mul(y2r, w2r)));
      v128.store(p + 2 * stride + im, fma(y2i, w2r, f32x4.mul(y2r, w2i)));
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      v128.store(p + 3 * stride + re, fnma(y3i, w3i, f32x4.mul(y3r, w3r)));
      v128.store(p + 3 * stride + im, fma(y3i, w3r, f32x4.mul(y3r, w3i)));
      tw += 24;
    }
  }
}

/** Radix 4, decimation in time: the mirror of dif4. */
function dit4(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 4 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const v1r = v128.load(p + stride + re);
      const v1i = v128.load(p + stride + im);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      const x1r = fnma(v1i, w1i, f32x4.mul(v1r, w1r));
      const x1i = fma(v1i, w1r, f32x4.mul(v1r, w1i));
      const v2r = v128.load(p + 2 * stride + re);
      const v2i = v128.load(p + 2 * stride + im);
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      const x2r = fnma(v2i, w2i, f32x4.mul(v2r, w2r));
      const x2i = fma(v2i, w2r, f32x4.mul(v2r, w2i));
      const v3r = v128.load(p + 3 * stride + re);
      const v3i = v128.load(p + 3 * stride + im);
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      const x3r = fnma(v3i, w3i, f32x4.mul(v3r, w3r));
      const x3i = fma(v3i, w3r, f32x4.mul(v3r, w3i));
      const ar = f32x4.add(x0r, x2r);
      const ai = f32x4.add(x0i, x2i);
      const br = f32x4.sub(x0r, x2r);
      const bi = f32x4.sub(x0i, x2i);
      const cr = f32x4.add(x1r, x3r);
      const ci = f32x4.add(x1i, x3i);
      const dr = f32x4.sub(x1r, x3r);
      const di = f32x4.sub(x1i, x3i);
      const y0r = f32x4.add(ar, cr);
      const y0i = f32x4.add(ai, ci);
      const y2r = f32x4.sub(ar, cr);
      const y2i = f32x4.sub(ai, ci);
      const y1r = f32x4.add(br, di);
      const y1i = f32x4.sub(bi, dr);
      const y3r = f32x4.sub(br, di);
      const y3i = f32x4.add(bi, dr);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      v128.store(p + stride + re, y1r);
      v128.store(p + stride + im, y1i);
      v128.store(p + 2 * stride + re, y2r);
      v128.store(p + 2 * stride + im, y2i);
      v128.store(p + 3 * stride + re, y3r);
      v128.store(p + 3 * stride + im, y3i);
      tw += 24;
    }
  }
}

/** Radix 4, the innermost stage there, the propagator's factor, and the innermost stage back, in registers. */
function mid4(base: usize, n: i32, factor: usize): void {
  for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += 128) {
    const x0r = v128.load(p, 0);
    const x0i = v128.load(p, 16);
    const x1r = v128.load(p, 32);
    const x1i = v128.load(p, 48);
    const x2r = v128.load(p, 64);
    const x2i = v128.load(p, 80);
    const x3r = v128.load(p, 96);
    const x3i = v128.load(p, 112);
    const ar = f32x4.add(x0r, x2r);
    const ai = f32x4.add(x0i, x2i);
    const br = f32x4.sub(x0r, x2r);
    const bi = f32x4.sub(x0i, x2i);
    const cr = f32x4.add(x1r, x3r);
    const ci = f32x4.add(x1i, x3i);
    const dr = f32x4.sub(x1r, x3r);
    const di = f32x4.sub(x1i, x3i);
    const y0r = f32x4.add(ar, cr);
    const y0i = f32x4.add(ai, ci);
    const y2r = f32x4.sub(ar, cr);
    const y2i = f32x4.sub(ai, ci);
    const y1r = f32x4.add(br, di);
    const y1i = f32x4.sub(bi, dr);
    const y3r = f32x4.sub(br, di);
    const y3i = f32x4.add(bi, dr);
    const f0r = v128.load32_splat(factor, 0);
    const f0i = v128.load32_splat(factor, 4);
    const u0i = fnma(y0i, f0i, f32x4.mul(y0r, f0r));
    const u0r = fma(y0i, f0r, f32x4.mul(y0r, f0i));
    const f1r = v128.load32_splat(factor, 8);
    const f1i = v128.load32_splat(factor, 12);
    const u1i = fnma(y1i, f1i, f32x4.mul(y1r, f1r));
    const u1r = fma(y1i, f1r, f32x4.mul(y1r, f1i));
    const f2r = v128.load32_splat(factor, 16);
    const f2i = v128.load32_splat(factor, 20);
    const u2i = fnma(y2i, f2i, f32x4.mul(y2r, f2r));
    const u2r = fma(y2i, f2r, f32x4.mul(y2r, f2i));
    const f3r = v128.load32_splat(factor, 24);
    const f3i = v128.load32_splat(factor, 28);
    const u3i = fnma(y3i, f3i, f32x4.mul(y3r, f3r));
    const u3r = fma(y3i, f3r, f32x4.mul(y3r, f3i));
    const ar_ = f32x4.add(u0r, u2r);
    const ai_ = f32x4.add(u0i, u2i);
    const br_ = f32x4.sub(u0r, u2r);
    const bi_ = f32x4.sub(u0i, u2i);
    const cr_ = f32x4.add(u1r, u3r);
    const ci_ = f32x4.add(u1i, u3i);
    const dr_ = f32x4.sub(u1r, u3r);
    const di_ = f32x4.sub(u1i, u3i);
    const y0r_ = f32x4.add(ar_, cr_);
    const y0i_ = f32x4.add(ai_, ci_);
    const y2r_ = f32x4.sub(ar_, cr_);
    const y2i_ = f32x4.sub(ai_, ci_);
    const y1r_ = f32x4.add(br_, di_);
    const y1i_ = f32x4.sub(bi_, dr_);
    const y3r_ = f32x4.sub(br_, di_);
    const y3i_ = f32x4.add(bi_, dr_);
    v128.store(p, y0i_, 0);
    v128.store(p, y0r_, 16);
    v128.store(p, y1i_, 32);
    v128.store(p, y1r_, 48);
    v128.store(p, y2i_, 64);
    v128.store(p, y2r_, 80);
    v128.store(p, y3i_, 96);
    v128.store(p, y3r_, 112);
    factor += 32;
  }
}

/** Radix 5, decimation in frequency: one stage of the way there, over blocks of 5·m rows. */
function dif5(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C5_1 = f32x4.splat(0.30901699437494745);
  const S5_1 = f32x4.splat(0.9510565162951535);
  const C5_2 = f32x4.splat(-0.8090169943749473);
  const S5_2 = f32x4.splat(0.5877852522924732);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 5 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const x1r = v128.load(p + stride + re);
      const x1i = v128.load(p + stride + im);
      const x2r = v128.load(p + 2 * stride + re);
      const x2i = v128.load(p + 2 * stride + im);
      const x3r = v128.load(p + 3 * stride + re);
      const x3i = v128.load(p + 3 * stride + im);
      const x4r = v128.load(p + 4 * stride + re);
      const x4i = v128.load(p + 4 * stride + im);
      const s1r = f32x4.add(x1r, x4r);
      const s1i = f32x4.add(x1i, x4i);
      const d1r = f32x4.sub(x1r, x4r);
      const d1i = f32x4.sub(x1i, x4i);
      const s2r = f32x4.add(x2r, x3r);
      const s2i = f32x4.add(x2i, x3i);
      const d2r = f32x4.sub(x2r, x3r);
      const d2i = f32x4.sub(x2i, x3i);
      const y0r = f32x4.add(f32x4.add(x0r, s1r), s2r);
      const y0i = f32x4.add(f32x4.add(x0i, s1i), s2i);
      const m1r = fma(s2r, C5_2, fma(s1r, C5_1, x0r));
      const n1r = fma(d2r, S5_2, f32x4.mul(d1r, S5_1));
      const m1i = fma(s2i, C5_2, fma(s1i, C5_1, x0i));
      const n1i = fma(d2i, S5_2, f32x4.mul(d1i, S5_1));
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y4r = f32x4.sub(m1r, n1i);
      const y4i = f32x4.add(m1i, n1r);
      const m2r = fma(s2r, C5_1, fma(s1r, C5_2, x0r));
      const n2r = fnma(d2r, S5_1, f32x4.mul(d1r, S5_2));
      const m2i = fma(s2i, C5_1, fma(s1i, C5_2, x0i));
      const n2i = fnma(d2i, S5_1, f32x4.mul(d1i, S5_2));
      const y2r = f32x4.add(m2r, n2i);
      const y2i = f32x4.sub(m2i, n2r);
      const y3r = f32x4.sub(m2r, n2i);
      const y3i = f32x4.add(m2i, n2r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      v128.store(p + stride + re, fnma(y1i, w1i, f32x4.mul(y1r, w1r)));
      v128.store(p + stride + im, fma(y1i, w1r, f32x4.mul(y1r, w1i)));
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      v128.store(p + 2 * stride + re, fnma(y2i, w2i, f32x4.mul(y2r, w2r)));
      v128.store(p + 2 * stride + im, fma(y2i, w2r, f32x4.mul(y2r, w2i)));
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      v128.store(p + 3 * stride + re, fnma(y3i, w3i, f32x4.mul(y3r, w3r)));
      v128.store(p + 3 * stride + im, fma(y3i, w3r, f32x4.mul(y3r, w3i)));
      const w4r = v128.load32_splat(tw, 24);
      const w4i = v128.load32_splat(tw, 28);
      v128.store(p + 4 * stride + re, fnma(y4i, w4i, f32x4.mul(y4r, w4r)));
      v128.store(p + 4 * stride + im, fma(y4i, w4r, f32x4.mul(y4r, w4i)));
      tw += 32;
    }
  }
}

/** Radix 5, decimation in time: the mirror of dif5. */
function dit5(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C5_1 = f32x4.splat(0.30901699437494745);
  const S5_1 = f32x4.splat(0.9510565162951535);
  const C5_2 = f32x4.splat(-0.8090169943749473);
  const S5_2 = f32x4.splat(0.5877852522924732);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 5 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const v1r = v128.load(p + stride + re);
      const v1i = v128.load(p + stride + im);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      const x1r = fnma(v1i, w1i, f32x4.mul(v1r, w1r));
      const x1i = fma(v1i, w1r, f32x4.mul(v1r, w1i));
      const v2r = v128.load(p + 2 * stride + re);
      const v2i = v128.load(p + 2 * stride + im);
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      const x2r = fnma(v2i, w2i, f32x4.mul(v2r, w2r));
      const x2i = fma(v2i, w2r, f32x4.mul(v2r, w2i));
      const v3r = v128.load(p + 3 * stride + re);
      const v3i = v128.load(p + 3 * stride + im);
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      const x3r = fnma(v3i, w3i, f32x4.mul(v3r, w3r));
      const x3i = fma(v3i, w3r, f32x4.mul(v3r, w3i));
      const v4r = v128.load(p + 4 * stride + re);
      const v4i = v128.load(p + 4 * stride + im);
      const w4r = v128.load32_splat(tw, 24);
      const w4i = v128.load32_splat(tw, 28);
      const x4r = fnma(v4i, w4i, f32x4.mul(v4r, w4r));
      const x4i = fma(v4i, w4r, f32x4.mul(v4r, w4i));
      const s1r = f32x4.add(x1r, x4r);
      const s1i = f32x4.add(x1i, x4i);
      const d1r = f32x4.sub(x1r, x4r);
      const d1i = f32x4.sub(x1i, x4i);
      const s2r = f32x4.add(x2r, x3r);
      const s2i = f32x4.add(x2i, x3i);
      const d2r = f32x4.sub(x2r, x3r);
      const d2i = f32x4.sub(x2i, x3i);
      const y0r = f32x4.add(f32x4.add(x0r, s1r), s2r);
      const y0i = f32x4.add(f32x4.add(x0i, s1i), s2i);
      const m1r = fma(s2r, C5_2, fma(s1r, C5_1, x0r));
      const n1r = fma(d2r, S5_2, f32x4.mul(d1r, S5_1));
      const m1i = fma(s2i, C5_2, fma(s1i, C5_1, x0i));
      const n1i = fma(d2i, S5_2, f32x4.mul(d1i, S5_1));
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y4r = f32x4.sub(m1r, n1i);
      const y4i = f32x4.add(m1i, n1r);
      const m2r = fma(s2r, C5_1, fma(s1r, C5_2, x0r));
      const n2r = fnma(d2r, S5_1, f32x4.mul(d1r, S5_2));
      const m2i = fma(s2i, C5_1, fma(s1i, C5_2, x0i));
      const n2i = fnma(d2i, S5_1, f32x4.mul(d1i, S5_2));
      const y2r = f32x4.add(m2r, n2i);
      const y2i = f32x4.sub(m2i, n2r);
      const y3r = f32x4.sub(m2r, n2i);
      const y3i = f32x4.add(m2i, n2r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      v128.store(p + stride + re, y1r);
      v128.store(p + stride + im, y1i);
      v128.store(p + 2 * stride + re, y2r);
      v128.store(p + 2 * stride + im, y2i);
      v128.store(p + 3 * stride + re, y3r);
      v128.store(p + 3 * stride + im, y3i);
      v128.store(p + 4 * stride + re, y4r);
      v128.store(p + 4 * stride + im, y4i);
      tw += 32;
    }
  }
}

/** Radix 5, the innermost stage there, the propagator's factor, and the innermost stage back, in registers. */
function mid5(base: usize, n: i32, factor: usize): void {
  const C5_1 = f32x4.splat(0.30901699437494745);
  const S5_1 = f32x4.splat(0.9510565162951535);
  const C5_2 = f32x4.splat(-0.8090169943749473);
  const S5_2 = f32x4.splat(0.5877852522924732);
  for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += 160) {
    const x0r = v128.load(p, 0);
    const x0i = v128.load(p, 16);
    const x1r = v128.load(p, 32);
    const x1i = v128.load(p, 48);
    const x2r = v128.load(p, 64);
    const x2i = v128.load(p, 80);
    const x3r = v128.load(p, 96);
    const x3i = v128.load(p, 112);
    const x4r = v128.load(p, 128);
    const x4i = v128.load(p, 144);
    const s1r = f32x4.add(x1r, x4r);
    const s1i = f32x4.add(x1i, x4i);
    const d1r = f32x4.sub(x1r, x4r);
    const d1i = f32x4.sub(x1i, x4i);
    const s2r = f32x4.add(x2r, x3r);
    const s2i = f32x4.add(x2i, x3i);
    const d2r = f32x4.sub(x2r, x3r);
    const d2i = f32x4.sub(x2i, x3i);
    const y0r = f32x4.add(f32x4.add(x0r, s1r), s2r);
    const y0i = f32x4.add(f32x4.add(x0i, s1i), s2i);
    const m1r = fma(s2r, C5_2, fma(s1r, C5_1, x0r));
    const n1r = fma(d2r, S5_2, f32x4.mul(d1r, S5_1));
    const m1i = fma(s2i, C5_2, fma(s1i, C5_1, x0i));
    const n1i = fma(d2i, S5_2, f32x4.mul(d1i, S5_1));
    const y1r = f32x4.add(m1r, n1i);
    const y1i = f32x4.sub(m1i, n1r);
    const y4r = f32x4.sub(m1r, n1i);
    const y4i = f32x4.add(m1i, n1r);
    const m2r = fma(s2r, C5_1, fma(s1r, C5_2, x0r));
    const n2r = fnma(d2r, S5_1, f32x4.mul(d1r, S5_2));
    const m2i = fma(s2i, C5_1, fma(s1i, C5_2, x0i));
    const n2i = fnma(d2i, S5_1, f32x4.mul(d1i, S5_2));
    const y2r = f32x4.add(m2r, n2i);
    const y2i = f32x4.sub(m2i, n2r);
    const y3r = f32x4.sub(m2r, n2i);
    const y3i = f32x4.add(m2i, n2r);
    const f0r = v128.load32_splat(factor, 0);
    const f0i = v128.load32_splat(factor, 4);
    const u0i = fnma(y0i, f0i, f32x4.mul(y0r, f0r));
    const u0r = fma(y0i, f0r, f32x4.mul(y0r, f0i));
    const f1r = v128.load32_splat(factor, 8);
    const f1i = v128.load32_splat(factor, 12);
    const u1i = fnma(y1i, f1i, f32x4.mul(y1r, f1r));
    const u1r = fma(y1i, f1r, f32x4.mul(y1r, f1i));
    const f2r = v128.load32_splat(factor, 16);
    const f2i = v128.load32_splat(factor, 20);
    const u2i = fnma(y2i, f2i, f32x4.mul(y2r, f2r));
    const u2r = fma(y2i, f2r, f32x4.mul(y2r, f2i));
    const f3r = v128.load32_splat(factor, 24);
    const f3i = v128.load32_splat(factor, 28);
    const u3i = fnma(y3i, f3i, f32x4.mul(y3r, f3r));
    const u3r = fma(y3i, f3r, f32x4.mul(y3r, f3i));
    const f4r = v128.load32_splat(factor, 32);
    const f4i = v128.load32_splat(factor, 36);
    const u4i = fnma(y4i, f4i, f32x4.mul(y4r, f4r));
    const u4r = fma(y4i, f4r, f32x4.mul(y4r, f4i));
    const s1r_ = f32x4.add(u1r, u4r);
    const s1i_ = f32x4.add(u1i, u4i);
    const d1r_ = f32x4.sub(u1r, u4r);
    const d1i_ = f32x4.sub(u1i, u4i);
    const s2r_ = f32x4.add(u2r, u3r);
    const s2i_ = f32x4.add(u2i, u3i);
    const d2r_ = f32x4.sub(u2r, u3r);
    const d2i_ = f32x4.sub(u2i, u3i);
    const y0r_ = f32x4.add(f32x4.add(u0r, s1r_), s2r_);
    const y0i_ = f32x4.add(f32x4.add(u0i, s1i_), s2i_);
    const m1r_ = fma(s2r_, C5_2, fma(s1r_, C5_1, u0r));
    const n1r_ = fma(d2r_, S5_2, f32x4.mul(d1r_, S5_1));
    const m1i_ = fma(s2i_, C5_2, fma(s1i_, C5_1, u0i));
    const n1i_ = fma(d2i_, S5_2, f32x4.mul(d1i_, S5_1));
    const y1r_ = f32x4.add(m1r_, n1i_);
    const y1i_ = f32x4.sub(m1i_, n1r_);
    const y4r_ = f32x4.sub(m1r_, n1i_);
    const y4i_ = f32x4.add(m1i_, n1r_);
    const m2r_ = fma(s2r_, C5_1, fma(s1r_, C5_2, u0r));
    const n2r_ = fnma(d2r_, S5_1, f32x4.mul(d1r_, S5_2));
    const m2i_ = fma(s2i_, C5_1, fma(s1i_, C5_2, u0i));
    const n2i_ = fnma(d2i_, S5_1, f32x4.mul(d1i_, S5_2));
    const y2r_ = f32x4.add(m2r_, n2i_);
    const y2i_ = f32x4.sub(m2i_, n2r_);
    const y3r_ = f32x4.sub(m2r_, n2i_);
    const y3i_ = f32x4.add(m2i_, n2r_);
    v128.store(p, y0i_, 0);
    v128.store(p, y0r_, 16);
    v128.store(p, y1i_, 32);
    v128.store(p, y1r_, 48);
    v128.store(p, y2i_, 64);
    v128.store(p, y2r_, 80);
    v128.store(p, y3i_, 96);
    v128.store(p, y3r_, 112);
    v128.store(p, y4i_, 128);
    v128.store(p, y4r_, 144);
    factor += 40;
  }
}

/** Radix 7, decimation in frequency: one stage of the way there, over blocks of 7·m rows. */
function dif7(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C7_1 = f32x4.splat(0.6234898018587336);
  const S7_1 = f32x4.splat(0.7818314824680298);
  const C7_2 = f32x4.splat(-0.22252093395631434);
  const S7_2 = f32x4.splat(0.9749279121818236);
  const C7_3 = f32x4.splat(-0.900968867902419);
  const S7_3 = f32x4.splat(0.43388373911755823);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 7 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const x1r = v128.load(p + stride + re);
      const x1i = v128.load(p + stride + im);
      const x2r = v128.load(p + 2 * stride + re);
      const x2i = v128.load(p + 2 * stride + im);
      const x3r = v128.load(p + 3 * stride + re);
      const x3i = v128.load(p + 3 * stride + im);
      const x4r = v128.load(p + 4 * stride + re);
      const x4i = v128.load(p + 4 * stride + im);
      const x5r = v128.load(p + 5 * stride + re);
      const x5i = v128.load(p + 5 * stride + im);
      const x6r = v128.load(p + 6 * stride + re);
      const x6i = v128.load(p + 6 * stride + im);
      const s1r = f32x4.add(x1r, x6r);
      const s1i = f32x4.add(x1i, x6i);
      const d1r = f32x4.sub(x1r, x6r);
      const d1i = f32x4.sub(x1i, x6i);
      const s2r = f32x4.add(x2r, x5r);
      const s2i = f32x4.add(x2i, x5i);
      const d2r = f32x4.sub(x2r, x5r);
      const d2i = f32x4.sub(x2i, x5i);
      const s3r = f32x4.add(x3r, x4r);
      const s3i = f32x4.add(x3i, x4i);
      const d3r = f32x4.sub(x3r, x4r);
      const d3i = f32x4.sub(x3i, x4i);
      const y0r = f32x4.add(f32x4.add(f32x4.add(x0r, s1r), s2r), s3r);
      const y0i = f32x4.add(f32x4.add(f32x4.add(x0i, s1i), s2i), s3i);
      const m1r = fma(s3r, C7_3, fma(s2r, C7_2, fma(s1r, C7_1, x0r)));
      const n1r = fma(d3r, S7_3, fma(d2r, S7_2, f32x4.mul(d1r, S7_1)));
      const m1i = fma(s3i, C7_3, fma(s2i, C7_2, fma(s1i, C7_1, x0i)));
      const n1i = fma(d3i, S7_3, fma(d2i, S7_2, f32x4.mul(d1i, S7_1)));
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y6r = f32x4.sub(m1r, n1i);
      const y6i = f32x4.add(m1i, n1r);
      const m2r = fma(s3r, C7_1, fma(s2r, C7_3, fma(s1r, C7_2, x0r)));
      const n2r = fnma(d3r, S7_1, fnma(d2r, S7_3, f32x4.mul(d1r, S7_2)));
      const m2i = fma(s3i, C7_1, fma(s2i, C7_3, fma(s1i, C7_2, x0i)));
      const n2i = fnma(d3i, S7_1, fnma(d2i, S7_3, f32x4.mul(d1i, S7_2)));
      const y2r = f32x4.add(m2r, n2i);
      const y2i = f32x4.sub(m2i, n2r);
      const y5r = f32x4.sub(m2r, n2i);
      const y5i = f32x4.add(m2i, n2r);
      const m3r = fma(s3r, C7_2, fma(s2r, C7_1, fma(s1r, C7_3, x0r)));
      const n3r = fma(d3r, S7_2, fnma(d2r, S7_1, f32x4.mul(d1r, S7_3)));
      const m3i = fma(s3i, C7_2, fma(s2i, C7_1, fma(s1i, C7_3, x0i)));
      const n3i = fma(d3i, S7_2, fnma(d2i, S7_1, f32x4.mul(d1i, S7_3)));
      const y3r = f32x4.add(m3r, n3i);
      const y3i = f32x4.sub(m3i, n3r);
      const y4r = f32x4.sub(m3r, n3i);
      const y4i = f32x4.add(m3i, n3r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      v128.store(p + stride + re, fnma(y1i, w1i, f32x4.mul(y1r, w1r)));
      v128.store(p + stride + im, fma(y1i, w1r, f32x4.mul(y1r, w1i)));
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      v128.store(p + 2 * stride + re, fnma(y2i, w2i, f32x4.mul(y2r, w2r)));
      v128.store(p + 2 * stride + im, fma(y2i, w2r, f32x4.mul(y2r, w2i)));
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      v128.store(p + 3 * stride + re, fnma(y3i, w3i, f32x4.mul(y3r, w3r)));
      v128.store(p + 3 * stride + im, fma(y3i, w3r, f32x4.mul(y3r, w3i)));
      const w4r = v128.load32_splat(tw, 24);
      const w4i = v128.load32_splat(tw, 28);
      v128.store(p + 4 * stride + re, fnma(y4i, w4i, f32x4.mul(y4r, w4r)));
      v128.store(p + 4 * stride + im, fma(y4i, w4r, f32x4.mul(y4r, w4i)));
      const w5r = v128.load32_splat(tw, 32);
      const w5i = v128.load32_splat(tw, 36);
      v128.store(p + 5 * stride + re, fnma(y5i, w5i, f32x4.mul(y5r, w5r)));
      v128.store(p + 5 * stride + im, fma(y5i, w5r, f32x4.mul(y5r, w5i)));
      const w6r = v128.load32_splat(tw, 40);
      const w6i = v128.load32_splat(tw, 44);
      v128.store(p + 6 * stride + re, fnma(y6i, w6i, f32x4.mul(y6r, w6r)));
      v128.store(p + 6 * stride + im, fma(y6i, w6r, f32x4.mul(y6r, w6i)));
      tw += 48;
    }
  }
}

/** Radix 7, decimation in time: the mirror of dif7. */
function dit7(base: usize, n: i32, m: i32, tw0: usize, re: usize, im: usize): void {
  const stride: usize = (<usize>m) << 5;
  const C7_1 = f32x4.splat(0.6234898018587336);
  const S7_1 = f32x4.splat(0.7818314824680298);
  const C7_2 = f32x4.splat(-0.22252093395631434);
  const S7_2 = f32x4.splat(0.9749279121818236);
  const C7_3 = f32x4.splat(-0.900968867902419);
  const S7_3 = f32x4.splat(0.43388373911755823);
  for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += 7 * stride) {
    let tw = tw0;
    for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {
      const x0r = v128.load(p + re);
      const x0i = v128.load(p + im);
      const v1r = v128.load(p + stride + re);
      const v1i = v128.load(p + stride + im);
      const w1r = v128.load32_splat(tw, 0);
      const w1i = v128.load32_splat(tw, 4);
      const x1r = fnma(v1i, w1i, f32x4.mul(v1r, w1r));
      const x1i = fma(v1i, w1r, f32x4.mul(v1r, w1i));
      const v2r = v128.load(p + 2 * stride + re);
      const v2i = v128.load(p + 2 * stride + im);
      const w2r = v128.load32_splat(tw, 8);
      const w2i = v128.load32_splat(tw, 12);
      const x2r = fnma(v2i, w2i, f32x4.mul(v2r, w2r));
      const x2i = fma(v2i, w2r, f32x4.mul(v2r, w2i));
      const v3r = v128.load(p + 3 * stride + re);
      const v3i = v128.load(p + 3 * stride + im);
      const w3r = v128.load32_splat(tw, 16);
      const w3i = v128.load32_splat(tw, 20);
      const x3r = fnma(v3i, w3i, f32x4.mul(v3r, w3r));
      const x3i = fma(v3i, w3r, f32x4.mul(v3r, w3i));
      const v4r = v128.load(p + 4 * stride + re);
      const v4i = v128.load(p + 4 * stride + im);
      const w4r = v128.load32_splat(tw, 24);
      const w4i = v128.load32_splat(tw, 28);
      const x4r = fnma(v4i, w4i, f32x4.mul(v4r, w4r));
      const x4i = fma(v4i, w4r, f32x4.mul(v4r, w4i));
      const v5r = v128.load(p + 5 * stride + re);
      const v5i = v128.load(p + 5 * stride + im);
      const w5r = v128.load32_splat(tw, 32);
      const w5i = v128.load32_splat(tw, 36);
      const x5r = fnma(v5i, w5i, f32x4.mul(v5r, w5r));
      const x5i = fma(v5i, w5r, f32x4.mul(v5r, w5i));
      const v6r = v128.load(p + 6 * stride + re);
      const v6i = v128.load(p + 6 * stride + im);
      const w6r = v128.load32_splat(tw, 40);
      const w6i = v128.load32_splat(tw, 44);
      const x6r = fnma(v6i, w6i, f32x4.mul(v6r, w6r));
      const x6i = fma(v6i, w6r, f32x4.mul(v6r, w6i));
      const s1r = f32x4.add(x1r, x6r);
      const s1i = f32x4.add(x1i, x6i);
      const d1r = f32x4.sub(x1r, x6r);
      const d1i = f32x4.sub(x1i, x6i);
      const s2r = f32x4.add(x2r, x5r);
      const s2i = f32x4.add(x2i, x5i);
      const d2r = f32x4.sub(x2r, x5r);
      const d2i = f32x4.sub(x2i, x5i);
      const s3r = f32x4.add(x3r, x4r);
      const s3i = f32x4.add(x3i, x4i);
      const d3r = f32x4.sub(x3r, x4r);
      const d3i = f32x4.sub(x3i, x4i);
      const y0r = f32x4.add(f32x4.add(f32x4.add(x0r, s1r), s2r), s3r);
      const y0i = f32x4.add(f32x4.add(f32x4.add(x0i, s1i), s2i), s3i);
      const m1r = fma(s3r, C7_3, fma(s2r, C7_2, fma(s1r, C7_1, x0r)));
      const n1r = fma(d3r, S7_3, fma(d2r, S7_2, f32x4.mul(d1r, S7_1)));
      const m1i = fma(s3i, C7_3, fma(s2i, C7_2, fma(s1i, C7_1, x0i)));
      const n1i = fma(d3i, S7_3, fma(d2i, S7_2, f32x4.mul(d1i, S7_1)));
      const y1r = f32x4.add(m1r, n1i);
      const y1i = f32x4.sub(m1i, n1r);
      const y6r = f32x4.sub(m1r, n1i);
      const y6i = f32x4.add(m1i, n1r);
      const m2r = fma(s3r, C7_1, fma(s2r, C7_3, fma(s1r, C7_2, x0r)));
      const n2r = fnma(d3r, S7_1, fnma(d2r, S7_3, f32x4.mul(d1r, S7_2)));
      const m2i = fma(s3i, C7_1, fma(s2i, C7_3, fma(s1i, C7_2, x0i)));
      const n2i = fnma(d3i, S7_1, fnma(d2i, S7_3, f32x4.mul(d1i, S7_2)));
      const y2r = f32x4.add(m2r, n2i);
      const y2i = f32x4.sub(m2i, n2r);
      const y5r = f32x4.sub(m2r, n2i);
      const y5i = f32x4.add(m2i, n2r);
      const m3r = fma(s3r, C7_2, fma(s2r, C7_1, fma(s1r, C7_3, x0r)));
      const n3r = fma(d3r, S7_2, fnma(d2r, S7_1, f32x4.mul(d1r, S7_3)));
      const m3i = fma(s3i, C7_2, fma(s2i, C7_1, fma(s1i, C7_3, x0i)));
      const n3i = fma(d3i, S7_2, fnma(d2i, S7_1, f32x4.mul(d1i, S7_3)));
      const y3r = f32x4.add(m3r, n3i);
      const y3i = f32x4.sub(m3i, n3r);
      const y4r = f32x4.sub(m3r, n3i);
      const y4i = f32x4.add(m3i, n3r);
      v128.store(p + re, y0r);
      v128.store(p + im, y0i);
      v128.store(p + stride + re, y1r);
      v128.store(p + stride + im, y1i);
      v128.store(p + 2 * stride + re, y2r);
      v128.store(p + 2 * stride + im, y2i);
      v128.store(p + 3 * stride + re, y3r);
      v128.store(p + 3 * stride + im, y3i);
      v128.store(p + 4 * stride + re, y4r);
      v128.store(p + 4 * stride + im, y4i);
      v128.store(p + 5 * stride + re, y5r);
      v128.store(p + 5 * stride + im, y5i);
      v128.store(p + 6 * stride + re, y6r);
      v128.store(p + 6 * stride + im, y6i);
      tw += 48;
    }
  }
}

/** Radix 7, the innermost stage there, the propagator's factor, and the innermost stage back, in registers. */
function mid7(base: usize, n: i32, factor: usize): void {
  const C7_1 = f32x4.splat(0.6234898018587336);
  const S7_1 = f32x4.splat(0.7818314824680298);
  const C7_2 = f32x4.splat(-0.22252093395631434);
  const S7_2 = f32x4.splat(0.9749279121818236);
  const C7_3 = f32x4.splat(-0.900968867902419);
  const S7_3 = f32x4.splat(0.43388373911755823);
  for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += 224) {
    const x0r = v128.load(p, 0);
    const x0i = v128.load(p, 16);
    const x1r = v128.load(p, 32);
    const x1i = v128.load(p, 48);
    const x2r = v128.load(p, 64);
    const x2i = v128.load(p, 80);
    const x3r = v128.load(p, 96);
    const x3i = v128.load(p, 112);
    const x4r = v128.load(p, 128);
    const x4i = v128.load(p, 144);
    const x5r = v128.load(p, 160);
    const x5i = v128.load(p, 176);
    const x6r = v128.load(p, 192);
    const x6i = v128.load(p, 208);
    const s1r = f32x4.add(x1r, x6r);
    const s1i = f32x4.add(x1i, x6i);
    const d1r = f32x4.sub(x1r, x6r);
    const d1i = f32x4.sub(x1i, x6i);
    const s2r = f32x4.add(x2r, x5r);
    const s2i = f32x4.add(x2i, x5i);
    const d2r = f32x4.sub(x2r, x5r);
    const d2i = f32x4.sub(x2i, x5i);
    const s3r = f32x4.add(x3r, x4r);
    const s3i = f32x4.add(x3i, x4i);
    const d3r = f32x4.sub(x3r, x4r);
    const d3i = f32x4.sub(x3i, x4i);
    const y0r = f32x4.add(f32x4.add(f32x4.add(x0r, s1r), s2r), s3r);
    const y0i = f32x4.add(f32x4.add(f32x4.add(x0i, s1i), s2i), s3i);
    const m1r = fma(s3r, C7_3, fma(s2r, C7_2, fma(s1r, C7_1, x0r)));
    const n1r = fma(d3r, S7_3, fma(d2r, S7_2, f32x4.mul(d1r, S7_1)));
    const m1i = fma(s3i, C7_3, fma(s2i, C7_2, fma(s1i, C7_1, x0i)));
    const n1i = fma(d3i, S7_3, fma(d2i, S7_2, f32x4.mul(d1i, S7_1)));
    const y1r = f32x4.add(m1r, n1i);
    const y1i = f32x4.sub(m1i, n1r);
    const y6r = f32x4.sub(m1r, n1i);
    const y6i = f32x4.add(m1i, n1r);
    const m2r = fma(s3r, C7_1, fma(s2r, C7_3, fma(s1r, C7_2, x0r)));
    const n2r = fnma(d3r, S7_1, fnma(d2r, S7_3, f32x4.mul(d1r, S7_2)));
    const m2i = fma(s3i, C7_1, fma(s2i, C7_3, fma(s1i, C7_2, x0i)));
    const n2i = fnma(d3i, S7_1, fnma(d2i, S7_3, f32x4.mul(d1i, S7_2)));
    const y2r = f32x4.add(m2r, n2i);
    const y2i = f32x4.sub(m2i, n2r);
    const y5r = f32x4.sub(m2r, n2i);
    const y5i = f32x4.add(m2i, n2r);
    const m3r = fma(s3r, C7_2, fma(s2r, C7_1, fma(s1r, C7_3, x0r)));
    const n3r = fma(d3r, S7_2, fnma(d2r, S7_1, f32x4.mul(d1r, S7_3)));
    const m3i = fma(s3i, C7_2, fma(s2i, C7_1, fma(s1i, C7_3, x0i)));
    const n3i = fma(d3i, S7_2, fnma(d2i, S7_1, f32x4.mul(d1i, S7_3)));
    const y3r = f32x4.add(m3r, n3i);
    const y3i = f32x4.sub(m3i, n3r);
    const y4r = f32x4.sub(m3r, n3i);
    const y4i = f32x4.add(m3i, n3r);
    const f0r = v128.load32_splat(factor, 0);
    const f0i = v128.load32_splat(factor, 4);
    const u0i = fnma(y0i, f0i, f32x4.mul(y0r, f0r));
    const u0r = fma(y0i, f0r, f32x4.mul(y0r, f0i));
    const f1r = v128.load32_splat(factor, 8);
    const f1i = v128.load32_splat(factor, 12);
    const u1i = fnma(y1i, f1i, f32x4.mul(y1r, f1r));
    const u1r = fma(y1i, f1r, f32x4.mul(y1r, f1i));
    const f2r = v128.load32_splat(factor, 16);
    const f2i = v128.load32_splat(factor, 20);
    const u2i = fnma(y2i, f2i, f32x4.mul(y2r, f2r));
    const u2r = fma(y2i, f2r, f32x4.mul(y2r, f2i));
    const f3r = v128.load32_splat(factor, 24);
    const f3i = v128.load32_splat(factor, 28);
    const u3i = fnma(y3i, f3i, f32x4.mul(y3r, f3r));
    const u3r = fma(y3i, f3r, f32x4.mul(y3r, f3i));
    const f4r = v128.load32_splat(factor, 32);
    const f4i = v128.load32_splat(factor, 36);
    const u4i = fnma(y4i, f4i, f32x4.mul(y4r, f4r));
    const u4r = fma(y4i, f4r, f32x4.mul(y4r, f4i));
    const f5r = v128.load32_splat(factor, 40);
    const f5i = v128.load32_splat(factor, 44);
    const u5i = fnma(y5i, f5i, f32x4.mul(y5r, f5r));
    const u5r = fma(y5i, f5r, f32x4.mul(y5r, f5i));
    const f6r = v128.load32_splat(factor, 48);
    const f6i = v128.load32_splat(factor, 52);
    const u6i = fnma(y6i, f6i, f32x4.mul(y6r, f6r));
    const u6r = fma(y6i, f6r, f32x4.mul(y6r, f6i));
    const s1r_ = f32x4.add(u1r, u6r);
    const s1i_ = f32x4.add(u1i, u6i);
    const d1r_ = f32x4.sub(u1r, u6r);
    const d1i_ = f32x4.sub(u1i, u6i);
    const s2r_ = f32x4.add(u2r, u5r);
    const s2i_ = f32x4.add(u2i, u5i);
    const d2r_ = f32x4.sub(u2r, u5r);
    const d2i_ = f32x4.sub(u2i, u5i);
    const s3r_ = f32x4.add(u3r, u4r);
    const s3i_ = f32x4.add(u3i, u4i);
    const d3r_ = f32x4.sub(u3r, u4r);
    const d3i_ = f32x4.sub(u3i, u4i);
    const y0r_ = f32x4.add(f32x4.add(f32x4.add(u0r, s1r_), s2r_), s3r_);
    const y0i_ = f32x4.add(f32x4.add(f32x4.add(u0i, s1i_), s2i_), s3i_);
    const m1r_ = fma(s3r_, C7_3, fma(s2r_, C7_2, fma(s1r_, C7_1, u0r)));
    const n1r_ = fma(d3r_, S7_3, fma(d2r_, S7_2, f32x4.mul(d1r_, S7_1)));
    const m1i_ = fma(s3i_, C7_3, fma(s2i_, C7_2, fma(s1i_, C7_1, u0i)));
    const n1i_ = fma(d3i_, S7_3, fma(d2i_, S7_2, f32x4.mul(d1i_, S7_1)));
    const y1r_ = f32x4.add(m1r_, n1i_);
    const y1i_ = f32x4.sub(m1i_, n1r_);
    const y6r_ = f32x4.sub(m1r_, n1i_);
    const y6i_ = f32x4.add(m1i_, n1r_);
    const m2r_ = fma(s3r_, C7_1, fma(s2r_, C7_3, fma(s1r_, C7_2, u0r)));
    const n2r_ = fnma(d3r_, S7_1, fnma(d2r_, S7_3, f32x4.mul(d1r_, S7_2)));
    const m2i_ = fma(s3i_, C7_1, fma(s2i_, C7_3, fma(s1i_, C7_2, u0i)));
    const n2i_ = fnma(d3i_, S7_1, fnma(d2i_, S7_3, f32x4.mul(d1i_, S7_2)));
    const y2r_ = f32x4.add(m2r_, n2i_);
    const y2i_ = f32x4.sub(m2i_, n2r_);
    const y5r_ = f32x4.sub(m2r_, n2i_);
    const y5i_ = f32x4.add(m2i_, n2r_);
    const m3r_ = fma(s3r_, C7_2, fma(s2r_, C7_1, fma(s1r_, C7_3, u0r)));
    const n3r_ = fma(d3r_, S7_2, fnma(d2r_, S7_1, f32x4.mul(d1r_, S7_3)));
    const m3i_ = fma(s3i_, C7_2, fma(s2i_, C7_1, fma(s1i_, C7_3, u0i)));
    const n3i_ = fma(d3i_, S7_2, fnma(d2i_, S7_1, f32x4.mul(d1i_, S7_3)));
    const y3r_ = f32x4.add(m3r_, n3i_);
    const y3i_ = f32x4.sub(m3i_, n3r_);
    const y4r_ = f32x4.sub(m3r_, n3i_);
    const y4i_ = f32x4.add(m3i_, n3r_);
    v128.store(p, y0i_, 0);
    v128.store(p, y0r_, 16);
    v128.store(p, y1i_, 32);
    v128.store(p, y1r_, 48);
    v128.store(p, y2i_, 64);
    v128.store(p, y2r_, 80);
    v128.store(p, y3i_, 96);
    v128.store(p, y3r_, 112);
    v128.store(p, y4i_, 128);
    v128.store(p, y4r_, 144);
    v128.store(p, y5i_, 160);
    v128.store(p, y5r_, 176);
    v128.store(p, y6i_, 192);
    v128.store(p, y6r_, 208);
    factor += 56;
  }
}

/** The stages of the way there but the innermost; `stages` of them. */
function forward(scratch: usize, n: i32, plan: usize, stages: i32, re: usize, im: usize): void {
  for (let s = 0; s < stages; s++) {
    const entry = plan + 4 + 12 * <usize>s;
    const radix = load<i32>(entry);
    const m = load<i32>(entry + 4);
    const tw = plan + <usize>load<i32>(entry + 8);
    if (radix == 4) dif4(scratch, n, m, tw, re, im);
    else if (radix == 2) dif2(scratch, n, m, tw, re, im);
    else if (radix == 3) dif3(scratch, n, m, tw, re, im);
    else if (radix == 5) dif5(scratch, n, m, tw, re, im);
    else dif7(scratch, n, m, tw, re, im);
  }
}

/** The way back: the mirrored stages from the innermost but one to the outermost. */
function backward(scratch: usize, n: i32, plan: usize, stages: i32): void {
  for (let s = stages - 1; s >= 0; s--) {
    const entry = plan + 4 + 12 * <usize>s;
    const radix = load<i32>(entry);
    const m = load<i32>(entry + 4);
    const tw = plan + <usize>load<i32>(entry + 8);
    if (radix == 4) dit4(scratch, n, m, tw, 16, 0);
    else if (radix == 2) dit2(scratch, n, m, tw, 16, 0);
    else if (radix == 3) dit3(scratch, n, m, tw, 16, 0);
    else if (radix == 5) dit5(scratch, n, m, tw, 16, 0);
    else dit7(scratch, n, m, tw, 16, 0);
  }
}

/** Copies a panel of n rows, times the transmission function where `t` is not 0. */
function loadPanel(src: usize, t: usize, scratch: usize, n: i32): void {
  const bytes: usize = (<usize>n) << 5;
  if (t == 0) {
    memory.copy(scratch, src, bytes);
    return;
  }
  for (let o: usize = 0; o < bytes; o += 32) {
    const ar = v128.load(src + o);
    const ai = v128.load(src + o, 16);
    const br = v128.load(t + o);
    const bi = v128.load(t + o, 16);
    v128.store(scratch + o, fnma(ai, bi, f32x4.mul(ar, br)));
    v128.store(scratch + o, fma(ai, br, f32x4.mul(ar, bi)), 16);
  }
}

/** Stores 4 rows × 4 columns transposed: `a` is the first row's element, rows 32 bytes apart, to 4 consecutive elements at `to`. */
// @ts-ignore: decorator
@inline function transpose(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(a, b, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(c, d, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(c, d, 2, 3, 6, 7), 96);
}

/** Panel `p` of n rows, transposed into a field of n columns and `rows` rows. */
function storeTransposed(scratch: usize, dst: usize, p: i32, n: i32, rows: i32): void {
  const panel: usize = (<usize>rows) << 5;
  let to = dst + ((<usize>p) << 7);
  for (let q = scratch, end = scratch + ((<usize>n) << 5); q < end; q += 128) {
    transpose(v128.load(q), v128.load(q, 32), v128.load(q, 64), v128.load(q, 96), to);
    transpose(v128.load(q, 16), v128.load(q, 48), v128.load(q, 80), v128.load(q, 112), to + 16);
    to += panel;
  }
}

/** One pass over a field of n rows and 4·panels columns at `src`; leaves it transposed at `dst`. `t` 0: no transmission. */
function pass(src: usize, t: usize, dst: usize, scratch: usize, n: i32, panels: i32, plan: usize, factor: usize): void {
  const bytes: usize = (<usize>n) << 5;
  const stages = load<i32>(plan) - 1;
  const inner = load<i32>(plan + 4 + 12 * <usize>stages);
  for (let p = 0; p < panels; p++) {
    loadPanel(src, t, scratch, n);
    forward(scratch, n, plan, stages, 0, 16);
    if (inner == 4) mid4(scratch, n, factor);
    else if (inner == 2) mid2(scratch, n, factor);
    else if (inner == 3) mid3(scratch, n, factor);
    else if (inner == 5) mid5(scratch, n, factor);
    else mid7(scratch, n, factor);
    backward(scratch, n, plan, stages);
    storeTransposed(scratch, dst, p, n, panels << 2);
    src += bytes;
    if (t != 0) t += bytes;
  }
}

/**
 * `count` slices from slice `first` on, of a stack of `period` transmission functions that repeats. `psi` [ny rows][nx columns] in panels, `tmp` of the
 * same size, `scratch` 32·max(nx, ny) bytes. Factors: the propagator's, one complex f32 per frequency in the plan's order, 1/n included.
 */
export function propagate(
  psi: usize, tmp: usize, scratch: usize, nx: i32, ny: i32,
  transmission: usize, period: i32, first: i32, count: i32,
  planX: usize, planY: usize, factorX: usize, factorY: usize,
): void {
  const bytes: usize = <usize>nx * <usize>ny * 8;
  for (let s = first; s < first + count; s++) {
    pass(psi, transmission + <usize>(s % period) * bytes, tmp, scratch, ny, nx >> 2, planY, factorY);
    pass(tmp, 0, psi, scratch, nx, ny >> 2, planX, factorX);
  }
}

/** Forward transform along the rows only, natural order by `order` (i32 per row: where the plan leaves that frequency), transposed to `dst`. */
function transformPass(src: usize, dst: usize, scratch: usize, n: i32, panels: i32, plan: usize, order: usize): void {
  const bytes: usize = (<usize>n) << 5;
  const stages = load<i32>(plan);
  const sorted = scratch + bytes;
  for (let p = 0; p < panels; p++) {
    memory.copy(scratch, src, bytes);
    forward(scratch, n, plan, stages, 0, 16);
    for (let r = 0; r < n; r++) {
      const from = scratch + (<usize>load<i32>(order + ((<usize>r) << 2)) << 5);
      const to = sorted + ((<usize>r) << 5);
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    storeTransposed(sorted, dst, p, n, panels << 2);
    src += bytes;
  }
}

/** The field's 2-D discrete Fourier transform (exponent −2πi, not normalised), natural order, to `out`, same layout. `scratch`: 64·max(nx, ny) bytes. */
export function transform(
  psi: usize, tmp: usize, out: usize, scratch: usize, nx: i32, ny: i32,
  planX: usize, planY: usize, orderX: usize, orderY: usize,
): void {
  transformPass(psi, tmp, scratch, ny, nx >> 2, planY, orderY);
  transformPass(tmp, out, scratch, nx, ny >> 2, planX, orderX);
}
