/**
 * Stages of complex float64 Fourier transforms, in place, for kernels/ferroelectric.ts. AssemblyScript.
 *
 * One complex number fills one vector, (re, im). An element of the transform is `bytes` long, any number of complex numbers side by side: the transform runs
 * over all of them at once. Element i lies at base + i·stride.
 *
 * Decimation in frequency (DIF): for j < m take x_p = data[j + m·p], make y_q = Σ_p x_p ω^(pq), ω = exp(∓2πi/R), and store y_q·ω_n^(jq); frequencies come out in
 * digit-reversed order. Decimation in time (DIT) is the mirror and takes that order: no reordering is needed. Van Loan, Computational Frameworks for the Fast
 * Fourier Transform (1992). Twiddles: for j = 1 … m−1, for q = 1 … R−1: (c, c), (−s, s) of c + is, 32 bytes. `sign` −1 forward, +1 inverse, as `turn` below.
 */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

const PLAIN: i32 = 0;
const AFTER: i32 = 1;
const BEFORE: i32 = 2;

// @ts-ignore: decorator
@inline function swap(z: v128): v128 {
  return v128.shuffle<f64>(z, z, 1, 0);
}

/** z times a twiddle at `w`. */
// @ts-ignore: decorator
@inline function times(z: v128, c: v128, s: v128): v128 {
  return f64x2.add(f64x2.mul(z, c), f64x2.mul(swap(z), s));
}

/** z times −i forward, +i backward: `turn` holds the sign bit of the lane to negate. */
// @ts-ignore: decorator
@inline export function turned(z: v128, turn: v128): v128 {
  return v128.xor(swap(z), turn);
}

// @ts-ignore: decorator
@inline function line2(kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  const c1 = v128.load(w), s1 = v128.load(w, 16);
  for (const end = p + bytes; p < end; p += 16) {
    const x0 = v128.load(p);
    let x1 = v128.load(p + step);
    if (kind == BEFORE) x1 = times(x1, c1, s1);
    v128.store(p, f64x2.add(x0, x1));
    let y1 = f64x2.sub(x0, x1);
    if (kind == AFTER) y1 = times(y1, c1, s1);
    v128.store(p + step, y1);
  }
}

// @ts-ignore: decorator
@inline function line3(kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  const c1 = v128.load(w), s1 = v128.load(w, 16), c2 = v128.load(w, 32), s2 = v128.load(w, 48);
  const half = f64x2.splat(0.5), sine = f64x2.splat(0.86602540378443864676);
  for (const end = p + bytes; p < end; p += 16) {
    const x0 = v128.load(p);
    let x1 = v128.load(p + step), x2 = v128.load(p + 2 * step);
    if (kind == BEFORE) {
      x1 = times(x1, c1, s1);
      x2 = times(x2, c2, s2);
    }
    const sum = f64x2.add(x1, x2);
    const difference = turned(f64x2.mul(f64x2.sub(x1, x2), sine), turn);
    const mean = f64x2.sub(x0, f64x2.mul(sum, half));
    let y1 = f64x2.add(mean, difference), y2 = f64x2.sub(mean, difference);
    if (kind == AFTER) {
      y1 = times(y1, c1, s1);
      y2 = times(y2, c2, s2);
    }
    v128.store(p, f64x2.add(x0, sum));
    v128.store(p + step, y1);
    v128.store(p + 2 * step, y2);
  }
}

// @ts-ignore: decorator
@inline function line4(kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  const c1 = v128.load(w), s1 = v128.load(w, 16), c2 = v128.load(w, 32), s2 = v128.load(w, 48), c3 = v128.load(w, 64), s3 = v128.load(w, 80);
  const q2 = p + 2 * step;
  const hop = q2 - p;
  for (const end = p + bytes; p < end; p += 16) {
    const q = p + hop;
    const x0 = v128.load(p);
    let x1 = v128.load(p + step), x2 = v128.load(q), x3 = v128.load(q + step);
    if (kind == BEFORE) {
      x1 = times(x1, c1, s1);
      x2 = times(x2, c2, s2);
      x3 = times(x3, c3, s3);
    }
    const a = f64x2.add(x0, x2), b = f64x2.sub(x0, x2), c = f64x2.add(x1, x3), d = turned(f64x2.sub(x1, x3), turn);
    let y1 = f64x2.add(b, d), y2 = f64x2.sub(a, c), y3 = f64x2.sub(b, d);
    if (kind == AFTER) {
      y1 = times(y1, c1, s1);
      y2 = times(y2, c2, s2);
      y3 = times(y3, c3, s3);
    }
    v128.store(p, f64x2.add(a, c));
    v128.store(p + step, y1);
    v128.store(q, y2);
    v128.store(q + step, y3);
  }
}

