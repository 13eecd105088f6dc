/** Operators from the tables, by name, number or Hall symbol. Orders and lists are those of International Tables A. */

import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { readCif } from './cif.ts';
import { hallOperators } from './hall-symbol.ts';
import { latticeOf } from './lattice.ts';
import { groupOfOperators, namedGroup } from './named-group.ts';
import { rotationsOfNumber, translationsOfLetter } from './space-group.ts';
import { SPACE_GROUP_SETTINGS } from './space-group-settings.ts';
import { keyOf, parseOperator } from './symmetry-operator.ts';

const settings = SPACE_GROUP_SETTINGS.flatMap((line, i) =>
  line.split(';').map((part) => ({ number: i + 1, hall: part.split('|')[1]!.trim() })),
);

test('230 groups in 530 settings, each of the order that its number and its lattice say', () => {
  expect([SPACE_GROUP_SETTINGS.length, settings.length]).toEqual([230, 530]);
  // All cubic ones take seconds: every third setting, and all of the trigonal ones.
  for (const { number, hall } of settings.filter(({ number }, i) => i % 7 === 0 || (number > 142 && number < 168))) {
    const operators = hallOperators(hall)!;
    const letter = hall.replace('-', '').charAt(0);
    const translations = letter === 'R' ? 3 : translationsOfLetter(letter)![0]!;
    expect([hall, operators.length]).toEqual([hall, rotationsOfNumber(number)! * translations]);
  }
});

const list = (text: string) => text.split(/\s+/).map((xyz) => keyOf(parseOperator(xyz, 'x')));
test.each([
  [
    '-P 2ac 2n',
    'x,y,z -x+1/2,-y,z+1/2 -x,y+1/2,-z x+1/2,-y+1/2,-z+1/2 -x,-y,-z x+1/2,y,-z+1/2 x,-y+1/2,z -x+1/2,y+1/2,z+1/2',
  ],
  ['P 3* -2n', 'x,y,z z,x,y y,z,x y+1/2,x+1/2,z+1/2 x+1/2,z+1/2,y+1/2 z+1/2,y+1/2,x+1/2'],
  ['-P 2ybc', 'x,y,z -x,y+1/2,-z+1/2 -x,-y,-z x,-y+1/2,z+1/2'],
  ['P 31 2 (0 0 4)', 'x,y,z -y,x-y,z+1/3 -x+y,-x,z+2/3 -y,-x,-z+2/3 -x+y,y,-z+1/3 x,x-y,-z'],
])('Hall symbol %s', (hall, operators) => {
  expect(hallOperators(hall)!.map(keyOf).sort()).toEqual(list(operators).sort());
});
test('a Hall symbol that is none', () => {
  for (const hall of ['', 'Q 2', 'P 5', '-P 2 (x-y,x+y,z)', "P 3'"]) expect(hallOperators(hall)).toBeUndefined();
});

const lattice = (a: number, b: number, c: number, angles: readonly [number, number, number] = [90, 90, 90]) =>
  latticeOf([a, b, c], angles);
const hexagonal = lattice(5.577, 5.577, 13.861, [90, 90, 120]);
const rhombohedral = lattice(5.63, 5.63, 5.63, [59.36, 59.36, 59.36]);
const cube = lattice(4, 4, 4);
const box = lattice(5, 6, 7);
const names = (text: string, cell: typeof cube) =>
  namedGroup({ names: [text], numbers: [], halls: [] }, cell, 'x.cif').map(
    ({ group, operators }) => `${group!.number} ${group!.name} ${operators.length}`,
  );

