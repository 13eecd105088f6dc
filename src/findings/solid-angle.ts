/**
 * The solid angle that three directions span, signed, by
 *
 *     tan(Ω/2) = a·(b × c) / (1 + a·b + b·c + c·a),
 *
 * A. van Oosterom and J. Strackee, IEEE Trans. Biomed. Eng. 30, 125 (1983), with both signs kept (atan2) and the triple product of differences, a·((b − a) × (c − a)),
 * which does not cancel where the three are nearly parallel.
 */

import type { Components } from './vector-field.ts';

/** Triple product and denominator this small are rounding. */
const ROUNDING = 1e-12;

/**
 * Signed solid angle of the directions at positions a, b, c of `u` [sr], in (−2π, 2π); positive where they turn right-handed about their mean.
 * NaN where there is none: all three on a great circle that they go round, or two of them opposite (exceptional, Berg and Lüscher).
 */
export function solidAngle({ x, y, z }: Components, a: number, b: number, c: number): number {
  const [ax, ay, az] = [x[a]!, y[a]!, z[a]!];
  const [bx, by, bz] = [x[b]!, y[b]!, z[b]!];
  const [cx, cy, cz] = [x[c]!, y[c]!, z[c]!];
  const volume = triple(ax, ay, az, bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az);
  const rest = 1 + (ax * bx + ay * by + az * bz) + (bx * cx + by * cy + bz * cz) + (cx * ax + cy * ay + cz * az);
  if (rest <= ROUNDING && Math.abs(volume) <= ROUNDING) return Number.NaN;
  return 2 * Math.atan2(volume, rest);
}

/**
 * Sum of the solid angles of triangles (a, b, c) and (a, c, d) [sr], in (−4π, 4π), by one arc tangent where each is below π: the product of the two complex numbers whose
 * phases are Ω/2. NaN as `solidAngle`.
 */
export function solidAngleOfTwo(u: Components, a: number, b: number, c: number, d: number): number {
  // No lists: draws pass here by the million.
  const { x, y, z } = u;
  const ax = x[a]!;
  const ay = y[a]!;
  const az = z[a]!;
  const bx = x[b]!;
  const by = y[b]!;
  const bz = z[b]!;
  const cx = x[c]!;
  const cy = y[c]!;
  const cz = z[c]!;
  const dx = x[d]!;
  const dy = y[d]!;
  const dz = z[d]!;
  const ca = cx * ax + cy * ay + cz * az;
  const one = 1 + (ax * bx + ay * by + az * bz) + (bx * cx + by * cy + bz * cz) + ca;
  const two = 1 + ca + (cx * dx + cy * dy + cz * dz) + (dx * ax + dy * ay + dz * az);
  if (!(one > ROUNDING && two > ROUNDING)) return solidAngle(u, a, b, c) + solidAngle(u, a, c, d);
  // (c − a) × a, in both: a·((b − a) × (c − a)) = (b − a)·((c − a) × a), a·((c − a) × (d − a)) = −(d − a)·((c − a) × a).
  const wx = (cy - ay) * az - (cz - az) * ay;
  const wy = (cz - az) * ax - (cx - ax) * az;
  const wz = (cx - ax) * ay - (cy - ay) * ax;
  const first = (bx - ax) * wx + (by - ay) * wy + (bz - az) * wz;
  const second = (ax - dx) * wx + (ay - dy) * wy + (az - dz) * wz;
  return 2 * Math.atan2(first * two + second * one, one * two - first * second);
}

/** a·(p × q). */
function triple(
  ax: number,
  ay: number,
  az: number,
  px: number,
  py: number,
  pz: number,
  qx: number,
  qy: number,
  qz: number,
): number {
  return ax * (py * qz - pz * qy) + ay * (pz * qx - px * qz) + az * (px * qy - py * qx);
}
