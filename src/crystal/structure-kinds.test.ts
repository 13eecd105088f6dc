/** Structures that other programs write in ways of their own: oblique extxyz, arrays in brackets, gzip, VASP 4, tilted LAMMPS boxes, XDATCAR with blank lines. */

import { gzipSync, strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { readCrystal, readStructure } from './read-structure.ts';
import { readTrajectory } from './read-trajectory.ts';

/** A hexagonal cell with three atoms: fractional places and the vectors [Å]. */
const VECTORS = [5.148, 0, 0, -2.574, 5.148 * Math.sin(Math.PI / 3), 0, 0, 0, 13.863];
const ATOMS = [
  ['Li', 0, 0, 0.2787],
  ['Nb', 0, 0, 0],
  ['O', 0.3, 0.1, 0.4],
] as const;
const cartesian = (f: readonly number[]) =>
  [0, 1, 2].map((j) => f.reduce((sum, x, i) => sum + x * VECTORS[3 * i + j]!, 0));
const poscar = `t\n1\n${[0, 3, 6].map((i) => VECTORS.slice(i, i + 3).join(' ')).join('\n')}\nLi Nb O\n1 1 1\nDirect\n${ATOMS.map(([, ...f]) => f.join(' ')).join('\n')}\n`;
const extxyz = (comment: string) =>
  `3\n${comment}\n${ATOMS.map(([symbol, ...f]) => `${symbol} ${cartesian(f).join(' ')}`).join('\n')}\n`;

test('an oblique extxyz is the crystal that the POSCAR of its atoms is, in either way to write arrays', () => {
  const want = readStructure(poscar, 'POSCAR');
  const rows = [0, 3, 6].map((i) => `[${VECTORS.slice(i, i + 3).join(', ')}]`);
  for (const comment of [
    `Lattice="${VECTORS.join(' ')}" Properties=species:S:1:pos:R:3 pbc="T T T"`,
    `Lattice=[${rows.join(', ')}] Properties=species:S:1:pos:R:3 pbc=[T, T, T]`,
  ]) {
    const got = readStructure(extxyz(comment), 'lno.xyz');
    expect(got.symbols).toEqual(want.symbols);
    expect(got.cell_A).toEqual(want.cell_A.map((x) => expect.closeTo(x, 9)));
    const off = got.positions_A.map((x, i) => {
      const d = (x - want.positions_A[i]!) / want.cell_A[i % 3]!;
      return Math.abs(d - Math.round(d));
    });
    expect(Math.max(...off)).toBeLessThan(1e-9);
  }
  const open = extxyz(`Lattice="${VECTORS.join(' ')}" Properties=species:S:1:pos:R:3 pbc=[T, T, F]`);
  expect(problem(() => readStructure(open, 'slab.xyz')).message).toContain('pbc');
});

test('gzip opens by its bytes, whatever its name; a damaged one is called so', () => {
  const bytes = gzipSync(strToU8(poscar));
  expect(readStructure(bytes, 'POSCAR.gz').symbols).toEqual(readStructure(poscar, 'POSCAR').symbols);
  expect(problem(() => readStructure(bytes.subarray(0, 60), 'POSCAR.gz')).message).toMatch(/damaged gzip/);
  expect(problem(() => readStructure(strToU8('PK\u0003\u0004x'), 'POSCAR.zip')).message).toMatch(/compressed/);
});

test('VASP 4: elements of the caller, else the title is named and nothing is guessed', () => {
  const old = poscar.replace(/^t\n/, 'Li Nb O\n').replace('\nLi Nb O\n1 1 1', '\n1 1 1');
  const { message, hint } = problem(() => readCrystal(old, 'POSCAR'));
  expect([message, hint]).toEqual([
    expect.stringContaining('its title does: Li Nb O'),
    expect.stringContaining('species = ["Li", "Nb", "O"]'),
  ]);
  expect(readCrystal(old, 'POSCAR', { species: ['K', 'Ta', 'O'] }).symbols).toEqual(['K', 'Ta', 'O']);
  for (const [text, species] of [
    [old, ['Li', 'Nb']],
    [poscar, ['K', 'Ta', 'O']],
  ] as const) {
    expect(problem(() => readCrystal(text, 'POSCAR', { species })).tag).toBe('recipe');
  }
  expect(problem(() => readCrystal(poscar, 'POSCAR', { data_block: 'x' })).message).toMatch(/data_block is for a CIF/);
});

test('a scale that was forgotten is an error, also of one atom and of an extxyz', () => {
  const fcc = 'Pt\n1.0\n0 1 1\n1 0 1\n1 1 0\nPt\n1\nDirect\n0 0 0\n';
  expect(problem(() => readStructure(fcc, 'POSCAR')).message).toMatch(/162\.\d g\/cm³/);
  expect(readStructure(fcc.replace('1.0', '1.962'), 'POSCAR').symbols.length).toBeGreaterThan(0);
  const fractional = '2\nLattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3\nBa 0 0 0\nTi 0.5 0.5 0.5\n';
  expect(problem(() => readStructure(fractional, 'x.xyz')).message).toMatch(/0\.87 Å apart/);
});

test('XDATCAR with a blank line before each frame, as older versions write it', () => {
  const head = 't\n1\n4 0 0\n0 4 0\n0 0 4\nBa Ti\n1 1\n';
  const frames = ['0 0 0\n0.5 0.5 0.52\n', '0 0 0\n0.5 0.5 0.48\n'];
  const { frames: got } = readTrajectory(`${head}\n${frames.join('\n')}`, 'run.3');
  expect(got.map(({ positions_A }) => positions_A[5])).toEqual([2.08, 1.92].map((z) => expect.closeTo(z, 12)));
  // Rows that no blank line parts are no new frame: they would be a header, which is cut short.
  const joined = readTrajectory(`${head}\n${frames.join('')}`, 'XDATCAR');
  expect([joined.frames.length, joined.notes]).toEqual([1, [expect.stringMatching(/ends early/)]]);
});

test('a tilted LAMMPS box is refused with its own vectors, not those of the bounds around it', () => {
  // docs.lammps.org/Howto_triclinic.html: xlo_bound = xlo + min(0, xy, xz, xy + xz), xhi_bound = xhi + max(0, xy, xz, xy + xz); here a = 5, xy = −2.5, b = 4.
  const dump = `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS xy xz yz pp pp pp\n-1.5 6 -2.5\n0 4 0\n0 7 0\nITEM: ATOMS id element x y z\n1 O 0 0 0\n`;
  const { fields, message } = problem(() => readTrajectory(dump, 'x.dump'));
  expect(fields.vectors).toEqual([5, 0, 0, -2.5, 4, 0, 0, 0, 7]);
  expect(message).toContain('5 0 0 -2.5 4 0 0 0 7 Å');
});
