/** Zarr of both versions, in a folder and in an archive: the same counts, with what HyperSpy and xarray state of axes. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { problemOf } from '../core/test-problem.ts';
import { fileIdentity } from '../node/files.ts';
import { scanFile } from '../node/scan-file.ts';
import { describeFile } from './describe.ts';
import { counts, readAllOf, SHAPE } from './test-hdf5.ts';

type Files = Map<string, Uint8Array>;

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-zarr-'));
const inOrder = [...counts().data];
const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const GROUP = json({ zarr_format: 3, node_type: 'group', attributes: {} });

/** Files by their keys as a folder, and as an archive with that folder in it. */
function save(name: string, files: Files): { readonly path: string; readonly zip: string } {
  const path = join(folder, name);
  for (const [key, bytes] of files) {
    mkdirSync(dirname(join(path, key)), { recursive: true });
    writeFileSync(join(path, key), bytes);
  }
  const zip = `${path}.zip`;
  writeFileSync(zip, zipSync(Object.fromEntries([...files].map(([key, bytes]) => [`${name}${key}`, bytes]))));
  return { path, zip };
}

async function put(files: Files, path: zarr.AbsolutePath, codec: string, dimensionNames?: string[]) {
  const { data, shape } = counts();
  const array = await zarr.create(zarr.root(files as Map<zarr.AbsolutePath, Uint8Array>).resolve(path), {
    shape: [...shape],
    chunkShape: [2, 2, 3, 4],
    dtype: 'uint16',
    codecs: [
      { name: 'bytes', configuration: { endian: 'little' } },
      ...(codec === 'gzip' ? [] : [{ name: codec, configuration: {} }]),
    ],
    ...(dimensionNames && { dimensionNames }),
  });
  const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  await zarr.set(array, null, { data, shape: [...shape], stride });
  if (codec !== 'gzip') return;
  // zarrita reads gzip and does not write it.
  for (const [key, bytes] of files) if (key.startsWith(`${path}/c/`)) files.set(key, gzipSync(bytes));
  const head = JSON.parse(new TextDecoder().decode(files.get(`${path}/zarr.json`)));
  head.codecs.push({ name: 'gzip', configuration: { level: 5 } });
  files.set(`${path}/zarr.json`, json(head));
}

test("HyperSpy's tree, in a folder and in an archive", async () => {
  const files: Files = new Map([
    ['/zarr.json', GROUP],
    ['/Experiments/zarr.json', GROUP],
    ['/Experiments/s/zarr.json', GROUP],
  ]);
  await put(files, '/Experiments/s/data', 'gzip');
  for (const [i, units] of ['nm', 'nm', 'mrad', 'mrad'].entries()) {
    const attributes = { name: 'abcd'[i], units, scale: 0.5, navigate: i < 2 };
    files.set(`/Experiments/s/axis-${i}/zarr.json`, json({ zarr_format: 3, node_type: 'group', attributes }));
  }
  const tem = { zarr_format: 3, node_type: 'group', attributes: { beam_energy: 200, convergence_angle: 1.5 } };
  files.set('/Experiments/s/metadata/Acquisition_instrument/TEM/zarr.json', json(tem));
  const { path, zip } = save('hyperspy.zspy', files);
  for (const place of [path, zip]) {
    const { shape, numbers, info } = await readAllOf(place);
    expect(shape).toEqual(SHAPE);
    expect(numbers).toEqual(inOrder);
    expect(info).toMatchObject({ step_nm: 0.5, q_pixel: 0.5, q_unit: 'mrad', voltage_kV: 200, semiangle_mrad: 1.5 });
  }
  expect((await describeFile(await scanFile(path))).lines[0]).toContain('a 4D-STEM scan, Zarr');
});

test.each(['blosc', 'zstd', 'lz4'])('chunks packed with %s; dimensions with names', async (codec) => {
  const files: Files = new Map([['/zarr.json', GROUP]]);
  await put(files, '/scan', codec, ['y', 'x', 'qy', 'qx']);
  const { path } = save(codec, files);
  const { numbers, info } = await readAllOf(path);
  expect(numbers).toEqual(inOrder);
  expect(info.notes.join()).not.toContain('does not say which axes');
});

test('version 2: big-endian numbers in columns, and --order', async () => {
  const { data, shape } = counts(['qx', 'qy', 'rx', 'ry']);
  const chunk = new Uint8Array(2 * data.length);
  // Column by column: the array's transpose, row by row, which is the scan in its own order.
  for (const [i, value] of counts().data.entries()) new DataView(chunk.buffer).setUint16(2 * i, value);
  const array = {
    zarr_format: 2,
    shape,
    chunks: shape,
    dtype: '>u2',
    compressor: null,
    fill_value: 0,
    order: 'F',
    filters: null,
  };
  const { path } = save(
    'two',
    new Map([
      ['/.zarray', json(array)],
      ['/0.0.0.0', chunk],
    ]),
  );
  const { numbers } = await readAllOf(path, { order: ['qx', 'qy', 'rx', 'ry'] });
  expect(numbers).toEqual(inOrder);
});

test('what is no scan is refused by its reason; a folder has an identity of its contents', async () => {
  const array = {
    zarr_format: 2,
    shape: [4, 4],
    chunks: [4, 4],
    dtype: '<u2',
    compressor: null,
    fill_value: 0,
    order: 'C',
    filters: null,
  };
  const flat = save(
    'flat',
    new Map([
      ['/.zgroup', json({ zarr_format: 2 })],
      ['/image/.zarray', json(array)],
    ]),
  );
  const refused = await problemOf(readAllOf(flat.path));
  expect(refused.tag).toBe('shape');
  expect(refused.message).toContain('/image (4 × 4)');
  const waves = save(
    'waves',
    new Map([['/.zarray', json({ ...array, shape: [1, 1, 4, 4], chunks: [1, 1, 4, 4], dtype: '<c8' })]]),
  );
  expect((await problemOf(readAllOf(waves.path))).message).toContain('complex');
  writeFileSync(join(folder, 'text.zip'), zipSync({ 'a.txt': new Uint8Array(3) }));
  expect((await problemOf(readAllOf(join(folder, 'text.zip')))).message).toContain('neither NumPy arrays nor Zarr');
  const before = await fileIdentity(flat.path);
  writeFileSync(join(flat.path, 'image/0.0'), new Uint8Array(32));
  const after = await fileIdentity(flat.path);
  expect(after.content).not.toBe(before.content);
  expect(after.size_bytes).toBe(before.size_bytes + 32);
});
