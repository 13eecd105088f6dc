import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify } from '../core/identity.ts';
import { readNpz } from '../core/npy.ts';
import { folderStore } from '../node/folder-store.ts';
import { encodeMapZarr, mapToCsv, mapToNpz, readMapZarr } from './map-files.ts';
import { checkMap, getChannel, longName, type PolarizationMap } from './polarization-map.ts';

const map: PolarizationMap = {
  shape: [2, 3],
  step_nm: 0.395,
  channels: [
    {
      name: 'P_x',
      unit: 'uC/cm2',
      values: Float32Array.of(1, -2, 3.5, Number.NaN, 0, 0.1),
      sigma: Float32Array.of(0.5, 0.5, 0.25, Number.NaN, 1, 2),
      k95: 2.1,
      prior: 7,
    },
    { name: 'thickness', unit: 'nm', values: Float32Array.of(50, 51, 52, 53, 54, 55) },
  ],
  meta: {
    recipe_hash: 'ab12',
    version: '0.1.0',
    seed: 7,
    source: 'scan.h5',
    dose_e: 1e6,
    held_out_mae: { P_x: 0.4, thickness: 0.2 },
  },
};

const identity = identify({ kind: 'map', schema: 2, program: 'test', settings: {}, inputs: {} });
const stated: PolarizationMap = {
  ...map,
  meta: {
    ...map.meta,
    identity,
    warnings: [{ level: 'wrong', text: 'It does not fit.' }],
    abstained: [{ name: 'P_x', unit: 'uC/cm2', share: 0.6, sigma: 7, prior: 7 }],
    coverage: { structures: 4, promised_68: 0.544, promised_95: 0.76 },
  },
};
const writeMapZarr = async (path: string, of: PolarizationMap) =>
  folderStore(dirname(path)).commit(basename(path), await encodeMapZarr(of));
const read = (path: string) => readMapZarr(folderStore(path));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-map-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a step that nobody knows stays unknown: places are counted, and no name says nm', async () => {
  const path = join(folder, 'no-step.zarr');
  const unknown = { ...map, step_nm: undefined };
  await writeMapZarr(path, unknown);
  expect((await read(path)).step_nm).toBeUndefined();
  for (const axis of ['y', 'x']) {
    const { attributes } = JSON.parse(await readFile(join(path, axis, 'zarr.json'), 'utf8'));
    expect(attributes.units).toBe('1');
    expect(attributes.long_name).toContain('not known');
  }
  expect(
    mapToCsv(unknown)
      .split('\n')
      .slice(0, 3)
      .map((line) => line.split(',').slice(0, 2)),
  ).toEqual([
    ['y', 'x'],
    ['0', '0'],
    ['0', '1'],
  ]);
  const arrays = readNpz(mapToNpz(unknown));
  expect(Array.from(arrays.x!.data as Float64Array)).toEqual([0, 1, 2]);
  expect(Object.keys(arrays).filter((name) => /nm/.test(name))).toEqual([]);
  await rm(path, { recursive: true });
});

test('map.zarr comes back as it went, and leaves nothing else behind', async () => {
  const path = join(folder, 'map.zarr');
  await writeMapZarr(path, stated);
  expect(await read(path)).toEqual(stated);
  expect(await readdir(folder)).toEqual(['map.zarr']);
  const array = JSON.parse(await readFile(join(path, 'P_x/zarr.json'), 'utf8'));
  expect(array).toMatchObject({
    zarr_format: 3,
    shape: [2, 3],
    data_type: 'float32',
    dimension_names: ['y', 'x'],
    attributes: { units: 'uC/cm^2', long_name: 'polarization along x' },
  });
  const sigma = JSON.parse(await readFile(join(path, 'P_x_sigma/zarr.json'), 'utf8'));
  expect(sigma.attributes).toMatchObject({ units: 'uC/cm^2', coverage_factor_95: 2.1, prior: 7 });
});

test('y and x are coordinates in nm, a step apart, that every channel and its sigma lie on', async () => {
  const files = new Map(await encodeMapZarr(map));
  const said = (path: string) => JSON.parse(new TextDecoder().decode(files.get(path)));
  for (const [axis, name] of ['y', 'x'].entries()) {
    expect(said(`${name}/zarr.json`)).toMatchObject({
      shape: [map.shape[axis]],
      data_type: 'float64',
      dimension_names: [name],
      attributes: { units: 'nm' },
    });
    const chunk = files.get(`${name}/c/0`)!;
    const places = new Float64Array(chunk.slice().buffer);
    expect([...places]).toEqual(Array.from({ length: map.shape[axis]! }, (_, i) => i * 0.395));
  }
  const { metadata } = said('zarr.json').consolidated_metadata;
  expect(Object.keys(metadata)).toEqual(['y', 'x', 'P_x', 'P_x_sigma', 'thickness']);
  for (const name of ['P_x', 'P_x_sigma', 'thickness']) expect(metadata[name].dimension_names).toEqual(['y', 'x']);
});

