/**
 * VASP's POSCAR and CONTCAR, version 5 and later: https://www.vasp.at/wiki/index.php/POSCAR
 *
 *     const crystal = readPoscar(text, 'POSCAR');
 *
 * Scale: a factor, a volume [Å³] where negative, or three factors for x, y, z. Selective dynamics, velocities and what else follows are passed over.
 * Occupancies are 1 and U_iso is not known. Files of VASP 4 do not name their elements: the caller says them, or they are refused, as a title is no promise.
 */

import { fail } from '../core/errors.ts';
import { elementOfType } from './elements.ts';
import { determinant, inverse, type Mat3, times, wrapped } from './lattice.ts';
import { numbersIn } from './lines.ts';
import type { Vec3 } from './structure.ts';
import { type Crystal, checkedCrystal } from './unit-cell.ts';

const HINT = 'Mend that line, or export the file again.';

function malformed(name: string, line: number, what: string): never {
  fail('format', `${name}, line ${line}: ${what}.`, HINT, { name, line });
}

/** A line's fields, without its comment. */
function fieldsOf(line: string | undefined): string[] {
  return (line ?? '')
    .replace(/[!#].*/, '')
    .trim()
    .split(/\s+/)
    .filter((field) => field !== '');
}

/** The cell and the atoms of a POSCAR, as an XDATCAR has them too. */
export interface PoscarHeader {
  /** Lattice vectors [Å], one per row, and as they stand in the file, without the scale. */
  readonly lattice_A: Mat3;
  readonly raw: Mat3;
  /** Chemical symbol of each run of atoms, and how many follow. */
  readonly kinds: readonly string[];
  readonly counts: readonly number[];
  readonly total: number;
}

/** Whether a file counts its atoms where later versions name the elements. */
function isVasp4(lines: readonly string[]): boolean {
  const names = fieldsOf(lines[5]);
  return names.length > 0 && names.every((field) => /^\d+$/.test(field));
}

/** @throws 'unsupported'; where the title is a list of elements that could be meant, the hint says them */
function withoutElements(lines: readonly string[], name: string): never {
  const title = fieldsOf(lines[0]).map(elementOfType);
  const could = title.length === fieldsOf(lines[5]).length && title.every((symbol) => symbol !== undefined);
  const list = (could ? title : ['Sr', 'Ti', 'O']).map((symbol) => `"${symbol}"`).join(', ');
  return fail(
    'unsupported',
    `${name} does not name its elements (VASP 4)${could ? `, unless its title does: ${title.join(' ')}` : ''}.`,
    `Give species = [${list}] beside file in the recipe (--species for ferroscope info), or insert a line with the symbols before the line of counts.`,
    { name },
  );
}

/**
 * Lines 1 to 7: title, scale, three vectors, symbols, counts.
 * @param lines the first is the title; @param first its number in the file
 * @throws 'format' with the line number; 'unsupported' for a file of VASP 4
 */
export function readPoscarHeader(lines: readonly string[], name: string, first = 1): PoscarHeader {
  const bad = (index: number, what: string): never => malformed(name, first + index, what);
  const numbers = (index: number, count: number, what: string): number[] =>
    numbersIn(fieldsOf(lines[index]).join(' '), count) ??
    bad(index, `${what} expected, not '${(lines[index] ?? '').trim().slice(0, 40)}'`);
  const vector = (index: number): Vec3 => numbers(index, 3, 'a lattice vector') as unknown as Vec3;

  const three = fieldsOf(lines[1]).length === 3;
  const scales = numbers(1, three ? 3 : 1, 'the scale');
  const raw: Mat3 = [vector(2), vector(3), vector(4)];
  const volume = Math.abs(determinant(raw));
  if (scales.some((scale) => scale === 0 || (three && scale < 0)) || volume === 0) bad(1, 'the cell has no volume');
  const scale = scales[0]! < 0 ? Math.cbrt(-scales[0]! / volume) : scales[0]!;
  const [sx, sy, sz] = three ? (scales as unknown as Vec3) : [scale, scale, scale];
  const scaled = (v: Vec3): Vec3 => [v[0] * sx, v[1] * sy, v[2] * sz];

  const names = fieldsOf(lines[5]);
  if (isVasp4(lines)) withoutElements(lines, name);
  // Sr_sv and Sr_sv/4c6b1 are names of potentials.
  const kinds = names.map((field) => elementOfType(field) ?? bad(5, `'${field}' is not a chemical symbol`));
  if (kinds.length === 0) bad(5, 'no chemical symbols');
  const counts = numbers(6, kinds.length, `${kinds.length} counts of atoms`);
  if (fieldsOf(lines[6]).length !== kinds.length || !counts.every((count) => Number.isInteger(count) && count >= 0))
    bad(6, `${kinds.length} whole numbers of atoms expected`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { lattice_A: [scaled(raw[0]), scaled(raw[1]), scaled(raw[2])], raw, kinds, counts, total };
}

/** Chemical symbol of each atom. To be asked for once the file is known to be long enough for them. */
export function symbolsOf({ kinds, counts }: PoscarHeader): string[] {
  return kinds.flatMap((kind, k) => new Array<string>(counts[k]!).fill(kind));
}

/** Puts the line of symbols where the file has none. @throws 'recipe' */
function nameElements(lines: string[], species: readonly string[], name: string): void {
  const own = fieldsOf(lines[5]);
  if (isVasp4(lines) && own.length === species.length) {
    lines.splice(5, 1, species.join(' '), lines[5]!);
    return;
  }
  if (own.map(elementOfType).join() === species.join()) return;
  fail(
    'recipe',
    `${name}, line 6, has '${own.join(' ')}', and species says ${species.join(', ')}.`,
    isVasp4(lines) ? 'Name one element for each number.' : 'The file names its elements: leave species out.',
    { name, species },
  );
}

export interface PoscarOptions {
  /** Chemical symbol of each run of atoms, for a file that does not name them. */
  readonly species?: readonly string[] | undefined;
}

/** @throws 'format' with the line number; 'unsupported' for a file of VASP 4 without `species`; 'recipe' for species that the file names otherwise */
export function readPoscar(text: string, name = 'POSCAR', { species }: PoscarOptions = {}): Crystal {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (species) nameElements(lines, species, name);
  const header = readPoscarHeader(lines, name);
  const { lattice_A, raw, total } = header;
  const selective = /^\s*s/i.test(lines[7] ?? '');
  // Line numbers from 1, as editors count.
  const mode = selective ? 9 : 8;
  if (!/^\s*[dck]/i.test(lines[mode - 1] ?? '')) malformed(name, mode, "'Direct' or 'Cartesian' expected");
  const cartesian = /^\s*[ck]/i.test(lines[mode - 1]!);
  const toFractional = inverse(raw);
  if (mode + total > lines.length) malformed(name, lines.length, `the file ends before its ${total} atoms`);
  const symbols = symbolsOf(header);
  const fractional = Float64Array.from(
    symbols.flatMap((_, atom) => {
      const line = lines[mode + atom]!;
      const v =
        numbersIn(fieldsOf(line).join(' '), 3) ??
        malformed(
          name,
          mode + 1 + atom,
          `the position of atom ${atom + 1} of ${total} expected, not '${line.trim().slice(0, 40)}'`,
        );
      return wrapped(cartesian ? times(v as unknown as Vec3, toFractional) : (v as unknown as Vec3));
    }),
  );
  return checkedCrystal({
    name,
    lattice_A,
    symbols,
    fractional,
    occupancy: new Float64Array(total).fill(1),
    uIso_A2: new Float64Array(total).fill(Number.NaN),
  });
}
