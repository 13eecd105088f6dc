/** POSCAR, and which format a text is in. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { writeExtxyz } from './extxyz.ts';
import { molybdenite2H } from './known-crystals.ts';
import { at, determinant, planeSpacings, times } from './lattice.ts';
import { readPoscar } from './poscar.ts';
import { readStructure } from './read-structure.ts';
import { structureFormat } from './structure-format.ts';
import type { Crystal } from './unit-cell.ts';

/** A POSCAR as VASP writes it; atoms are in runs of one element. */
function poscar({ lattice_A, symbols, fractional }: Crystal, scale: string, divide: number, cartesian = false): string {
  const kinds = symbols.filter((symbol, i) => symbol !== symbols[i - 1]);
  const counts = kinds.map((kind) => symbols.filter((symbol) => symbol === kind).length);
  const rows = symbols.map((_, i) => {
    const f = at(fractional, i);
    return (cartesian ? times(f, lattice_A).map((x) => x / divide) : f).join('  ');
  });
  const vectors = lattice_A.map((row) => row.map((x) => x / divide).join(' '));
  return [
    'comment',
    ` ${scale}`,
    ...vectors,
    kinds.join(' '),
    ` ${counts.join(' ')}`,
    cartesian ? 'Cartesian' : 'Direct',
    ...rows,
    '',
  ].join('\n');
}

const MOS2 = molybdenite2H();

test('POSCAR: a factor, a volume, Cartesian; the crystal comes back', () => {
  const volume = determinant(MOS2.lattice_A);
  for (const cartesian of [false, true]) {
    for (const [scale, divide] of [
      ['1.0', 1],
      ['3.16', 3.16],
      [`-${volume}`, 7],
    ] as const) {
      const back = readPoscar(poscar(MOS2, scale, divide, cartesian));
      expect(back.symbols).toEqual(MOS2.symbols);
      for (const [i, x] of back.lattice_A.flat().entries()) expect(x).toBeCloseTo(MOS2.lattice_A.flat()[i]!, 9);
      for (const [i, f] of back.fractional.entries()) expect(Math.abs(f - MOS2.fractional[i]!)).toBeLessThan(1e-9);
    }
  }
});

test('POSCAR: any cell', () => {
  const number = fc.double({ min: 2, max: 9, noNaN: true });
  const small = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(number, small, small, small, number, small, small, small, number),
      fc.boolean(),
      (m, cartesian) => {
        const lattice_A = [m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)] as unknown as Crystal['lattice_A'];
        // Flatter cells are refused.
        fc.pre(Math.abs(determinant(lattice_A)) > 5 && planeSpacings(lattice_A).every((d) => d > 1.01));
        const back = readPoscar(
          poscar({ ...MOS2, lattice_A, symbols: ['O'], fractional: Float64Array.of(0.1, 0.2, 0.3) }, '1', 1, cartesian),
        );
        for (const [i, f] of back.fractional.entries()) expect(f).toBeCloseTo([0.1, 0.2, 0.3][i]!, 9);
      },
    ),
    { numRuns: 50 },
  );
});

const POSCAR =
  'SrTiO3\n1.0\n3.905 0 0\n0 3.905 0\n0 0 3.905\nSr_sv Ti/4c6b1 O\n1 1 3\nSelective dynamics\nDirect\n0 0 0 F F F\n0.5 0.5 0.5 T T T Ti1\n.5 .5 1.0D0 T T T\n0.5 0 0.5\n-1.0 0.5 0.5 ! O3\n\n0 0 0\n';

test('POSCAR: selective dynamics, potentials for symbols, labels, Fortran numbers, velocities, three scales', () => {
  const crystal = readPoscar(POSCAR.replaceAll('\n', '\r\n'));
  expect(crystal.symbols).toEqual(['Sr', 'Ti', 'O', 'O', 'O']);
  expect([...crystal.fractional.slice(6)]).toEqual([0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5]);
  expect(readStructure(POSCAR.replace('\n1.0\n', '\n1.0 2.0 1.0\n'), 'POSCAR').cell_A).toEqual([3.905, 7.81, 3.905]);
});

