/**
 * Structures of a library from a file (`structures.file`): frames of a trajectory, each on the recipe's lattice, in place of textures.
 *
 *     const imported = importStructures(inputs, { name: 'run.extxyz', bytes });
 *     await simulateLibrary(inputs, store, { program, host, imported }, task);
 *
 * What this is not: a mean over time. A frame is one instant (or the mean over average_ps that its comment states): its thermal displacements are in the
 * patterns and in the labels, and repeat through the thickness.
 */

import { fail } from '../core/errors.ts';
import { hashOfArrays } from '../core/hash.ts';
import type { FileIdentity } from '../core/identity.ts';
import { percent } from '../core/numbers.ts';
import { bornCharges } from '../crystal/born-charges.ts';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import type { StructureInputs, StructuresOptions } from '../crystal/options.ts';
import { perovskiteFrames } from '../crystal/perovskite-cells.ts';
import { readTrajectory } from '../crystal/read-trajectory.ts';
import { requireSites, type Structure, type Vec3 } from '../crystal/structure.ts';
import { requireU2 } from '../crystal/thermal.ts';
import { toLattice } from '../crystal/to-lattice.ts';
import type { ShardName } from './shard-names.ts';

/** Share of the frames that lie unused between those for training and those held out, where there are enough. */
const GAP = 0.1;

/** Where a structure comes from. */
export interface FrameSource {
  /** Name of the file, without folders. */
  readonly file: string;
  /** From 1. */
  readonly frame: number;
  /** What labels are of: an instant, or a mean over time where the file says so. */
  readonly labels: string;
}

export interface ImportedFrame {
  /** On the recipe's lattice, with sites. */
  readonly structure: Structure;
  readonly source: FrameSource;
}

export interface ImportedStructures {
  readonly file: FileIdentity;
  /** In the file. */
  readonly frames: number;
  readonly training: readonly ImportedFrame[];
  readonly heldOut: readonly ImportedFrame[];
  /** Frames, from 1, that are an earlier one of their set again: the set is that much smaller than it looks. */
  readonly repeated: readonly number[];
  /** Remarks for the user: a file that ends early, a cell that was bent to right angles, frames that repeat. */
  readonly notes: readonly string[];
}

/** The frame that a shard is made of: number `name.index` (from 0) of the held-out or of the training frames. */
export function frameOf({ training, heldOut }: ImportedStructures, name: ShardName): ImportedFrame {
  return (name.heldOut ? heldOut : training)[name.index]!;
}

/**
 * Which frames a library takes, from 0: for training evenly spaced from the first, held out evenly spaced up to the last. Frames near in time look alike, so
 * that a tenth of the file stays unused between the two, or what of it there is.
 * @throws 'recipe' where the file has too few frames
 */
export function chooseFrames(
  frames: number,
  { count, held_out }: Pick<StructuresOptions, 'count' | 'held_out'>,
  file: string,
): { training: number[]; heldOut: number[] } {
  const wanted = count + held_out;
  if (frames < wanted) {
    fail(
      'recipe',
      `${file} holds ${frames} ${frames === 1 ? 'frame' : 'frames'}, and structures.count + structures.held_out are ${wanted}.`,
      frames < 2
        ? 'Give a trajectory of several frames.'
        : `Lower them to ${frames} in all, or give a longer trajectory.`,
      { frames, wanted },
    );
  }
  const step = (frames - Math.min(Math.floor(GAP * frames), frames - wanted)) / wanted;
  const spaced = (n: number) => Array.from({ length: n }, (_, i) => Math.floor(i * step));
  return {
    training: spaced(count),
    heldOut: spaced(held_out)
      .map((back) => frames - 1 - back)
      .reverse(),
  };
}

/**
 * Reads the file's frames, takes those of a library and checks all that a library asks of them.
 * @param name of the file, without its folder
 * @throws 'recipe' for too few frames, a held-out frame that is one for training again, other cells than structures.cells, or an element whose thermal motion nobody gave; 'range' for cells that are more than 2 % off
 * crystal.a_A; and what `readTrajectory`, `perovskiteFrames` and `bornCharges` throw
 */
