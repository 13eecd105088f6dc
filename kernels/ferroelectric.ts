/**
 * Forces of the effective Hamiltonian (host: src/ferroelectric/kernel.ts; equations: src/ferroelectric/energy.ts). float64, plain SIMD: the same bits on
 * every machine.
 *
 * Nine real fields travel through the transforms: u (3) and the sources g of strain (6), packed as five complex numbers per cell,
 * (u_x, u_y) (u_z, g_1) (g_2, g_3) (g_4, g_5) (g_6, 0), 80 bytes. Cells [nz][ny][nx], planes `plane` bytes apart. Two calls make a step:
 *
 *   transform   products of u and transform along x, y; along z, row by row of y with its mirror image: transform, multiply per wave vector, transform back
 *   forces      back along y, x; then the polynomial, at once with what came back: (Φu)_x, (Φu)_y, (Φu)_z, η_1 … η_6
 *
 * `normals` makes the thermostat's noise.
 *
 * Multiplying: with P and P' the packed values at k and −k, the two fields' spectra are f = (P + P'*)/2 and h = (P − P'*)/2i; Φ (3×3) and −M (6×6) are real
 * and even in k; back, Q = F + iH at k and (F − iH)* at −k. Table: 27 numbers per pair in the order of the loops, 1/2N included.
 */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

import { backward, forward, turned } from './complex-stages';
export { normals } from './normals';

const CELL: usize = 80;

// @ts-ignore: decorator
@inline function conjugate(z: v128): v128 {
  return v128.xor(z, i64x2(0, i64.MIN_VALUE));
}

// @ts-ignore: decorator
@inline function dot3(t: usize, i: usize, j: usize, k: usize, a: v128, b: v128, c: v128): v128 {
  return f64x2.add(
    f64x2.add(f64x2.mul(v128.load64_splat(t + 8 * i), a), f64x2.mul(v128.load64_splat(t + 8 * j), b)),
    f64x2.mul(v128.load64_splat(t + 8 * k), c),
  );
}

/** Packed values F + G and (F − G)*, where G = iH. */
// @ts-ignore: decorator
@inline function pack(at: usize, mirror: usize, f: v128, h: v128): void {
  const g = turned(h, i64x2(i64.MIN_VALUE, 0));
  v128.store(at, f64x2.add(f, g));
  v128.store(mirror, conjugate(f64x2.sub(f, g)));
}

/** Multiplies the cell at k and that at −k (may be the same) by the 27 numbers at t: Φ xx yy zz yz zx xy, then −M's upper triangle. */
// @ts-ignore: decorator
@inline function multiply(at: usize, mirror: usize, t: usize): void {
  const back = i64x2(0, i64.MIN_VALUE); // −i
  const p0 = v128.load(at), q0 = conjugate(v128.load(mirror));
  const p1 = v128.load(at, 16), q1 = conjugate(v128.load(mirror, 16));
  const p2 = v128.load(at, 32), q2 = conjugate(v128.load(mirror, 32));
  const p3 = v128.load(at, 48), q3 = conjugate(v128.load(mirror, 48));
  const p4 = v128.load(at, 64);
  const ux = f64x2.add(p0, q0), uy = turned(f64x2.sub(p0, q0), back), uz = f64x2.add(p1, q1);
  const g1 = turned(f64x2.sub(p1, q1), back);
  const g2 = f64x2.add(p2, q2), g3 = turned(f64x2.sub(p2, q2), back);
  const g4 = f64x2.add(p3, q3), g5 = turned(f64x2.sub(p3, q3), back);
  const g6 = f64x2.add(p4, p4);
  pack(at, mirror, dot3(t, 0, 5, 4, ux, uy, uz), dot3(t, 5, 1, 3, ux, uy, uz));
  const e1 = f64x2.add(dot3(t, 6, 7, 8, g1, g2, g3), dot3(t, 9, 10, 11, g4, g5, g6));
  pack(at + 16, mirror + 16, dot3(t, 4, 3, 2, ux, uy, uz), e1);
  const e2 = f64x2.add(dot3(t, 7, 12, 13, g1, g2, g3), dot3(t, 14, 15, 16, g4, g5, g6));
  const e3 = f64x2.add(dot3(t, 8, 13, 17, g1, g2, g3), dot3(t, 18, 19, 20, g4, g5, g6));
  pack(at + 32, mirror + 32, e2, e3);
  const e4 = f64x2.add(dot3(t, 9, 14, 18, g1, g2, g3), dot3(t, 21, 22, 23, g4, g5, g6));
  const e5 = f64x2.add(dot3(t, 10, 15, 19, g1, g2, g3), dot3(t, 22, 24, 25, g4, g5, g6));
  pack(at + 48, mirror + 48, e4, e5);
  const e6 = f64x2.add(dot3(t, 11, 16, 20, g1, g2, g3), dot3(t, 23, 25, 26, g4, g5, g6));
  v128.store(at + 64, e6);
  v128.store(mirror + 64, conjugate(e6));
}

