import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as zarr from 'zarrita';
import { quietTask } from '../core/task.ts';
import { problemOf } from '../core/test-problem.ts';
import { attribute, childDataset, childGroup } from '../scan/hdf5.ts';
import { openScan } from '../scan/open.ts';
import { memorySource, type PatternSource } from '../scan/pattern-source.ts';
import { NUMBER_KINDS } from '../scan/writers/number-type.ts';
import { scanToWrite } from '../scan/writers/scan-to-write.ts';
import { tiffPieces } from '../scan/writers/tiff.ts';
import { targetOf, writeScan } from './convert.ts';
import { folderStore } from './folder-store.ts';
import { openHdf5 } from './hdf5.ts';
import { scanFile } from './scan-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-convert-'));
const SHAPE = [2, 5, 4, 3] as const;
const VALUES = Float32Array.from({ length: 120 }, (_, i) => (i * 7) % 128);

function made(dtype = 'uint16'): PatternSource {
  return memorySource(SHAPE, VALUES, {
    info: {
      format: 'EMD 1.0 (py4DSTEM)',
      title: 'wedge',
      dataset: '/cube',
      dtype,
      step_nm: 0.395,
      q_pixel: 0.0132,
      q_unit: '1/A',
      voltage_kV: 300,
      semiangle_mrad: 2.2,
      rotation_deg: 12,
      flip: true,
      notes: ['A remark.'],
    },
    dark: Float32Array.from({ length: 12 }, (_, i) => i / 4),
    vacuum: new Float32Array(12).fill(9),
    gain: new Float32Array(12).fill(1.5),
  });
}
/** What HyperSpy's files hold of it. */
const CALIBRATED = { step_nm: 0.395, q_pixel: 0.0132, voltage_kV: 300, semiangle_mrad: 2.2 };
const toWrite = (dtype?: string, turned = false) => scanToWrite(made(dtype), 'wedge.dm4', turned);
const opened = async (path: string) => openScan(await scanFile(path));
const allOf = (source: PatternSource) => source.read(0, source.shape[0] * source.shape[1]);

test('EMD gives back all that was known, in each type of numbers', async () => {
  for (const { name } of NUMBER_KINDS) {
    const path = join(folder, `${name}.h5`);
    const { notes } = await writeScan(path, toWrite(name));
    expect(notes).toEqual([]);
    const source = await opened(path);
    expect(source.shape).toEqual(SHAPE);
    expect(await allOf(source)).toEqual(VALUES);
    expect(source.info).toMatchObject({
      dtype: name,
      step_nm: 0.395,
      q_pixel: 0.0132,
      q_unit: '1/A',
      voltage_kV: 300,
      semiangle_mrad: 2.2,
      rotation_deg: 12,
      flip: true,
    });
    expect([source.dark, source.vacuum, source.gain]).toEqual([made().dark, made().vacuum, made().gain]);
    source.close();
  }
});

test('NumPy gives back the patterns in each type, and says what it lacks', async () => {
  for (const { name } of NUMBER_KINDS) {
    const path = join(folder, `${name}.npy`);
    const { notes } = await writeScan(path, toWrite(name));
    expect(notes.join()).toMatch(/0\.395 nm.*0\.0132.*300 kV.*2\.2 mrad.*12.*dark.*vacuum.*gain/);
    const source = await opened(path);
    expect([source.shape, source.info.dtype]).toEqual([SHAPE, name]);
    expect(await allOf(source)).toEqual(VALUES);
  }
});

test('HyperSpy’s HDF5: patterns, axes slowest first, microscope', async () => {
  const path = join(folder, 'wedge.hspy');
  const { notes } = await writeScan(path, toWrite());
  expect(notes.join()).toMatch(/does not hold the stated rotation.*axes are swapped \(yes\).*dark.*vacuum.*gain/);
  const source = await opened(path);
  expect(await allOf(source)).toEqual(VALUES);
  expect(source.info).toMatchObject({ ...CALIBRATED, q_unit: '1/A' });
  source.close();
  const file = await openHdf5(path);
  const signal = childGroup(childGroup(file, 'Experiments')!, 'scan')!;
  const axes = [0, 1, 2, 3].map((i) => {
    const axis = childGroup(signal, `axis-${i}`)!;
    return ['name', 'size', 'scale', 'units'].map((name) => attribute(axis, name));
  });
  expect(axes).toEqual([
    ['Ry', 2, 0.395, 'nm'],
    ['Rx', 5, 0.395, 'nm'],
    ['Qy', 4, 0.0132, '1/angstrom'],
    ['Qx', 3, 0.0132, '1/angstrom'],
  ]);
  const tem = childGroup(signal, 'metadata/Acquisition_instrument/TEM')!;
  expect([attribute(tem, 'beam_energy'), attribute(tem, 'convergence_angle')]).toEqual([300, 2.2]);
  expect(attribute(childDataset(signal, 'data')!, 'units')).toBe('pixel intensity');
  file.close();
});

