/** extxyz: round trip, files of others, errors that name the line; and twin A, an independent structure with known P. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import { readNpy } from '../core/npy.ts';
import { problem as thrown } from '../core/test-problem.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { buildStructure, structureStream } from './build.ts';
import { readExtxyz, writeExtxyz } from './extxyz.ts';
import { columnFields, localFields } from './local.ts';
import { materialOf } from './material.ts';
import { readTrajectory } from './read-trajectory.ts';
import { requireSites } from './structure.ts';
import { residualU2 } from './thermal.ts';

const problem = (text: string) => thrown(() => readExtxyz(text, 'x.extxyz'));

test('a built structure comes back to the last bit, sites included', () => {
  const structure = buildStructure(parseRecipe('[structures]\ncells = [3, 2, 2]'), 1, structureStream(1, 1, true));
  const { structure: back, info } = readExtxyz(writeExtxyz(structure, { note: 'held out 1' }));
  expect(back).toEqual(structure);
  expect(info.note).toBe('held out 1');
});

test('any atoms and comments come back', () => {
  const coordinate = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((x) => x + 0); // −0 is written as 0
  const atom = fc.tuple(fc.constantFrom('Ba', 'Sr', 'Ti', 'O', 'H'), coordinate, coordinate, coordinate);
  const edge = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
  const key = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/).filter((k) => k !== 'pbc');
  fc.assert(
    fc.property(
      fc.array(atom, { minLength: 1, maxLength: 8 }),
      fc.tuple(edge, edge, edge),
      fc.dictionary(
        key,
        fc.string({ maxLength: 12 }).map((s) => s.replace(/\r/g, ' ')),
        { noNullPrototype: true },
      ),
      (atoms, cell_A, info) => {
        const structure = {
          cell_A,
          symbols: atoms.map(([symbol]) => symbol),
          positions_A: Float64Array.from(atoms.flatMap(([, ...xyz]) => xyz)),
          sites: undefined,
        };
        const back = readExtxyz(writeExtxyz(structure, info));
        expect(back.structure).toEqual(structure);
        expect(back.info).toEqual(info);
      },
    ),
  );
});

test("ASE's habits: no site columns, other columns between, CRLF, capital booleans", () => {
  const text = [
    '2',
    'energy=-3.2 Properties=id:I:1:species:S:1:pos:R:3:forces:R:3 Lattice="4 0 0 0 4.0 0 0 0 8e0" pbc="T T T" ok title=\'a b\'',
    '  1 Ti 1.0 2 3e0 0 0 0',
    '2\tO -1 .5 0 0 0 0  ',
    '',
  ].join('\r\n');
  const { structure, info } = readExtxyz(text);
  expect(structure.cell_A).toEqual([4, 4, 8]);
  expect(structure.symbols).toEqual(['Ti', 'O']);
  expect([...structure.positions_A]).toEqual([1, 2, 3, -1, 0.5, 0]);
  expect(structure.sites).toBeUndefined();
  expect(info).toEqual({ energy: '-3.2', ok: 'T', title: 'a b' });
});

test('malformed lines are format errors with the line number', () => {
  const head = 'Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3';
  const cases: [string, number][] = [
    ['two\n', 1],
    ['', 1],
    [`1\nProperties=species:S:1:pos:R:3\nO 0 0 0\n`, 2],
    [`1\nLattice="4 0 0 0 x 0 0 0 4"\nO 0 0 0\n`, 2],
    [`1\nLattice="4 0 0 0 4 0 0 0 4\nO 0 0 0\n`, 2],
    [`1\n${head}:q\nO 0 0 0\n`, 2],
    [`1\n${head.replace('pos:R:3', 'pos:R:2')}\nO 0 0\n`, 2],
    [`2\n${head}\nO 0 0 0\nO 0 zero 0\n`, 4],
    [`2\n${head}\nO 0 0 0\nO 0 0\n`, 4],
    [`1\n${head}\n8 0 0 0\n`, 3],
    [`1\n${head}\nO 0 0 0\nO 0 0 0\n`, 4],
    [`2\n${head}\nO 0 0 0\n`, 4],
    [`1\n${head}:cell_index:I:3:site:I:1:ideal:R:3\nO 0 0 0 0 0 0 7 0 0 0\n`, 3],
  ];
  for (const [text, line] of cases) {
    const error = problem(text);
    expect([text, error.tag, error.fields.line]).toEqual([text, 'format', line]);
  }
  expect(problem('999999999999\nLattice="4 0 0 0 4 0 0 0 4"\nO 0 0 0\n').tag).toBe('format');
});

test('other boxes are unsupported', () => {
  expect(problem('1\nLattice="4 0 0 1 4 0 0 0 4"\nO 0 0 0\n').tag).toBe('unsupported');
  expect(problem('1\nLattice="4 0 0 0 4 0 0 0 4" pbc="T T F"\nO 0 0 0\n').tag).toBe('unsupported');
});

test('frames: each comes back as it went in, blank lines at the end or not', () => {
  const structures = [1, 2, 3].map((seed) =>
    buildStructure(parseRecipe('[structures]\ncells = [2, 2, 1]'), seed, structureStream(1, seed, true)),
  );
  const sameAtoms = structures.map((s) => ({ ...s, symbols: structures[0]!.symbols }));
  const text = sameAtoms.map((s) => writeExtxyz(s)).join('');
  const framesOf = (file: string) => readTrajectory(file, 'md.xyz').frames;
  for (const end of ['', '\n \n']) expect(framesOf(text + end)).toEqual(sameAtoms);
  expect(framesOf(text.replaceAll('\n', '\r\n'))).toEqual(sameAtoms);
  expect(framesOf(writeExtxyz(structures[1]!))).toEqual([structures[1]]);
  const refused = problem(text);
  expect(refused).toMatchObject({ tag: 'format', fields: { line: structures[0]!.symbols.length + 3 } });
  expect(refused.hint).toMatch(/readTrajectory/);
});

test('frames of other atoms, or broken ones: the frame, or the line in the file', () => {
  const frame = (lattice: number, ...atoms: string[]) =>
    `${atoms.length}\nLattice="${lattice} 0 0 0 4 0 0 0 4"\n${atoms.join('\n')}\n`;
  const good = frame(4, 'Ti 0 0 0', 'O 2 0 0'); // 4 lines
  const refused = (text: string) => {
    const { tag, message, fields } = thrown(() => readTrajectory(text, 'md.xyz'));
    return { tag, frame: fields.frame, line: fields.line, message };
  };
  const frame3 = expect.stringMatching(/^md.xyz, frame 3: /);
  for (const other of [frame(4, 'Ti 0 0 0'), frame(4, 'O 2 0 0', 'Ti 0 0 0')]) {
    expect(refused(good + good + other)).toMatchObject({ tag: 'shape', frame: 3, message: frame3 });
  }
  expect(refused(good + frame(4, 'Ti 0 0 0', 'O 2 zero 0'))).toMatchObject({ tag: 'format', line: 8 });
  expect(refused(`${good}\n${good}junk\n`)).toMatchObject({ tag: 'format', line: 10 });
  expect(refused('')).toMatchObject({ tag: 'format', line: 1 });
});

test('twin A: P and δTi of its atoms', (context) => {
  const folder = sample(context, 'twin-a');
  const { structure } = readExtxyz(readFileSync(`${folder}/twinA_structure.extxyz`, 'utf8'), 'twinA_structure.extxyz');
  // member by member: the archive also holds an array in Fortran order, which readNpz refuses as a whole
  const archive = unzipSync(readFileSync(`${folder}/twinA_truth.npz`));
  const truth = (key: string) => readNpy(archive[`${key}.npy`]!, key).data;
  const { cells } = requireSites(structure);
  expect(cells).toEqual([16, 16, 2]);
  const material = materialOf('(Ba,Sr)TiO3');
  const columns = columnFields(localFields(structure, material), cells);
  // Twin A takes 256.2 µC/cm² per Å of u, which belongs to a = 3.9435 Å, at its a = 3.95 Å: 0.47 % more than e/Ω.
  const twinPerA = 256.2;
  const perA = (E_PER_A2_IN_UC_CM2 * material.zStar) / 3.95 ** 3;
  expect(twinPerA / perA).toBeCloseTo(1.0047, 4);
  const compare = (ours: Float64Array, theirs: ArrayLike<number | bigint>, factor: number) => {
    let worst = 0;
    let largest = 0;
    for (let i = 0; i < 16; i++) {
      for (let j = 0; j < 16; j++) {
        for (let axis = 0; axis < 3; axis++) {
          const reference = Number(theirs[3 * (16 * i + j) + axis]); // their first axis is x
          largest = Math.max(largest, Math.abs(reference));
          worst = Math.max(worst, Math.abs(factor * ours[3 * (16 * j + i) + axis]! - reference));
        }
      }
    }
    return worst / largest;
  };
  const errors = {
    P: compare(columns.P, truth('P_atoms'), twinPerA / perA),
    dTi: compare(columns.dTi, truth('dTi_atoms_pm'), 1),
  };
  console.log(
    `twin A, worst error over largest value: P ${errors.P.toExponential(1)}, δTi ${errors.dTi.toExponential(1)}`,
  );
  expect(errors.P).toBeLessThan(1e-3);
  expect(errors.dTi).toBeLessThan(1e-3);
  // 3 pm of jitter and the texture are frozen in: about 0.001 Å² less is left to the Debye–Waller factor
  const left = residualU2(structure, { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 });
  for (const [species, total] of [
    ['Ba', 0.0057],
    ['Sr', 0.0079],
    ['Ti', 0.0056],
    ['O', 0.0092],
  ] as const) {
    expect(total - left[species]).toBeGreaterThan(0.0009 * 0.93);
    expect(total - left[species]).toBeLessThan(0.0013);
  }
});
