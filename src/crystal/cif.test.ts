/** CIF: whole cells from sites and operators, what real files look like, and errors that say what to do. */

import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { problem as thrown } from '../core/test-problem.ts';
import { readCif } from './cif.ts';
import { readCifBlocks } from './cif-syntax.ts';
import { molybdenite2H } from './known-crystals.ts';
import { at, determinant, nearestImage, norm, times } from './lattice.ts';
import { meanU2 } from './orthogonal.ts';
import { parseOperator } from './symmetry-operator.ts';

const problem = (text: string) => thrown(() => readCif(text, 'x.cif'));

const CELL =
  '_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90';
const SITES = 'loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n';
const SIMPLE = `data_x\n${CELL}\n${SITES}Ti1 0.1 0.2 0.3\nO1 .6 .7 .8\n`;

/** P6_3/mmc: International Tables A, No. 194. */
const P63MMC =
  'x,y,z  -y,x-y,z  -x+y,-x,z  -x,-y,z+1/2  y,-x+y,z+1/2  x-y,x,z+1/2  y,x,-z  x-y,-y,-z  -x,-x+y,-z  -y,-x,-z+1/2  -x+y,y,-z+1/2  x,x-y,-z+1/2  ' +
  '-x,-y,-z  y,-x+y,-z  x-y,x,-z  x,y,-z+1/2  -y,x-y,-z+1/2  -x+y,-x,-z+1/2  -y,-x,z  -x+y,y,z  x,x-y,z  y,x,z+1/2  x-y,-y,z+1/2  -x,-x+y,z+1/2';

test('2H-MoS2 from two sites and 24 operators, coordinates of four digits: the built-in crystal', () => {
  const operators = P63MMC.split('  ');
  const text = [
    '# a comment',
    'data_global',
    "_audit 'none'",
    'data_MoS2',
    '_cell_length_a 3.160(2)',
    '_cell_length_b 3.160(2)',
    '_cell_length_c   12.294(5)',
    '_cell_angle_alpha 90.',
    '_cell_angle_beta 90.',
    '_cell_angle_gamma 120.',
    "_symmetry_space_group_name_H-M 'P 63/m m c'",
    'loop_',
    '_symmetry_equiv_pos_site_id',
    '_symmetry_equiv_pos_as_xyz',
    ...operators.map((text, i) => `${i + 1} '${text}'`),
    SITES.trim(),
    '_atom_site_type_symbol',
    '_atom_site_B_iso_or_equiv',
    'Mo1 0.3333 0.6667 0.2500 Mo4+ 0.45(1)',
    'S1 0.3333 0.6667 0.6210(4) S2- .',
    '',
  ].join('\r\n');
  const crystal = readCif(text, 'MoS2.cif');
  const known = molybdenite2H();
  expect([...crystal.symbols].sort()).toEqual([...known.symbols].sort());
  expect(determinant(crystal.lattice_A)).toBeCloseTo(determinant(known.lattice_A), 9);
  for (let i = 0; i < 6; i++) {
    const offset = Math.min(
      ...[0, 1, 2, 3, 4, 5]
        .filter((j) => known.symbols[j] === crystal.symbols[i])
        .map((j) => norm(times(nearestImage(at(crystal.fractional, i), at(known.fractional, j)), known.lattice_A))),
    );
    // The mean of the merged images lies on the threefold axis: 0.3333 has become 1/3.
    expect(offset).toBeLessThan(1e-9);
  }
  const u2 = meanU2(crystal);
  expect(u2.Mo).toBeCloseTo(0.45 / (8 * Math.PI ** 2), 9);
  expect(u2.S).toBeUndefined();
});

test('syntax: quotes within quotes, texts, comments, dots in names, capitals, values on the next line', () => {
  const [block] = readCifBlocks(
    "\uFEFF# head\ndata_A_b _x 'O'Neil' # a comment\n_y\n;line 1\n_not_a_name # no comment\n;\n_Cell.Length_A \"it's\"\n_q '.'\n_r ?\nLOOP_ _u _v\n1 a#b 'x y'\n.\n",
    'x',
  );
  expect(block!.name).toBe('A_b');
  expect(Object.fromEntries(block!.columns)).toEqual({
    _x: ["O'Neil"],
    _y: ['line 1\n_not_a_name # no comment'],
    _cell_length_a: ["it's"],
    _q: ['.'],
    _r: [undefined],
    _u: ['1', 'x y'],
    _v: ['a#b', undefined],
  });
});

