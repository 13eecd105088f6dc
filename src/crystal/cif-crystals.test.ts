/** Files that once were another crystal without a word: magnetic operators, rows of one site, rounded special positions, U of zero, two structures. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { readCif } from './cif.ts';
import { at, determinant, nearestImage, norm, times } from './lattice.ts';
import { meanU2, orthogonalCell } from './orthogonal.ts';
import type { Crystal } from './unit-cell.ts';

const cell = (a: number, c: number, gamma: number) =>
  `_cell_length_a ${a}\n_cell_length_b ${a}\n_cell_length_c ${c}\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma ${gamma}`;
const loop = (tag: string, rows: readonly string[]) => `loop_\n${tag}\n${rows.map((row) => `'${row}'`).join('\n')}`;
const sites = (rows: readonly string[], more: readonly string[] = []) =>
  [
    'loop_',
    ...['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z', 'occupancy', ...more].map((t) => `_atom_site_${t}`),
    ...rows,
  ].join('\n');

/** Atoms per 1000 Å³, shares counted. */
function densities(crystal: Crystal): Record<string, number> {
  const volume = determinant(crystal.lattice_A);
  const sums: Record<string, number> = {};
  for (const [i, symbol] of crystal.symbols.entries()) {
    sums[symbol] = (sums[symbol] ?? 0) + (1000 * crystal.occupancy[i]!) / volume;
  }
  return sums;
}

const R3C = ['x,y,z', '-y,x-y,z', '-x+y,-x,z', '-y,-x,z+1/2', '-x+y,y,z+1/2', 'x,x-y,z+1/2'];
const R = ['0,0,0', '2/3,1/3,1/3', '1/3,2/3,2/3'].map((t) => t.split(','));
const CENTRED = R.flatMap((t) =>
  R3C.map((o) =>
    o
      .split(',')
      .map((part, i) => `${part}+${t[i]}`)
      .join(),
  ),
);
const BFO = `${cell(5.577, 13.861, 120)}\n${sites(['Bi1 Bi 0 0 0 1', 'Fe1 Fe 0 0 0.2208 1', 'O1 O 0.4426 0.0183 0.9513 1'])}\n`;
const magnetic = (list: readonly string[], sign = '+1') => list.map((o) => `${o},${sign}`);
const bfo = (head: string) => `data_BFO\n${head}\n${BFO}`;

test.each([
  ['operators', loop('_space_group_symop_magn_operation.xyz', magnetic(CENTRED))],
  [
    'operators and centring',
    `${loop('_space_group_symop_magn_operation.xyz', magnetic(R3C))}\n${loop('_space_group_symop_magn_centering.xyz', magnetic(R.map((t) => `x+${t[0]},y+${t[1]},z+${t[2]}`)))}`,
  ],
  [
    'the older names, some reversed in time',
    `${loop('_space_group_symop.magn_operation_xyz', [...magnetic(R3C.slice(0, 3)), ...magnetic(R3C.slice(3), '-1')])}\n${loop('_space_group_symop.magn_centering_xyz', magnetic(['x+2/3,y+1/3,z+1/3', 'x+1/3,y+2/3,z+2/3']))}`,
  ],
  ['a grey group', loop('_space_group_symop_magn_operation.xyz', [...magnetic(CENTRED), ...magnetic(CENTRED, '-1')])],
  [
    'both dictionaries',
    `${loop('_space_group_symop_operation_xyz', CENTRED)}\n${loop('_space_group_symop_magn_operation.xyz', magnetic(CENTRED))}`,
  ],
])('a magnetic CIF of BiFeO3 has its 30 atoms: %s', (_, operators) => {
  const head =
    '_space_group_magn.number_BNS 161.69\n_space_group_magn.name_BNS "R3c"\n_parent_space_group.name_H-M_alt "R -3 c"';
  const crystal = readCif(bfo(`${head}\n${operators}`));
  expect(crystal.notes).toEqual([]);
  const plain = readCif(bfo(`_space_group_name_H-M_alt 'R 3 c'\n${loop('_space_group_symop_operation_xyz', CENTRED)}`));
  expect(crystal.symbols).toHaveLength(30);
  expect(densities(crystal)).toEqual(densities(plain));
  const { Bi, Fe, O } = densities(crystal);
  // pymatgen 2026.10.24.
  expect([Bi, Fe, O].map((n) => n!.toFixed(2))).toEqual(['16.07', '16.07', '48.21']);
});

