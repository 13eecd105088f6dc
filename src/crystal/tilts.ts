/**
 * Turned octahedra (antiferrodistortive modes). Octahedron R is turned by a vector t(R), tangents of angles; its O on the bond along b, half an edge L_b/2 away, moves by
 *
 *     d = ± (L_b/2) t(R) × b         for the O at ±(L_b/2) b,
 *
 * and the O between two octahedra by the mean of what both ask. Where t alternates across each of its axes the two agree, and O stays midway between its two B, as in
 * R-3c and I4/mcm. Patterns: s = (−1)^(i+j+k) for an axis with phase '-'; the same without the axis's own index for '+'. All axes here are the cubic ones.
 *
 * An O and its opposite one move oppositely, so that turns alone change neither P, δTi nor δO of a cell.
 *
 * What this is not: second order in the angle (octahedra stretch by 1/cos φ in a fixed cell), or a coupling to P.
 */

import { fail } from '../core/errors.ts';
import type { TiltOptions } from './domain-options.ts';
import { norm } from './lattice.ts';
import type { Tilt } from './phase.ts';
import { bondAxis } from './soft-mode.ts';
import { cellCount, cellIndex, requireSites, SITE, type Structure, type Vec3 } from './structure.ts';
import { alongSteps, type BlockCells, neighbour, toCubic, toLab, zoneOf } from './zone.ts';

/** Tangents of a tilt's angles. */
export function tiltVector({ angle_deg }: Tilt): Vec3 {
  const [x, y, z] = angle_deg.map((degrees) => Math.tan((degrees * Math.PI) / 180));
  return [x!, y!, z!];
}

/** +1 or −1: the sense of octahedron `at` about an axis. */
export function tiltSign(phase: string, axis: number, at: Vec3): number {
  const sum = at.reduce((total, n, other) => total + (other === axis && phase[axis] === '+' ? 0 : n), 0);
  return sum % 2 === 0 ? 1 : -1;
}

/** What is wrong with the cells of a block for a tilt or one of its variants, whose axes are any; undefined where nothing is. */
export function tiltMisfit({ cells, zone: axis }: BlockCells, tilt: TiltOptions | undefined): string | undefined {
  if (tilt === undefined) return undefined;
  const { lab, least } = zoneOf(axis);
  const { angle_deg, phase } = tilt;
  const odd = lab.filter((row, along) => {
    const period = row.map((u) => (u * cells[along]!) / least[along]!) as unknown as Vec3;
    return angle_deg.some(
      (degrees, of) => degrees !== 0 && [0, 1, 2].some((about) => tiltSign(phase[of]!.repeat(3), about, period) < 0),
    );
  });
  if (odd.length === 0) return undefined;
  const blocks = Math.max(...least) === 1 ? 'cells' : `blocks of ${least.join(' × ')} cells`;
  return `octahedra alternate along ${odd.map((row) => 'xyz'[lab.indexOf(row)]).join(', ')}, which needs an even number of ${blocks}, not ${cells.join(' × ')}${blocks === 'cells' ? '' : ' cells'}`;
}

/**
 * The structure with its octahedra turned.
 * @param turns tangents t of each octahedron [nz][ny][nx][3], about the cubic axes
 */
export function displaceByTilts(structure: Structure, turns: Float64Array): Structure {
  const { cells, zone: axis, cell, kind } = requireSites(structure);
  if (turns.length !== 3 * cellCount(cells)) {
    fail('shape', `The tilts have ${turns.length / 3} cells, the block ${cellCount(cells)}.`, 'Give one per cell.');
  }
  const zone = zoneOf(axis);
  const positions_A = toCubic(zone, structure.positions_A.slice());
  for (let atom = 0; atom < kind.length; atom++) {
    const site = kind[atom]!;
    if (site === SITE.A || site === SITE.Ti) continue;
    const bond = bondAxis(site);
    const at: Vec3 = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const along = [0, 1, 2].map((axis) => Number(axis === bond)) as unknown as Vec3;
    const before = along.map((u) => 0 - u) as unknown as Vec3;
    // The O lies on the low side of its own cell's B and on the high side of the one before.
    const [high, low] = [3 * neighbour({ cells, zone: axis }, at, before), 3 * cellIndex(cells, ...at)];
    const edge = alongSteps(zone, along).map((steps, i) => (steps * structure.cell_A[i]!) / cells[i]!);
    const quarter = norm(edge as unknown as Vec3) / 4;
    const [one, two] = [(bond + 1) % 3, (bond + 2) % 3];
    // t × b: along the next axis t of the one after, along that minus t of the next.
    positions_A[3 * atom + one]! += quarter * (turns[high + two]! - turns[low + two]!);
    positions_A[3 * atom + two]! -= quarter * (turns[high + one]! - turns[low + one]!);
  }
  return { ...structure, positions_A: toLab(zone, positions_A) };
}