test.each([
  ['Pm3m', cube, ['221 P m -3 m 48']],
  ['P 4/m -3 2/m', cube, ['221 P m -3 m 48']],
  ['R3c', hexagonal, ['161 R 3 c:H 18']],
  ['R 3 c', rhombohedral, ['161 R 3 c:R 6']],
  ['H 3 c', hexagonal, ['161 R 3 c:H 18']],
  ['R -3 m H', hexagonal, ['166 R -3 m:H 36']],
  ['P b n m', box, ['62 P b n m 8']],
  ['Cmca', box, ['64 C m c e 16']],
  ['P 2(1)/n', lattice(5, 6, 7, [90, 95, 90]), ['14 P 1 21/n 1 4']],
  ['P 21/b', lattice(5, 6, 7, [90, 90, 95]), ['14 P 1 1 21/b 4']],
  ['I -1', lattice(5, 6, 7, [91, 92, 93]), ['2 I -1 4']],
  ['F d -3 m', cube, ['227 F d -3 m:1 192', '227 F d -3 m:2 192']],
  ['Fd-3m (227)', cube, ['227 F d -3 m:1 192', '227 F d -3 m:2 192']],
  ['*F d 3 m S', cube, ['227 F d -3 m:1 192']],
  ['F d -3 m (origin choice 2)', cube, ['227 F d -3 m:2 192']],
  ['nobody', cube, []],
])('%s', (text, cell, expected) => {
  expect(names(text, cell)).toEqual(expected);
});

test('axes that the cell has not, and a name beside the number of another group, are refused', () => {
  expect(problem(() => names('P m -3 m', box)).message).toMatch(/5\.0000 × 6\.0000 × 7\.0000 Å.*P m -3 m/);
  expect(problem(() => names('R 3 c:R', hexagonal)).tag).toBe('format');
  const two = () => namedGroup({ names: ['P m -3 m'], numbers: ['225'], halls: [] }, cube, 'x.cif');
  expect(problem(two).message).toMatch(/different space groups: P m -3 m, No\. 225/);
});

test('a group is known by its operators, and not about another origin', () => {
  const at = (...texts: readonly string[]) => groupOfOperators(texts.map((text) => parseOperator(text, 'x')));
  expect(at('x,y,z', '-x,-y,-z')).toEqual({ number: 2, name: 'P -1' });
  expect(at('x,y,z', '-x+1/2,-y,-z')).toBeUndefined();
});

const cell = (a: number) =>
  `_cell_length_a ${a}\n_cell_length_b ${a}\n_cell_length_c ${a}\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90`;
const cif = (head: string, a: number, rows: readonly string[]) =>
  `data_x\n${cell(a)}\n${head}\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n${rows.join('\n')}\n`;
const counts = (symbols: readonly string[]) =>
  Object.fromEntries(Object.entries(Object.groupBy(symbols, (s) => s)).map(([s, all]) => [s, all!.length]));

test.each([
  ["_space_group_name_H-M_alt 'P m -3 m'"],
  ['_symmetry_Int_Tables_number 221'],
  ["_space_group_name_Hall '-P 4 2 3'"],
  ["_symmetry_space_group_name_H-M 'Pm3m'\n_symmetry_Int_Tables_number 221"],
])('SrTiO3 by its group alone has 5 atoms, and that is told: %s', (head) => {
  const { symbols, notes } = readCif(cif(head, 3.905, ['Sr1 Sr 0 0 0', 'Ti1 Ti .5 .5 .5', 'O1 O .5 .5 0']), 'sto.cif');
  expect(counts(symbols)).toEqual({ Sr: 1, Ti: 1, O: 3 });
  expect(notes).toEqual([expect.stringMatching(/lists no symmetry operators: the 48 of International Tables/)]);
});

test('an origin that is not said: by the formula, by the sites, or not at all', () => {
  // Spinel, MgAl2O4: in origin choice 2 Mg lies on 8a (1/8), Al on 16d (1/2), O on 32e.
  const sites = ['Mg1 Mg .125 .125 .125', 'Al1 Al .5 .5 .5', 'O1 O .2624 .2624 .2624'];
  const head = "_space_group_name_H-M_alt 'F d -3 m'";
  const read = (more: string, rows = sites) => readCif(cif(`${head}${more}`, 8.0806, rows), 'x.cif');
  const spinel = read("\n_chemical_formula_sum 'Al2 Mg O4'");
  expect(counts(spinel.symbols)).toEqual({ Mg: 8, Al: 16, O: 32 });
  expect(spinel.notes).toContainEqual(expect.stringMatching(/F d -3 m:2 is taken, which alone/));
  // Diamond's place or pyrochlore's: both are crystals.
  const silicon = problem(() => readCif(cif(head, 5.431, ['Si1 Si 0 0 0']), 'si.cif'));
  expect([silicon.tag, silicon.hint]).toEqual(['unsupported', expect.stringContaining("'F d -3 m:1' or 'F d -3 m:2'")]);
});