test.each([
  ['VASP 4', POSCAR.replace('Sr_sv Ti/4c6b1 O\n', ''), 'unsupported', /VASP 4/],
  ['flat', POSCAR.replace('0 0 3.905', '3.905 3.905 0'), 'format', /line 2.*no volume/],
  ['scale 0', POSCAR.replace('1.0', '0'), 'format', /no volume/],
  ['vector', POSCAR.replace('0 3.905 0', '0 x 0'), 'format', /line 4/],
  ['element', POSCAR.replace('Sr_sv', 'Qq'), 'format', /line 6.*'Qq'/],
  ['counts', POSCAR.replace('1 1 3', '1 1'), 'format', /line 7/],
  ['mode', POSCAR.replace('Direct\n', ''), 'format', /line 9.*Direct/],
  ['position', POSCAR.replace('0.5 0 0.5', '0.5 0'), 'format', /line 13.*atom 4 of 5/],
  ['short', POSCAR.split('\n').slice(0, 12).join('\n'), 'format', /ends before its 5 atoms/],
  ['too many', POSCAR.replace('1 1 3', '1 1 999999999'), 'format', /ends before/],
  ['overlap', POSCAR.replace('0.5 0.5 0.5 T', '0.01 0 0 T'), 'format', /0.04 Å apart/],
  ['empty', '', 'format', /line 2/],
] as const)('POSCAR malformed: %s', (_, text, tag, message) => {
  const error = problem(() => readPoscar(text, 'POSCAR'));
  expect([error.tag, error.message]).toEqual([tag, expect.stringMatching(message)]);
});

const CIF =
  'data_x\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 5\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nTi 0 0 0.2\n';

test('the format is told by content, then by name', () => {
  const xyz = writeExtxyz({ cell_A: [4, 4, 5], symbols: ['Ti'], positions_A: Float64Array.of(0, 0, 1) });
  expect([CIF, POSCAR, xyz].map((text) => structureFormat(text, 'noname.txt'))).toEqual(['cif', 'poscar', 'extxyz']);
  expect(['a/b.CIF', 'CONTCAR', 'x.vasp', 'q.xyz'].map((name) => structureFormat('?', name))).toEqual([
    'cif',
    'poscar',
    'poscar',
    'extxyz',
  ]);
  expect(problem(() => structureFormat('hello', 'notes.txt'))).toMatchObject({ tag: 'format' });
  // All three say the same.
  for (const text of [CIF, xyz]) {
    const block = readStructure(text, 'x');
    expect([block.cell_A, block.symbols, [...block.positions_A], [...block.occupancy]]).toEqual([
      [4, 4, 5],
      ['Ti'],
      [0, 0, 1],
      [1],
    ]);
  }
  expect(readStructure(xyz, 'x', { zone: [1, 0, 0] }).cell_A).toEqual([4, 5, 4]);
});
test('a cell whose scale was forgotten has atoms too near one another; hydrogen and split sites may be near', () => {
  // Pt with half its edge, 1.96 Å, left out of line 2; N2 and an O-H bond are as short as bonds get.
  const fcc = 'Pt\n1.0\n0 1 1\n1 0 1\n1 1 0\nPt\n8\nDirect\n';
  const halves = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i >> 2, (i >> 1) & 1, i & 1].map((bit) => bit / 2).join(' '));
  const text = (scale: string) => `${fcc.replace('1.0', scale)}${halves.join('\n')}\n`;
  expect(problem(() => readStructure(text('1.0'), 'POSCAR')).message).toMatch(/Pt and Pt lie 0\.71 Å apart/);
  expect(readStructure(text('3.92'), 'POSCAR').symbols.length).toBeGreaterThan(0);
  const pair = (symbols: string, d: number) =>
    readStructure(`x\n1\n5 0 0\n0 5 0\n0 0 5\n${symbols}\n1 1\nCartesian\n0 0 0\n${d} 0 0\n`, 'POSCAR').symbols.length;
  expect([pair('N N', 1.1), pair('O H', 0.82)]).toEqual([2, 2]);
  expect(problem(() => pair('Ti O', 0.95)).message).toContain('0.95 Å');
});

test('a compressed file says so', () => {
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const gz = new TextDecoder().decode(gzipSync('SrTiO3\n1.0\n'));
  for (const name of ['POSCAR.gz', 'x.cif', 'POSCAR']) {
    expect(problem(() => readStructure(gz, name)).message).toBe(`${name} is compressed.`);
  }
});
