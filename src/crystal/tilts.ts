/**
 * Turned octahedra (antiferrodistortive modes). Octahedron R is turned by a vector t(R), tangents of angles; its O on the bond along b, half an edge L_b/2 away, moves by
 *
 *     d = ± (L_b/2) t(R) × b         for the O at ±(L_b/2) b,
 *
 * and the O between two octahedra by the mean of what both ask. Where t alternates across each of its axes the two agree, and O stays midway between its two B, as in
 * R-3c and I4/mcm. Patterns: s = (−1)^(i+j+k) for an axis with phase '-'; the same without the axis's own index for '+'.
 *
 * An O and its opposite one move oppositely, so that turns alone change neither P, δTi nor δO of a cell.
 *
 * What this is not: second order in the angle (octahedra stretch by 1/cos φ in a fixed cell), or a coupling to P.
 */

import { fail } from '../core/errors.ts';
import type { TiltOptions } from './domain-options.ts';
import type { Tilt } from './phase.ts';
import { bondAxis } from './soft-mode.ts';
import { cellCount, cellIndex, requireSites, SITE, type Structure, type Vec3 } from './structure.ts';

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

/** Axes along which a tilt alternates, and a block needs an even number of cells. */
function alternating({ angle_deg, phase }: Tilt): number[] {
  return [0, 1, 2].filter((along) =>
    angle_deg.some((degrees, about) => degrees !== 0 && !(about === along && phase[about] === '+')),
  );
}

/** What is wrong with the cells of a block for a tilt; undefined where nothing is. */
export function tiltMisfit(cells: Vec3, tilt: TiltOptions | undefined): string | undefined {
  if (tilt === undefined) return undefined;
  const odd = alternating(tilt).filter((axis) => cells[axis]! % 2 !== 0);
  if (odd.length === 0) return undefined;
  return `octahedra alternate along ${odd.map((axis) => 'xyz'[axis]).join(', ')}, which needs an even number of cells, not ${cells.join(' × ')}`;
}

/**
 * The structure with its octahedra turned.
 * @param turns tangents t of each octahedron [nz][ny][nx][3]
 */
export function displaceByTilts(structure: Structure, turns: Float64Array): Structure {
  const { cells, cell, kind } = requireSites(structure);
  if (turns.length !== 3 * cellCount(cells)) {
    fail('shape', `The tilts have ${turns.length / 3} cells, the block ${cellCount(cells)}.`, 'Give one per cell.');
  }
  const positions_A = structure.positions_A.slice();
  for (let atom = 0; atom < kind.length; atom++) {
    const site = kind[atom]!;
    if (site === SITE.A || site === SITE.Ti) continue;
    const bond = bondAxis(site);
    const at: Vec3 = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const before = at.map((n, axis) => n - Number(axis === bond)) as unknown as Vec3;
    // The O lies on the low side of its own cell's B and on the high side of the one before.
    const [high, low] = [3 * cellIndex(cells, ...before), 3 * cellIndex(cells, ...at)];
    const quarter = structure.cell_A[bond]! / cells[bond]! / 4;
    const [one, two] = [(bond + 1) % 3, (bond + 2) % 3];
    // t × b: along the next axis t of the one after, along that minus t of the next.
    positions_A[3 * atom + one]! += quarter * (turns[high + two]! - turns[low + two]!);
    positions_A[3 * atom + two]! -= quarter * (turns[high + one]! - turns[low + one]!);
  }
  return { ...structure, positions_A };
}
