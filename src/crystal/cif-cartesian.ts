/**
 * Cartesian positions of a CIF [Å] to fractional ones: by the matrix that the file gives (_atom_sites_fract_tran_matrix, or _Cartn_tran_matrix turned round),
 * else with a along x and b in the x–y plane.
 */

import { fail } from '../core/errors.ts';
import type { CifBlock } from './cif-syntax.ts';
import { first, numberOf } from './cif-values.ts';
import { determinant, inverse, type Mat3, norm, times, transpose } from './lattice.ts';
import type { Vec3 } from './structure.ts';

/** A matrix for columns and the vector that is added, or undefined where the block has none. */
function given(block: CifBlock, which: 'cartn' | 'fract', name: string): { matrix: Mat3; vector: Vec3 } | undefined {
  const value = (tag: string, fallback?: number): number | undefined => {
    const text = first(block, `_atom_sites_${which}_tran_${tag}`);
    return text === undefined ? fallback : numberOf(text, `_atom_sites_${which}_tran_${tag}`, name);
  };
  const rows = [1, 2, 3].map((i) => [1, 2, 3].map((j) => value(`matrix_${i}${j}`)));
  if (!rows.flat().every((x) => x !== undefined)) return undefined;
  const vector = [1, 2, 3].map((i) => value(`vector_${i}`, 0)) as unknown as Vec3;
  return { matrix: rows as unknown as Mat3, vector };
}

export interface Cartesian {
  /** Fractional coordinates of a position [Å]. */
  readonly fractional: (position_A: Vec3) => Vec3;
  readonly note: string;
}

/** @throws 'format' for a matrix that is not the cell's */
export function readCartesian(block: CifBlock, lattice: Mat3, name: string): Cartesian {
  const toFractional = given(block, 'fract', name);
  const toCartesian = given(block, 'cartn', name);
  // Rows of `axes` are a, b and c in the file's frame.
  const axes = toFractional
    ? inverse(transpose(toFractional.matrix))
    : toCartesian
      ? transpose(toCartesian.matrix)
      : lattice;
  const edges = lattice.map(norm);
  const own = axes.map(norm);
  const sameCell =
    own.every((edge, i) => Math.abs(edge / edges[i]! - 1) < 0.01) &&
    Math.abs(Math.abs(determinant(axes) / determinant(lattice)) - 1) < 0.02;
  if (!sameCell) {
    fail(
      'format',
      `${name}: its Cartesian axes make edges of ${own.map((x) => x.toFixed(3)).join(', ')} Å, its cell ${edges.map((x) => x.toFixed(3)).join(', ')} Å.`,
      'Correct _atom_sites_Cartn_tran_matrix, or give fractional coordinates.',
      { name },
    );
  }
  const back = inverse(axes);
  const shift = toFractional?.vector ?? times(toCartesian?.vector ?? [0, 0, 0], back).map((x) => 0 - x);
  const frame = toFractional || toCartesian ? 'turned by the matrix of the file' : 'a along x, b in the x–y plane';
  return {
    fractional: (position_A) => times(position_A, back).map((x, i) => x + shift[i]!) as unknown as Vec3,
    note: `${name} gives Cartesian sites and no fractional ones: they are taken in Å, ${frame}.`,
  };
}
