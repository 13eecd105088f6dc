import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { problem, problemOf } from '../core/test-problem.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { selectLabels } from './dataset.ts';
import { PREDICTED_LABELS } from './labels.ts';
import { parsePart, simulateLibrary, unfinishedParts } from './run.ts';
import { openLibrary, requireSettings } from './store.ts';

const recipe = parseRecipe(`
[structures]
count = 3
held_out = 1
cells = [2, 2, 1]
texture = "smooth"
[library]
thickness_nm = { min = 2, max = 4, step = 1 }
tilt_max_mrad = 1
patterns_per_structure = 300
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
`);

let folder: string;
let whole: string;
const options = { program: 'test', host: nodeWorkers };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-library-'));
  whole = join(folder, 'whole.zarr');
  await simulateLibrary(recipe, folderStore(whole), { ...options, workers: 2 }, quietTask);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file of a folder by its path. */
async function contents(path: string): Promise<Map<string, string>> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(path.length), (await readFile(file)).toString('base64')] as const;
  });
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('does not depend on how many workers make it', async () => {
  const alone = join(folder, 'alone.zarr');
  await simulateLibrary(recipe, folderStore(alone), { ...options, workers: 1 }, quietTask);
  expect(await contents(alone)).toEqual(await contents(whole));
});

test('parts made separately merge to the same library', async () => {
  const parts = [1, 2, 3].map((i) => join(folder, `part-${i}.zarr`));
  for (const [i, path] of parts.entries()) {
    await simulateLibrary(recipe, folderStore(path), { ...options, part: parsePart(`${i + 1}/3`) }, quietTask);
  }
  await expect(openLibrary(folderStore(parts[0]!))).rejects.toMatchObject({ tag: 'incomplete' });
  for (const path of parts.slice(1)) await cp(path, parts[0]!, { recursive: true });
  expect(await contents(parts[0]!)).toEqual(await contents(whole));
});

test('parts made at the same time in one library make the same', async () => {
  const path = join(folder, 'together.zarr');
  await mkdir(path);
  // What a task that is being made right now looks like to one that starts.
  await mkdir(join(path, '.training-0000.12345678.part'));
  const parts = ['1/4', '2/4', '3/4', '4/4'].map((part) =>
    simulateLibrary(recipe, folderStore(path), { ...options, workers: 1, part: parsePart(part) }, quietTask),
  );
  await Promise.all(parts);
  await simulateLibrary(recipe, folderStore(path), { ...options, part: parsePart('1/4') }, quietTask);
  expect(await readdir(path)).toContain('.training-0000.12345678.part');
  // A run of all parts is alone, and sweeps up.
  expect((await simulateLibrary(recipe, folderStore(path), options, quietTask)).made).toBe(0);
  expect(await readdir(path)).not.toContain('.training-0000.12345678.part');
  expect(await contents(path)).toEqual(await contents(whole));
});

test('says which parts are unfinished', async () => {
  const path = join(folder, 'holes.zarr');
  expect((await unfinishedParts(recipe, folderStore(path), 3)).parts).toEqual([1, 2, 3]);
  await cp(whole, path, { recursive: true });
  expect(await unfinishedParts(recipe, folderStore(path), 3)).toEqual({ parts: [], missing: [] });
  await rm(join(path, 'training-0001'), { recursive: true });
  await rm(join(path, 'held-out-0000'), { recursive: true });
  expect(await unfinishedParts(recipe, folderStore(path), 3)).toEqual({
    parts: [1, 2],
    missing: ['training-0001', 'held-out-0000'],
  });
});

test('stopped in the middle, it resumes and ends the same', async () => {
  const path = join(folder, 'stopped.zarr');
  const stop = new AbortController();
  const task = {
    signal: stop.signal,
    progress: (done: number) => {
      if (done > 350) stop.abort();
    },
  };
  await expect(simulateLibrary(recipe, folderStore(path), { ...options, workers: 1 }, task)).rejects.toMatchObject({
    tag: 'aborted',
  });
  const result = await simulateLibrary(recipe, folderStore(path), { ...options, workers: 2 }, quietTask);
  expect(result.kept).toBeGreaterThan(0);
  expect(result.made).toBeLessThan(4);
  expect(await contents(path)).toEqual(await contents(whole));
});

