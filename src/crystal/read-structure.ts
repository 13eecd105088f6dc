/**
 * A structure from text of any known format, told apart by its content, else by its name.
 *
 *     const block = readStructure(text, 'MoS2.cif');                             // beam along c
 *     const block = readStructure(text, 'POSCAR', { zone: [1, 1, 0] });
 */

import { fail } from '../core/errors.ts';
import { readCif } from './cif.ts';
import { readExtxyz } from './extxyz.ts';
import { type Block, type OrthogonalOptions, orthogonalCell } from './orthogonal.ts';
import { readPoscar } from './poscar.ts';
import type { Structure } from './structure.ts';
import { FORMAT_NAMES, structureFormat } from './structure-format.ts';
import { readU2Comment } from './u2-comment.ts';
import { type Crystal, checkedCrystal } from './unit-cell.ts';

/** An orthogonal block as a crystal, to be cut along another axis. */
function crystalOf(
  { cell_A, symbols, positions_A }: Structure,
  u2_A2: Readonly<Record<string, number>>,
  name: string,
): Crystal {
  const [x, y, z] = cell_A;
  return checkedCrystal({
    name,
    lattice_A: [
      [x, 0, 0],
      [0, y, 0],
      [0, 0, z],
    ],
    symbols,
    fractional: positions_A.map((value, index) => value / cell_A[index % 3]!),
    occupancy: new Float64Array(symbols.length).fill(1),
    uIso_A2: Float64Array.from(symbols, (symbol) => u2_A2[symbol] ?? Number.NaN),
  });
}

/**
 * An orthogonal block, ready for `sliceStack`. An extxyz block stays as it is, perovskite sites included, unless a zone axis or x is asked for; crystals go
 * through {@link orthogonalCell}. @throws as the readers and orthogonalCell do; 'unsupported' for a trajectory
 */
export function readStructure(text: string, name: string, options: OrthogonalOptions = {}): Block {
  const format = structureFormat(text, name);
  if (format === 'xdatcar' || format === 'lammps' || format === 'vasprun') {
    fail(
      'unsupported',
      `${name} is a trajectory (${FORMAT_NAMES[format]}); one structure is read here.`,
      'Give one of its frames as POSCAR or extxyz.',
      { name },
    );
  }
  if (format === 'cif') return orthogonalCell(readCif(text, name), options);
  if (format === 'poscar') return orthogonalCell(readPoscar(text, name), options);
  const { structure, info } = readExtxyz(text, name);
  const u2_A2 = readU2Comment(info, name);
  if (options.zone || options.x) return orthogonalCell(crystalOf(structure, u2_A2, name), options);
  return { ...structure, occupancy: new Float64Array(structure.symbols.length).fill(1), u2_A2 };
}
