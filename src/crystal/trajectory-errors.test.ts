/** What is wrong with a trajectory's file is said, with its line; nothing else is ever thrown. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { writeExtxyz } from './extxyz.ts';
import { perovskiteFrames } from './perovskite-cells.ts';
import { readStructure } from './read-structure.ts';
import { readTrajectory } from './read-trajectory.ts';
import { structureFormat } from './structure-format.ts';
import { bytes, frames, lammps, TYPES, vasprun, xdatcar } from './test-trajectories.ts';
import { orthogonalEdges } from './trajectory.ts';

const X = xdatcar(frames(2));
const L = lammps(
  frames(2),
  { columns: 'x y z', species: 'element', box: 'xy xz yz pp pp pp', units: true },
  [0, 0, 0],
  new RandomStream(0),
);
const V = vasprun(frames(2));

test.each([
  ['XDATCAR of VASP 4', X.replace(/ {3}Sr.*\n/, ''), 'unsupported', /VASP 4/, undefined],
  ['XDATCAR, no such element', X.replace('   Sr ', '   Qq '), 'format', /line 6: 'Qq'/, 6],
  ['XDATCAR, counts', X.replace('\n    4    4   12', '\n    4    4'), 'format', /3 counts/, 7],
  [
    'XDATCAR, a row',
    X.replace(/(configuration= {5}2\n).*\n/, '$1 0.1 0.2\n'),
    'format',
    /line 30: the position of atom 1 of 20/,
    30,
  ],
  [
    'XDATCAR, a row too many',
    X.replace('Direct configuration=     2', '0 0 0\nDirect configuration=     2'),
    'format',
    /the scale expected/,
    30,
  ],
  [
    'XDATCAR, tilted',
    X.replace(/(\n.*){2}/, (head) => `${head}`).replace('    0.000000    3.900000', '    0.500000    3.900000'),
    'unsupported',
    /line 3: the box is oblique, its angles are /,
    3,
  ],
  [
    'two runs joined',
    xdatcar(frames(1)) +
      xdatcar(frames(1).map((frame) => ({ ...frame, symbols: frame.symbols.map((s) => (s === 'Sr' ? 'Ba' : s)) }))),
    'shape',
    /frame 2: atom 1 is Ba, in the first frame Sr/,
    56,
  ],
  ['LAMMPS, tilted', L.replace(/(\n\S+ \S+) 0\.0+e\+0/, '$1 0.4'), 'unsupported', /the box is oblique/, 9],
  ['LAMMPS, open', L.replace('xy xz yz pp pp pp', 'xy xz yz pp pp ff'), 'unsupported', /boundaries are 'pp pp ff'/, 9],
  ['LAMMPS, units', L.replace('metal', 'lj'), 'unsupported', /units 'lj'/, 2],
  ['LAMMPS, no id', L.replace('ATOMS id', 'ATOMS mol'), 'format', /no column id/, 13],
  ['LAMMPS, no element', L.replace('id element', 'id type'), 'format', /nothing says what the types are/, 13],
  ['LAMMPS, no positions', L.replace('element x y z', 'element a y z'), 'format', /no positions among/, 13],
  [
    'LAMMPS, a row',
    L.replace(/ 0\.01 \n/, '\n'),
    'format',
    /6 columns where ITEM: ATOMS names 7|5 columns where ITEM: ATOMS names 6/,
    14,
  ],
  ['LAMMPS, an id twice', L.replace(/\n7 /, '\n8 '), 'format', /id 8 stands there twice/, undefined],
  [
    'LAMMPS, an atom lost',
    L.replace(/(ATOMS\n)20(\n[\s\S]*?)\n\d+ [A-Z].* 0\.01 (?=\nITEM)/, '$119$2'),
    'shape',
    /frame 2: 20 atoms, the first frame has 19/,
    undefined,
  ],
  ['LAMMPS, header', L.replace('ITEM: TIMESTEP', 'ITEM: STEP'), 'format', /an ITEM: header expected/, 5],
  ['LAMMPS, no number of atoms', L.replace(/ITEM: NUMBER OF ATOMS\n20\n/, ''), 'format', /before NUMBER OF ATOMS/, 11],
  ['vasprun, element', V.replace('<rc><c>Ti</c>', '<rc><c>Xx</c>'), 'format', /line 23: 'Xx' is not/, 23],
  [
    'vasprun, a number',
    V.replace(/(<structure>[\s\S]*positions[\s\S]*?<v>)\s*\S+/, '$1 *****'),
    'format',
    /three numbers expected/,
    undefined,
  ],
  [
    'vasprun, atoms',
    V.replace(/ {4}<rc><c>O <\/c><c> {3}3<\/c><\/rc>\n/, ''),
    'format',
    /20 positions for 19 atoms/,
    undefined,
  ],
  [
    'vasprun, basis',
    V.replace(/(<calculation>[\s\S]*?basis" >\n)[\s\S]*?<\/varray>/, '$1</varray>'),
    'format',
    /0 basis vectors/,
    undefined,
  ],
  [
    'vasprun, nothing in it',
    '<?xml version="1.0"?>\n<modeling>\n</modeling>\n',
    'format',
    /no whole ionic step/,
    undefined,
  ],
  ['OUTCAR', ' vasp.6.3.0 18Jan22\n executed on LinuxIFC\n', 'format', /none of extxyz, CIF/, undefined],
] as const)('refused: %s', (_, text, tag, message, line) => {
  expect([X, L, V]).not.toContain(text);
  for (const data of [text, bytes(text)]) {
    const error = problem(() => readTrajectory(data, 'md.out'));
    expect([error.tag, error.message]).toEqual([tag, expect.stringMatching(message)]);
    if (line !== undefined) expect(error.fields.line).toBe(line);
  }
});

test('a type without a name, or with a wrong one', () => {
  const text = lammps(
    frames(1),
    { columns: 'xs ys zs', species: 'type', box: 'pp pp pp', units: false },
    [0, 0, 0],
    new RandomStream(0),
  );
  expect(problem(() => readTrajectory(text, 'd', { types: { 1: 'Sr', 2: 'Ti' } })).message).toMatch(
    /which element type 3 is/,
  );
  expect(problem(() => readTrajectory(text, 'd', { types: { ...TYPES, 3: 'Oxygen' } })).message).toMatch(
    /type 3 is given as 'Oxygen'/,
  );
});

test('readStructure refuses trajectories, and says so', () => {
  for (const text of [X, L, V]) expect(problem(() => readStructure(text, 'x')).message).toMatch(/is a trajectory/);
});

test('the format is told by content, then by name', () => {
  expect([X, L, V, V.replace(/^.*\n/, '')].map((text) => structureFormat(text, 'noname'))).toEqual([
    'xdatcar',
    'lammps',
    'vasprun',
    'vasprun',
  ]);
  expect(
    ['run/XDATCAR', 'XDATCAR.2', 'a.lammpstrj', 'dump.bst', 'vasprun-3.xml'].map((name) => structureFormat('?', name)),
  ).toEqual(['xdatcar', 'xdatcar', 'lammps', 'lammps', 'vasprun']);
});

test('files with characters changed, lost or doubled: frames or a tagged error, never another', () => {
  const E = frames(2)
    .map((frame) => writeExtxyz(frame))
    .join('');
  const edit = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(30),
    fc.constantFrom(
      '',
      '-',
      '9',
      ' ',
      '\n',
      '1e400',
      '</v>',
      '<v>',
      '</structure>',
      'ITEM: ATOMS id\n',
      '\0',
      '99999999999',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(X, L, V, E), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
      const mutated = edits.reduce((t, [share, length, put]) => {
        const at = Math.floor(share * t.length);
        return t.slice(0, at) + put + t.slice(at + length);
      }, text);
      try {
        const trajectory = readTrajectory(mutated, 'md');
        for (const { symbols, positions_A, cell_A } of trajectory.frames) {
          expect(positions_A.length).toBe(3 * symbols.length);
          expect(cell_A.every((edge) => edge > 0)).toBe(true);
        }
        perovskiteFrames(trajectory);
      } catch (error) {
        expect(error).toBeInstanceOf(FerroscopeError);
      }
    }),
    { numRuns: 400 },
  );
});

test('a box that is oblique and one that is only turned are refused by their own causes', () => {
  const hexagonal = [4, 0, 0, -2, 2 * Math.sqrt(3), 0, 0, 0, 6];
  const oblique = problem(() => orthogonalEdges(hexagonal, 'run.xyz'));
  expect(oblique).toMatchObject({ tag: 'unsupported', message: expect.stringContaining('90.00, 90.00, 120.00°') });
  for (const turned of [
    [0, 4, 0, 4, 0, 0, 0, 0, 4],
    [-4, 0, 0, 0, 4, 0, 0, 0, 4],
    [2, 2, 0, -2, 2, 0, 0, 0, 4],
  ]) {
    const { tag, message } = problem(() => orthogonalEdges(turned, 'run.xyz'));
    expect([tag, message]).toEqual([
      'unsupported',
      expect.stringContaining('the box is orthogonal, and its vectors do not'),
    ]);
  }
});
