/**
 * Extended XYZ (libAtoms and ASE): frames of an orthogonal periodic box. Lengths in Å.
 *
 *     const text = writeExtxyz(structure, { note: 'training 0' });
 *     const { structure, info } = readExtxyz(text, 'cell.extxyz');
 *     const snapshots = readExtxyzFrames(text, 'md.extxyz');
 *
 * Line 1: number of atoms. Line 2: key=value pairs, values with blanks in quotes; Lattice (three row vectors), Properties
 * (name:type:columns…) and pbc are read, the others come back as text. Then one atom per line. Sites are read where the
 * columns cell_index:I:3, site:I:1 (numbers of `SITE`) and ideal:R:3 are all there. Positions are written in full, so that
 * they come back to the last bit.
 *
 * What this is not: a reader of boxes that are not orthogonal or not periodic, or that change from frame to frame.
 */

import { fail } from '../core/errors.ts';
import { type PerovskiteSites, SITES_PER_CELL, type Structure, type Vec3 } from './structure.ts';

const SITE_COLUMNS = 'cell_index:I:3:site:I:1:ideal:R:3';
const SITE_NOTE = 'site 0 A, 1 Ti, 2 O bond||z, 3 O bond||y, 4 O bond||x';

/** Where an error is: the file's name and the line, counted from 1. */
interface Place {
  readonly name: string;
  readonly line: number;
}

function malformed({ name, line }: Place, what: string, hint = 'Mend that line, or export the file again.'): never {
  fail('format', `${name}, line ${line}: ${what}.`, hint, { name, line });
}

function quoted(value: string): string {
  return /^[\w.:+|-]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&').replace(/\r?\n/g, '\\n')}"`;
}

