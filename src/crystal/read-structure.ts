/**
 * A structure from text of any known format, told apart by its content, else by its name.
 *
 *     const block = readStructure(text, 'MoS2.cif');                             // beam along c
 *     const block = readStructure(text, 'POSCAR', { zone: [1, 1, 0] });
 */

import { fail } from '../core/errors.ts';
import { uncompressed } from '../core/uncompressed.ts';
import { type CifOptions, readCif } from './cif.ts';
import { type ExtxyzFrame, readExtxyzFrame } from './extxyz.ts';
import { at, inverse, type Mat3, norm, times } from './lattice.ts';
import { type Block, type OrthogonalOptions, orthogonalCell } from './orthogonal.ts';
import { type PoscarOptions, readPoscar } from './poscar.ts';
import type { Vec3 } from './structure.ts';
import { FORMAT_NAMES, structureFormat } from './structure-format.ts';
import { ROUNDING } from './trajectory.ts';
import { readU2Comment } from './u2-comment.ts';
import { type Crystal, checkCell, checkedCrystal } from './unit-cell.ts';

/** What a file leaves open, and how its crystal is cut. */
export interface StructureOptions extends OrthogonalOptions, CifOptions, PoscarOptions {}

/** A frame as a crystal, to be cut along another axis. */
function crystalOf(
  { vectors_A, symbols, positions_A }: ExtxyzFrame,
  u2_A2: Readonly<Record<string, number>>,
  name: string,
): Crystal {
  const [a, b, c] = [0, 3, 6].map((i) => vectors_A.slice(i, i + 3)) as unknown as Mat3;
  const lattice_A: Mat3 = [a, b, c];
  checkCell(name, lattice_A);
  const toFractional = inverse(lattice_A);
  return checkedCrystal({
    name,
    lattice_A,
    symbols,
    fractional: Float64Array.from(symbols.flatMap((_, atom) => times(at(positions_A, atom), toFractional))),
    occupancy: new Float64Array(symbols.length).fill(1),
    uIso_A2: Float64Array.from(symbols, (symbol) => u2_A2[symbol] ?? Number.NaN),
  });
}

/** Whether a, b and c run along +x, +y and +z, but for rounding. */
function alongAxes(lattice_A: Mat3): boolean {
  return lattice_A.every(
    (v, i) => v[i]! > 0 && v.every((x, j) => i === j || Math.abs(x) <= ROUNDING * Math.max(...lattice_A.map(norm))),
  );
}

/**
 * The crystal of a file as it stands there. @param data bytes, of gzip too, or text
 * @throws as the readers do; 'unsupported' for a trajectory; 'recipe' for an option that is not for this format
 */
export function readCrystal(data: string | Uint8Array, name: string, options: StructureOptions = {}): Crystal {
  return crystalIn(data, name, options).crystal;
}

function crystalIn(
  data: string | Uint8Array,
  name: string,
  { data_block, species }: StructureOptions,
): { crystal: Crystal; frame?: ExtxyzFrame; u2_A2?: Readonly<Record<string, number>> } {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(uncompressed(data, name));
  const format = structureFormat(text, name);
  if (format === 'xdatcar' || format === 'lammps' || format === 'vasprun') {
    fail(
      'unsupported',
      `${name} is a trajectory (${FORMAT_NAMES[format]}); one structure is read here.`,
      "Give one of its frames as POSCAR or extxyz; a [specimen] with thermal = 'trajectory' takes all of them.",
      { name },
    );
  }
  const strange =
    data_block !== undefined && format !== 'cif'
      ? 'data_block'
      : species && format !== 'poscar'
        ? 'species'
        : undefined;
  if (strange) {
    fail(
      'recipe',
      `${strange} is for a ${strange === 'species' ? 'POSCAR' : 'CIF'}, and ${name} is ${FORMAT_NAMES[format]}.`,
      'Leave it out.',
      { name },
    );
  }
  if (format === 'cif') return { crystal: readCif(text, name, { data_block }) };
  if (format === 'poscar') return { crystal: readPoscar(text, name, { species }) };
  const frame = readExtxyzFrame(text, name);
  const u2_A2 = readU2Comment(frame.info, name);
  return { crystal: crystalOf(frame, u2_A2, name), frame, u2_A2 };
}

/**
 * An orthogonal block, ready for `sliceStack`. An extxyz block along x, y, z stays as it is, perovskite sites included, unless a zone axis or x is asked for;
 * crystals go through {@link orthogonalCell}. @throws as `readCrystal` and orthogonalCell do
 */
export function readStructure(data: string | Uint8Array, name: string, options: StructureOptions = {}): Block {
  const { crystal, frame, u2_A2 = {} } = crystalIn(data, name, options);
  if (!frame || options.zone || options.x || !alongAxes(crystal.lattice_A)) return orthogonalCell(crystal, options);
  const { symbols, positions_A, sites } = frame;
  const cell_A = crystal.lattice_A.map((v, i) => v[i]!) as unknown as Vec3;
  return { cell_A, symbols, positions_A, sites, occupancy: crystal.occupancy, u2_A2 };
}
