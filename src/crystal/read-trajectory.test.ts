/** Trajectories as VASP, LAMMPS and ASE write them come back, whole or cut off. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { writeExtxyz } from './extxyz.ts';
import { perovskiteFrames } from './perovskite-cells.ts';
import { readTrajectory } from './read-trajectory.ts';
import type { Vec3 } from './structure.ts';
import { structureFormat } from './structure-format.ts';
import { bytes, type DumpStyle, expectSame, frames, lammps, TYPES, vasprun, xdatcar } from './test-trajectories.ts';

test('XDATCAR: one cell, or one for each frame; as text and as bytes; blank lines', () => {
  const same = frames(3);
  const { frames: got, notes } = readTrajectory(bytes(xdatcar(same)), 'XDATCAR');
  expectSame(got, same);
  expect(notes).toEqual([]);
  expect(got[2]!.symbols).toBe(got[0]!.symbols);
  const breathing = frames(3, 0.001);
  expectSame(readTrajectory(xdatcar(breathing, true), 'XDATCAR').frames, breathing, 5);
  expectSame(
    readTrajectory(
      `${xdatcar(same).replace('\nDirect configuration=     2', '\n \nDirect configuration=     2')}\n\n`,
      'x',
    ).frames,
    same,
  );
});

test('LAMMPS dumps: any columns, box header, origin and order', () => {
  const want = frames(2, 0.003);
  fc.assert(
    fc.property(
      fc.record<DumpStyle>({
        columns: fc.constantFrom('x y z', 'xu yu zu', 'xs ys zs', 'xsu ysu zsu'),
        species: fc.constantFrom('element', 'type', 'type element'),
        box: fc.constantFrom('pp pp pp', 'xy xz yz pp pp pp', 'abc origin pp pp pp'),
        units: fc.boolean(),
      }),
      fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -50, max: 50, noNaN: true }))),
      fc.integer(),
      (style, origin, seed) => {
        const text = lammps(want, style, origin as unknown as Vec3, new RandomStream(seed, 'dump'));
        const types = style.species === 'type' ? TYPES : undefined;
        expectSame(readTrajectory(bytes(text), 'dump.lammpstrj', { types }).frames, want, 9);
      },
    ),
    { numRuns: 60 },
  );
});

test('vasprun.xml: every ionic step; the initial structure where there is none', () => {
  const want = frames(3, 0.002);
  expectSame(readTrajectory(bytes(vasprun(want)), 'vasprun.xml').frames, want);
  // As VASP writes one potential of Zr.
  const zr = readTrajectory(
    bytes(vasprun(want).replaceAll('<c>Ti</c>', '<c>r </c>').replaceAll('<c>Ti </c>', '<c>r </c>')),
    'vasprun.xml',
  );
  expect([...new Set(zr.frames[0]!.symbols)]).toContain('Zr');
  expect(zr.notes).toEqual([expect.stringContaining('read as Zr')]);
  const none = vasprun(want).replace(/ <calculation>[\s\S]*<\/calculation>\n/, '');
  expectSame(readTrajectory(none, 'vasprun.xml').frames, want.slice(0, 1));
});

test('extxyz with another box in each frame, and single frames of POSCAR and CIF', () => {
  const want = frames(3, 0.001);
  const { frames: got } = readTrajectory(want.map((frame) => writeExtxyz(frame)).join(''), 'md.xyz');
  expect(got).toEqual(want.map((frame) => ({ ...frame, sites: undefined })));
  const poscar = xdatcar(want.slice(0, 1)).replace('Direct configuration=     1', 'Direct');
  expect(structureFormat(poscar, 'x')).toBe('poscar');
  expectSame(readTrajectory(bytes(poscar), 'CONTCAR').frames, want.slice(0, 1));
  const cif = (cell: string, occupancy: number) =>
    `data_x\n${cell}loop_\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nBa 0 0 0 ${occupancy}\nTi .5 .5 .52 1\nO .5 .5 0 1\nO .5 0 .5 1\nO 0 .5 .5 1\n`;
  const lengths = '_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4.04\n';
  const bto = readTrajectory(cif(lengths, 1), 'BaTiO3.cif');
  expect([bto.frames[0]!.cell_A, bto.frames[0]!.symbols, bto.notes]).toEqual([
    [4, 4, 4.04],
    ['Ba', 'Ti', 'O', 'O', 'O'],
    [expect.stringContaining('(P1)')],
  ]);
  expect(perovskiteFrames(bto)[0]!.sites!.cells).toEqual([1, 1, 1]);
  expect(readTrajectory(cif(`${lengths}_cell_angle_beta 89.95\n`, 1), 'x.cif').notes).toEqual([
    expect.stringContaining('(P1)'),
    expect.stringMatching(/bent to right angles.*90\.000°, 90\.000°, 89\.950°.* 0\.06 %/),
  ]);
  expect(problem(() => readTrajectory(cif(lengths, 0.5), 'x.cif'))).toMatchObject({
    tag: 'unsupported',
    message: expect.stringMatching(/atom 1 \(Ba\).*0.5/),
  });
});

test('a file that ends within a frame, as of a job that runs, gives the whole frames and a note', () => {
  const want = frames(3);
  const dump = lammps(
    want,
    { columns: 'x y z', species: 'element', box: 'pp pp pp', units: false },
    [0, 0, 0],
    new RandomStream(0),
  );
  const files = [
    [xdatcar(want), 'XDATCAR'],
    [dump, 'x.lammpstrj'],
    [vasprun(want), 'vasprun.xml'],
    [want.map((frame) => writeExtxyz(frame)).join(''), 'md.xyz'],
  ] as const;
  for (const [text, name] of files) {
    const half = text.slice(0, Math.floor(0.6 * text.length));
    const { frames: got, notes } = readTrajectory(bytes(half), name);
    expectSame(got, want.slice(0, got.length));
    // What comes before the first structure of a vasprun.xml is short.
    const whole = name === 'vasprun.xml' ? 2 : 1;
    expect([name, got.length]).toEqual([name, whole]);
    expect(notes).toEqual([expect.stringMatching(new RegExp(`ends early.* its ${whole} whole frames`))]);
    // Half of the last number looks like a number.
    const end = text.trimEnd().length;
    if (name !== 'vasprun.xml') expectSame(readTrajectory(text.slice(0, end - 3), name).frames, want.slice(0, 2));
    // Wherever it is cut: whole frames, or an error that says so.
    for (let cut = 0; cut < text.length; cut += 97) {
      try {
        const { frames: some } = readTrajectory(text.slice(0, cut), name);
        expectSame(some, want.slice(0, some.length));
      } catch (error) {
        expect(error).toBeInstanceOf(FerroscopeError);
        expect((error as FerroscopeError).tag).toBe('format');
      }
    }
  }
  for (const [text, name] of files) {
    const short = text.slice(0, Math.floor(0.2 * text.length));
    expect(problem(() => readTrajectory(short, name))).toMatchObject({ tag: 'format', fields: { truncated: true } });
  }
});