test('refuses a library of other settings, naming the first that differs; settings that it does not heed are no other', async () => {
  const stale = (other: typeof recipe, of = options) =>
    problemOf(simulateLibrary(other, folderStore(whole), of, quietTask));
  const { library, crystal, training } = recipe;
  const other = await stale({ ...recipe, library: { ...library, tilt_max_mrad: 2 } });
  expect([other.tag, other.message]).toEqual([
    'stale',
    expect.stringContaining('library.tilt_max_mrad was 1, and is 2'),
  ]);
  expect((await stale({ ...recipe, crystal: { ...crystal, a_A: 4 } })).message).toContain('crystal.a_A was 3.95');
  expect((await stale(recipe, { ...options, program: 'ferroscope 9' })).message).toContain('the program was test');
  const heedless = { ...recipe, training: { ...training, epochs: 77 } };
  expect(await simulateLibrary(heedless, folderStore(whole), options, quietTask)).toMatchObject({ made: 0, kept: 4 });
});

test('a shard whose patterns or labels are not those that were made is refused, by its name', async () => {
  const path = join(folder, 'touched.zarr');
  await cp(whole, path, { recursive: true });
  const content = async (of: string) => (await openLibrary(folderStore(of))).identity.content;
  expect(await content(path)).toBe(await content(whole));
  for (const array of ['patterns/c/0/0/0', 'labels/c/0/0']) {
    const chunk = join(path, 'training-0001', array);
    const bytes = await readFile(chunk);
    const touched = Uint8Array.from(bytes);
    touched[100]! ^= 1;
    await writeFile(chunk, touched);
    expect(await problemOf(openLibrary(folderStore(path)))).toMatchObject({
      tag: 'format',
      message: expect.stringContaining('training-0001 is damaged'),
    });
    await writeFile(chunk, bytes);
  }
  // Nor is one that does not say what was made.
  await writeFile(join(path, 'training-0001', 'zarr.json'), '{');
  expect((await problemOf(openLibrary(folderStore(path)))).tag).toBe('format');
});

test('a library of version 0.1.0 is opened by the keys that it had, and not gone on with', async () => {
  const path = join(folder, 'first.zarr');
  await cp(whole, path, { recursive: true });
  const root = join(path, 'zarr.json');
  const said = JSON.parse(await readFile(root, 'utf8'));
  const { detector, labels, identity } = said.attributes;
  // As it stood there, with a material by its short name and a key that is gone.
  const old = { ...identity.settings, crystal: { material: 'BST', a_A: 3.95, gone: true }, training: {} };
  const program = 'ferroscope 0.1.0';
  said.attributes = { format: 'ferroscope-library/1', recipe: old, recipeHash: 'x', detector, labels, program };
  await writeFile(root, JSON.stringify(said));
  const data = await openLibrary(folderStore(path));
  expect([data.count, data.identity.program, data.identity.schema]).toEqual([4 * 300, program, 1]);
  expect((await problemOf(simulateLibrary(recipe, folderStore(path), options, quietTask))).tag).toBe('format');
  requireSettings(data.info, recipe, path);
  const other = { ...recipe, microscope: { ...recipe.microscope, voltage_kV: 200 } };
  expect(problem(() => requireSettings(data.info, other, path)).message).toContain('detector.voltage_kV was 300');
});

test('a recipe that would not make the library is refused for learning from it', async () => {
  const { info } = await openLibrary(folderStore(whole));
  requireSettings(info, { ...recipe, microscope: { ...recipe.microscope } }, whole);
  const other = { ...recipe, microscope: { ...recipe.microscope, convergence_mrad: 3 } };
  const error = problem(() => requireSettings(info, other, whole));
  expect([error.tag, error.message]).toEqual(['stale', expect.stringContaining('microscope.convergence_mrad was 2.2')]);
});

test('reads patterns in any order, with labels by name', async () => {
  const data = await openLibrary(folderStore(whole));
  expect(data.count).toBe(4 * 300);
  expect(data.isHeldOut(899)).toBe(false);
  expect(data.isHeldOut(900)).toBe(true);
  const one = await data.read([700, 3]);
  const two = await data.read([3, 700]);
  expect([...one.patterns.subarray(0, 256)]).toEqual([...two.patterns.subarray(256)]);
  const picked = await selectLabels(data, PREDICTED_LABELS).read([3]);
  expect([...picked.labels]).toEqual([...two.labels.subarray(0, PREDICTED_LABELS.length)]);
  const sum = one.patterns.subarray(0, 256).reduce((a, b) => a + b, 0);
  expect(sum).toBeGreaterThan(0.5);
  expect(sum).toBeLessThan(1);
});