test.each([
  ['no operators', '_space_group_magn.name_BNS "R3c"', /magnetic group \(R3c\)/],
  ['the identity alone', loop('_space_group_symop_magn_operation.xyz', ['x,y,z,+1']), /6 rotations.* 1\.$/],
  ['centring left out', loop('_space_group_symop_magn_operation.xyz', magnetic(R3C)), /3 translations/],
  ['cut short', loop('_space_group_symop_magn_operation.xyz', magnetic(CENTRED.slice(0, 5))), /not a group/],
  [
    'half a group',
    loop('_space_group_symop_magn_operation.xyz', magnetic(CENTRED.filter((_, i) => i % 6 < 3))),
    /161\.69.* 6 rotations.* 3\.$/,
  ],
  [
    'two lists that differ',
    `${loop('_space_group_symop_operation_xyz', R3C)}\n${loop('_space_group_symop_magn_operation.xyz', magnetic(CENTRED))}`,
    /6 symmetry operators and 18 magnetic/,
  ],
])('a magnetic CIF is refused, not read as P1: %s', (_, operators, message) => {
  const named = '_space_group_magn.number_BNS 161.69\n_space_group_magn.name_BNS "R3c"';
  const head = operators.startsWith('_') ? operators : `${named}\n${operators}`;
  expect(problem(() => readCif(bfo(head), 'x.mcif')).message).toMatch(message);
});

test('other axes: HoAuGe in twice its cell, operators with 2x, a centring reversed in time, a list of CIF 2', () => {
  // MAGNDATA 1.34: two formula units per parent cell.
  const text = `data_x\nloop_\n_parent_propagation_vector.id\n_parent_propagation_vector.kxkykz\nk1 [1/2 0 0]
_space_group_magn.transform_BNS_Pp_abc 'a+b,b,c;0,0,0'\n_space_group_magn.number_BNS 33.154\n_space_group_magn.name_BNS "P_C n a 2_1"
_cell_length_a 8.804\n_cell_length_b 4.402\n_cell_length_c 7.204\n_cell_angle_gamma 120
${loop('_space_group_symop_magn_operation.xyz', ['x,y,z,+1', '-x+1/2,-2x+y,z+1/2,+1', '-x,-y,z+1/2,+1', 'x+1/2,2x-y,z,+1'])}
${loop('_space_group_symop_magn_centering.xyz', ['x,y,z,+1', 'x+1/2,y,z,-1'])}
${sites(['Ho1 Ho 0 0 0.25 1', 'Au1 Au 0.16667 0.66667 0.040(25) 1', 'Ge1 Ge 0.16667 0.66667 0.459(24) 1'])}\n`;
  expect([...readCif(text).symbols].sort().join('')).toBe('AuAuAuAuGeGeGeGeHoHoHoHo');
});

/** The 48 operators of Pm-3m: signed permutations of x, y, z. */
const PM3M = [0, 1, 2].flatMap((i) =>
  [0, 1, 2].flatMap((j) =>
    i === j
      ? []
      : [0, 1, 2, 3, 4, 5, 6, 7].map((signs) =>
          [i, j, 3 - i - j].map((k, n) => `${(signs >> n) & 1 ? '-' : ''}${'xyz'[k]}`).join(),
        ),
  ),
);
const cubic = (rows: readonly string[], more: readonly string[] = []) =>
  `data_x\n${cell(3.9, 3.9, 90)}\n_space_group_IT_number 221\n${loop('_space_group_symop_operation_xyz', PM3M)}\n${sites(rows, more)}\n`;
const LAMNO3 = (mn: readonly string[]) => cubic(['La1 La3+ 0 0 0 1', ...mn, 'O1 O2- 0.5 0.5 0 1']);
const blockDensities = (text: string) => {
  const block = orthogonalCell(readCif(text), { zone: [1, 1, 0] });
  const [x, y, z] = block.cell_A;
  const lattice_A = [
    [x, 0, 0],
    [0, y, 0],
    [0, 0, z],
  ] as const;
  return densities({ ...block, lattice_A } as unknown as Crystal);
};

test('rows of one element on one site add up, whatever their shares', () => {
  const one = blockDensities(LAMNO3(['Mn1 Mn 0.5 0.5 0.5 1']));
  expect(one.Mn).toBeCloseTo(1000 / 3.9 ** 3, 9);
  for (const shares of [
    [0.5, 0.5],
    [0.6, 0.4],
    [0.25, 0.25, 0.5],
    [0.3, 0.3],
  ]) {
    const text = LAMNO3(shares.map((share, i) => `Mn${i + 1} Mn${i + 2}+ 0.5 0.5 0.5 ${share}`));
    const total = shares.reduce((a, b) => a + b);
    const found = blockDensities(text);
    expect(found.Mn).toBeCloseTo(total * one.Mn!, 9);
    expect([found.La, found.O]).toEqual([one.La, one.O]);
  }
  // D is H to electrons; another element shares the site without being added.
  const water = readCif(cubic(['D1 D 0.5 0.5 0.5 0.5', 'H1 H 0.5 0.5 0.5 0.5', 'C1 C 0 0 0 0.5', 'N1 N 0 0 0 0.5']));
  expect(densities(water)).toMatchObject({ H: 1000 / 3.9 ** 3, C: 500 / 3.9 ** 3, N: 500 / 3.9 ** 3 });
  // U of the sum: the mean, by shares, of what is given.
  const u = readCif(cubic(['Mn1 Mn 0 0 0 0.25 0.004', 'Mn2 Mn 0 0 0 0.75 0.008'], ['U_iso_or_equiv'])).uIso_A2[0];
  expect(u).toBeCloseTo(0.007, 12);
});

