/** Libraries of frames of a file: the atoms and labels known beforehand, whatever the format; what files are refused. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import { problem, problemOf } from '../core/test-problem.ts';
import { labelFields } from '../crystal/build.ts';
import { writeExtxyz } from '../crystal/extxyz.ts';
import { readTrajectory } from '../crystal/read-trajectory.ts';
import { type Structure, siteTable } from '../crystal/structure.ts';
import { foreignFrames, polarFrames } from '../crystal/test-perovskites.ts';
import { lammps, xdatcar } from '../crystal/test-trajectories.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { chooseFrames, frameOf, importStructures } from './imported.ts';
import { STORED_LABELS } from './labels.ts';
import { simulateLibrary } from './run.ts';
import { shardFolder, shardNames } from './shard-names.ts';
import { libraryIdentity, openLibrary, readInfo, rootAttributes } from './store.ts';

/** 2 × 2 × 1 cells, 3 + 2 of 12 frames. */
const recipeOf = (structures: string, crystal = ''): Recipe =>
  parseRecipe(`
[crystal]
${crystal}
[structures]
count = 3
held_out = 2
cells = [2, 2, 1]
${structures}
[library]
thickness_nm = { min = 2, max = 4, step = 1 }
tilt_max_mrad = 1
patterns_per_structure = 60
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
`);
const FILE = recipeOf('file = "run.xyz"');
const FILE_IDENTITY = libraryIdentity(FILE, 'test');
const known = polarFrames([2, 2, 1], 12);
const XDATCAR = xdatcar(foreignFrames(known));
/** The same atoms to the last bit. */
const extxyz = (frames: readonly Structure[]) => frames.map((frame) => writeExtxyz(frame)).join('');
const RUN = extxyz(readTrajectory(XDATCAR, 'XDATCAR').frames);

let folder: string;
const at = (name: string) => join(folder, name);
/** As the commands read it. */
const imported = async (recipe: Recipe, from = folder) => {
  const { file } = recipe.structures;
  if (file === undefined) return undefined;
  return importStructures(recipe, { name: basename(file), bytes: await readFile(join(from, file)) });
};
const make = async (recipe: Recipe, name: string, from = folder) =>
  simulateLibrary(
    recipe,
    folderStore(at(name)),
    { program: 'test', host: nodeWorkers, imported: await imported(recipe, from) },
    quietTask,
  );