/** The structure as text, with its sites where it has them. @param info further key=value pairs of the comment line */
export function writeExtxyz(structure: Structure, info: Readonly<Record<string, string>> = {}): string {
  const { cell_A, symbols, positions_A, sites } = structure;
  const [x, y, z] = cell_A;
  const pairs: Record<string, string> = sites ? { sites: SITE_NOTE, ...info } : { ...info };
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
function readComment(text: string, place: Place): Map<string, string> {
  const pairs = new Map<string, string>();
  const pattern = /\s*([^\s="']+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^}]*\}|[^\s"'{]\S*))?(?=\s|$)/y;
  for (let at = 0; text.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) malformed(place, `cannot read '${text.slice(at).trim().slice(0, 30)}' as key=value`);
    const raw = match[2] ?? 'T';
    const value = /^["'{]/.test(raw) ? raw.slice(1, -1) : raw;
    pairs.set(
      match[1] ?? '',
      raw.startsWith('{') ? value : value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
    );
  }
  return pairs;
}

function readLattice(text: string | undefined, place: Place): Vec3 {
  if (text === undefined) malformed(place, 'no Lattice, so that the box is unknown');
  const vectors = text.trim().split(/\s+/).map(Number);
  if (vectors.length !== 9 || !vectors.every(Number.isFinite)) malformed(place, 'Lattice is not nine numbers');
  const cell: Vec3 = [vectors[0] ?? 0, vectors[4] ?? 0, vectors[8] ?? 0];
  const tolerance = 1e-6 * Math.max(...vectors.map(Math.abs));
  if (
    vectors.some((value, index) => index % 4 !== 0 && Math.abs(value) > tolerance) ||
    cell.some((edge) => edge <= 0)
  ) {
    fail(
      'unsupported',
      `${place.name}: the box is not orthogonal along x, y, z (Lattice ${vectors.join(' ')}).`,
      'Give an orthogonal supercell, its edges along +x, +y and +z.',
      { name: place.name, line: place.line },
    );
  }
  return cell;
}

interface Column {
  readonly type: string;
  readonly width: number;
  readonly start: number;
}

function readColumns(text: string, place: Place): { columns: Map<string, Column>; width: number } {
  const parts = text.split(':');
  const columns = new Map<string, Column>();
  let start = 0;
  for (let p = 0; p < parts.length; p += 3) {
    const [name = '', type = '', width = 0] = [parts[p], parts[p + 1], Number(parts[p + 2])];
    if (!/^[SRIL]$/.test(type) || !Number.isInteger(width) || width < 1) malformed(place, `bad Properties '${text}'`);
    columns.set(name, { type, width, start });
    start += width;
  }
  const has = (name: string, type: string, width: number) =>
    columns.get(name)?.type === type && columns.get(name)?.width === width;
  if (!has('species', 'S', 1) || !has('pos', 'R', 3)) malformed(place, 'Properties lacks species:S:1 or pos:R:3');
  return { columns, width: start };
}

interface Frame {
  readonly structure: Structure;
  /** The comment line's other pairs. */
  readonly info: Record<string, string>;
  /** Index of the next line that is not blank; the number of lines where there is none. */
  readonly next: number;
}

/** The frame whose number of atoms stands on line `first`, counted from 0. */
function readFrame(lines: readonly string[], first: number, name: string): Frame {
  const countText = (lines[first] ?? '').trim();
  const atoms = Number(countText);
  if (!/^\d+$/.test(countText) || atoms < 1) malformed({ name, line: first + 1 }, 'no number of atoms');
  const head: Place = { name, line: first + 2 };
  const { Lattice, Properties, pbc, ...info } = Object.fromEntries(readComment(lines[first + 1] ?? '', head));
  const cell_A = readLattice(Lattice, head);
  if (pbc !== undefined && !/^\s*([Tt](rue)?|1)(\s+([Tt](rue)?|1)){2}\s*$/.test(pbc)) {
    fail('unsupported', `${name}: pbc is '${pbc}', but blocks repeat along x, y and z.`, 'Set pbc="T T T".', { name });
  }
  const { columns, width } = readColumns(Properties ?? 'species:S:1:pos:R:3', head);
  if (atoms > lines.length - first - 2) {
    malformed({ name, line: lines.length }, `the file ends before its ${atoms} atoms`);
  }
  const symbols: string[] = [];
  const positions_A = new Float64Array(3 * atoms);
  const siteWidths = { cell_index: 3, site: 1, ideal: 3 };
  const withSites = Object.entries(siteWidths).every(([key, wide]) => columns.get(key)?.width === wide);
  const cell = new Int32Array(3 * atoms);
  const kind = new Uint8Array(atoms);
  const ideal_A = new Float64Array(3 * atoms);
  for (let atom = 0; atom < atoms; atom++) {
    const place: Place = { name, line: first + atom + 3 };
    const line = lines[first + atom + 2] ?? '';
    if (line.trim() === '') malformed(place, `the file ends after ${atom} of ${atoms} atoms`);
    const fields = line.trim().split(/\s+/);
    if (fields.length !== width) malformed(place, `${fields.length} columns where Properties says ${width}`);
    const numbers = (key: string): number[] => {
      const { start, width: wide } = columns.get(key) ?? { start: 0, width: 0 };
      return fields.slice(start, start + wide).map((field) => {
        const value = Number(field);
        return Number.isFinite(value) ? value : malformed(place, `'${field}' is not a number`);
      });
    };
    const symbol = fields[columns.get('species')?.start ?? 0] ?? '';
    if (!/^[A-Z][a-z]?$/.test(symbol)) malformed(place, `'${symbol}' is not a chemical symbol`);
    symbols.push(symbol);
    positions_A.set(numbers('pos'), 3 * atom);
    if (withSites) {
      const index = numbers('cell_index');
      const site = numbers('site')[0] ?? 0;
      if (![...index, site].every((v) => Number.isInteger(v) && v >= 0 && v < 1e6) || site >= SITES_PER_CELL) {
        malformed(place, `cell (${index.join(', ')}), site ${site} is no place in a perovskite`);
      }
      cell.set(index, 3 * atom);
      kind[atom] = site;
      ideal_A.set(numbers('ideal'), 3 * atom);
    }
  }
  const sites: PerovskiteSites | undefined = withSites ? { cells: extent(cell), cell, kind, ideal_A } : undefined;
  let next = first + atoms + 2;
  while (next < lines.length && lines[next]!.trim() === '') next++;
  return { structure: { cell_A, symbols, positions_A, sites }, info, next };
}

/**
 * Reads a file of one frame.
 * @returns the structure [Å], and the other pairs of the comment line as text
 * @throws 'format' with the line number, also for a second frame; 'unsupported' for a box that is not orthogonal and periodic
 */
export function readExtxyz(text: string, name = 'extxyz'): { structure: Structure; info: Record<string, string> } {
  const lines = text.split(/\r?\n/);
  const { structure, info, next } = readFrame(lines, 0, name);
  if (next < lines.length) {
    malformed(
      { name, line: next + 1 },
      `more lines than ${structure.symbols.length} atoms; one frame is read here`,
      "Keep one frame. Several are read by readExtxyzFrames; in a recipe, by [specimen] with thermal = 'trajectory'.",
    );
  }
  return { structure, info };
}

/**
 * Reads every frame of a trajectory, in order: at least one, all with the same box [Å] and the same symbols in the same order.
 * @throws as readExtxyz, with the line number in the file; 'shape' for a frame with other atoms, 'unsupported' for one with another box, both naming
 * the frame, counted from 1
 */
export function readExtxyzFrames(text: string, name = 'extxyz'): Structure[] {
  const lines = text.split(/\r?\n/);
  const frames: Structure[] = [];
  for (let line = 0; line < lines.length || frames.length === 0; ) {
    const { structure, next } = readFrame(lines, line, name);
    const reference = frames[0] ?? structure;
    const frame = frames.length + 1;
    const where = { name, frame, line: line + 1 };
    const change = otherAtoms(structure, reference);
    if (change) {
      fail('shape', `${name}, frame ${frame}: ${change}.`, 'Give frames of the same atoms in the same order.', where);
    }
    // Files round; 1e-6 of an edge is no strain that diffraction sees.
    if (structure.cell_A.some((edge, axis) => Math.abs(edge / reference.cell_A[axis]! - 1) > 1e-6)) {
      const box = ({ cell_A }: Structure) => `${cell_A.join(' × ')} Å`;
      fail(
        'unsupported',
        `${name}, frame ${frame}: the box is ${box(structure)}, that of the first frame ${box(reference)}.`,
        'Give a trajectory at constant volume.',
        where,
      );
    }
    frames.push(structure);
    line = next;
  }
  return frames;
}

/** How the atoms differ from the reference's, in words; undefined where they do not. */
function otherAtoms({ symbols }: Structure, reference: Structure): string | undefined {
  const first = reference.symbols;
  if (symbols.length !== first.length) return `${symbols.length} atoms, the first frame has ${first.length}`;
  const atom = symbols.findIndex((symbol, i) => symbol !== first[i]);
  return atom < 0 ? undefined : `atom ${atom + 1} is ${symbols[atom]}, in the first frame ${first[atom]}`;
}

/** Cells along each axis: the largest index plus one. */
function extent(cell: Int32Array): Vec3 {
  const cells: [number, number, number] = [1, 1, 1];
  cell.forEach((value, index) => {
    const axis = index % 3;
    if (value + 1 > (cells[axis] ?? 0)) cells[axis as 0 | 1 | 2] = value + 1;
  });
  return cells;
}
