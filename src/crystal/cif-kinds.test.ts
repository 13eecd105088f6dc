/** Kinds of CIF that hand-written and database files are of: Cartesian sites, B and β, labels without types. */

import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { readCif } from './cif.ts';
import { latticeOf, times } from './lattice.ts';

const cell = (lengths: readonly number[], angles: readonly number[] = [90, 90, 90]) =>
  [
    ...['a', 'b', 'c'].map((axis, i) => `_cell_length_${axis} ${lengths[i]}`),
    ...['alpha', 'beta', 'gamma'].map((axis, i) => `_cell_angle_${axis} ${angles[i]}`),
  ].join('\n');
const loop = (tags: readonly string[], rows: readonly string[]) => ['loop_', ...tags, ...rows].join('\n');
const site = (tags: readonly string[], rows: readonly string[]) =>
  loop(
    tags.map((tag) => `_atom_site_${tag}`),
    rows,
  );
const P1 = "_space_group_name_H-M_alt 'P 1'";
const cartn = ['label', 'type_symbol', 'Cartn_x', 'Cartn_y', 'Cartn_z'];

test('Cartesian sites: in a box, in an oblique cell, and in axes that a matrix gives', () => {
  const box = readCif(
    `data_x\n${cell([3.905, 3.905, 7.81])}\n${P1}\n${site(cartn, ['Sr1 Sr 0 0 0', 'Ti1 Ti 1.9525 1.9525 1.9525'])}\n`,
    'slab.cif',
  );
  expect([...box.fractional]).toEqual([0, 0, 0, 0.5, 0.5, 0.25].map((x) => expect.closeTo(x, 12)));
  expect(box.notes).toEqual([expect.stringMatching(/Cartesian.*a along x/)]);

  const lattice = latticeOf([5, 6, 7], [80, 95, 110]);
  const f = [0.123, 0.456, 0.789] as const;
  const oblique = (position: readonly number[], more = '') =>
    readCif(
      `data_x\n${cell([5, 6, 7], [80, 95, 110])}\n${P1}\n${more}\n${site(cartn, [`Ti1 Ti ${position.map((x) => x.toFixed(9)).join(' ')}`])}\n`,
    );
  const own = oblique(times(f, lattice));
  expect([...own.fractional]).toEqual(f.map((x) => expect.closeTo(x, 7)));
  // The same with y and z of the frame exchanged, as a matrix says.
  const [x, y, z] = times(f, lattice);
  const rows = [0, 2, 1].map((axis, i) =>
    [0, 1, 2].map((j) => `_atom_sites_Cartn_tran_matrix_${i + 1}${j + 1} ${lattice[j]![axis]}`).join('\n'),
  );
  const turned = oblique([x, z, y], rows.join('\n'));
  expect([...turned.fractional]).toEqual(f.map((value) => expect.closeTo(value, 7)));
  const wrong = rows.join('\n').replace(/(matrix_11) .*/, '$1 9');
  expect(problem(() => oblique([x, z, y], wrong)).message).toMatch(/Cartesian axes make edges of/);
});

test('U, B and β of one atom are the same displacement', () => {
  // β_ij = 2π² U_ij a*_i a*_j; a* = 1/a in a box.
  const [a, b, c] = [4, 5, 6] as const;
  const U = [0.003, 0.006, 0.009];
  const read = (letter: string, values: readonly number[]) => {
    const tags = ['11', '22', '33', '12', '13', '23'].map((ij) => `_atom_site_aniso_${letter}_${ij}`);
    const aniso = loop(['_atom_site_aniso_label', ...tags], [`Ti1 ${[...values, 0, 0, 0].join(' ')}`]);
    const sites = site(['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z'], ['Ti1 Ti 0 0 0']);
    return readCif(`data_x\n${cell([a, b, c])}\n${P1}\n${sites}\n${aniso}\n`).uIso_A2[0];
  };
  expect(read('U', U)).toBeCloseTo(0.006, 12);
  const B = U.map((u) => 8 * Math.PI ** 2 * u);
  expect(read('B', B)).toBeCloseTo(0.006, 12);
  const beta = U.map((u, i) => (2 * Math.PI ** 2 * u) / [a, b, c][i]! ** 2);
  expect(read('beta', beta)).toBeCloseTo(0.006, 12);
});

const labelled = (labels: readonly string[], formula = '') =>
  readCif(
    `data_x\n${cell([8, 8, 8])}\n${P1}\n${formula && `_chemical_formula_sum '${formula}'`}\n${site(
      ['label', 'fract_x', 'fract_y', 'fract_z'],
      labels.map((label, i) => `${label} ${i / 4} ${i / 4} 0`),
    )}\n`,
    'x.cif',
  );

test.each([
  [['PB1', 'TI1', 'O1'], '', ['Pb', 'Ti', 'O']],
  [['SR', 'ZR', 'O1'], '', ['Sr', 'Zr', 'O']],
  [['K1', 'NB1', 'O1'], 'K Nb O3', ['K', 'Nb', 'O']],
  [['BI1', 'FE1', 'O1'], 'Bi1 Fe1 O3', ['Bi', 'Fe', 'O']],
  [['BaA', 'TiB', 'OII1'], '', ['Ba', 'Ti', 'O']],
  [['MgM1', 'SiT', 'O3A'], '', ['Mg', 'Si', 'O']],
])('labels %j with the formula %j', (labels, formula, symbols) => {
  const { symbols: got, notes } = labelled(labels, formula);
  expect(got).toEqual(symbols);
  // What does not simply stand there is told.
  const guessed = labels.filter((label, i) => /^[A-Za-z]*/.exec(label)![0] !== symbols[i]);
  expect(notes!.length).toBe(guessed.some((label) => !/^(TI|ZR|FE)/.test(label)) ? 1 : 0);
});

test.each([
  [['K1', 'NB1', 'O1'], ''],
  [['Pb1', 'PB2', 'O1'], ''],
  [['SI1', 'O1'], 'Si S O2'],
  [['PB1', 'OW1', 'TI1'], ''],
])('labels that stay open are refused: %j', (labels, formula) => {
  const { message, hint } = problem(() => labelled(labels, formula));
  expect(message).toMatch(/not clear which element/);
  expect(hint).toContain('_chemical_formula_sum');
});
