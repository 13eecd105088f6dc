/** Sizes of space groups by number and by name, against gemmi's table of all settings; and operators against the group that a CIF names. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { readCif } from './cif.ts';
import { rotationsOfNumber, sizeOfName } from './space-group.ts';

const SETTINGS = readFileSync(new URL('fixtures/space-groups.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [number, rotations, translations, name, hall] = line.split('\t');
    return { number: Number(number), rotations: Number(rotations), translations: Number(translations), name, hall };
  });

test('every setting: number, name with blanks and without', () => {
  expect(new Set(SETTINGS.map(({ number }) => number)).size).toBe(230);
  for (const { number, rotations, translations, name } of SETTINGS) {
    expect([number, rotationsOfNumber(number)]).toEqual([number, rotations]);
    const size = sizeOfName(name!);
    // One reading, but for P 32: 3₂, or 3 and 2 of a name that lost a blank.
    expect([name, size.rotations]).toEqual([name, name === 'P 32' ? [6, 3] : [rotations]]);
    expect([name, size.translations]).toEqual([name, expect.arrayContaining([translations])]);
    const compact = sizeOfName(name!.replaceAll(' ', ''));
    expect([name, compact.rotations]).toEqual([name, expect.arrayContaining([rotations])]);
  }
  expect([0, 231, 1.5, Number.NaN].map(rotationsOfNumber)).toEqual([undefined, undefined, undefined, undefined]);
  for (const name of ['', 'Q m m m', 'P x y', '?', 'cubic']) expect(sizeOfName(name).rotations).toEqual([]);
});

test.each([
  ['P2(1)/c', 4, [1]],
  ['P 2~1~2~1~2~1~', 4, [1]],
  ['P6_3/mmc', 24, [1]],
  ['P 63 / m m c', 24, [1]],
  ['*F d 3 m S', 48, [4]],
  ['FM-3M (225)', 48, [4]],
  ['R -3 c H', 12, [3]],
  ['R3m:R', 6, [1]],
  ['R 3 c', 6, [1, 3]],
  ['C -1', 2, [2]],
  ['P 4/n m m Z', 16, [1]],
])('as files spell it: %s', (name, rotations, translations) => {
  expect(sizeOfName(name)).toEqual({ rotations: [rotations], translations });
});

const SITE =
  'loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nTi1 0.11 0.23 0.37\n';
const CELL =
  '_cell_length_a 9\n_cell_length_b 9\n_cell_length_c 9\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90';
const cif = (head: string, operators: readonly string[]) =>
  `data_x\n${CELL}\n${head}\nloop_\n_space_group_symop_operation_xyz\n${operators.map((o) => `'${o}'`).join('\n')}\n${SITE}`;

test('a list of the identity alone is the list of P1 and of no other group', () => {
  for (const { number, name, hall } of SETTINGS) {
    for (const head of [
      `_space_group_name_H-M_alt '${name}'`,
      `_symmetry_space_group_name_H-M '${name!.replace(/:.*/, '').replaceAll(' ', '')}'`,
      `_space_group_name_Hall "${hall!.replaceAll('"', "''")}"`,
      `_symmetry_Int_Tables_number ${number}`,
    ]) {
      // P 1 has settings on other cells ('A 1'); its number is 1 all the same.
      if (number === 1) continue;
      expect([head, problem(() => readCif(cif(head, ['x,y,z']), 'x.cif')).tag]).toEqual([head, 'format']);
    }
  }
  for (const head of [
    "_space_group_name_H-M_alt 'P 1'",
    '_symmetry_Int_Tables_number 1',
    "_space_group_name_Hall 'P 1'",
  ]) {
    expect(readCif(cif(head, ['x,y,z'])).symbols).toHaveLength(1);
  }
  // A name that nobody knows contradicts the identity too.
  expect(problem(() => readCif(cif("_symmetry_space_group_name_H-M 'Pervskite'", ['x,y,z']))).message).toContain(
    'identity',
  );
});

const IMMM = ['x,y,z', '-x,-y,z', '-x,y,-z', 'x,-y,-z', '-x,-y,-z', 'x,y,-z', 'x,-y,z', '-x,y,z'];
const I = IMMM.map((text) =>
  text
    .split(',')
    .map((part) => `${part}+1/2`)
    .join(),
);

test.each([
  ["_space_group_name_H-M_alt 'I m m m'", 16],
  ['_space_group_IT_number 71', 16],
  ["_space_group_name_Hall '-I 2 2'", 16],
])('all operators or none at all: %s', (head, count) => {
  expect(readCif(cif(head, [...IMMM, ...I])).symbols).toHaveLength(count);
  const half = [...IMMM.slice(0, 4), ...I.slice(0, 4)];
  expect(problem(() => readCif(cif(head, half), 'x.cif')).message).toMatch(
    /4 (rotations|inversion)|8 rotations|1 inversion/,
  );
  if (!head.includes('number')) {
    expect(problem(() => readCif(cif(head, IMMM), 'x.cif')).message).toMatch(/2 translations.*1\.$/);
  }
});

test('without operators, anything said of the symmetry must say P1', () => {
  const bare = (head: string) => `data_x\n${CELL}\n${head}\n${SITE}`;
  for (const head of [
    "_space_group_name_H-M_alt 'P -7'",
    '_symmetry_cell_setting cubic',
    '_space_group_magn.number_BNS 161.69',
    '_space_group_magn.name_BNS "R3c"',
    '_space_group_magn.number_BNS 1.3',
    "loop_\n_space_group_symop_magn_centering.xyz\nx,y,z,+1\n'x+1/2,y,z,-1'",
  ]) {
    expect([head, problem(() => readCif(bare(head), 'x.cif')).tag]).toEqual([head, 'unsupported']);
  }
  expect(readCif(bare("_symmetry_space_group_name_H-M 'P1'\n_symmetry_cell_setting triclinic")).notes).toEqual([]);
  expect(readCif(bare(''), 'x.cif').notes).toEqual([expect.stringContaining('whole cell (P1)')]);
  const modulated = "loop_\n_space_group_symop_ssg_operation_algebraic\nx1,x2,x3,x4\n'-x1,-x2,-x3,-x4'";
  expect(problem(() => readCif(bare(modulated))).message).toContain('modulated');
});
