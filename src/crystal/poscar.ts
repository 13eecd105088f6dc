/**
 * VASP's POSCAR and CONTCAR, version 5 and later: https://www.vasp.at/wiki/index.php/POSCAR
 *
 *     const crystal = readPoscar(text, 'POSCAR');
 *
 * Scale: a factor, a volume [Å³] where negative, or three factors for x, y, z. Selective dynamics, velocities and what else follows are passed over.
 * Occupancies are 1 and U_iso is not known. What this is not: files of VASP 4, which do not name their elements, are refused.
 */

import { fail } from '../core/errors.ts';
import { elementOfType } from './elements.ts';
import { determinant, inverse, type Mat3, times, wrapped } from './lattice.ts';
import type { Vec3 } from './structure.ts';
import { type Crystal, checkedCrystal } from './unit-cell.ts';

/** @throws 'format' with the line number; 'unsupported' for a file of VASP 4 */
export function readPoscar(text: string, name = 'POSCAR'): Crystal {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const malformed = (line: number, what: string): never =>
    fail('format', `${name}, line ${line}: ${what}.`, 'Mend that line, or export the file again.', { name, line });
  // Line numbers from 1, as editors count.
  const fields = (line: number): string[] =>
    (lines[line - 1] ?? '')
      .replace(/[!#].*/, '')
      .trim()
      .split(/\s+/)
      .filter((field) => field !== '');
  const numbers = (line: number, count: number, what: string): number[] => {
    const values = fields(line)
      .slice(0, count)
      .map((field) => Number(field.replace(/[dD]/, 'e')));
    return values.length === count && values.every(Number.isFinite)
      ? values
      : malformed(line, `${what} expected, not '${(lines[line - 1] ?? '').trim().slice(0, 40)}'`);
  };
  const vector = (line: number, what: string): Vec3 => numbers(line, 3, what) as unknown as Vec3;

  const three = fields(2).length === 3;
  const scales = numbers(2, three ? 3 : 1, 'the scale');
  const raw: Mat3 = [vector(3, 'a lattice vector'), vector(4, 'a lattice vector'), vector(5, 'a lattice vector')];
  const volume = Math.abs(determinant(raw));
  if (scales.some((scale) => scale === 0 || (three && scale < 0)) || volume === 0)
    malformed(2, 'the cell has no volume');
  const scale = scales[0]! < 0 ? Math.cbrt(-scales[0]! / volume) : scales[0]!;
  const [sx, sy, sz] = three ? (scales as unknown as Vec3) : [scale, scale, scale];
  const scaled = (v: Vec3): Vec3 => [v[0] * sx, v[1] * sy, v[2] * sz];
  const lattice_A: Mat3 = [scaled(raw[0]), scaled(raw[1]), scaled(raw[2])];

  if (fields(6).length > 0 && fields(6).every((field) => /^\d+$/.test(field))) {
    fail(
      'unsupported',
      `${name} does not name its elements (VASP 4).`,
      "Insert a line with the chemical symbols, such as 'Sr Ti O', before the line of counts.",
      { name },
    );
  }
  // Sr_sv and Sr_sv/4c6b1 are names of potentials.
  const kinds = fields(6).map((field) => elementOfType(field) ?? malformed(6, `'${field}' is not a chemical symbol`));
  if (kinds.length === 0) malformed(6, 'no chemical symbols');
  const counts = numbers(7, kinds.length, `${kinds.length} counts of atoms`);
  if (fields(7).length !== kinds.length || !counts.every((count) => Number.isInteger(count) && count >= 0))
    malformed(7, `${kinds.length} whole numbers of atoms expected`);
  const symbols = kinds.flatMap((kind, k) => new Array<string>(Math.min(counts[k]!, lines.length)).fill(kind));

  const selective = /^\s*s/i.test(lines[7] ?? '');
  const mode = selective ? 9 : 8;
  if (!/^\s*[dck]/i.test(lines[mode - 1] ?? '')) malformed(mode, "'Direct' or 'Cartesian' expected");
  const cartesian = /^\s*[ck]/i.test(lines[mode - 1]!);
  const toFractional = inverse(raw);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (mode + total > lines.length) malformed(lines.length, `the file ends before its ${total} atoms`);
  const fractional = Float64Array.from(
    symbols.flatMap((_, atom) => {
      const v = vector(mode + 1 + atom, `the position of atom ${atom + 1} of ${total}`);
      return wrapped(cartesian ? times(v, toFractional) : v);
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
