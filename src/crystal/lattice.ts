/** Lattices: 3×3 matrices, fractional coordinates. Lengths in Å. Vectors are rows: fractional coordinates f lie at f·lattice. */

import type { Vec3 } from './structure.ts';

/** Three row vectors. */
export type Mat3 = readonly [Vec3, Vec3, Vec3];

export const IDENTITY: Mat3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function norm(a: Vec3): number {
  return Math.hypot(...a);
}

export function determinant(m: Mat3): number {
  return dot(m[0], cross(m[1], m[2]));
}

/** v·m, v a row. */
export function times(v: Vec3, m: Mat3): Vec3 {
  const along = (axis: 0 | 1 | 2) => v[0] * m[0][axis] + v[1] * m[1][axis] + v[2] * m[2][axis];
  return [along(0), along(1), along(2)];
}

export function multiply(a: Mat3, b: Mat3): Mat3 {
  return [times(a[0], b), times(a[1], b), times(a[2], b)];
}

export function transpose(m: Mat3): Mat3 {
  const column = (axis: 0 | 1 | 2): Vec3 => [m[0][axis], m[1][axis], m[2][axis]];
  return [column(0), column(1), column(2)];
}

/** determinant(m)·m⁻¹; integers stay integers. */
export function adjugate(m: Mat3): Mat3 {
  return transpose([cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])]);
}

export function inverse(m: Mat3): Mat3 {
  const d = determinant(m);
  const [a, b, c] = adjugate(m);
  const over = (v: Vec3): Vec3 => [v[0] / d, v[1] / d, v[2] / d];
  return [over(a), over(b), over(c)];
}

/** Distance between neighbouring lattice planes along each axis [Å]: 1/|a*|, 1/|b*|, 1/|c*|. */
export function planeSpacings(lattice: Mat3): Vec3 {
  const [a, b, c] = transpose(inverse(lattice));
  return [1 / norm(a), 1 / norm(b), 1 / norm(c)];
}

/** Atom `index` of a packed array [n][3]. */
export function at(packed: Float64Array, index: number): Vec3 {
  return [packed[3 * index]!, packed[3 * index + 1]!, packed[3 * index + 2]!];
}

/** a − b to the nearest periodic image, fractional. */
export function nearestImage(a: Vec3, b: Vec3): Vec3 {
  const wrap = (d: number) => d - Math.round(d);
  return [wrap(a[0] - b[0]), wrap(a[1] - b[1]), wrap(a[2] - b[2])];
}

/** f moved into [0, 1); what rounding put just below 1 becomes 0. */
export function wrapped(f: Vec3): Vec3 {
  const wrap = (x: number) => {
    const y = x - Math.floor(x);
    return y > 1 - 1e-9 || y < 1e-9 ? 0 : y;
  };
  return [wrap(f[0]), wrap(f[1]), wrap(f[2])];
}

/** Lattice vectors [Å] from lengths [Å] and angles [°]: a along x, b in the x–y plane (International Tables B, 1.1). */
export function latticeOf(lengths_A: Vec3, angles_deg: Vec3): Mat3 {
  const [a, b, c] = lengths_A;
  // Right angles exactly: cos(π/2) is not 0 in floating point.
  const cos = (deg: number) => (deg === 90 ? 0 : Math.cos((deg * Math.PI) / 180));
  const [ca, cb, cg] = [cos(angles_deg[0]), cos(angles_deg[1]), cos(angles_deg[2])];
  const sg = Math.sqrt(1 - cg * cg);
  const y = (ca - cb * cg) / sg;
  return [
    [a, 0, 0],
    [b * cg, b * sg, 0],
    [c * cb, c * y, c * Math.sqrt(Math.max(0, 1 - cb * cb - y * y))],
  ];
}
