/**
 * A block of atoms in an orthogonal box that repeats along x, y and z. Lengths in Å.
 *
 * x and y span the scan plane, z runs along the beam. z = 0 is the entrance plane, midway between two atomic planes: cell
 * (i, j, k) has its AO plane at z = (k + 1/4)a and its TiO2 plane at (k + 3/4)a, so that a cut after whole cells meets no
 * atom. Ti stands for whatever is on the B sites. Site positions in units of the cell's edges, relative to (i, j, k):
 *
 *     A (0, 0, 1/4)   Ti (1/2, 1/2, 3/4)   O on the bond along z (1/2, 1/2, 1/4), along y (1/2, 0, 3/4), along x (0, 1/2, 3/4)
 *
 * So it is where the beam runs along [001]. Along [110] and [111] a block is columns of cells (zone.ts) with a B site in the middle of each, z = 0 midway between
 * two planes again, and the sites are named by the cubic axes.
 *
 * What this is not: a general crystal. Other lattices and non-orthogonal boxes are not represented.
 */

import { fail } from '../core/errors.ts';

export type Vec3 = readonly [number, number, number];

/** The five sites of a cell; the numbers are those of an extxyz file's `site` column. */
export const SITE: { readonly A: 0; readonly Ti: 1; readonly Oz: 2; readonly Oy: 3; readonly Ox: 4 } = {
  A: 0,
  Ti: 1,
  Oz: 2,
  Oy: 3,
  Ox: 4,
};
export const SITES_PER_CELL = 5;

/** Site positions in units of a, relative to the cell's corner, in the order of {@link SITE}. */
export const SITE_FRACTIONS: readonly Vec3[] = [
  [0, 0, 0.25],
  [0.5, 0.5, 0.75],
  [0.5, 0.5, 0.25],
  [0.5, 0, 0.75],
  [0, 0.5, 0.75],
];

/** Which perovskite site each atom occupies. */
export interface PerovskiteSites {
  /** Unit cells along x, y and z: columns, and cells of each (zone.ts). */
  readonly cells: Vec3;
  /** Cubic direction along the beam; [001] where absent. */
  readonly zone?: Vec3 | undefined;
  /** Cell indices of each atom, [atoms][3] as (i, j, k) along x, y, z. */
  readonly cell: Int32Array;
  /** {@link SITE} of each atom. */
  readonly kind: Uint8Array;
  /** Position in the undistorted crystal [Å], [atoms][3]. */
  readonly ideal_A: Float64Array;
  /** Where each atom's mean-square displacement is about [Å], [atoms][3]: `ideal_A` where absent. */
  readonly rest_A?: Float64Array | undefined;
}

export interface Structure {
  /** Edges of the periodic box [Å]. */
  readonly cell_A: Vec3;
  /** Chemical symbol of each atom. */
  readonly symbols: readonly string[];
  /** Positions [Å], [atoms][3]; they may lie outside the box. */
  readonly positions_A: Float64Array;
  readonly sites?: PerovskiteSites | undefined;
}

/** Index of cell (i, j, k) in an array [nz][ny][nx]; indices wrap around. */
export function cellIndex(cells: Vec3, i: number, j: number, k: number): number {
  const [nx, ny, nz] = cells;
  const wrap = (value: number, n: number) => ((value % n) + n) % n;
  return (wrap(k, nz) * ny + wrap(j, ny)) * nx + wrap(i, nx);
}

/** (i, j, k) of the cell with this index in an array [nz][ny][nx]. */
export function cellAt([nx, ny]: Vec3, index: number): Vec3 {
  return [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
}

export function cellCount(cells: Vec3): number {
  return cells[0] * cells[1] * cells[2];
}

/** The structure's sites. @throws 'unsupported' where nobody said which atom sits where */
export function requireSites(structure: Structure): PerovskiteSites {
  return (
    structure.sites ??
    fail(
      'unsupported',
      'This structure does not say which perovskite site each atom occupies.',
      'Give the extxyz file the columns cell_index:I:3:site:I:1:ideal:R:3.',
    )
  );
}

/** Edge of a unit cell along the beam [Å]. @throws 'unsupported' without sites */
export function cellHeight(structure: Structure): number {
  return structure.cell_A[2] / requireSites(structure).cells[2];
}

/** Volume of one unit cell [Å³]. */
export function unitCellVolume(structure: Structure): number {
  const [x, y, z] = structure.cell_A;
  return (x * y * z) / cellCount(requireSites(structure).cells);
}

/**
 * Displacement of every atom [Å], [atoms][3], to the nearest periodic image.
 * @param from [atoms][3]; the ideal positions where left out
 */
export function displacements(
  structure: Structure,
  from: Float64Array = requireSites(structure).ideal_A,
): Float64Array {
  return structure.positions_A.map((value, index) => {
    const edge = structure.cell_A[index % 3]!;
    const d = value - from[index]!;
    return d - edge * Math.round(d / edge);
  });
}

/**
 * Index of the atom on each site of each cell: table[cellIndex·5 + site].
 * @throws 'shape' where a site is empty or occupied twice, or lies outside the block
 */
export function siteTable(structure: Structure): Int32Array {
  const { cells, cell, kind } = requireSites(structure);
  const bad = (what: string): never =>
    fail(
      'shape',
      `The block is not a whole perovskite: ${what}.`,
      'Every cell needs one atom on each of its 5 sites.',
      {
        cells,
        atoms: kind.length,
      },
    );
  const slots = cellCount(cells) * SITES_PER_CELL;
  if (slots !== kind.length || 3 * slots !== cell.length) bad(`${kind.length} atoms for ${slots} sites`);
  const table = new Int32Array(slots).fill(-1);
  for (let atom = 0; atom < kind.length; atom++) {
    const at: Vec3 = [cell[3 * atom]!, cell[3 * atom + 1]!, cell[3 * atom + 2]!];
    const site = kind[atom]!;
    const where = `site ${site} of cell (${at.join(', ')})`;
    if (site >= SITES_PER_CELL || at.some((c, axis) => c < 0 || c >= cells[axis]!)) bad(`${where} lies outside`);
    const slot = cellIndex(cells, ...at) * SITES_PER_CELL + site;
    if (table[slot] !== -1) bad(`${where} is occupied twice`);
    table[slot] = atom;
  }
  return table;
}
