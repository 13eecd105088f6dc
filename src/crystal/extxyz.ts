/**
 * Extended XYZ (libAtoms and ASE): frames of a periodic box. Lengths in Å.
 *
 *     const text = writeExtxyz(structure, { note: 'training 0' });
 *     const { structure, info } = readExtxyz(text, 'cell.extxyz');
 *
 * Line 1: number of atoms. Line 2: key=value pairs, values with blanks in quotes; Lattice (three row vectors), Properties
 * (name:type:columns…) and pbc are read, the others come back as text. Then one atom per line. Sites are read where the
 * columns cell_index:I:3, site:I:1 (numbers of `SITE`) and ideal:R:3 are all there, along the beam that a key zone="1 1 0" names ([001] without). Positions are written in full, so that
 * they come back to the last bit.
 *
 * What this is not: a reader of boxes that are not periodic; of oblique ones one frame is a crystal (`readExtxyzFrame`), several are refused. Trajectories are read by `readTrajectory`.
 */

import { fail } from '../core/errors.ts';
import { elementOfType } from './elements.ts';
import { Lines } from './lines.ts';
import { type PerovskiteSites, SITES_PER_CELL, type Structure, type Vec3 } from './structure.ts';
import { orthogonalEdges } from './trajectory.ts';
import { zoneOf } from './zone.ts';

const SITE_COLUMNS = 'cell_index:I:3:site:I:1:ideal:R:3';
const SITE_NOTE = 'site 0 A, 1 B, 2 O bond||z, 3 O bond||y, 4 O bond||x';

function quoted(value: string): string {
  return /^[\w.:+|-]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&').replace(/\r?\n/g, '\\n')}"`;
}

/** The structure as text, with its sites where it has them. @param info further key=value pairs of the comment line */
export function writeExtxyz(structure: Structure, info: Readonly<Record<string, string>> = {}): string {
  const { cell_A, symbols, positions_A, sites } = structure;
  const [x, y, z] = cell_A;
  const zone: Record<string, string> = sites?.zone ? { zone: sites.zone.join(' ') } : {};
  const pairs: Record<string, string> = sites ? { sites: SITE_NOTE, ...zone, ...info } : { ...info };
  for (const key of Object.keys(pairs)) {
    if (/^(Lattice|Properties|pbc)$/.test(key) || !/^[\w.-]+$/.test(key)) {
      fail('range', `'${key}' cannot be a key of the comment line.`, 'Use letters, digits, _ . and -.', { key });
    }
  }
  const comment = [
    `Lattice="${x} 0 0 0 ${y} 0 0 0 ${z}"`,
    `Properties=species:S:1:pos:R:3${sites ? `:${SITE_COLUMNS}` : ''}`,
    ...Object.entries(pairs).map(([key, value]) => `${key}=${quoted(value)}`),
    'pbc="T T T"',
  ].join(' ');
  const row = (values: ArrayLike<number>, atom: number) =>
    `${values[3 * atom]} ${values[3 * atom + 1]} ${values[3 * atom + 2]}`;
  const lines = symbols.map((symbol, atom) => {
    const line = `${symbol} ${row(positions_A, atom)}`;
    return sites ? `${line} ${row(sites.cell, atom)} ${sites.kind[atom]} ${row(sites.ideal_A, atom)}` : line;
  });
  return `${[symbols.length, comment, ...lines].join('\n')}\n`;
}