/**
 * `u` [nz][ny][nx][3], `chemical` [nz][ny][nx] added to the normal sources. `constants`: ½B1xx, ½B1yy, B4yz, …. `mirrors`: i32 positions of −k along x, then y,
 * then z. Leaves Σ u_x², u_y², u_z², u_yu_z, u_zu_x, u_xu_y at `sums`.
 */
export function transform(
  nx: i32, ny: i32, nz: i32, plane: usize, work: usize, u: usize, chemical: usize, constants: usize, sums: usize,
  planX: usize, planY: usize, planZ: usize, mirrors: usize, table: usize,
): void {
  const along = load<f64>(constants), across = load<f64>(constants, 8), shear = load<f64>(constants, 16);
  const row = <usize>nx * CELL;
  let sa = 0.0, sb = 0.0, sc = 0.0, syz = 0.0, szx = 0.0, sxy = 0.0;
  for (let k = 0; k < nz; k++) {
    const base = work + <usize>k * plane;
    for (let j = 0; j < ny; j++) {
      const start = base + <usize>j * row;
      for (let at = start, end = start + row; at < end; at += CELL) {
        const x = load<f64>(u), y = load<f64>(u, 8), z = load<f64>(u, 16), c = load<f64>(chemical);
        const aa = x * x, bb = y * y, cc = z * z, yz = y * z, zx = z * x, xy = x * y;
        sa += aa;
        sb += bb;
        sc += cc;
        syz += yz;
        szx += zx;
        sxy += xy;
        store<f64>(at, x);
        store<f64>(at, y, 8);
        store<f64>(at, z, 16);
        store<f64>(at, along * aa + across * (bb + cc) + c, 24);
        store<f64>(at, along * bb + across * (cc + aa) + c, 32);
        store<f64>(at, along * cc + across * (aa + bb) + c, 40);
        store<f64>(at, shear * yz, 48);
        store<f64>(at, shear * zx, 56);
        store<f64>(at, shear * xy, 64);
        store<f64>(at, 0, 72);
        u += 24;
        chemical += 8;
      }
      forward(planX, start, CELL, CELL);
    }
    forward(planY, base, row, row);
  }
  store<f64>(sums, sa);
  store<f64>(sums, sb, 8);
  store<f64>(sums, sc, 16);
  store<f64>(sums, syz, 24);
  store<f64>(sums, szx, 32);
  store<f64>(sums, sxy, 40);

  const mirrorY = mirrors + 4 * <usize>nx, mirrorZ = mirrorY + 4 * <usize>ny;
  for (let j = 0; j < ny; j++) {
    const other = load<i32>(mirrorY + 4 * <usize>j);
    if (other < j) continue;
    const a = work + <usize>j * row, b = work + <usize>other * row;
    forward(planZ, a, plane, row);
    if (other != j) forward(planZ, b, plane, row);
    for (let k = 0; k < nz; k++) {
      const otherK = load<i32>(mirrorZ + 4 * <usize>k);
      if (other == j && otherK < k) continue;
      const here = a + <usize>k * plane, there = b + <usize>otherK * plane;
      for (let i = 0; i < nx; i++) {
        const otherI = load<i32>(mirrors + 4 * <usize>i);
        if (other == j && otherK == k && otherI < i) continue;
        multiply(here + <usize>i * CELL, there + <usize>otherI * CELL, table);
        table += 216;
      }
    }
    backward(planZ, a, plane, row);
    if (other != j) backward(planZ, b, plane, row);
  }
}

// @ts-ignore: decorator
@inline function pairOf(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}

// @ts-ignore: decorator
@inline function sum3(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.add(a, b), c);
}

