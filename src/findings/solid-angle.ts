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
  const [px, py, pz] = [bx - ax, by - ay, bz - az];
  const [qx, qy, qz] = [cx - ax, cy - ay, cz - az];
  const triple = ax * (py * qz - pz * qy) + ay * (pz * qx - px * qz) + az * (px * qy - py * qx);
  const rest = 1 + (ax * bx + ay * by + az * bz) + (bx * cx + by * cy + bz * cz) + (cx * ax + cy * ay + cz * az);
  if (rest <= ROUNDING && Math.abs(triple) <= ROUNDING) return Number.NaN;
  return 2 * Math.atan2(triple, rest);
}