export function importStructures(
  { structures, crystal }: StructureInputs,
  { name: file, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): ImportedStructures {
  const trajectory = readTrajectory(bytes, file, { types: structures.types });
  const frames = trajectory.frames.length;
  const chosen = chooseFrames(frames, structures, file);
  const labels = averaging(bytes);
  const strain = new Strain(crystal);
  const take = (which: readonly number[]): ImportedFrame[] =>
    perovskiteFrames(trajectory, which).map((structure, i) => {
      checkCells(structure, structures.cells, file);
      strain.add(structure);
      return {
        structure: toLattice(structure, crystal.a_A, crystal.c_A),
        source: { file, frame: which[i]! + 1, labels },
      };
    });
  const training = take(chosen.training);
  // Every frame has the same atoms: what the first lacks, all lack.
  const first = training[0]!.structure;
  bornCharges(first, structures.born);
  requireU2(first, crystal.u2_A2);
  checkElements(first, crystal, file);
  const heldOut = take(chosen.heldOut);
  requireApart(training, heldOut, file);
  const repeated = [...repeats(training), ...repeats(heldOut)].map(({ source }) => source.frame);
  return {
    file: { kind: 'file', name: file, size_bytes: bytes.length, content: hashOfArrays(bytes) },
    frames,
    training,
    heldOut,
    repeated,
    notes: [...trajectory.notes, ...strain.notes(file), ...(repeated.length === 0 ? [] : [repeatNote(repeated, file)])],
  };
}

/** How much the cells of a file's frames are changed to be those of the recipe's lattice. */
class Strain {
  /** Least and largest edge of a cell along x, y, z [Å]. */
  readonly #edges = [0, 1, 2].map(() => [Number.POSITIVE_INFINITY, 0] as [number, number]);
  readonly #wanted_A: Vec3;

  constructor({ a_A, c_A = a_A }: StructureInputs['crystal']) {
    this.#wanted_A = [a_A, a_A, c_A];
  }

  add(structure: Structure): void {
    const { cells } = requireSites(structure);
    for (const [axis, range] of this.#edges.entries()) {
      const edge = structure.cell_A[axis]! / cells[axis]!;
      [range[0], range[1]] = [Math.min(range[0], edge), Math.max(range[1], edge)];
    }
  }

  notes(file: string): string[] {
    const most = Math.max(
      ...this.#edges.flatMap((range, axis) => range.map((edge) => Math.abs(this.#wanted_A[axis]! / edge - 1))),
    );
    if (!(most > LEAST_STRAIN)) return [];
    const text = this.#edges.map(([low, high]) =>
      high - low < 5e-4 ? low.toFixed(3) : `${low.toFixed(3)}…${high.toFixed(3)}`,
    );
    const [a, , c] = this.#wanted_A;
    return [
      `The cells of ${file}, ${text.join(' × ')} Å, are changed to the recipe's ${a === c ? `a_A = ${a}` : `a_A = ${a} and c_A = ${c}`} Å, by up to ${percent(most, 2)}; displacements stay as they are.`,
    ];
  }
}

/** Frames alike to this are one and the same: files round more, heat moves atoms a hundred times as far [Å]. */
const SAME_A = 1e-3;
/** Changed less than this, cells are the recipe's but for rounding [1]. */
const LEAST_STRAIN = 5e-4;

/** Whether every atom of one frame is where it is in the other, whatever the box's images. */
function isSame({ structure: a }: ImportedFrame, { structure: b }: ImportedFrame): boolean {
  return (
    a.symbols.every((symbol, atom) => symbol === b.symbols[atom]) &&
    a.positions_A.every((x, i) => {
      const edge = a.cell_A[i % 3]!;
      const apart = x - b.positions_A[i]!;
      return Math.abs(apart - edge * Math.round(apart / edge)) < SAME_A;
    })
  );
}

/** @throws 'recipe': scores and σ of a model would be those of a structure that it was trained on */
function requireApart(training: readonly ImportedFrame[], heldOut: readonly ImportedFrame[], file: string): void {
  for (const held of heldOut) {
    const twin = training.find((one) => isSame(one, held));
    if (!twin) continue;
    const [frame, of] = [held.source.frame, twin.source.frame];
    fail(
      'recipe',
      `Frame ${frame} of ${file}, which would be held out, is frame ${of} again, which would be trained on.`,
      'Take frames that repeat out of the file, or give a longer trajectory.',
      { frame, of },
    );
  }
}

/** Those that are an earlier one again. */
function repeats(frames: readonly ImportedFrame[]): ImportedFrame[] {
  return frames.filter((frame, i) => frames.slice(0, i).some((earlier) => isSame(earlier, frame)));
}

function repeatNote(frames: readonly number[], file: string): string {
  const [some, more] = [frames.slice(0, 10).join(', '), frames.length > 10 ? ` and ${frames.length - 10} more` : ''];
  return frames.length === 1
    ? `Frame ${some} of ${file} is an earlier one again: it teaches nothing new, and counts twice in what is held out.`
    : `Frames ${some}${more} of ${file} are earlier ones again: they teach nothing new, and count twice in what is held out.`;
}

/** What `ferroscope structures` writes into the comment of every frame; other programs' files do not say. */
function averaging(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 4096)).split('\n')[1] ?? '';
  const stated = /\baverage_ps=([\d.e+-]+)/.exec(head)?.[1];
  if (stated === undefined) return 'instantaneous or means, the file does not say';
  return Number(stated) > 0 ? `mean over ${stated} ps` : 'instantaneous';
}

function checkCells(structure: Structure, wanted: StructuresOptions['cells'], file: string): void {
  const { cells } = requireSites(structure);
  if (cells.every((n, axis) => n === wanted[axis])) return;
  fail(
    'recipe',
    `${file} holds ${cells.join(' × ')} unit cells, structures.cells are ${wanted.join(' × ')}.`,
    `Set structures.cells = [${cells.join(', ')}].`,
    { cells, wanted },
  );
}

/** Those of the material stand in every recipe. @throws 'recipe' for others that the file has not: they may be misspelt */
function checkElements({ symbols }: Structure, crystal: StructureInputs['crystal'], file: string): void {
  const known = [...Object.keys(perovskiteOf(crystal).u2_A2), ...symbols];
  const strangers = Object.keys(crystal.u2_A2).filter((symbol) => !known.includes(symbol));
  if (strangers.length === 0) return;
  fail(
    'recipe',
    `crystal.u2_A2 names ${strangers.join(', ')}, which ${file} has not.`,
    `It has ${[...new Set(symbols)].sort().join(', ')}.`,
    { strangers },
  );
}
