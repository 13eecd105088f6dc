/** A library made by the CPU, by a GPU (SwiftShader, see `test-gpu.ts`) and by both; aberrations through a whole library; what libraries refuse. */

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { openTestGpu } from '../diffraction/gpu/test-gpu.ts';
import { r1 } from '../diffraction/test-structures.ts';
import { folderStore } from '../node/folder-store.ts';
import { openHardwareGpu, refuseSoftware } from '../node/gpu.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { shardCost } from './cost.ts';
import { parsePart, simulateLibrary } from './run.ts';
import { openLibrary } from './store.ts';

const recipeWith = (microscope: string) =>
  parseRecipe(`
[structures]
count = 2
held_out = 1
cells = [2, 2, 1]
texture = "smooth"
depth_blocks = 4
depth_domains = 2
dead_layer_nm = [0.4, 0.8]
amorphous_nm = [0.5, 1]
ba_fraction_spread = 0.2
a_spread_percent = 1
[microscope]
${microscope}
[library]
thickness_nm = { min = 2, max = 4, step = 1 }
tilt_max_mrad = 1
patterns_per_structure = 50
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
defocus_nm = [-20, 20]
source_fwhm_A = [0, 1]
`);
const recipe = recipeWith('aberrations = { C12_nm = 200, phi12_deg = 30, C30_um = 1e5 }');
const options = { program: 'test', host: nodeWorkers };
const all = Array.from({ length: 150 }, (_, i) => i);

const gpu = await openTestGpu();
gpu?.close();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-library-gpu-'));
  await simulateLibrary(recipe, folderStore(join(folder, 'cpu.zarr')), { ...options, workers: 2 }, quietTask);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (name: string) => (await openLibrary(folderStore(join(folder, name)))).read(all);

async function engineOf(library: string, shard: string): Promise<unknown> {
  const text = await readFile(join(folder, library, shard, 'zarr.json'), 'utf8');
  return (JSON.parse(text) as { attributes: { engine: unknown } }).attributes.engine;
}

test.runIf(gpu)('a GPU makes the CPU’s library, in parts too; shards of both go together', async () => {
  const path = join(folder, 'gpu.zarr');
  const shares: number[] = [];
  const task = { ...quietTask, progress: (done: number) => shares.push(done) };
  const made = await simulateLibrary(
    recipe,
    folderStore(path),
    { ...options, gpu: openHardwareGpu, workers: 2, part: parsePart('1/2') },
    task,
  );
  // Structures 1 and 3 of 3.
  expect(made).toMatchObject({ made: 2, kept: 0, patterns: 100 });
  expect(made.passes).toBeGreaterThan(0);
  expect(shares.at(-1)).toBe(100);
  // The other part, by the CPU.
  expect(await simulateLibrary(recipe, folderStore(path), options, quietTask)).toMatchObject({ made: 1, kept: 2 });
  expect(await engineOf('gpu.zarr', 'training-0000')).toBe('gpu');
  expect(await engineOf('gpu.zarr', 'training-0001')).toBe('cpu');

  const [want, got] = [await read('cpu.zarr'), await read('gpu.zarr')];
  const difference = r1(got.patterns, want.patterns);
  console.log(`library, GPU against CPU: R1 ${difference.toExponential(1)}`);
  expect(difference).toBeGreaterThan(0);
  expect(difference).toBeLessThan(3e-6);
  expect(got.labels).toEqual(want.labels);
});

test.runIf(gpu)('stopped while the GPU computes, it resumes', async () => {
  const path = join(folder, 'stopped.zarr');
  const stop = new AbortController();
  const progress = (done: number) => done > 50 && stop.abort();
  const run = { ...options, gpu: openHardwareGpu, workers: 2 };
  await expect(
    simulateLibrary(recipe, folderStore(path), run, { signal: stop.signal, progress }),
  ).rejects.toMatchObject({
    tag: 'aborted',
  });
  const { made, kept } = await simulateLibrary(recipe, folderStore(path), run, quietTask);
  expect(made + kept).toBe(3);
  expect((await read('stopped.zarr')).labels).toEqual((await read('cpu.zarr')).labels);
  // Nothing to make needs no GPU, a driver that is missing or not.
  const driver = process.env.FERROSCOPE_VK_ICD;
  process.env.FERROSCOPE_VK_ICD = join(folder, 'no-driver.json');
  try {
    expect((await simulateLibrary(recipe, folderStore(path), run, quietTask)).made).toBe(0);
    const other = join(folder, 'none.zarr');
    await expect(simulateLibrary(recipe, folderStore(other), run, quietTask)).rejects.toMatchObject({
      tag: 'file-missing',
    });
    expect(existsSync(other)).toBe(false);
  } finally {
    process.env.FERROSCOPE_VK_ICD = driver;
  }
});

test.runIf(gpu)('a grid that no transform takes is the next one that is', async () => {
  // 2 × 22 points are 4 × 11; 48 are 4 × 12.
  const made = async (grid_per_cell: number) => {
    const library = { ...recipe.library, grid_per_cell, patterns_per_structure: 4, source_fwhm_A: [0, 0] as const };
    const own = { ...recipe, structures: { ...recipe.structures, count: 1, held_out: 1 }, library };
    const store = folderStore(join(folder, `grid-${grid_per_cell}.zarr`));
    await simulateLibrary(own, store, { ...options, gpu: openHardwareGpu }, quietTask);
    return (await openLibrary(store)).read([0, 1, 2, 3, 4, 5, 6, 7]);
  };
  expect((await made(22)).patterns).toEqual((await made(24)).patterns);
});

test('a software adapter is refused unless it is named', () => {
  const driver = process.env.FERROSCOPE_VK_ICD;
  const adapter = { name: 'google swiftshader', software: true };
  try {
    process.env.FERROSCOPE_VK_ICD = '';
    expect(() => refuseSoftware(adapter)).toThrow(expect.objectContaining({ tag: 'unsupported' }));
    refuseSoftware({ name: 'nvidia', software: false });
    process.env.FERROSCOPE_VK_ICD = '/some/icd.json';
    refuseSoftware(adapter);
  } finally {
    process.env.FERROSCOPE_VK_ICD = driver ?? '';
  }
});

test('aberrations change the patterns and the labels', async () => {
  const plain = recipeWith('');
  await simulateLibrary(plain, folderStore(join(folder, 'plain.zarr')), options, quietTask);
  const [before, after] = [await read('plain.zarr'), await read('cpu.zarr')];
  expect(r1(after.patterns, before.patterns)).toBeGreaterThan(0.005);
  expect(after.labels).not.toEqual(before.labels);
  // Another lens is another library.
  const same = simulateLibrary(plain, folderStore(join(folder, 'cpu.zarr')), options, quietTask);
  await expect(same).rejects.toMatchObject({ tag: 'stale' });
});

test.each(['source_fwhm_A', 'defocus_spread_nm'])('refuses %s', async (key) => {
  const path = join(folder, 'refused.zarr');
  const blurred = recipeWith(`${key} = 0.7`);
  const message = expect.stringContaining(key);
  await expect(simulateLibrary(blurred, folderStore(path), options, quietTask)).rejects.toMatchObject({
    tag: 'recipe',
    message,
  });
  expect(() => shardCost(blurred)).toThrow(expect.objectContaining({ tag: 'recipe' }));
  expect(existsSync(path)).toBe(false);
  expect(shardCost(recipeWith(`${key} = 0`)).waves).toBeGreaterThan(0);
});
