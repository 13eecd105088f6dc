/**
 * Walls by angle and by charge.
 *
 * By angle: 71°, 109° and 180° (rhombohedral: acos ⅓ = 70.5°, its supplement), 90° (tetragonal, orthorhombic), by the corrected angle where there is one; 'other' beyond
 * `TOLERANCE` = 9°, half of what lies between 90° and its neighbours. Orthorhombic 60° and 120° are 'other'.
 *
 * By charge: bound charge −∇·P of a wall between P₁ and P₂, the normal n pointing from 1 to 2 in the plane,
 *
 *     σ_b = (P₁ − P₂)·n       positive: the vectors meet head to head; negative: tail to tail
 *
 * n fitted over the wall's neighbourhood (wall-normals.ts), with σ from those of P₁, of P₂ and of n's angle. Neutral is what is below 2σ, and what is below `LEAST_CHARGE` = ¼ of |P₁| + |P₂|, which straight head to head walls have in full.
 * Charge is signed along the wall: a closed wall around a uniform domain has both signs and none in all. Hence lengths by sign beside the wall's mean.
 */

import { linksByWall } from './domains.ts';
import { type Representatives, vectorAt, type WallAngle } from './misorientation.ts';
import type { WallLinks } from './wall-links.ts';
import { LINKS } from './wall-normals.ts';

export const TOLERANCE_DEG = 9;
export const LEAST_CHARGE = 0.25;

export const ANGLES = {
  '71': Math.acos(1 / 3) * (180 / Math.PI),
  '90': 90,
  '109': 180 - Math.acos(1 / 3) * (180 / Math.PI),
  '180': 180,
} as const;
export type AngleType = keyof typeof ANGLES | 'other';
export type ChargeType = 'head-to-head' | 'tail-to-tail' | 'neutral';

export interface LinkCharges {
  /** σ_b of each link [unit of the field]; NaN where it has no normal or no vectors. */
  readonly charge: Float64Array;
  /** Its σ; that of the normal alone where the field states none. */
  readonly sigma: Float64Array;
  readonly type: readonly (ChargeType | undefined)[];
}

export interface TypedWall {
  readonly one: number;
  readonly two: number;
  readonly angle: AngleType;
  readonly charge: ChargeType;
  /** Mean of σ_b by length [unit of the field], and its σ; undefined where the field states none. */
  readonly charge_mean: number;
  readonly charge_sigma: number | undefined;
  /** Length by sign of links [nm]. */
  readonly lengths_nm: Readonly<Record<ChargeType, number>>;
}

/** @param angle_deg 0 … 180 */
export function angleType(angle_deg: number): AngleType {
  for (const name of ['71', '90', '109', '180'] as const) {
    if (Math.abs(angle_deg - ANGLES[name]) <= TOLERANCE_DEG) return name;
  }
  return 'other';
}

export function linkCharges(links: WallLinks, { one, two }: Representatives): LinkCharges {
  const charge = new Float64Array(links.count);
  const sigma = new Float64Array(links.count);
  const type = Array.from({ length: links.count }, (_, k) => {
    const [nx, ny] = [links.nx[k]!, links.ny[k]!];
    const [a, b] = [vectorAt(one.vector, k), vectorAt(two.vector, k)];
    charge[k] = (a[0] - b[0]) * nx + (a[1] - b[1]) * ny;
    const variance = (axis: number) => one.variance[3 * k + axis]! + two.variance[3 * k + axis]!;
    const turned = ((b[1] - a[1]) * nx - (b[0] - a[0]) * ny) * links.angle_sigma[k]!;
    sigma[k] = Math.sqrt(nx * nx * variance(0) + ny * ny * variance(1) + turned * turned);
    return chargeType(charge[k]!, sigma[k]!, Math.hypot(...a) + Math.hypot(...b));
  });
  return { charge, sigma, type };
}

/** @param walls of `wallAngles`, of the same links */
export function typedWalls(walls: readonly WallAngle[], links: WallLinks, charges: LinkCharges): TypedWall[] {
  const byWall = new Map(linksByWall(links).map((list) => [`${links.one[list[0]!]} ${links.two[list[0]!]}`, list]));
  return walls.map((wall): TypedWall => {
    const list = (byWall.get(`${wall.one} ${wall.two}`) ?? []).filter((k) => charges.type[k]);
    const lengths_nm = { 'head-to-head': 0, 'tail-to-tail': 0, neutral: 0 };
    let [length, sum, x, y, turned] = [0, 0, 0, 0, 0];
    for (const k of list) {
      const l = links.length_nm[k]!;
      lengths_nm[charges.type[k]!] += l;
      length += l;
      sum += l * charges.charge[k]!;
      x += l * links.nx[k]!;
      y += l * links.ny[k]!;
      turned += l * links.angle_sigma[k]! ** 2;
    }
    const { vectorOne, vectorTwo, sigmaOne, sigmaTwo } = wall;
    // Of the mean vectors' difference along the mean normal: a wall that turns has less of both.
    const [ax, ay] = [vectorOne[0] - vectorTwo[0], vectorOne[1] - vectorTwo[1]];
    const windows = Math.max(1, list.length / LINKS);
    const ofAngle = (Math.abs((ax * y - ay * x) / length) * Math.sqrt(turned / length)) / Math.sqrt(windows);
    const charge_sigma =
      sigmaOne &&
      sigmaTwo &&
      Math.hypot(
        (x / length) * Math.hypot(sigmaOne[0], sigmaTwo[0]),
        (y / length) * Math.hypot(sigmaOne[1], sigmaTwo[1]),
        ofAngle,
      );
    const charge_mean = sum / length;
    return {
      one: wall.one,
      two: wall.two,
      angle: angleType(wall.corrected?.angle_deg ?? wall.angle_deg),
      charge:
        chargeType(charge_mean, charge_sigma ?? 0, Math.hypot(...vectorOne) + Math.hypot(...vectorTwo)) ?? 'neutral',
      charge_mean,
      charge_sigma,
      lengths_nm,
    };
  });
}

/** Length of walls by both [nm]. */
export function lengthsByType(walls: readonly TypedWall[]): Record<AngleType, Record<ChargeType, number>> {
  const none = () => ({ 'head-to-head': 0, 'tail-to-tail': 0, neutral: 0 });
  const table = { '71': none(), '90': none(), '109': none(), '180': none(), other: none() };
  for (const { angle, lengths_nm } of walls) {
    for (const kind of ['head-to-head', 'tail-to-tail', 'neutral'] as const) table[angle][kind] += lengths_nm[kind];
  }
  return table;
}

/** @param most |P₁| + |P₂| */
function chargeType(charge: number, sigma: number, most: number): ChargeType | undefined {
  if (!Number.isFinite(charge)) return undefined;
  if (Math.abs(charge) < Math.max(2 * sigma, LEAST_CHARGE * most)) return 'neutral';
  return charge > 0 ? 'head-to-head' : 'tail-to-tail';
}
