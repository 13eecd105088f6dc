/** Results are what their inputs say: each stage of a chain is changed in turn, through the command line; what is stale is refused by name, and what did not change is kept. */

import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, done, fails } from './run-cli.ts';

const recipe = (more: { structures?: string; library?: string; training?: string; experiment?: string } = {}) => `
[structures]
count = 2
held_out = 1
cells = [2, 2, 1]
depth_blocks = 2
${more.structures ?? ''}
[library]
thickness_nm = { min = 8, max = 12 }
patterns_per_structure = 64
pixels = 32
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 8
${more.library ?? 'tilt_max_mrad = 0.5'}
[network]
channels = [4, 4, 8, 8, 16, 32]
predictor_width = 32
[training]
epochs = 1
dose_e = [1e5, 1e6]
${more.training ?? ''}
[experiment]
shape = [2, 3]
thickness_nm = 10
detector_pixels = 96
mrad_per_pixel = 0.5
${more.experiment ?? ''}
`;

let folder: string;
const at = (name: string) => join(folder, name);
const bytes = (name: string) => readFile(at(name));
const recipeFile = async (name: string, text: string) => {
  await writeFile(at(name), text);
  return at(name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-chain-'));
  const path = await recipeFile('recipe.toml', recipe());
  await done('demo', '--recipe', path, '--out', at('demo'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a model is that of its library: training on another one beside a finished model begins anew', async () => {
  const a = await recipeFile('a.toml', recipe());
  const b = await recipeFile('b.toml', recipe({ library: 'tilt_max_mrad = 0.6' }));
  await done('simulate', a, '--out', at('a.zarr'));
  await done('simulate', b, '--out', at('b.zarr'));
  await done('train', a, '--library', at('a.zarr'), '--out', at('m.onnx'));
  expect(existsSync(at('m.onnx.checkpoint'))).toBe(false);
  await done('train', b, '--library', at('b.zarr'), '--out', at('m.onnx'), '--overwrite');
  await done('train', b, '--library', at('b.zarr'), '--out', at('alone.onnx'));
  expect((await bytes('m.onnx')).equals(await bytes('alone.onnx'))).toBe(true);
  // Nor is one learned from a library that the recipe would not make.
  await fails(
    ['train', a, '--library', at('b.zarr'), '--out', at('wrong.onnx')],
    1,
    /b\.zarr was made with something else: library\.tilt_max_mrad was 0\.6, and is 0\.5 now/,
  );
  expect(existsSync(at('wrong.onnx'))).toBe(false);
});

test('a library of other settings is not gone on with, and the setting is named', async () => {
  const seed = await recipeFile('seed.toml', recipe({ library: 'seed = 2' }));
  await fails(['simulate', seed, '--out', at('demo/library.zarr')], 1, /library\.seed was 1, and is 2 now/);
  const texture = await recipeFile('texture.toml', recipe({ structures: 'jitter_pm = 1' }));
  await fails(['simulate', texture, '--out', at('demo/library.zarr')], 1, /structures\.jitter_pm was 3, and is 1 now/);
});

test('changing what a stage does not heed throws none of its work away', async () => {
  await cp(at('demo'), at('kept'), { recursive: true });
  const when = async (name: string) => (await stat(at(name))).mtimeMs;
  const [model, scan] = [await bytes('kept/model.onnx'), await bytes('kept/scan.h5')];
  const library = await when('kept/library.zarr/training-0000/zarr.json');
  const path = await recipeFile('dose.toml', recipe({ experiment: 'dose_e = 2e5' }));
  const { err } = await done('demo', '--recipe', path, '--out', at('kept'));
  expect(err).not.toMatch(/steps: \d/);
  expect((await bytes('kept/model.onnx')).equals(model)).toBe(true);
  expect(await when('kept/library.zarr/training-0000/zarr.json')).toBe(library);
  // But the scan is of that dose.
  expect((await bytes('kept/scan.h5')).equals(scan)).toBe(false);
  const longer = await recipeFile('longer.toml', recipe({ training: 'patience = 2' }));
  await done('demo', '--recipe', longer, '--out', at('kept'));
  expect((await bytes('kept/model.onnx')).equals(model)).toBe(false);
});

test('a map says what it came from, and info whether that is still there', async () => {
  const { out } = await done('info', at('demo/map'));
  for (const link of ['scan.h5 is the same', 'model.onnx is the same', 'library.zarr is the same']) {
    expect(out).toContain(link);
  }
  expect(out).not.toContain('DOES NOT MATCH');
  await cp(at('demo'), at('moved'), { recursive: true });
  await rm(at('moved/library.zarr'), { recursive: true });
  const other = await recipeFile('other.toml', recipe({ structures: 'texture = "uniform"' }));
  await done('simulate', other, '--out', at('moved/library.zarr'));
  const scan = await bytes('moved/scan.h5');
  scan[scan.length - 1]! ^= 1;
  await writeFile(at('moved/scan.h5'), scan);
  await rm(at('moved/model.onnx'));
  const { out: now } = await done('info', at('moved/map'), '--json');
  const { links } = JSON.parse(now) as { links: { role: string; state: string; why?: string }[] };
  const state = (role: string) => links.find((link) => link.role === role);
  expect(state('scan')).toMatchObject({ state: 'another', why: 'its contents differ' });
  expect(state('model')).toMatchObject({ state: 'not found' });
  expect(state('library')).toMatchObject({
    state: 'another',
    why: 'structures.texture was smooth, and is uniform',
  });
  expect((await done('info', at('moved/map'))).out).toContain('DOES NOT MATCH');
  expect((await done('info', at('demo/map/calibration.json'))).out).toContain('scan.h5 is the same');
  await writeFile(at('moved/map/calibration.json'), '{');
  for (const command of ['info', 'report']) {
    const { code, err } = await cli(command, at(command === 'info' ? 'moved/map/calibration.json' : 'moved/map'));
    expect([code, err]).toEqual([1, expect.stringContaining('calibration.json is damaged')]);
    expect(err).not.toContain('a bug');
  }
});

test('what belongs to a scan is an input of map, and part of the map’s identity', async () => {
  const map = (name: string, ...more: string[]) =>
    done('map', at('demo/scan.h5'), '--model', at('demo/model.onnx'), '--out', at(name), '--json', ...more);
  const id = async (name: string) => JSON.parse(await readFile(at(`${name}/summary.json`), 'utf8')).identity as string;
  await map('plain');
  await map('again');
  await map('turned', '--rotation', '3');
  expect(await id('plain')).toBe(await id('demo/map'));
  expect(await id('again')).toBe(await id('plain'));
  expect(await id('turned')).not.toBe(await id('plain'));
  await fails(
    ['map', at('demo/scan.h5'), '--model', at('demo/model.onnx'), '--out', at('x'), '--rotation', '999'],
    2,
    /--rotation/,
  );
});
