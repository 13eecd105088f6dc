/**
 * Q, the mean of |T_d| and the profile of T_d. None is linear in the field. Noise makes charges of both signs, which cancel in Q and in means of T_d: these are told as they are,
 * with the interval of other noise. It only adds to |T_d|, and is taken away as far as extrapolation knows (estimate.ts).
 *
 * All of every vector that is not 0, however short: a position is short where noise is as large as P, which is no matter of chance, and what is left out counts as no charge. Of
 * nine skyrmions with σ = 0.3 |P| a tenth of the positions are within 2σ of 0; Q without them is −7.6 ± 0.3, with them −9.00 ± 0.09 (−2.0 and −8.8 at σ = 0.5 |P|).
 */

import { directions } from './directions.ts';
import type { Stated } from './estimate.ts';
import type { Finding } from './finding.ts';
import { meansAcross, type Profile } from './profile.ts';
import type { ScalarMap } from './scalar-map.ts';
import type { Statistic } from './statistic.ts';
import { type LatticeCharges, latticeCharges, latticeDensity } from './topology.ts';
import type { VectorField } from './vector-field.ts';

const UNIT = '1/nm2';

/** |T_d| has a kink at 0 that no polynomial of the noise follows; what extrapolation makes of it scatters by 10 to 14% of what it takes away (scripts/coverage-textures.ts). */
const UNSURE = 0.1;

/** Q, the mean of |T_d| [1/nm²], and the mean of T_d at each height [1/nm²]. */
export function topological(across: 'x' | 'y'): Statistic {
  let lattice: LatticeCharges | undefined;
  let density: ScalarMap | undefined;
  return (field) => {
    // Draws of one field come by the hundred: each is written over the one before.
    const last = lattice?.directions.shape === field.shape ? lattice : undefined;
    lattice = latticeCharges(directions(field, 0, last?.directions), 'open', last);
    density = latticeDensity(lattice, last && density?.values);
    let sum = 0;
    let size = 0;
    let n = 0;
    const { charges } = lattice;
    for (let i = 0; i < charges.length; i++) {
      const charge = charges[i]!;
      if (Number.isNaN(charge)) continue;
      sum += charge;
      size += Math.abs(charge);
      n++;
    }
    const mean = n > 0 ? size / n / field.step_nm ** 2 : Number.NaN;
    return [sum, mean, ...meansAcross(density.values, field.shape, across)];
  };
}

/** The names of these numbers. @param n plaquettes that have a charge @param nulls of each number */
export function topologicalNames(
  { shape, step_nm }: VectorField,
  across: 'x' | 'y',
  n: number,
  nulls: readonly Finding['nulls'][],
): Stated[] {
  const heights = Array.from({ length: shape[across === 'y' ? 0 : 1] }, (_, line) => ({
    name: `T_d at ${(line * step_nm).toFixed(2)} nm`,
    unit: UNIT,
    nulls: nulls[2 + line],
  }));
  return [
    { name: 'topological charge Q', unit: '1', n, nulls: nulls[0] },
    { name: 'mean |T_d|', unit: UNIT, n, nulls: nulls[1], correction: 'simex', unsure: UNSURE, positive: true },
    ...heights,
  ];
}

/** @param heights findings of each height */
export function topologicalProfile(heights: readonly Finding[], step_nm: number): Profile {
  return {
    name: 'T_d',
    unit: UNIT,
    at_nm: Float64Array.from(heights, (_, line) => line * step_nm),
    points: heights.map((finding) => (Number.isFinite(finding.value) ? finding : undefined)),
  };
}