test('HyperSpy’s Zarr, as zarrita reads it', async () => {
  const path = join(folder, 'wedge.zspy');
  await writeScan(path, toWrite('int16'));
  const array = await zarr.open.v2(zarr.root(folderStore(path)).resolve('Experiments/scan/data'), { kind: 'array' });
  expect([array.shape, array.dtype]).toEqual([[...SHAPE], 'int16']);
  expect(Float32Array.from((await zarr.get(array)).data as Int16Array)).toEqual(VALUES);
  const source = await opened(path);
  expect(source.shape).toEqual(SHAPE);
  expect(await allOf(source)).toEqual(VALUES);
  expect(source.info).toMatchObject({ ...CALIBRATED, dtype: 'int16' });
  const axis = JSON.parse(readFileSync(join(path, 'Experiments/scan/axis-1/.zattrs'), 'utf8'));
  expect(axis).toMatchObject({ name: 'Rx', size: 5, scale: 0.395, units: 'nm', navigate: true });
});

/** Each page's bytes and how many bits of what kind its pixels have, by following directories of either kind of TIFF. */
function pagesOf(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const big = view.getUint16(2, true) === 43;
  const word = (at: number) => (big ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true));
  const [width, entrySize] = big ? [8, 20] : [4, 12];
  const pages: { tags: Map<number, number>; bytes: Uint8Array }[] = [];
  for (let at = word(width); at !== 0; ) {
    const count = big ? word(at) : view.getUint16(at, true);
    const start = at + (big ? 8 : 2);
    const tags = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const entry = start + i * entrySize;
      const value = view.getUint16(entry + 2, true) === 3 ? view.getUint16(entry + 4 + width, true) : undefined;
      const long = view.getUint16(entry + 2, true) === 4 ? view.getUint32(entry + 4 + width, true) : undefined;
      tags.set(view.getUint16(entry, true), value ?? long ?? word(entry + 4 + width));
    }
    pages.push({ tags, bytes: file.slice(tags.get(273)!, tags.get(273)! + tags.get(279)!) });
    at = word(start + count * entrySize);
  }
  return { big, pages };
}

test.each([2 ** 32, 0])('TIFF: a page per pattern; BigTIFF beyond %i bytes', async (largest) => {
  for (const { name, bytes, sample } of NUMBER_KINDS) {
    const parts: Buffer[] = [];
    for await (const piece of tiffPieces(toWrite(name), quietTask, largest)) parts.push(Buffer.from(piece));
    const { big, pages } = pagesOf(Buffer.concat(parts));
    expect(big).toBe(largest === 0);
    expect(pages.length).toBe(10);
    for (const { tags } of pages) {
      expect([256, 257, 258, 339].map((tag) => tags.get(tag))).toEqual([3, 4, 8 * bytes, sample]);
    }
    const npy = readFileSync(join(folder, `${name}.npy`));
    expect(Buffer.concat(pages.map((page) => page.bytes)).equals(npy.subarray(-120 * bytes))).toBe(true);
  }
});

test('a large scan is BigTIFF by itself', async () => {
  const scan = { ...toWrite('uint8'), shape: [70_000, 1, 256, 256] as const };
  const { value } = await tiffPieces(scan, quietTask).next();
  expect([...(value as Uint8Array).subarray(0, 4)]).toEqual([0x49, 0x49, 43, 0]);
});

test('what fails or is stopped leaves nothing behind', async () => {
  const broken: PatternSource = { ...made(), read: () => Promise.reject(new Error('gone')) };
  const stop = new AbortController();
  stop.abort();
  const before = readdirSync(folder);
  for (const ending of ['h5', 'hspy', 'zspy', 'npy', 'tif']) {
    const path = join(folder, `never.${ending}`);
    await expect(writeScan(path, scanToWrite(broken, 'x', false))).rejects.toThrow('gone');
    expect((await problemOf(writeScan(path, toWrite(), { ...quietTask, signal: stop.signal }))).tag).toBe('aborted');
    expect(existsSync(path)).toBe(false);
  }
  expect(readdirSync(folder)).toEqual(before);
});

test('the ending says the kind of file; types and rotations that do not hold are said', () => {
  expect(() => targetOf('scan.xyz')).toThrow('ends in no kind of file');
  expect(targetOf('a.b/SCAN.ZARR').name).toBe('HyperSpy in Zarr');
  const half = scanToWrite(made('float16'), 'x', true);
  expect(half.kind.name).toBe('float32');
  expect(half.info.rotation_deg).toBeUndefined();
  expect(half.info.notes.join(' ')).toMatch(/float16 are written as float32.*rotation.*left out/);
});

test('numbers of 32 bits that float32 rounds up to one too many stay the largest', async () => {
  const most = memorySource([1, 1, 1, 2], Float32Array.of(2 ** 32, 5), { info: { ...made().info, dtype: 'uint32' } });
  const path = join(folder, 'most.npy');
  await writeScan(path, scanToWrite(most, 'x', false));
  expect([...new Uint32Array(Uint8Array.from(readFileSync(path).subarray(-8)).buffer)]).toEqual([2 ** 32 - 1, 5]);
});
