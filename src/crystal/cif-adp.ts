/**
 * Anisotropic displacements of a CIF as U_eq. Three tensors are in use: U_ij [Å²], B_ij = 8π² U_ij, and β_ij = 2π² U_ij a*_i a*_j (no unit), which stands in
 * the exponent with the indices alone: exp(−Σ β_ij h_i h_j). International Tables D, 1.9.
 */

import type { CifBlock } from './cif-syntax.ts';
import { numberOf } from './cif-values.ts';
import { dot, inverse, type Mat3, norm, transpose } from './lattice.ts';

/** B over U. */
export const B_PER_U: number = 8 * Math.PI * Math.PI;

/** As item names have them, and what makes U [Å²], or U_ij a*_i a*_j, of them. A later one wins. */
const TENSORS = [
  ['beta', 1 / (2 * Math.PI * Math.PI)],
  ['b', 1 / B_PER_U],
  ['u', 1],
] as const;

/** U_eq [Å²] of each label with U_ij, B_ij or β_ij: Σ U_ij a*_i a*_j (a_i·a_j) / 3. */
export function readAnisotropic(block: CifBlock, lattice: Mat3, name: string): Map<string, number> {
  const labels = block.columns.get('_atom_site_aniso_label') ?? [];
  const stars = transpose(inverse(lattice)).map(norm);
  const pairs: [i: 0 | 1 | 2, j: 0 | 1 | 2][] = [
    [0, 0],
    [1, 1],
    [2, 2],
    [1, 2],
    [0, 2],
    [0, 1],
  ];
  const result = new Map<string, number>();
  for (const [row, label] of labels.entries()) {
    for (const [letter, factor] of TENSORS) {
      const values = pairs.map(([i, j]) => block.columns.get(`_atom_site_aniso_${letter}_${i + 1}${j + 1}`)?.[row]);
      if (label === undefined || !values.every((value) => value !== undefined)) continue;
      const sum = pairs.reduce((total, [i, j], p) => {
        const value = factor * numberOf(values[p]!, `${letter}_${i + 1}${j + 1} of ${label}`, name);
        const u = letter === 'beta' ? value : value * stars[i]! * stars[j]!;
        return total + (i === j ? 1 : 2) * u * dot(lattice[i], lattice[j]);
      }, 0);
      result.set(label, sum / 3);
    }
  }
  return result;
}