// @ts-ignore: decorator
@inline function line5(kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  const C1 = f64x2.splat(0.30901699437494742410), C2 = f64x2.splat(-0.80901699437494742410);
  const S1 = f64x2.splat(0.95105651629515357212), S2 = f64x2.splat(0.58778525229247312917);
  for (const end = p + bytes; p < end; p += 16) {
    const x0 = v128.load(p);
    let x1 = v128.load(p + step), x2 = v128.load(p + 2 * step), x3 = v128.load(p + 3 * step), x4 = v128.load(p + 4 * step);
    if (kind == BEFORE) {
      x1 = times(x1, v128.load(w), v128.load(w, 16));
      x2 = times(x2, v128.load(w, 32), v128.load(w, 48));
      x3 = times(x3, v128.load(w, 64), v128.load(w, 80));
      x4 = times(x4, v128.load(w, 96), v128.load(w, 112));
    }
    const a = f64x2.add(x1, x4), b = f64x2.add(x2, x3), c = f64x2.sub(x1, x4), d = f64x2.sub(x2, x3);
    const e = f64x2.add(x0, f64x2.add(f64x2.mul(a, C1), f64x2.mul(b, C2)));
    const f = f64x2.add(x0, f64x2.add(f64x2.mul(a, C2), f64x2.mul(b, C1)));
    const g = turned(f64x2.add(f64x2.mul(c, S1), f64x2.mul(d, S2)), turn);
    const h = turned(f64x2.sub(f64x2.mul(c, S2), f64x2.mul(d, S1)), turn);
    let y1 = f64x2.add(e, g), y2 = f64x2.add(f, h), y3 = f64x2.sub(f, h), y4 = f64x2.sub(e, g);
    if (kind == AFTER) {
      y1 = times(y1, v128.load(w), v128.load(w, 16));
      y2 = times(y2, v128.load(w, 32), v128.load(w, 48));
      y3 = times(y3, v128.load(w, 64), v128.load(w, 80));
      y4 = times(y4, v128.load(w, 96), v128.load(w, 112));
    }
    v128.store(p, f64x2.add(x0, f64x2.add(a, b)));
    v128.store(p + step, y1);
    v128.store(p + 2 * step, y2);
    v128.store(p + 3 * step, y3);
    v128.store(p + 4 * step, y4);
  }
}

// @ts-ignore: decorator
@inline function line8(kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  const root = f64x2.splat(0.70710678118654752440);
  const hop = 4 * step;
  for (const end = p + bytes; p < end; p += 16) {
    const q = p + hop;
    let x0 = v128.load(p), x1 = v128.load(p + step), x2 = v128.load(p + 2 * step), x3 = v128.load(p + 3 * step);
    let x4 = v128.load(q), x5 = v128.load(q + step), x6 = v128.load(q + 2 * step), x7 = v128.load(q + 3 * step);
    if (kind == BEFORE) {
      x1 = times(x1, v128.load(w), v128.load(w, 16));
      x2 = times(x2, v128.load(w, 32), v128.load(w, 48));
      x3 = times(x3, v128.load(w, 64), v128.load(w, 80));
      x4 = times(x4, v128.load(w, 96), v128.load(w, 112));
      x5 = times(x5, v128.load(w, 128), v128.load(w, 144));
      x6 = times(x6, v128.load(w, 160), v128.load(w, 176));
      x7 = times(x7, v128.load(w, 192), v128.load(w, 208));
    }
    // Even frequencies: the four sums x_p + x_(p+4); odd ones: the four differences times ω^p, ω = (1 ∓ i)/√2.
    const a0 = f64x2.add(x0, x4), a1 = f64x2.add(x1, x5), a2 = f64x2.add(x2, x6), a3 = f64x2.add(x3, x7);
    const b0 = f64x2.sub(x0, x4), d1 = f64x2.sub(x1, x5), b2 = turned(f64x2.sub(x2, x6), turn), d3 = f64x2.sub(x3, x7);
    const b1 = f64x2.mul(f64x2.add(d1, turned(d1, turn)), root);
    const b3 = f64x2.mul(f64x2.sub(turned(d3, turn), d3), root);
    const c0 = f64x2.add(a0, a2), c1 = f64x2.sub(a0, a2), c2 = f64x2.add(a1, a3), c3 = turned(f64x2.sub(a1, a3), turn);
    const e0 = f64x2.add(b0, b2), e1 = f64x2.sub(b0, b2), e2 = f64x2.add(b1, b3), e3 = turned(f64x2.sub(b1, b3), turn);
    let y1 = f64x2.add(e0, e2), y2 = f64x2.add(c1, c3), y3 = f64x2.add(e1, e3);
    let y4 = f64x2.sub(c0, c2), y5 = f64x2.sub(e0, e2), y6 = f64x2.sub(c1, c3), y7 = f64x2.sub(e1, e3);
    if (kind == AFTER) {
      y1 = times(y1, v128.load(w), v128.load(w, 16));
      y2 = times(y2, v128.load(w, 32), v128.load(w, 48));
      y3 = times(y3, v128.load(w, 64), v128.load(w, 80));
      y4 = times(y4, v128.load(w, 96), v128.load(w, 112));
      y5 = times(y5, v128.load(w, 128), v128.load(w, 144));
      y6 = times(y6, v128.load(w, 160), v128.load(w, 176));
      y7 = times(y7, v128.load(w, 192), v128.load(w, 208));
    }
    v128.store(p, f64x2.add(c0, c2));
    v128.store(p + step, y1);
    v128.store(p + 2 * step, y2);
    v128.store(p + 3 * step, y3);
    v128.store(q, y4);
    v128.store(q + step, y5);
    v128.store(q + 2 * step, y6);
    v128.store(q + 3 * step, y7);
  }
}

