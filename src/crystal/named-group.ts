/**
 * The operators of a space group that a file names without listing them: by Hermann–Mauguin name, number or Hall symbol (`space-group-settings.ts`).
 *
 *     namedGroup({ names: ['F d -3 m'], numbers: [], halls: [] }, lattice, 'x.cif')      // two settings, origin choices 1 and 2
 *
 * Settings that the cell's metric does not allow are left out: R on hexagonal axes from R on its own, the unique axis of a monoclinic group. Of those left
 * with one name the first, as International Tables A order them. A number alone means the standard setting. Where the origin is not said, both come back.
 */

import { fail } from '../core/errors.ts';
import { hallOperators } from './hall-symbol.ts';
import { type Mat3, multiply, transpose } from './lattice.ts';
import { rotationsOfNumber } from './space-group.ts';
import { SPACE_GROUP_SETTINGS } from './space-group-settings.ts';
import { keyOf, type Operator } from './symmetry-operator.ts';

export interface SpaceGroup {
  /** 1 to 230. */
  readonly number: number;
  /** 'R 3 c:H'. */
  readonly name: string;
}

export interface Setting {
  readonly operators: readonly Operator[];
  /** Undefined for a Hall symbol of unusual axes. */
  readonly group: SpaceGroup | undefined;
}

interface Row {
  readonly number: number;
  readonly names: readonly string[];
  /** '1' and '2' of the origin, 'H' and 'R' of the axes, or ''. */
  readonly choice: string;
  readonly hall: string;
}

const ROWS: readonly Row[] = SPACE_GROUP_SETTINGS.flatMap((line, i) =>
  line.split(';').map((part) => {
    const [said = '', hall = ''] = part.split('|');
    const [names = '', choice = ''] = said.trim().split(':');
    return { number: i + 1, names: names.split('='), choice, hall: hall.trim() };
  }),
);

const nameOf = ({ names, choice }: Row) => (choice ? `${names[0]}:${choice}` : names[0]!);

/** Relative change of the metric that counts as rounding: half a percent of a length, half a degree. */
const METRIC = 0.01;

/** Whether rotations keep the lattice: Rᵀ G R = G. */
function fits(operators: readonly Operator[], lattice: Mat3): boolean {
  const G = multiply(lattice, transpose(lattice));
  return operators.every(({ rotation }) => {
    const turned = multiply(multiply(transpose(rotation), G), rotation);
    return turned.every((row, i) =>
      row.every((value, j) => Math.abs(value - G[i]![j]!) <= METRIC * Math.sqrt(G[i]![i]! * G[j]![j]!)),
    );
  });
}

/** A name without blanks and marks: 'P 2(1)/c' and 'P 1 2_1/c 1' are P21/c and P121/c1. */
const keyOfName = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase().replaceAll(/\s/g, '');

/** Further names: of monoclinic groups without the axes that are 1, of cubic ones with 3 for -3. */
function keysOf({ number, names }: Row): string[] {
  const short = number >= 3 && number <= 15 ? names.map((name) => name.replaceAll(/ 1(?= |$)/g, '')) : [];
  const cubic = number >= 195 ? names.map((name) => name.replace('-3', '3')) : [];
  return [...names, ...short, ...cubic].map(keyOfName);
}

