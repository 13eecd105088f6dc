/**
 * A trajectory from a file of any known format, told by its content, else by its name: XDATCAR, LAMMPS dump, vasprun.xml, extxyz; a POSCAR, CONTCAR or CIF
 * is one frame.
 *
 *     const { frames, notes } = readTrajectory(bytes, 'XDATCAR');
 *     const { frames } = readTrajectory(bytes, 'dump.lammpstrj', { types: { 1: 'Ba', 2: 'Ti', 3: 'O' } });
 *
 * A file that ends within a frame or a line, as while a run goes on, gives the frames before it, and a note. Memory: the file's bytes and 24 bytes per atom and frame;
 * a file of 500 MB takes about 1 GB. Node reads files of up to 2 GiB at once.
 */

import { FerroscopeError, fail } from '../core/errors.ts';
import { uncompressed } from '../core/uncompressed.ts';
import { extxyzFrames } from './extxyz.ts';
import { type LammpsTypes, lammpsFrames } from './lammps.ts';
import { Lines, pieces } from './lines.ts';
import { readStructure } from './read-structure.ts';
import type { Structure } from './structure.ts';
import { structureFormat } from './structure-format.ts';
import { checkSameAtoms, type Trajectory } from './trajectory.ts';
import { readVasprun } from './vasprun.ts';
import { xdatcarFrames } from './xdatcar.ts';

export interface TrajectoryOptions {
  /** Chemical symbol of each LAMMPS atom type; for dumps without a column `element`. */
  readonly types?: LammpsTypes | undefined;
}

/**
 * @param file its bytes, of gzip too, or its text
 * @throws 'format' with the line number for what is malformed or not known; 'unsupported' for boxes that are not orthogonal and periodic, and for sites that
 * are partly occupied; 'shape' for frames of other atoms
 */
export function readTrajectory(file: string | Uint8Array, name: string, { types }: TrajectoryOptions = {}): Trajectory {
  const data = typeof file === 'string' ? file : uncompressed(file, name);
  const head = pieces(data).next().value ?? '';
  const format = structureFormat(head, name);
  if (format === 'cif' || format === 'poscar') return oneFrame(Array.from(pieces(data)).join(''), name);
  const read = format === 'vasprun' ? readVasprun(data, name) : collect(format, data, name, types);
  const { frames, truncated } = read;
  const notes = [
    ...('notes' in read ? read.notes : []),
    ...(truncated
      ? [`${name} ends early, as while a run goes on, or is damaged: its ${frames.length} whole frames are used.`]
      : []),
  ];
  return { name, frames, notes };
}

/** Every whole frame; at least one. @throws as the readers, but for a file that ends within a later frame */
function collect(
  format: 'lammps' | 'xdatcar' | 'extxyz',
  data: string | Uint8Array,
  name: string,
  types: LammpsTypes | undefined,
): { frames: Structure[]; truncated: boolean } {
  const lines = new Lines(data, name);
  const read = {
    lammps: () => lammpsFrames(lines, types),
    xdatcar: () => xdatcarFrames(lines),
    extxyz: () => extxyzFrames(lines),
  };
  const frames: Structure[] = [];
  try {
    for (const frame of read[format]()) {
      checkSameAtoms(frame, frames[0] ?? frame, { name, frame: frames.length + 1, line: lines.number });
      // One list of symbols for all: the others would be most of the memory.
      frames.push({ ...frame, symbols: frames[0]?.symbols ?? frame.symbols });
    }
  } catch (error) {
    if (!(error instanceof FerroscopeError && error.fields.truncated && frames.length > 0)) throw error;
    return { frames, truncated: true };
  }
  // The last number may lack digits.
  const truncated = lines.cutOff && frames.length > 1;
  if (truncated) frames.pop();
  return { frames, truncated };
}

/** A crystal whose cell is not orthogonal is cut (`orthogonal.ts`); its notes tell the strain. */
function oneFrame(text: string, name: string): Trajectory {
  const { cell_A, symbols, positions_A, occupancy, notes = [] } = readStructure(text, name);
  const partly = occupancy.findIndex((share) => share < 1);
  if (partly >= 0) {
    fail(
      'unsupported',
      `${name}: atom ${partly + 1} (${symbols[partly]}) is there only ${occupancy[partly]} times; its site is shared or partly empty.`,
      'Give a supercell in which every site holds one atom.',
      { name },
    );
  }
  return { name, frames: [{ cell_A, symbols, positions_A }], notes };
}
