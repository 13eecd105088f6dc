/**
 * Domain variants: the images of one direction of P, and of the turn of its octahedra, under the 48 operations M of m-3m. P is a polar vector, M p; the turn an axial
 * one, det(M) M t; the phases +/− of its components go with the axes.
 *
 * Without turns 6 variants of [001], 12 of [110], 8 of [111]; with a⁻a⁻a⁻ about [111] 16, two senses for each P.
 */

import { type PolarAxis, polarAxes, type Tilt } from './phase.ts';
import type { Vec3 } from './structure.ts';
import { tiltVector } from './tilts.ts';

export interface Variant {
  /** Unit vector along P. */
  readonly p: Vec3;
  /** Tangents of the turn of an octahedron with even i + j + k. */
  readonly turn: Vec3;
  /** '+' and '-' for x, y, z, as in `Tilt`. */
  readonly phase: string;
}

const PERMUTATIONS: readonly (readonly [order: Vec3, sign: number])[] = [
  [[0, 1, 2], 1],
  [[1, 2, 0], 1],
  [[2, 0, 1], 1],
  [[0, 2, 1], -1],
  [[2, 1, 0], -1],
  [[1, 0, 2], -1],
];

/** [001], [110] or [111], a unit vector. */
function alongAxis(axis: PolarAxis): Vec3 {
  const n = polarAxes(axis);
  const one = 1 / Math.sqrt(n);
  return n === 1 ? [0, 0, 1] : [one, one, n === 3 ? one : 0];
}

/** Each once. @param tilt in the phase whose P lies along `axis`; none where undefined */
export function variants(axis: PolarAxis, tilt: Tilt | undefined): Variant[] {
  const p = alongAxis(axis);
  const turn = tilt ? tiltVector(tilt) : ([0, 0, 0] as const);
  const phase = tilt?.phase ?? '---';
  const all = new Map<string, Variant>();
  for (const [order, parity] of PERMUTATIONS) {
    for (let bits = 0; bits < 8; bits++) {
      const signs = [0, 1, 2].map((axis) => ((bits >> axis) & 1 ? -1 : 1));
      const determinant = parity * signs[0]! * signs[1]! * signs[2]!;
      // + 0: no −0.
      const image = (of: Vec3, factor: number) =>
        order.map((from, axis) => factor * signs[axis]! * of[from]! + 0) as unknown as Vec3;
      const variant = {
        p: image(p, 1),
        turn: image(turn, determinant),
        phase: order.map((from) => phase[from]).join(''),
      };
      all.set(JSON.stringify(variant), variant);
    }
  }
  return [...all.values()];
}