/** key=value pairs of a comment line; a key alone means T. */
function readComment(text: string, lines: Lines): Map<string, string> {
  const pairs = new Map<string, string>();
  const pattern =
    /\s*([^\s="']+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^}]*\}|\[(?:[^[\]]|\[[^[\]]*\])*\]|[^\s"'{[]\S*))?(?=\s|$)/y;
  for (let at = 0; text.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) lines.malformed(`cannot read '${text.slice(at).trim().slice(0, 30)}' as key=value`);
    const raw = match[2] ?? 'T';
    // Arrays in brackets, [T, T, T] and [[4, 0, 0], …], are the same with blanks.
    const value = raw.startsWith('[')
      ? raw.replaceAll(/[[\],]/g, ' ').trim()
      : /^["'{]/.test(raw)
        ? raw.slice(1, -1)
        : raw;
    pairs.set(
      match[1]!,
      raw.startsWith('{') ? value : value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
    );
  }
  return pairs;
}

function readLattice(text: string | undefined, lines: Lines): readonly number[] {
  if (text === undefined) lines.malformed('no Lattice, so that the box is unknown');
  const vectors = text.trim().split(/\s+/).map(Number);
  if (vectors.length !== 9 || !vectors.every(Number.isFinite)) lines.malformed('Lattice is not nine numbers');
  return vectors;
}

interface Column {
  readonly type: string;
  readonly width: number;
  readonly start: number;
}

function readColumns(text: string, lines: Lines): { columns: Map<string, Column>; width: number } {
  const parts = text.split(':');
  const columns = new Map<string, Column>();
  let start = 0;
  for (let p = 0; p < parts.length; p += 3) {
    const [name = '', type = '', width = 0] = [parts[p], parts[p + 1], Number(parts[p + 2])];
    if (!/^[SRIL]$/.test(type) || !Number.isInteger(width) || width < 1) lines.malformed(`bad Properties '${text}'`);
    columns.set(name, { type, width, start });
    start += width;
  }
  const has = (name: string, type: string, width: number) =>
    columns.get(name)?.type === type && columns.get(name)?.width === width;
  if (!has('species', 'S', 1) || !has('pos', 'R', 3)) lines.malformed('Properties lacks species:S:1 or pos:R:3');
  return { columns, width: start };
}

/** A frame of any box. */
export interface ExtxyzFrame extends Omit<Structure, 'cell_A'> {
  /** a, b and c, one after the other [Å]. */
  readonly vectors_A: readonly number[];
  /** Where the box stands. */
  readonly line: number;
  /** The comment line's other pairs. */
  readonly info: Record<string, string>;
}

/** The frame whose number of atoms stands on the next line. */
function readFrame(lines: Lines): ExtxyzFrame {
  const { name } = lines;
  const countText = lines.expect('the number of atoms').trim();
  const atoms = Number(countText);
  if (!/^\d+$/.test(countText) || atoms < 1) lines.malformed('no number of atoms');
  const pairs = readComment(lines.expect('the comment line'), lines);
  const { Lattice, Properties, pbc, ...info } = Object.fromEntries(pairs);
  const vectors_A = readLattice(Lattice, lines);
  const line = lines.number;
  if (pbc !== undefined && !/^\s*([Tt](rue)?|1)(\s+([Tt](rue)?|1)){2}\s*$/.test(pbc)) {
    fail('unsupported', `${name}: pbc is '${pbc}', but blocks repeat along x, y and z.`, 'Set pbc="T T T".', { name });
  }
  const { columns, width } = readColumns(Properties ?? 'species:S:1:pos:R:3', lines);
  if (!lines.canHold(atoms)) lines.truncated(`the last of its ${atoms} atoms`);
  const symbols: string[] = [];
  const positions_A = new Float64Array(3 * atoms);
  const siteWidths = { cell_index: 3, site: 1, ideal: 3 };
  const withSites = Object.entries(siteWidths).every(([key, wide]) => columns.get(key)?.width === wide);
  const cell = new Int32Array(3 * atoms);
  const kind = new Uint8Array(atoms);
  const ideal_A = new Float64Array(3 * atoms);
  for (let atom = 0; atom < atoms; atom++) {
    const line = lines.expect(`atom ${atom + 1} of ${atoms}`);
    if (line.trim() === '') lines.malformed(`a blank line after ${atom} of ${atoms} atoms`);
    const fields = line.trim().split(/\s+/);
    if (fields.length !== width) lines.malformed(`${fields.length} columns where Properties says ${width}`);
    const numbers = (key: string): number[] => {
      const { start, width: wide } = columns.get(key)!;
      return fields.slice(start, start + wide).map((field) => {
        const value = Number(field);
        return Number.isFinite(value) ? value : lines.malformed(`'${field}' is not a number`);
      });
    };
    const symbol = fields[columns.get('species')!.start]!;
    symbols.push(elementOfType(symbol) ?? lines.malformed(`'${symbol}' is not a chemical symbol`));
    positions_A.set(numbers('pos'), 3 * atom);
    if (withSites) {
      const index = numbers('cell_index');
      const site = numbers('site')[0]!;
      if (![...index, site].every((v) => Number.isInteger(v) && v >= 0 && v < 1e6) || site >= SITES_PER_CELL) {
        lines.malformed(`cell (${index.join(', ')}), site ${site} is no place in a perovskite`);
      }
      cell.set(index, 3 * atom);
      kind[atom] = site;
      ideal_A.set(numbers('ideal'), 3 * atom);
    }
  }
  const along = info.zone?.split(' ').map(Number) as unknown as Vec3 | undefined;
  const sites: PerovskiteSites | undefined = withSites
    ? { cells: extent(cell), ...(along && { zone: zoneOf(along).axis }), cell, kind, ideal_A }
    : undefined;
  return { vectors_A, line, symbols, positions_A, sites, info };
}

/** @throws 'unsupported' for a box that is not orthogonal along x, y, z */
function inItsBox({ vectors_A, line, symbols, positions_A, sites }: ExtxyzFrame, name: string): Structure {
  return { cell_A: orthogonalEdges(vectors_A, name, line), symbols, positions_A, sites };
}

/** The frames of a file, in order, at least one, for `readTrajectory`. @throws as {@link readExtxyz}; whether frames belong together is not asked */
export function* extxyzFrames(lines: Lines): Generator<Structure> {
  do yield inItsBox(readFrame(lines), lines.name);
  while (lines.skipBlank());
}

/**
 * Reads a file of one frame in any box.
 * @throws 'format' with the line number, also for a second frame; 'unsupported' for a box that is not periodic
 */
export function readExtxyzFrame(text: string, name = 'extxyz'): ExtxyzFrame {
  const lines = new Lines(text, name);
  const frame = readFrame(lines);
  if (lines.skipBlank()) {
    lines.next();
    lines.malformed(
      `more lines than ${frame.symbols.length} atoms; one frame is read here`,
      "Keep one frame. Several are read by readTrajectory; in a recipe, as structures.file, or by a [specimen] with thermal = 'trajectory'.",
    );
  }
  return frame;
}

/**
 * Reads a file of one frame.
 * @returns the structure [Å], and the other pairs of the comment line as text
 * @throws 'format' with the line number, also for a second frame; 'unsupported' for a box that is not orthogonal and periodic
 */
export function readExtxyz(text: string, name = 'extxyz'): { structure: Structure; info: Record<string, string> } {
  const frame = readExtxyzFrame(text, name);
  return { structure: inItsBox(frame, name), info: frame.info };
}

/** Cells along each axis: the largest index plus one. */
function extent(cell: Int32Array): Vec3 {
  const cells: [number, number, number] = [1, 1, 1];
  cell.forEach((value, index) => {
    const axis = index % 3;
    if (value + 1 > cells[axis]!) cells[axis as 0 | 1 | 2] = value + 1;
  });
  return cells;
}