/** What refuses a file of this text. */
const refused = async (text: string, recipe: Recipe) => {
  await writeFile(at(recipe.structures.file!), text);
  return problemOf(imported(recipe));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-imported-'));
  await writeFile(at('run.xyz'), RUN);
  await make(FILE, 'whole.zarr');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('frames that are means over time say so', async () => {
  const frames = readTrajectory(XDATCAR, 'XDATCAR').frames;
  await writeFile(at('mean.xyz'), frames.map((frame) => writeExtxyz(frame, { average_ps: '0.2' })).join(''));
  const means = await imported(recipeOf('file = "mean.xyz"'));
  expect(means?.heldOut[0]?.source).toEqual({ file: 'mean.xyz', frame: 10, labels: 'mean over 0.2 ps' });
});

test('labels are those of the frames, and every shard says which frame it is', async () => {
  const data = await openLibrary(folderStore(at('whole.zarr')));
  const { labels } = await data.read(Array.from({ length: data.count }, (_, i) => i));
  const column = (name: string) => STORED_LABELS.findIndex((label) => label.name === name);
  const width = STORED_LABELS.length;
  const frames = [1, 3, 5, 10, 12];
  // As textures are labelled: the charges of half Ba, half Sr are BST's.
  const fields = frames.map((frame) => labelFields(known[frame - 1]!, recipeOf('')));
  let largest = 0;
  for (let i = 0; i < data.count; i++) {
    const value = (name: string) => labels[i * width + column(name)]!;
    const [x, y] = [Math.floor(value('probe_x') / 3.95), Math.floor(value('probe_y') / 3.95)];
    for (const stem of ['P', 'dTi', 'dO'] as const) {
      for (const [axis, letter] of ['x', 'y', 'z'].entries()) {
        const want = fields[Math.floor(i / 60)]![stem][3 * ((y % 2) * 2 + (x % 2)) + axis]!;
        expect(value(`${stem}_${letter}_column`)).toBeCloseTo(want, 3);
        if (stem === 'P') largest = Math.max(largest, Math.abs(want));
      }
    }
  }
  expect(largest).toBeGreaterThan(20);
  for (const [i, name] of shardNames(FILE.structures).entries()) {
    const text = await readFile(join(at('whole.zarr'), shardFolder(name), 'zarr.json'), 'utf8');
    const source = { file: 'run.xyz', frame: frames[i], labels: 'instantaneous or means, the file does not say' };
    expect(JSON.parse(text).attributes).toMatchObject({ source });
  }
  expect(data.info.source).toMatchObject({
    file: 'run.xyz',
    frames: 12,
    labels: 'instantaneous or means, the file does not say',
  });
});

test('the same frames in another format make the same patterns and labels, wherever the file lies', async () => {
  await writeFile(at('XDATCAR'), XDATCAR);
  await make(recipeOf('file = "XDATCAR"'), 'xdatcar.zarr');
  const files = shardNames(FILE.structures).flatMap((name) =>
    ['patterns/c/0/0/0', 'labels/c/0/0'].map((chunk) => join(shardFolder(name), chunk)),
  );
  for (const file of files) {
    const bytes = (library: string) => readFile(join(at(library), file));
    expect((await bytes('xdatcar.zarr')).equals(await bytes('whole.zarr'))).toBe(true);
  }
  await mkdir(at('moved'));
  await writeFile(at('moved/md.xyz'), RUN);
  expect(await make(recipeOf('file = "../moved/md.xyz"'), 'whole.zarr', at('moved'))).toMatchObject({
    made: 0,
    kept: 5,
  });
});

test('a root or a setting that was edited is seen', async () => {
  const name = join(at('whole.zarr'), 'zarr.json');
  const written = await readFile(name, 'utf8');
  const edited = async (was: string | RegExp, is: string) => {
    const text = written.replace(was, is);
    expect(text).not.toBe(written);
    await writeFile(name, text);
    return problemOf(readInfo(folderStore(at('whole.zarr'))));
  };
  const root = { tag: 'format', message: expect.stringContaining('its root does not say what was written') };
  try {
    // The detector's stands before the identity's, and the first label is P_x.
    expect(await edited(/"voltage_kV":\s*300/, '"voltage_kV":200')).toMatchObject(root);
    expect(await edited(/"name":\s*"P_x"/, '"name":"P_y"')).toMatchObject(root);
    expect(await edited(/"patterns_per_structure":\s*60/, '"patterns_per_structure":30')).toMatchObject(root);
    expect(await edited(/"frames":\s*12/, '"frames":13')).toMatchObject(root);
    expect(await edited(/"tilt_max_mrad":\s*1/, '"tilt_max_mrad":2')).toMatchObject({
      tag: 'format',
      message: expect.stringContaining('its settings are not those that its identity is of'),
    });
  } finally {
    await writeFile(name, written);
  }
  expect((await readInfo(folderStore(at('whole.zarr')))).patterns_per_structure).toBe(60);
});

test('another file is another library', async () => {
  await mkdir(at('changed'));
  await writeFile(at('changed/run.xyz'), RUN.replace(/\d\n$/, '\n'));
  expect(await problemOf(make(FILE, 'whole.zarr', at('changed')))).toMatchObject({
    tag: 'stale',
    message: expect.stringContaining('the contents of the file was run.xyz'),
  });
  expect((await problemOf(make(recipeOf(''), 'whole.zarr'))).tag).toBe('stale');
});

test('frames for training and those held out lie apart, evenly spaced', () => {
  const sizes = { count: fc.integer({ min: 1, max: 60 }), held_out: fc.integer({ min: 1, max: 20 }) };
  fc.assert(
    fc.property(fc.record({ ...sizes, spare: fc.integer({ min: 0, max: 2000 }) }), ({ spare, ...wanted }) => {
      const frames = wanted.count + wanted.held_out + spare;
      const { training, heldOut } = chooseFrames(frames, wanted, 'x');
      expect([training.length, heldOut.length]).toEqual([wanted.count, wanted.held_out]);
      expect([training[0], heldOut.at(-1)]).toEqual([0, frames - 1]);
      const steps = (list: number[]) => list.slice(1).map((frame, i) => frame - list[i]!);
      const all = [...steps(training), ...steps(heldOut)];
      expect(Math.min(1, ...all)).toBe(1);
      expect(Math.max(0, ...all) - Math.min(Number.POSITIVE_INFINITY, ...all)).toBeLessThanOrEqual(1);
      expect(heldOut[0]! - training.at(-1)!).toBeGreaterThan(Math.min(spare, Math.floor(frames / 10)));
    }),
  );
  const short = problem(() => chooseFrames(9, { count: 8, held_out: 2 }, 'run.xyz'));
  expect([short.tag, short.message]).toEqual(['recipe', expect.stringMatching(/run\.xyz holds 9 frames.*are 10/)]);
});

test('a held-out frame that is trained on is refused; one that repeats within its set is said, here and in the library', async () => {
  const frames = readTrajectory(XDATCAR, 'XDATCAR').frames;
  const repeating = (at: number, of: number) =>
    extxyz(frames.map((frame, i) => (i === at - 1 ? frames[of - 1]! : frame)));
  const recipe = recipeOf('file = "twice.xyz"');
  // Training takes frames 1, 3, 5; 10 and 12 are held out.
  expect(await refused(repeating(12, 3), recipe)).toMatchObject({
    tag: 'recipe',
    message: 'Frame 12 of twice.xyz, which would be held out, is frame 3 again, which would be trained on.',
  });
  // The same atoms in another image of the box, to a file's last digit.
  const moved = frames.map((frame, i) =>
    i === 9
      ? { ...frames[0]!, positions_A: frames[0]!.positions_A.map((x, k) => x + 2e-4 + (k < 3 ? frame.cell_A[k]! : 0)) }
      : frame,
  );
  expect(await refused(extxyz(moved), recipe)).toMatchObject({ tag: 'recipe', fields: { frame: 10, of: 1 } });
  // One that no set takes may repeat.
  await writeFile(at('twice.xyz'), repeating(7, 3));
  expect((await imported(recipe))!.notes).toEqual([]);
  await writeFile(at('twice.xyz'), repeating(5, 1));
  const once = (await imported(recipe))!;
  expect(once.notes).toEqual([expect.stringMatching(/^Frame 5 of twice\.xyz is an earlier one again/)]);
  expect(rootAttributes(recipe, FILE_IDENTITY, once).source).toMatchObject({ repeated: [5] });
});

test('cells that are changed to the recipe’s are told, here and in the library', async () => {
  await writeFile(at('strained.xyz'), RUN);
  const strained = (await imported(recipeOf('file = "strained.xyz"', 'a_A = 3.97')))!;
  // 3.97 / 3.95 − 1 is 0.506 %.
  expect(strained.notes).toEqual([
    expect.stringMatching(
      /^The cells of strained\.xyz, 3\.950 × 3\.950 × 3\.950 Å, .*a_A = 3\.97 Å, by up to 0\.51 ?%/,
    ),
  ]);
  expect(rootAttributes(recipeOf(''), FILE_IDENTITY, strained).source).toMatchObject({ notes: strained.notes });
});

test('files that do not fit the recipe are refused, saying what would fit', async () => {
  const recipe = (more: string, crystal?: string) => recipeOf(`file = "bad.xyz"\n${more}`, crystal);
  const few = await refused(extxyz(foreignFrames(known.slice(0, 4))), recipe(''));
  expect([few.tag, few.message]).toEqual(['recipe', expect.stringContaining('4 frames')]);
  const wide = await refused(extxyz(foreignFrames(polarFrames([3, 2, 1], 5))), recipe(''));
  expect([wide.tag, wide.hint]).toEqual(['recipe', 'Set structures.cells = [3, 2, 1].']);
  const large = await refused(RUN, recipe('', 'a_A = 4.1'));
  expect([large.tag, large.hint]).toEqual(['range', expect.stringContaining('crystal.a_A = 3.950')]);
  expect((await refused('no structure', recipe(''))).tag).toBe('format');
  expect((await refused(RUN, recipe('', 'u2_A2 = { Pb = 0.01 }'))).message).toContain('names Pb');
  // A frame that a library does not take may be as it likes; one that it takes is named by its number in the file.
  const lost = (frame: number) => {
    const frames = foreignFrames(known);
    frames[frame - 1] = { ...frames[frame - 1]!, positions_A: frames[frame - 1]!.positions_A.map((x, i) => x + i) };
    return extxyz(frames);
  };
  expect(await refused(lost(3), recipe(''))).toMatchObject({ tag: 'shape', message: expect.stringMatching(/frame 3/) });
  await writeFile(at('bad.xyz'), lost(4));
  expect((await imported(recipe('')))!.frames).toBe(12);
  // A caller that does not read the file makes no textures in its place.
  const unread = simulateLibrary(
    FILE,
    folderStore(at('unread.zarr')),
    { program: 'test', host: nodeWorkers },
    quietTask,
  );
  expect((await problemOf(unread)).message).toContain('run.xyz');
});

test('other elements bring their charges and their thermal motion', async () => {
  // Ideal CaTiO3 but for one Ti, in each frame elsewhere, as a LAMMPS dump of numbered types.
  const frames = foreignFrames(polarFrames([2, 2, 1], 5, 0)).map((frame, i) => {
    const positions_A = frame.positions_A.slice();
    positions_A[3 * frame.symbols.indexOf('Ti') + 2]! += 0.1 - 0.02 * i;
    return { ...frame, positions_A, symbols: frame.symbols.map((s) => (s === 'Ba' || s === 'Sr' ? 'Sr' : s)) };
  });
  const style = { columns: 'xs ys zs', species: 'type', box: 'pp pp pp', units: true } as const;
  const dump = lammps(frames, style, [5, 0, 0], new RandomStream(1));
  const types = 'types = { 1 = "Ca", 2 = "Ti", 3 = "O" }';
  const born = 'born = { A = 0, B = 4, O_parallel = -4, O_perpendicular = 0 }';
  const recipe = (structures: string, u2: string) => recipeOf(`file = "cto.dump"\n${structures}`, `u2_A2 = { ${u2} }`);
  expect((await refused(dump, recipe('', ''))).message).toContain('types');
  expect((await refused(dump, recipe(types, 'Ca = 0.01'))).message).toContain('A = Ca');
  const still = await refused(dump, recipe(`${types}\n${born}`, ''));
  expect([still.tag, still.message, still.hint]).toEqual([
    'recipe',
    expect.stringContaining('of Ca is not known'),
    expect.stringContaining('crystal.u2_A2 = { Ca ='),
  ]);
  const wanted = recipe(`${types}\n${born}`, 'Ca = 0.01');
  const { structure } = frameOf((await imported(wanted))!, { index: 0, heldOut: false });
  expect(siteTable(structure)).toHaveLength(20);
  const { P } = labelFields(structure, wanted);
  const moved = P.filter((p) => Math.abs(p) > 1e-6);
  expect([...moved]).toEqual([expect.closeTo((1602.176634 * 4 * 0.1) / 3.95 ** 3, 6)]);
  expect((await make(wanted, 'cto.zarr')).made).toBe(5);
});