test('a site listed again at one of its images: once where it is full, refused where it is partly there', () => {
  const mirror = loop('_space_group_symop_operation_xyz', ['x,y,z', '-x,-y,-z']);
  const twice = (share: number) =>
    `data_x\n${cell(4, 4, 90)}\n${mirror}\n${sites([`Ti1 Ti 0.1 0.2 0.3 ${share}`, `Ti2 Ti 0.9 0.8 0.7 ${share}`])}\n`;
  const crystal = readCif(twice(1), 'x.cif');
  expect(crystal.symbols).toEqual(['Ti', 'Ti']);
  expect(crystal.notes).toEqual([expect.stringMatching(/taken once: Ti2/)]);
  expect(readCif(twice(0.8)).symbols).toEqual(['Ti', 'Ti']);
  expect(problem(() => readCif(twice(0.5), 'x.cif')).message).toMatch(/Ti2 lies on an image of Ti1/);
  expect(problem(() => readCif(twice(0.8).replace('0.7 0.8', '0.7 0.6'), 'x.cif')).message).toMatch(/occupied 1.40/);
});

/** P6_3/mmc: International Tables A, No. 194. */
const P63MMC = (
  'x,y,z  -y,x-y,z  -x+y,-x,z  -x,-y,z+1/2  y,-x+y,z+1/2  x-y,x,z+1/2  y,x,-z  x-y,-y,-z  -x,-x+y,-z  -y,-x,-z+1/2  -x+y,y,-z+1/2  x,x-y,-z+1/2  ' +
  '-x,-y,-z  y,-x+y,-z  x-y,x,-z  x,y,-z+1/2  -y,x-y,-z+1/2  -x+y,-x,-z+1/2  -y,-x,z  -x+y,y,z  x,x-y,z  y,x,z+1/2  x-y,-y,z+1/2  -x,-x+y,z+1/2'
).split('  ');
const hexagonal = (row: string) =>
  readCif(
    `data_x\n${cell(5.577, 13.861, 120)}\n_space_group_IT_number 194\n${loop('_space_group_symop_operation_xyz', P63MMC)}\n${sites([row])}\n`,
    'x.cif',
  );

test('special positions, rounded: as many atoms as of the exact ones, on the exact places, however full', () => {
  // Multiplicities from International Tables A.
  const positions: [f: (x: number, z: number) => number[], multiplicity: number][] = [
    [() => [1 / 3, 2 / 3, 1 / 4], 2],
    [() => [1 / 3, 2 / 3, 3 / 4], 2],
    [(_, z) => [1 / 3, 2 / 3, z], 4],
    [(_, z) => [2 / 3, 1 / 3, z], 4],
    [(x) => [x, 2 * x, 1 / 4], 6],
    [(x, z) => [x, 2 * x, z], 12],
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...positions),
      fc.integer({ min: 2, max: 6 }),
      fc.constantFrom(1, 0.7, 0.5, 0.3, 0.1),
      // Away from other special positions, so that nothing else is near.
      fc.double({ min: 0.12, max: 0.2, noNaN: true }),
      fc.double({ min: 0.06, max: 0.2, noNaN: true }),
      fc.boolean(),
      ([f, multiplicity], digits, share, x, z, zeros) => {
        const exact = f(x, z);
        const text = exact.map((value) => `${value.toFixed(digits)}${zeros ? '000' : ''}`);
        const { symbols, fractional, occupancy, lattice_A } = hexagonal(`Ti1 Ti ${text.join(' ')} ${share}`);
        expect(symbols).toHaveLength(multiplicity);
        expect(occupancy.every((there) => there === share)).toBe(true);
        const off = Math.min(
          ...symbols.map((_, i) => norm(times(nearestImage(at(fractional, i), exact as never), lattice_A))),
        );
        // Free coordinates keep their rounding.
        expect(off).toBeLessThan(0.6 * 10 ** -digits * (multiplicity === 2 ? 1e-3 : 20));
      },
    ),
    { numRuns: 200 },
  );
});