// @ts-ignore: decorator
@inline function line(radix: i32, kind: i32, p: usize, step: usize, bytes: usize, w: usize, turn: v128): void {
  if (radix == 2) line2(kind, p, step, bytes, w, turn);
  else if (radix == 3) line3(kind, p, step, bytes, w, turn);
  else if (radix == 4) line4(kind, p, step, bytes, w, turn);
  else if (radix == 8) line8(kind, p, step, bytes, w, turn);
  else line5(kind, p, step, bytes, w, turn);
}

// @ts-ignore: decorator
@inline function stage(radix: i32, kind: i32, base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  const step = <usize>m * stride;
  const block = <usize>radix * step;
  const end = base + <usize>n * stride;
  // j = 0 has no twiddles.
  for (let p = base; p < end; p += block) line(radix, PLAIN, p, step, bytes, w, turn);
  for (let j = 1; j < m; j++) {
    base += stride;
    for (let p = base; p < end; p += block) line(radix, kind, p, step, bytes, w, turn);
    w += 32 * (radix - 1);
  }
}

function dif2(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(2, AFTER, base, n, m, stride, bytes, w, turn);
}
function dif3(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(3, AFTER, base, n, m, stride, bytes, w, turn);
}
function dif4(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(4, AFTER, base, n, m, stride, bytes, w, turn);
}
function dif8(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(8, AFTER, base, n, m, stride, bytes, w, turn);
}
function dif5(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(5, AFTER, base, n, m, stride, bytes, w, turn);
}
function dit2(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(2, BEFORE, base, n, m, stride, bytes, w, turn);
}
function dit3(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(3, BEFORE, base, n, m, stride, bytes, w, turn);
}
function dit4(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(4, BEFORE, base, n, m, stride, bytes, w, turn);
}
function dit8(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(8, BEFORE, base, n, m, stride, bytes, w, turn);
}
function dit5(base: usize, n: i32, m: i32, stride: usize, bytes: usize, w: usize, turn: v128): void {
  stage(5, BEFORE, base, n, m, stride, bytes, w, turn);
}

/**
 * Forward transform of n elements; frequencies in the plan's order. A plan: i32 count of stages, i32 n, then per stage i32 radix, i32 m, i32 addresses of
 * its twiddles forward and backward.
 */
export function forward(plan: usize, base: usize, stride: usize, bytes: usize): void {
  const stages = load<i32>(plan), n = load<i32>(plan, 4);
  const turn = i64x2(0, i64.MIN_VALUE);
  for (let s = 0, at = plan + 8; s < stages; s++, at += 16) {
    const radix = load<i32>(at), m = load<i32>(at, 4), w = <usize>load<i32>(at, 8);
    if (radix == 8) dif8(base, n, m, stride, bytes, w, turn);
    else if (radix == 4) dif4(base, n, m, stride, bytes, w, turn);
    else if (radix == 2) dif2(base, n, m, stride, bytes, w, turn);
    else if (radix == 3) dif3(base, n, m, stride, bytes, w, turn);
    else dif5(base, n, m, stride, bytes, w, turn);
  }
}

/** The way back, from the plan's order, not normalised. */
export function backward(plan: usize, base: usize, stride: usize, bytes: usize): void {
  const stages = load<i32>(plan), n = load<i32>(plan, 4);
  const turn = i64x2(i64.MIN_VALUE, 0);
  for (let s = stages - 1, at = plan + 8 + 16 * <usize>(stages - 1); s >= 0; s--, at -= 16) {
    const radix = load<i32>(at), m = load<i32>(at, 4), w = <usize>load<i32>(at, 12);
    if (radix == 8) dit8(base, n, m, stride, bytes, w, turn);
    else if (radix == 4) dit4(base, n, m, stride, bytes, w, turn);
    else if (radix == 2) dit2(base, n, m, stride, bytes, w, turn);
    else if (radix == 3) dit3(base, n, m, stride, bytes, w, turn);
    else dit5(base, n, m, stride, bytes, w, turn);
  }
}