// @ts-ignore: decorator
@inline function splat(constants: usize, i: usize): v128 {
  return v128.load64_splat(constants + 8 * i);
}

/** −2x·slope of the polynomial beyond u², with a = x². */
// @ts-ignore: decorator
@inline function slope(constants: usize, isotropic: v128, a: v128, b: v128, c: v128): v128 {
  const others = f64x2.add(b, c);
  const squares = f64x2.add(f64x2.mul(b, b), f64x2.mul(c, c));
  const k2 = f64x2.mul(splat(constants, 6), f64x2.add(squares, f64x2.mul(f64x2.add(a, a), others)));
  const k3 = f64x2.mul(splat(constants, 7), f64x2.mul(b, c));
  return f64x2.add(sum3(isotropic, f64x2.mul(splat(constants, 4), others), k2), k3);
}

/**
 * `constants`: ½B1xx, ½B1yy, B4yz, α, γ, k1, k2, k3, k4, homogeneous strain (6), Z*E (3). Fills `force`; leaves at `sums` Σ u·Φu, Σ V_self beyond κ₂u²,
 * Σ g·η (inhomogeneous), Σ u_x, Σ u_y, Σ u_z. Two cells at a time; where a row has an odd one, it is done twice and counted once.
 */
export function forces(
  nx: i32, ny: i32, nz: i32, plane: usize, work: usize, u: usize, chemical: usize, force: usize, constants: usize, sums: usize,
  planX: usize, planY: usize,
): void {
  const row = <usize>nx * CELL;
  const two = f64x2.splat(2);
  let bilinear = f64x2.splat(0), self = f64x2.splat(0), strained = f64x2.splat(0);
  let sumX = f64x2.splat(0), sumY = f64x2.splat(0), sumZ = f64x2.splat(0);
  for (let k = 0; k < nz; k++) {
    const base = work + <usize>k * plane;
    backward(planY, base, row, row);
    for (let j = 0; j < ny; j++) {
      const start = base + <usize>j * row;
      backward(planX, start, CELL, CELL);
      for (let i = 0; i < nx; i += 2) {
        const single = i + 1 == nx;
        const weight = single ? f64x2(1, 0) : f64x2(1, 1);
        const next: usize = single ? 0 : 1;
        const p = start + <usize>i * CELL, q = p + next * CELL;
        const v = u + 24 * next;
        const x = pairOf(u, v), y = pairOf(u + 8, v + 8), z = pairOf(u + 16, v + 16);
        const lx = pairOf(p, q), ly = pairOf(p + 8, q + 8), lz = pairOf(p + 16, q + 16);
        const h1 = pairOf(p + 24, q + 24), h2 = pairOf(p + 32, q + 32), h3 = pairOf(p + 40, q + 40);
        const h4 = pairOf(p + 48, q + 48), h5 = pairOf(p + 56, q + 56), h6 = pairOf(p + 64, q + 64);
        const c = pairOf(chemical, chemical + 8 * next);

        const aa = f64x2.mul(x, x), bb = f64x2.mul(y, y), cc = f64x2.mul(z, z);
        const s = sum3(aa, bb, cc);
        const s2 = f64x2.mul(s, s);
        const s3 = f64x2.mul(s, s2);
        const alpha = splat(constants, 3), k1 = splat(constants, 5), k4 = splat(constants, 8);
        const isotropic = sum3(
          f64x2.mul(f64x2.add(alpha, alpha), s),
          f64x2.mul(f64x2.mul(k1, f64x2.splat(3)), s2),
          f64x2.mul(f64x2.mul(k4, f64x2.splat(4)), s3),
        );
        const ab = f64x2.mul(aa, bb), bc = f64x2.mul(bb, cc), ca = f64x2.mul(cc, aa);
        const mixed = sum3(ab, bc, ca);
        const abc = f64x2.mul(aa, bc);
        // a²(b + c) + cyclic = (ab + bc + ca)s − 3abc.
        const fourTwo = f64x2.sub(f64x2.mul(mixed, s), f64x2.mul(abc, f64x2.splat(3)));
        const value = f64x2.add(
          sum3(f64x2.mul(alpha, s2), f64x2.mul(splat(constants, 4), mixed), f64x2.mul(k1, s3)),
          sum3(f64x2.mul(splat(constants, 6), fourTwo), f64x2.mul(splat(constants, 7), abc), f64x2.mul(k4, f64x2.mul(s2, s2))),
        );
        self = f64x2.add(self, f64x2.mul(weight, value));
        bilinear = f64x2.add(bilinear, f64x2.mul(weight, sum3(f64x2.mul(x, lx), f64x2.mul(y, ly), f64x2.mul(z, lz))));
        sumX = f64x2.add(sumX, f64x2.mul(weight, x));
        sumY = f64x2.add(sumY, f64x2.mul(weight, y));
        sumZ = f64x2.add(sumZ, f64x2.mul(weight, z));

        const along = splat(constants, 0), across = splat(constants, 1), shear = splat(constants, 2);
        const direct = f64x2.sub(along, across);
        // g_1 = (½B1xx − ½B1yy) x² + ½B1yy s + chemical.
        const common = f64x2.add(f64x2.mul(across, s), c);
        const trace = sum3(h1, h2, h3);
        const normal = f64x2.add(f64x2.mul(common, trace), f64x2.mul(direct, sum3(f64x2.mul(aa, h1), f64x2.mul(bb, h2), f64x2.mul(cc, h3))));
        const sheared = sum3(f64x2.mul(f64x2.mul(y, z), h4), f64x2.mul(f64x2.mul(z, x), h5), f64x2.mul(f64x2.mul(x, y), h6));
        strained = f64x2.add(strained, f64x2.mul(weight, f64x2.add(normal, f64x2.mul(shear, sheared))));

        const e1 = f64x2.add(h1, splat(constants, 9)), e2 = f64x2.add(h2, splat(constants, 10)), e3 = f64x2.add(h3, splat(constants, 11));
        const e4 = f64x2.mul(shear, f64x2.add(h4, splat(constants, 12)));
        const e5 = f64x2.mul(shear, f64x2.add(h5, splat(constants, 13)));
        const e6 = f64x2.mul(shear, f64x2.add(h6, splat(constants, 14)));
        const volume = f64x2.mul(across, sum3(e1, e2, e3));
        const dx = sum3(slope(constants, isotropic, aa, bb, cc), volume, f64x2.mul(direct, e1));
        const dy = sum3(slope(constants, isotropic, bb, cc, aa), volume, f64x2.mul(direct, e2));
        const dz = sum3(slope(constants, isotropic, cc, aa, bb), volume, f64x2.mul(direct, e3));
        const gx = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(two, x), dx), lx), f64x2.add(f64x2.mul(e6, y), f64x2.mul(e5, z)));
        const gy = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(two, y), dy), ly), f64x2.add(f64x2.mul(e6, x), f64x2.mul(e4, z)));
        const gz = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(two, z), dz), lz), f64x2.add(f64x2.mul(e5, x), f64x2.mul(e4, y)));
        const fx = f64x2.sub(splat(constants, 15), gx), fy = f64x2.sub(splat(constants, 16), gy), fz = f64x2.sub(splat(constants, 17), gz);
        store<f64>(force, f64x2.extract_lane(fx, 0));
        store<f64>(force, f64x2.extract_lane(fy, 0), 8);
        store<f64>(force, f64x2.extract_lane(fz, 0), 16);
        const g = force + 24 * next;
        if (!single) {
          store<f64>(g, f64x2.extract_lane(fx, 1));
          store<f64>(g, f64x2.extract_lane(fy, 1), 8);
          store<f64>(g, f64x2.extract_lane(fz, 1), 16);
        }
        u = v + 24;
        force = g + 24;
        chemical += 8 + 8 * next;
      }
    }
  }
  store<f64>(sums, f64x2.extract_lane(bilinear, 0) + f64x2.extract_lane(bilinear, 1));
  store<f64>(sums, f64x2.extract_lane(self, 0) + f64x2.extract_lane(self, 1), 8);
  store<f64>(sums, f64x2.extract_lane(strained, 0) + f64x2.extract_lane(strained, 1), 16);
  store<f64>(sums, f64x2.extract_lane(sumX, 0) + f64x2.extract_lane(sumX, 1), 24);
  store<f64>(sums, f64x2.extract_lane(sumY, 0) + f64x2.extract_lane(sumY, 1), 32);
  store<f64>(sums, f64x2.extract_lane(sumZ, 0) + f64x2.extract_lane(sumZ, 1), 40);
}