function rowsNamed(text: string): readonly Row[] {
  const plain = text
    .trim()
    .replace(/^\*/, '')
    .replaceAll(/[(~](\d)[)~]/g, '$1')
    .replaceAll('_', '');
  const [, said = '', after = ''] = /^(.*?)\s*(?:[:(]\s*(.*))?$/.exec(plain) ?? [];
  const [, body = said, letter = ''] = /^(\S.+?)\s*([HRSZ])$/i.exec(said) ?? [];
  // S and Z are the ICSD's origin choices 1 and 2.
  const choice = (/^[12HRSZ](?!\d)/i.exec(after)?.[0] ?? /\b[12]\b/.exec(after)?.[0] ?? letter)
    .toUpperCase()
    .replace('S', '1')
    .replace('Z', '2');
  const triclinic = /^([ABCFI])\s*(-?)1$/i.exec(body);
  if (triclinic) {
    const [, lattice = '', bar = ''] = triclinic;
    const names = [`${lattice.toUpperCase()} ${bar}1`];
    return [{ number: bar ? 2 : 1, names, choice: '', hall: `${bar}${lattice.toUpperCase()} 1` }];
  }
  // 'H 3 c', as structural biologists have it, is R 3 c on hexagonal axes.
  const hexagonal = /^H/i.test(body);
  const key = keyOfName(hexagonal ? `R${body.slice(1)}` : body);
  const wanted = hexagonal ? 'H' : choice;
  return ROWS.filter((row) => keysOf(row).includes(key) && (!wanted || !row.choice || row.choice === wanted));
}

/** What a file says of its group. */
export interface Naming {
  readonly names: readonly string[];
  readonly numbers: readonly string[];
  readonly halls: readonly string[];
}

const settingOf = (row: Row): Setting => ({
  operators: hallOperators(row.hall)!,
  group: { number: row.number, name: nameOf(row) },
});

/**
 * Settings that the group can be meant in, one where all is said; none where nothing is understood.
 * @throws 'format' where name and number are of different groups, or no setting has the cell's axes
 */
export function namedGroup({ names, numbers, halls }: Naming, lattice_A: Mat3, file: string): readonly Setting[] {
  for (const hall of halls) {
    const operators = hallOperators(hall);
    if (!operators) continue;
    const group = groupOfOperators(operators);
    if (!fits(operators, lattice_A)) return misfit([hall], lattice_A, file);
    return [{ operators, group }];
  }
  const wanted = numbers.map((text) => Number.parseInt(text, 10)).filter((n) => rotationsOfNumber(n) !== undefined);
  const byName = names.map(rowsNamed).filter((rows) => rows.length > 0);
  const said = [...names, ...numbers.map((n) => `No. ${n}`)];
  const standard = ROWS.filter(({ number }) => number === wanted[0]);
  const start = byName[0] ?? standard.filter(({ names: [name] }) => name === standard[0]!.names[0]);
  if (start.length === 0) return [];
  const agreed = start.filter(
    (row) => wanted.every((n) => n === row.number) && byName.every((rows) => rows.some((r) => r.number === row.number)),
  );
  if (agreed.length === 0) {
    fail(
      'format',
      `${file} names different space groups: ${said.join(', ')}.`,
      'Correct the name or the number, or export the file with its symmetry operators.',
      { name: file, groups: said },
    );
  }
  const fitting = agreed.filter((row) => fits(settingOf(row).operators, lattice_A));
  if (fitting.length === 0) return misfit(said, lattice_A, file);
  const first = fitting.filter(
    (row, i) => row.names[0] === fitting[0]!.names[0] && fitting.findIndex((r) => nameOf(r) === nameOf(row)) === i,
  );
  return first.map(settingOf);
}

function misfit(said: readonly string[], lattice_A: Mat3, file: string): never {
  const lengths = lattice_A.map((v) => Math.hypot(...v).toFixed(4)).join(' × ');
  return fail(
    'format',
    `${file}: the cell (${lengths} Å) has not the axes of the space group that the file names (${said.join(', ')}).`,
    'Correct the cell or the group; of axes other than the usual ones give the full name (P 1 1 21/b), or list the symmetry operators.',
    { name: file, groups: said },
  );
}

/** The group whose usual setting has these operators; undefined on other axes, or about another origin. */
export function groupOfOperators(operators: readonly Operator[]): SpaceGroup | undefined {
  const rotations = new Set(operators.map(({ rotation }) => rotation.join())).size;
  const translations = operators.length / rotations;
  const keys = new Set(operators.map(keyOf));
  const centring = (hall: string) => ({ P: 1, F: 4, R: 3 })[hall.replace('-', '').charAt(0)] ?? 2;
  const row = ROWS.find(
    ({ number, hall }) =>
      rotationsOfNumber(number) === rotations &&
      centring(hall) === translations &&
      hallOperators(hall)!.every((operator) => keys.has(keyOf(operator))),
  );
  return row && { number: row.number, name: nameOf(row) };
}
