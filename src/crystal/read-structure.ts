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
import { type Crystal, checkedCrystal } from './unit-cell.ts';

export type StructureFormat = 'extxyz' | 'cif' | 'poscar';

/** @throws 'format' where neither the text nor the name is known */
export function structureFormat(text: string, name: string): StructureFormat {
  const lines = text
    .replace(/^\uFEFF/, '')
    .slice(0, 20_000)
    .split(/\r\n|\r|\n/);
  if (lines.some((line) => /^\s*(data_\S*\s*$|data_\S+\s|_cell[_.]length_a\s)/i.test(line))) return 'cif';
  if (/^\s*\d+\s*$/.test(lines[0] ?? '') && /\b(Lattice|Properties)\s*=/.test(lines[1] ?? '')) return 'extxyz';
  const numbers = (line: string | undefined) =>
    (line ?? '')
      .trim()
      .split(/\s+/)
      .filter((field) => /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/.test(field)).length;
  if (numbers(lines[1]) >= 1 && [2, 3, 4].every((l) => numbers(lines[l]) >= 3)) return 'poscar';
  const file = name.split(/[/\\]/).at(-1)!.toLowerCase();
  if (/\.m?cif$/.test(file)) return 'cif';
  if (/\.(ext)?xyz$/.test(file)) return 'extxyz';
  if (/^(poscar|contcar)|\.(vasp|poscar|contcar)$/.test(file)) return 'poscar';
  return fail(
    'format',
    `${name} is neither extxyz, CIF nor POSCAR.`,
    'Give a crystal structure in one of these formats.',
    { name },
  );
}

/** An orthogonal block as a crystal, to be cut along another axis. */
function crystalOf({ cell_A, symbols, positions_A }: Structure, name: string): Crystal {
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
    uIso_A2: new Float64Array(symbols.length).fill(Number.NaN),
  });
}

/**
 * An orthogonal block, ready for `sliceStack`. An extxyz block stays as it is, perovskite sites included, unless a zone axis or x is asked for; crystals go
 * through {@link orthogonalCell}. @throws as the readers and orthogonalCell do
 */
export function readStructure(text: string, name: string, options: OrthogonalOptions = {}): Block {
  const format = structureFormat(text, name);
  if (format === 'cif') return orthogonalCell(readCif(text, name), options);
  if (format === 'poscar') return orthogonalCell(readPoscar(text, name), options);
  const { structure } = readExtxyz(text, name);
  if (options.zone || options.x) return orthogonalCell(crystalOf(structure, name), options);
  return { ...structure, occupancy: new Float64Array(structure.symbols.length).fill(1), u2_A2: {} };
}
