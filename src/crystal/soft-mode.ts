/**
 * Atoms from a local soft-mode field u [Å], one vector per cell: v_τα = ξ_τ u_α, where Ti takes the u of its own cell,
 * each O averages its 2 Ti cells and each A its 8, periodic along x, y, z. This is the convention of King-Smith and
 * Vanderbilt and of Zhong et al., PRB 52, 6301 (1995), from memory: the sharing rule was not checked against
 * the papers.
 *
 * What this is not: acoustic displacements, strain or oxygen tilts; and the sharing rule smooths, so that the local
 * polarization of the atoms (`local.ts`) is not P(u) but its average over neighbours: a plane wave cos(k·R) along α keeps
 * [Z_Ti ξ_Ti + Σ_b Z_b ξ_b cos²(k_b a/2) + Z_A ξ_A Π_b cos²(k_b a/2)] / Z* of its amplitude.
 */

import { fail } from '../core/errors.ts';
import type { Material } from './material.ts';
import { cellCount, requireSites, SITE, type Structure, type Vec3 } from './structure.ts';
import { neighbour, toCubic, toLab, zoneOf } from './zone.ts';

/** Cells whose Ti an atom of each site touches, relative to its own: Ti 1, O 2, A 8. */
const SHARING: Readonly<Record<number, readonly Vec3[]>> = {
  [SITE.Ti]: [[0, 0, 0]],
  [SITE.Ox]: [
    [0, 0, 0],
    [-1, 0, 0],
  ],
  [SITE.Oy]: [
    [0, 0, 0],
    [0, -1, 0],
  ],
  [SITE.Oz]: [
    [0, 0, 0],
    [0, 0, -1],
  ],
  [SITE.A]: [0, 1, 2, 3, 4, 5, 6, 7].map((bits): Vec3 => [-(bits & 1), -((bits >> 1) & 1), -(bits >> 2)]),
};

/** Cubic axis of the Ti–O bond that an O site lies on (0, 1, 2); −1 for A and Ti. */
export function bondAxis(site: number): number {
  return site === SITE.Ox ? 0 : site === SITE.Oy ? 1 : site === SITE.Oz ? 2 : -1;
}

/** Mode component of a site for a displacement along `axis`. */
function modeOf(material: Material, site: number, axis: number): number {
  if (site === SITE.A) return material.mode.A;
  if (site === SITE.Ti) return material.mode.Ti;
  return bondAxis(site) === axis ? material.mode.Opar : material.mode.Operp;
}

/**
 * The structure with every atom moved by the soft mode.
 * @param u_A mode amplitude [Å], [nz][ny][nx][3]
 */
export function displaceBySoftMode(structure: Structure, material: Material, u_A: Float64Array): Structure {
  const { cells, zone: axis, cell, kind } = requireSites(structure);
  if (u_A.length !== 3 * cellCount(cells)) {
    fail('shape', `The mode field has ${u_A.length / 3} cells, the block ${cellCount(cells)}.`, 'Give one u per cell.');
  }
  const zone = zoneOf(axis);
  const u = toCubic(zone, u_A);
  const positions_A = toCubic(zone, structure.positions_A.slice());
  for (let atom = 0; atom < kind.length; atom++) {
    const site = kind[atom]!;
    const sharing = SHARING[site]!;
    const at: Vec3 = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    for (const step of sharing) {
      const from = 3 * neighbour({ cells, zone: axis }, at, step);
      for (let along = 0; along < 3; along++) {
        positions_A[3 * atom + along] =
          positions_A[3 * atom + along]! + (modeOf(material, site, along) * u[from + along]!) / sharing.length;
      }
    }
  }
  return { ...structure, positions_A: toLab(zone, positions_A) };
}