test('a map written before there were coordinates is read the same', async () => {
  const path = join(folder, 'old.zarr');
  await writeMapZarr(path, map);
  const root = JSON.parse(await readFile(join(path, 'zarr.json'), 'utf8'));
  const units = { P_x: 'uC/cm2', P_x_sigma: 'uC/cm2', thickness: 'nm' };
  for (const [name, unit] of Object.entries(units)) {
    const array = root.consolidated_metadata.metadata[name];
    const { coverage_factor_95, prior } = array.attributes;
    const attributes = { unit, long_name: 'words', step_nm: map.step_nm, coverage_factor_95, prior };
    await writeFile(join(path, name, 'zarr.json'), JSON.stringify({ ...array, attributes }));
  }
  delete root.consolidated_metadata;
  root.attributes.format = 'ferroscope-map/1';
  await writeFile(join(path, 'zarr.json'), JSON.stringify(root));
  for (const axis of ['y', 'x']) await rm(join(path, axis), { recursive: true });
  expect(await read(path)).toEqual(map);
});

test('xarray opens it as a Dataset with coordinates, without a warning', async (context) => {
  if (spawnSync('python3', ['-c', 'import xarray, zarr']).status !== 0) {
    context.skip('python3 with xarray and zarr is missing: the files were read by our own reader only');
  }
  const path = join(folder, 'xarray.zarr');
  await writeMapZarr(path, map);
  const script = `
import sys, xarray
ds = xarray.open_zarr(sys.argv[1])
print(list(ds.data_vars), ds.P_x.dims, ds.P_x.attrs['units'], ds.x.attrs['units'], float(ds.P_x.sel(y=0, x=0.79)))`;
  const { stdout, stderr } = spawnSync('python3', ['-W', 'error', '-c', script, path], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe("['P_x', 'P_x_sigma', 'thickness'] ('y', 'x') uC/cm^2 nm 3.5");
});

test('an existing map is replaced whole', async () => {
  const path = join(folder, 'again.zarr');
  await writeMapZarr(path, map);
  const other: PolarizationMap = { ...map, channels: map.channels.slice(1) };
  await writeMapZarr(path, other);
  expect(await read(path)).toEqual(other);
  expect((await readdir(path)).toSorted()).toEqual(['thickness', 'x', 'y', 'zarr.json']);
});

test('what is not a map, or not all of one, says so', async () => {
  await expect(read(join(folder, 'nowhere'))).rejects.toMatchObject({ tag: 'file-missing' });
  await expect(read(folder)).rejects.toMatchObject({ tag: 'file-missing' });
  const path = join(folder, 'torn.zarr');
  await writeMapZarr(path, map);
  await rm(join(path, 'thickness'), { recursive: true });
  await expect(read(path)).rejects.toMatchObject({ tag: 'incomplete' });
});

test('a write that fails leaves the folder as it was', async () => {
  const blocked = join(folder, 'a-file');
  await writeFile(blocked, 'x');
  await expect(writeMapZarr(join(blocked, 'map.zarr'), map)).rejects.toMatchObject({ tag: 'file-unreadable' });
  expect(await readFile(blocked, 'utf8')).toBe('x');
});

test('CSV: a header with units, a line per position, y before x, empty where unmeasured', async () => {
  expect(mapToCsv(map).split('\n')).toEqual([
    'y_nm,x_nm,P_x_uC_cm2,P_x_sigma_uC_cm2,thickness_nm',
    '0,0,1,0.5,50',
    '0,0.395,-2,0.5,51',
    '0,0.79,3.5,0.25,52',
    '0.395,0,,,53',
    '0.395,0.395,0,1,54',
    '0.395,0.79,0.1,2,55',
    '',
  ]);
});

test('NPZ holds every channel, the step, the units and the provenance', () => {
  const arrays = readNpz(mapToNpz(map));
  expect(Object.keys(arrays).toSorted()).toEqual([
    'P_x',
    'P_x_sigma',
    'attributes_json',
    'step_nm',
    'thickness',
    'x_nm',
    'y_nm',
  ]);
  expect(arrays.x_nm).toEqual({ data: Float64Array.of(0, 0.395, 0.79), shape: [3] });
  expect(arrays.P_x).toEqual({ data: map.channels[0]?.values, shape: [2, 3] });
  const text = new TextDecoder().decode(arrays.attributes_json?.data as Uint8Array);
  expect(JSON.parse(text)).toEqual({
    units: { P_x: 'uC/cm^2', thickness: 'nm' },
    coverage_factors_95: { P_x: 2.1 },
    priors: { P_x: 7 },
    shared: {},
    provenance: map.meta,
  });
});

test('a channel that does not fill the shape, or an unknown name, is an error with its name', () => {
  expect(() => checkMap({ ...map, channels: [{ name: 'P_x', unit: 'pm', values: new Float32Array(5) }] })).toThrow(
    'Channel P_x: 5 values for 2 × 3 positions.',
  );
  const values = new Float32Array(6);
  for (const name of ['x', 'y', 'step_nm', 'P_sigma', 'P x'])
    expect(() => checkMap({ ...map, channels: [{ name, unit: 'pm', values }] })).toThrow(`'${name}' cannot name`);
  expect(() => getChannel(map, 'P_q')).toThrow("no channel 'P_q'");
  expect(longName('dTi_x_column')).toBe('displacement of Ti from the centre of its cell along x, nearest column only');
});
