/**
 * The separable slice: one multislice step on a complex field, in two passes that each transform along one axis.
 *
 * Field layout ("panels"): four neighbouring columns form a panel; element (row r, column c) of a field with `rows` rows lies at
 * ((c >> 2)·rows + r)·32 bytes + (c & 3)·4, real parts first, imaginary parts 16 bytes on. A pass takes each panel, multiplies it by the
 * transmission function (first pass only), transforms along the rows, multiplies by the propagator's factor for that axis,
 * transforms back and stores the panel transposed, so that the second pass finds the other axis along the rows. All in L1.
 *
 * The stages are `butterflies.ts`, which explains them: decimation in frequency there, the mirrored decimation in time back, no reordering; the
 * propagator's factor is stored in the order that the transform leaves (host: src/diffraction/cpu/fft-plan.ts).
 *
 * A plan in memory: i32 count of stages (at least 2), then per stage i32 radix, i32 m (sub-length), i32 byte offset of its twiddles from the
 * plan's start; twiddles of a stage: for j = 0 … m−1, for q = 1 … radix−1: cos, sin of −2πjq/(radix·m), f32.
 * Built twice: with fused multiply-add for engines with relaxed SIMD, and without.
 */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

import { dif, dit, first, first_plain, mid } from './butterflies.generated';

// @ts-ignore: decorator
@inline function radixOf(plan: usize, stage: i32): i32 {
  return load<i32>(plan + 12 * <usize>stage, 4);
}
// @ts-ignore: decorator
@inline function lengthOf(plan: usize, stage: i32): i32 {
  return load<i32>(plan + 12 * <usize>stage, 8);
}
// @ts-ignore: decorator
@inline function twiddlesOf(plan: usize, stage: i32): usize {
  return plan + <usize>load<i32>(plan + 12 * <usize>stage, 12);
}

/** Stores 4 rows × 4 columns (one part of each) transposed: rows r0 … r3 become 4 consecutive elements at `to`. */
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
  const inner = load<i32>(plan) - 1;
  for (let p = 0; p < panels; p++) {
    if (t != 0) first(radixOf(plan, 0), src, t, scratch, lengthOf(plan, 0), twiddlesOf(plan, 0));
    else first_plain(radixOf(plan, 0), src, 0, scratch, lengthOf(plan, 0), twiddlesOf(plan, 0));
    for (let s = 1; s < inner; s++) dif(radixOf(plan, s), scratch, n, lengthOf(plan, s), twiddlesOf(plan, s));
    mid(radixOf(plan, inner), scratch, n, factor);
    for (let s = inner - 1; s >= 0; s--) dit(radixOf(plan, s), scratch, n, lengthOf(plan, s), twiddlesOf(plan, s));
    storeTransposed(scratch, dst, p, n, panels << 2);
    src += bytes;
    if (t != 0) t += bytes;
  }
}

/**
 * `count` slices from slice `start` on, of a stack of `period` slices that repeats; `order` (i32 per slice) says which of the transmission functions each has.
 * `psi` [ny rows][nx columns] in panels, `tmp` of the same size, `scratch` 32·max(nx, ny) bytes. Factors: the propagator's, one complex f32 per frequency in the plan's order, 1/n included, as
 * `factors` tables that slices take in turn: each is rounded to f32 so that their mean is right, or the errors of one would add up over thousands of slices.
 */
export function propagate(
  psi: usize, tmp: usize, scratch: usize, nx: i32, ny: i32,
  transmission: usize, order: usize, period: i32, start: i32, count: i32,
  planX: usize, planY: usize, factors: i32, factorX: usize, factorY: usize,
): void {
  const bytes: usize = <usize>nx * <usize>ny * 8;
  for (let s = start; s < start + count; s++) {
    const turn = <usize>(s % factors) << 3;
    const which = <usize>load<i32>(order + (<usize>(s % period) << 2));
    pass(psi, transmission + which * bytes, tmp, scratch, ny, nx >> 2, planY, factorY + turn * ny);
    pass(tmp, 0, psi, scratch, nx, ny >> 2, planX, factorX + turn * nx);
  }
}

/** Forward transform along the rows only, of the field times `t` (0: no factor), natural order by `order` (i32 per row: where the plan leaves that frequency), transposed to `dst`. */
function transformPass(src: usize, t: usize, dst: usize, scratch: usize, n: i32, panels: i32, plan: usize, order: usize): void {
  const bytes: usize = (<usize>n) << 5;
  const stages = load<i32>(plan);
  const sorted = scratch + bytes;
  for (let p = 0; p < panels; p++) {
    if (t != 0) first(radixOf(plan, 0), src, t, scratch, lengthOf(plan, 0), twiddlesOf(plan, 0));
    else first_plain(radixOf(plan, 0), src, 0, scratch, lengthOf(plan, 0), twiddlesOf(plan, 0));
    for (let s = 1; s < stages; s++) dif(radixOf(plan, s), scratch, n, lengthOf(plan, s), twiddlesOf(plan, s));
    for (let r = 0; r < n; r++) {
      const from = scratch + (<usize>load<i32>(order + ((<usize>r) << 2)) << 5);
      const to = sorted + ((<usize>r) << 5);
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    storeTransposed(sorted, dst, p, n, panels << 2);
    src += bytes;
    if (t != 0) t += bytes;
  }
}

/** The 2-D discrete Fourier transform (exponent −2πi, not normalised) of the field times `t` (0: no factor), natural order, to `out`, same layout. `scratch`: 64·max(nx, ny) bytes. */
export function transform(
  psi: usize, t: usize, tmp: usize, out: usize, scratch: usize, nx: i32, ny: i32,
  planX: usize, planY: usize, orderX: usize, orderY: usize,
): void {
  transformPass(psi, t, tmp, scratch, ny, nx >> 2, planY, orderY);
  transformPass(tmp, 0, out, scratch, nx, ny >> 2, planX, orderX);
}