test('a site that was moved is told, one that is exact is not; a split site stays split, and is told', () => {
  expect(hexagonal('Bi1 Bi 0.33 0.67 0.25 0.5').notes).toEqual([
    expect.stringMatching(/moved onto special positions: Bi1 by 0\.032 Å to \(0\.3333, 0\.6667, 0\.2500\)/),
  ]);
  expect(hexagonal('Bi1 Bi 0.333 0.667 0.25 0.5').notes).toEqual([expect.stringMatching(/Bi1 by 0\.003 Å/)]);
  expect(hexagonal('Bi1 Bi 0.33333 0.66667 0.25 0.5').notes).toEqual([]);
  // Eight places of Ti about the centre of the cube, 0.012 a off along each axis.
  const split = readCif(cubic(['Ba1 Ba 0 0 0 1', 'Ti1 Ti 0.512 0.512 0.512 0.125']), 'x.cif');
  expect(densities(split).Ti).toBeCloseTo(1000 / 3.9 ** 3, 9);
  expect(split.symbols.filter((symbol) => symbol === 'Ti')).toHaveLength(8);
  expect(split.notes).toEqual([
    expect.stringMatching(/split by disorder: Ti1 \(8 places of occupancy 0.125, 0.09 Å apart\)/),
  ]);
  // Two digits, and twice as far off as rounding can be.
  expect(readCif(cubic(['Ti1 Ti 0.51 0.5 0.5 0.16'])).symbols).toHaveLength(6);
});

test('a U that is zero, negative or missing is none', () => {
  const u = (rows: readonly string[], tag: string) => readCif(cubic(rows, [tag]), 'x.cif');
  const rows = (text: string) => ['Ba1 Ba 0 0 0 1 0.006', `Ti1 Ti 0.5 0.5 0.5 1 ${text}`];
  for (const tag of ['U_iso_or_equiv', 'B_iso_or_equiv']) {
    for (const text of ['0', '0.0000', '0.0(1)', '-0.002', '?', '.']) {
      const crystal = u(rows(text), tag);
      expect(Object.keys(meanU2(crystal))).toEqual(['Ba']);
      expect(crystal.u2Notes).toEqual(/\d/.test(text) ? [expect.stringMatching(/U of Ti1 .* not given/)] : []);
    }
  }
  // Where U is 0, a B or U_ij that is given stands.
  const b = readCif(cubic(['Ti1 Ti 0 0 0 1 0 0.4'], ['U_iso_or_equiv', 'B_iso_or_equiv'])).uIso_A2[0];
  expect(b).toBeCloseTo(0.4 / (8 * Math.PI ** 2), 12);
  const uneven = u(['O1 O 0 0 0.5 1 0.008', 'O2 O 0.5 0.5 0 1 0'], 'U_iso_or_equiv');
  expect(uneven.u2Notes).toEqual([expect.stringContaining('O2'), expect.stringMatching(/no U for O2: the mean/)]);
});

test('of two structures the first is taken, and both are named', () => {
  const block = (name: string, a: number) =>
    `data_${name}\n${cell(a, a, 90)}\n_symmetry_Int_Tables_number 1\n${sites(['Ti1 Ti 0 0 0 1'])}\n`;
  const text = `data_global\n_journal_name_full 'Some Journal'\n${block('phase_I', 3.9)}${block('phase_II', 5.6)}`;
  const { notes, lattice_A } = readCif(text, 'both.cif');
  expect(lattice_A[0][0]).toBe(3.9);
  expect(notes).toEqual([
    "both.cif holds 2 structures: the first, data_phase_I, is taken, and data_phase_II left out; data_block = 'phase_II' in the recipe takes another.",
  ]);
  const second = readCif(text, 'both.cif', { data_block: 'phase_II' });
  expect([second.lattice_A[0][0], second.notes]).toEqual([5.6, []]);
  expect(problem(() => readCif(text, 'both.cif', { data_block: 'III' })).hint).toMatch(/data_phase_I, data_phase_II/);
});

test('labels with a letter for the site', () => {
  const of = (label: string) =>
    readCif(
      `data_x\n${cell(4, 4, 90)}\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n${label} 0 0 0\n`,
      'x.cif',
    ).symbols[0];
  expect(['BaA', 'TiB1', 'MgM1', 'SiT', 'OI1', 'OII1', 'OIII', 'OW', 'FeIII'].map(of).join(' ')).toBe(
    'Ba Ti Mg Si O O O O Fe',
  );
  for (const label of ['NII1', 'SII1', 'CoordA', 'Wat1', 'PB1', 'OAB', 'T1'])
    expect(problem(() => of(label)).tag).toBe('format');
});