test('operators as files write them', () => {
  expect(parseOperator(' -X+y, 1/2+Y ,z-.25', 'x')).toEqual({
    rotation: [
      [-1, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    translation: [0, 0.5, -0.25],
  });
  expect(parseOperator('x+0.333,y+2/3,-z', 'x').translation).toEqual([1 / 3, 2 / 3, 0]);
  for (const text of ['x,y', 'x,y,q', 'x y,y,z', 'x,y,z,+1', '1/0+x,y,z'])
    expect(() => parseOperator(text, 'x')).toThrow(FerroscopeError);
});

test('dumb but common: no operators and no group, P1 by name, atoms listed twice, iron of two valences', () => {
  expect(readCif(SIMPLE).symbols).toEqual(['Ti', 'O']);
  expect(
    readCif(SIMPLE.replace('data_x', "data_x\n_symmetry_space_group_name_H-M 'P 1'\n_symmetry_Int_Tables_number 1"))
      .symbols,
  ).toEqual(['Ti', 'O']);
  const inversion = `loop_\n_space_group_symop_operation_xyz\nx,y,z\n-x,-y,-z\n`;
  expect(readCif(`data_x\n${CELL}\n${inversion}${SITES}Ti1 0.1 0.2 0.3\nTi2 -0.1 -0.2 -0.3\n`).symbols).toEqual([
    'Ti',
    'Ti',
  ]);
  const iron = readCif(
    `data_x\n${CELL}\n${SITES}_atom_site_type_symbol\n_atom_site_occupancy\nM1 0 0 0 Fe2+ 0.25\nM2 0 0 0 FE3+ 0.75(1)\nV 0 0 0 O2- 0\nX 0.5 0.5 0.5 O2- ?\n`,
  );
  expect(iron.symbols).toEqual(['Fe', 'O']);
  expect([...iron.occupancy]).toEqual([1, 1]);
});

test('a split site stays split, a full one is put onto the mirror', () => {
  const mirror = 'loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,y,z\n';
  const split = (occupancy: number) =>
    readCif(`data_x\n${CELL}\n${mirror}${SITES}_atom_site_occupancy\nTi1 0.004 0 0 ${occupancy}\n`);
  expect([...split(0.5).fractional]).toEqual([0.004, 0, 0, 0.996, 0, 0]);
  expect([...split(1).fractional]).toEqual([0, 0, 0]);
});

test('U from U_ij where U_iso is missing, also in a hexagonal cell', () => {
  const hexagonal = CELL.replace('gamma 90', 'gamma 120');
  const aniso = (cell: string, u: string) => {
    const names = ['U_11', 'U_22', 'U_33', 'U_12', 'U_13', 'U_23'].map((tag) => `_atom_site_aniso_${tag}`).join('\n');
    return readCif(`data_x\n${cell}\n${SITES}Ti1 0 0 0\nloop_\n_atom_site_aniso_label\n${names}\nTi1 ${u}\n`)
      .uIso_A2[0];
  };
  expect(aniso(CELL, '0.003 0.006 0.009 0.001 0 0')).toBeCloseTo(0.006, 12);
  // An isotropic atom in a hexagonal cell has U12 = U11/2.
  expect(aniso(hexagonal, '0.005 0.005 0.005 0.0025 0 0')).toBeCloseTo(0.005, 12);
});

test('a group without operators that is in no table says what to export', () => {
  const error = problem(SIMPLE.replace('data_x', "data_x\n_space_group_name_H-M_alt 'P m -7 m'"));
  expect(error.tag).toBe('unsupported');
  expect(error.message).toContain('P m -7 m');
  expect(error.hint).toContain('symmetry operators');
});

test.each([
  ['truncated loop', SIMPLE.replace(' .8', ''), /ends within a row/],
  ['open quote', SIMPLE.replace('data_x', "data_x\n_t 'abc"), /line 2.*quote/],
  ['open text', SIMPLE.replace('data_x', 'data_x\n_t\n;abc'), /line 3/],
  ['name without value', `${SIMPLE}_end\n`, /_end has no value/],
  ['twice the same name', SIMPLE.replace('data_x', 'data_x\n_cell_length_a 5'), /twice/],
  ['text before data_', `hello\n${SIMPLE}`, /before the first data_/],
  ['not a number', SIMPLE.replace('0.2', 'O.2'), /fract_y of Ti1 is 'O.2'/],
  ['decimal comma', SIMPLE.replace('_a 4', '_a 4,0'), /_cell_length_a is '4,0'/],
  ['no position', SIMPLE.replace('0.2', '?'), /Ti1 has no/],
  ['no cell', SIMPLE.replace('_cell_length_b 4', ''), /_cell_length_b is not given/],
  ['length 0', SIMPLE.replace('_b 4', '_b 0'), /_cell_length_b is 0/],
  ['flat cell', SIMPLE.replace('alpha 90', 'alpha 30').replace('beta 90', 'beta 60'), /flat/],
  ['impossible angles', SIMPLE.replace('alpha 90', 'alpha 20').replace('beta 90', 'beta 20'), /flat/],
  ['unknown element', SIMPLE.replace('Ti1', 'Xx1'), /which element the site Xx1/],
  ['S or Si', SIMPLE.replace('Ti1', 'SI1'), /which element the site SI1/],
  ['occupancy', `data_x\n${CELL}\n${SITES}_atom_site_occupancy\nTi 0 0 0 1.7\n`, /occupancy 1.7/],
  ['two atoms in one place', SIMPLE.replace('.6 .7 .8', '0.11 0.2 0.3'), /0.04 Å apart/],
  [
    'a list of operators cut short',
    SIMPLE.replace('loop_', 'loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-y,x,z\nloop_'),
    /not a group/,
  ],
  ['no atoms', `data_x\n${CELL}\n`, /no atom positions/],
  ['nothing', '', /no atom positions/],
])('malformed: %s', (_, text, message) => {
  const error = problem(text);
  expect([error.tag, error.message]).toEqual(['format', expect.stringMatching(message)]);
  expect(error.message).toContain('x.cif');
});
