/**
 * Local polarization and off-centrings of every cell, from the positions of its atoms and Born charges:
 *
 *     P = (e/Ω) [Z_Ti d_Ti + ½ Σ₆ Z_O d_O + ⅛ Σ₈ Z_A d_A]                                                   [µC/cm²]
 *
 * d is the displacement from the ideal site along the cubic axes, Z_O is O∥ for the component along the O's Ti–O bond and O⊥ for the others. What comes out is along
 * x, y and z (zone.ts).
 * The charges sum to zero (`material.ts`) and the weights are centred on Ti, so that neither a rigid shift of the crystal
 * nor a uniform strain about the ideal sites changes P: no acoustic displacement has to be taken out first.
 *
 *     δTi = d_Ti − mean₆ d_O                   Ti relative to the centroid of its six O                            [pm]
 *     δO  = mean₆ d_O − mean₈ d_A              the centroid of the six O relative to the centroid of the eight A   [pm]
 *
 * (The paper predicts δTi and δO but does not define δO.) Where the ideal cell is centrosymmetric these are differences
 * of positions. Arrays are [nz][ny][nx][3]; column means over z [ny][nx][3].
 *
 * What this is not: a probe-weighted label, and not the imposed texture.
 */

import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import type { Material } from './material.ts';
import { bondAxis } from './soft-mode.ts';
import {
  cellAt,
  cellCount,
  displacements,
  requireSites,
  SITE,
  SITES_PER_CELL,
  type Structure,
  siteTable,
  unitCellVolume,
  type Vec3,
} from './structure.ts';
import { neighbour, toCubic, toLab, zoneOf } from './zone.ts';

export interface LocalFields {
  /** Polarization [µC/cm²]. */
  readonly P: Float64Array;
  /** Ti relative to the centroid of its O6 [pm]. */
  readonly dTi: Float64Array;
  /** Centroid of the O6 relative to the centroid of the A8 [pm]. */
  readonly dO: Float64Array;
}

const OXYGENS: readonly number[] = [SITE.Ox, SITE.Oy, SITE.Oz];
const CORNERS: readonly Vec3[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits): Vec3 => [bits & 1, (bits >> 1) & 1, bits >> 2]);

/**
 * Every cell's fields, [nz][ny][nx][3].
 * @param born Born charges in use [e], of a material or from `bornCharges`; they sum to zero over the cell
 * @throws 'unsupported' without sites, 'shape' for an incomplete block
 */
export function localFields(structure: Structure, { born }: Pick<Material, 'born'>): LocalFields {
  const { cells, zone: axis } = requireSites(structure);
  const zone = zoneOf(axis);
  const table = siteTable(structure);
  const d = toCubic(zone, displacements(structure));
  const n = cellCount(cells);
  const scale = E_PER_A2_IN_UC_CM2 / unitCellVolume(structure);
  const P = new Float64Array(3 * n);
  const dTi = new Float64Array(3 * n);
  const dO = new Float64Array(3 * n);
  const shift = (cell: number, site: number, axis: number) => d[3 * table[cell * SITES_PER_CELL + site]! + axis]!;
  for (let cell = 0; cell < n; cell++) {
    const at = cellAt(cells, cell);
    const corners = CORNERS.map((step) => neighbour({ cells, zone: axis }, at, step));
    for (let axis = 0; axis < 3; axis++) {
      const ti = shift(cell, SITE.Ti, axis);
      let a8 = 0;
      for (const corner of corners) a8 += shift(corner, SITE.A, axis) / 8;
      let o6 = 0;
      let dipole = born.Ti * ti + born.A * a8;
      for (const site of OXYGENS) {
        const bond = bondAxis(site);
        // The corner one step along the bond.
        const pair = (shift(cell, site, axis) + shift(corners[1 << bond]!, site, axis)) / 2;
        o6 += pair / 3;
        dipole += (bond === axis ? born.Opar : born.Operp) * pair;
      }
      P[3 * cell + axis] = scale * dipole;
      dTi[3 * cell + axis] = 100 * (ti - o6);
      dO[3 * cell + axis] = 100 * (o6 - a8);
    }
  }
  return { P: toLab(zone, P), dTi: toLab(zone, dTi), dO: toLab(zone, dO) };
}

/** Mean over z of a field [nz][ny][nx][3]: [ny][nx][3]. */
export function columnMean(field: Float64Array, cells: Vec3): Float64Array {
  const layer = 3 * cells[0] * cells[1];
  const mean = new Float64Array(layer);
  for (let index = 0; index < field.length; index++) mean[index % layer]! += field[index]! / cells[2];
  return mean;
}

/** Column means of every field, [ny][nx][3]. */
export function columnFields(fields: LocalFields, cells: Vec3): LocalFields {
  return {
    P: columnMean(fields.P, cells),
    dTi: columnMean(fields.dTi, cells),
    dO: columnMean(fields.dO, cells),
  };
}
