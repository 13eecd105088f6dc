import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { problemOf } from '../core/test-problem.ts';
import { writeEmd } from '../node/emd.ts';
import { createHdf5, openHdf5 } from '../node/hdf5.ts';
import { scanFile } from '../node/scan-file.ts';
import { describeFile } from './describe.ts';
import type { EmdScan } from './emd-write.ts';
import { attribute, childDataset, childGroup } from './hdf5.ts';
import { openScan } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-emd-'));
const open = async (path: string) => openScan(await scanFile(path));
const describePath = async (path: string) => describeFile(await scanFile(path));

const scan: EmdScan = {
  shape: [2, 3, 6, 5],
  patterns: (index) => Uint16Array.from({ length: 30 }, (_, k) => index * 100 + k),
  step_nm: 0.395,
  qPixel: 0.0132,
  qUnits: '1/A',
  vacuum: new Float32Array(30).fill(7),
  dark: new Float32Array(30).fill(2),
  metadata: { microscope: { voltage_kV: 300, convergence_semiangle_mrad: 2.2 } },
};

test('a scan survives writing and reading, with all that was said about it', async () => {
  const path = join(folder, 'round.h5');
  await writeEmd(path, scan);
  const source = await open(path);
  expect(source.shape).toEqual([2, 3, 6, 5]);
  expect(source.info).toMatchObject({
    dtype: 'uint16',
    step_nm: 0.395,
    q_pixel: 0.0132,
    q_unit: '1/A',
    voltage_kV: 300,
    semiangle_mrad: 2.2,
  });
  expect(source.vacuum?.[4]).toBe(7);
  expect(source.dark?.[4]).toBe(2);
  // From the end of the first row into the second.
  const patterns = await source.read(2, 3);
  expect([...patterns.subarray(30, 33)]).toEqual([300, 301, 302]);
  expect((await problemOf(source.read(5, 2))).tag).toBe('range');
  source.close();
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

/** First value, step and unit of each axis of an array. */
async function axesOf(path: string, array: string) {
  const file = await openHdf5(path);
  const axes = Array.from({ length: array === 'datacube' ? 4 : 2 }, (_, i) => {
    const dim = childDataset(childGroup(childGroup(file, 'datacube_root')!, array)!, `dim${i}`)!;
    const [first, second] = dim.value as Float64Array;
    return [attribute(dim, 'name'), first, second! - first!, attribute(dim, 'units')];
  });
  file.close();
  return axes;
}

test('each axis has its own step, and the pattern’s are zero at the direct beam', async () => {
  const path = join(folder, 'axes.h5');
  await writeEmd(path, { ...scan, step_nm: [0.25, 0.5], beam: [2, 3], qPixel: 2, qUnits: 'mrad' });
  const pattern = [
    ['Qy', -6, 2, 'mrad'],
    ['Qx', -4, 2, 'mrad'],
  ];
  expect(await axesOf(path, 'datacube')).toEqual([['Ry', 0, 0.5, 'nm'], ['Rx', 0, 0.25, 'nm'], ...pattern]);
  expect(await axesOf(path, 'vacuum_probe')).toEqual(pattern);
  const source = await open(path);
  expect(source.info).toMatchObject({ step_nm: 0.375, q_pixel: 2, q_unit: 'mrad' });
  expect(source.info.notes.join()).toContain('0.5 and 0.25 nm; their mean');
  source.close();
});

test('py4DSTEM refuses 1/nm: 1/Å is written', async () => {
  const path = join(folder, 'per-nm.h5');
  await writeEmd(path, { ...scan, qPixel: 0.5, qUnits: '1/nm' });
  expect((await axesOf(path, 'datacube'))[3]).toEqual(['Qx', 0, 0.05, 'A^-1']);
  const source = await open(path);
  expect(source.info).toMatchObject({ q_pixel: 0.05, q_unit: '1/A' });
  source.close();
});

test('a scan with too few or wrong patterns leaves no file', async () => {
  const path = join(folder, 'never.h5');
  async function* two() {
    yield new Float32Array(30);
    yield new Float32Array(30);
  }
  expect((await problemOf(writeEmd(path, { ...scan, patterns: two() }))).tag).toBe('incomplete');
  expect((await problemOf(writeEmd(path, { ...scan, patterns: () => new Float32Array(29) }))).tag).toBe('shape');
  expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
});

test('files that are missing, empty, cut short or no HDF5 say so', async () => {
  const whole = join(folder, 'whole.h5');
  await writeEmd(whole, scan);
  const bytes = readFileSync(whole);
  writeFileSync(join(folder, 'half.h5'), bytes.subarray(0, bytes.length >> 1));
  writeFileSync(join(folder, 'text.h5'), 'not a scan at all');
  writeFileSync(join(folder, 'empty.h5'), '');
  expect((await problemOf(open(join(folder, 'none.h5')))).tag).toBe('file-missing');
  const half = await problemOf(open(join(folder, 'half.h5')));
  expect(half.tag).toBe('file-unreadable');
  expect(half.message).toContain('cut short');
  expect((await problemOf(describePath(join(folder, 'half.h5')))).tag).toBe('file-unreadable');
  expect((await problemOf(open(join(folder, 'text.h5')))).tag).toBe('unsupported');
  expect((await problemOf(open(join(folder, 'empty.h5')))).tag).toBe('format');
  expect((await problemOf(open(folder))).tag).toBe('file-unreadable');
});

test('a stack of three axes is refused by name, a plain 4D dataset is read', async () => {
  const path = join(folder, 'stack.h5');
  const file = await createHdf5(path);
  const group = file.create_group('frames');
  group.create_attribute('emd_group_type', 'array');
  group.create_dataset({ name: 'data', data: new Uint16Array(24), shape: [4, 3, 2] });
  file.close();
  const error = await problemOf(open(path));
  expect(error.tag).toBe('shape');
  expect(error.message).toContain('4 × 3 × 2');
  expect((await describePath(path)).opens).toBe(false);

  const plain = join(folder, 'plain.h5');
  const other = await createHdf5(plain);
  other.create_dataset({ name: 'anything', data: new Float64Array(16).fill(2.5), shape: [2, 2, 2, 2] });
  other.close();
  const source = await open(plain);
  expect([...(await source.read(3, 1))]).toEqual([2.5, 2.5, 2.5, 2.5]);
  source.close();
});

test('every HDF5 sample is described; those that hold a scan open', async (context) => {
  const samples = sample(context, '');
  const files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(emd|h5|hspy|nxs)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(5);
  const opening: string[] = [];
  for (const name of files) {
    const description = await describePath(join(samples, name));
    expect(description.lines.length).toBeGreaterThan(1);
    expect(() => JSON.stringify(description.json)).not.toThrow();
    if (description.opens) opening.push(`${name.split('/').at(-1)} ${description.kind}`);
    else expect((await problemOf(open(join(samples, name)))).hint).not.toBe('');
  }
  // At least: the folder grows.
  expect(opening).toEqual(
    expect.arrayContaining(['Si100_4D.emd prismatic', 'py4DSTEM_size2x3x4x5.h5 emd-1.0', 'twinA_4dstem.h5 emd-1.0']),
  );
});

test("samples' counts sum to what h5py finds", async (context) => {
  const samples = sample(context, '');
  const table = readFileSync(join(samples, 'EXPECTED.tsv'), 'utf8').split('\n');
  const rows = table.map((line) => line.split('\t')).filter(([, , reader]) => reader?.startsWith('h5py:'));
  const scans = rows.filter(([, , , shape]) => shape!.split(',').length === 4);
  expect(scans.length).toBeGreaterThan(2);
  for (const [name, , reader, shape, , , sum] of scans) {
    const source = await openScan(await scanFile(join(samples, name!)), { dataset: reader!.replace('h5py:', '') });
    expect(`(${source.shape.join(', ')})`).toBe(shape);
    const counts = await source.read(0, source.shape[0] * source.shape[1]);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(Number(sum));
    source.close();
  }
});

test("py4DSTEM's and Prismatic's own files give calibrations and counts", async (context) => {
  const samples = sample(context, '');
  const emd = await open(join(samples, 'rosettasciio/py4DSTEM_size2x3x4x5.h5'));
  expect(emd.shape).toEqual([2, 3, 4, 5]);
  expect(emd.info.flip).toBe(false);
  expect(emd.info.step_nm).toBeCloseTo(0.126797, 6);
  expect(emd.info.q_pixel).toBeCloseTo(0.0442516, 6);
  emd.close();
  const prismatic = await open(join(samples, 'rosettasciio/Si100_4D.emd'));
  // Steps of 0.5 Å; pixels of 1/(5.43 Å), although the file's labels say nm.
  expect(prismatic.info).toMatchObject({ voltage_kV: 100, semiangle_mrad: 24, q_unit: '1/A' });
  expect(prismatic.info.step_nm).toBeCloseTo(0.05, 6);
  expect(prismatic.info.q_pixel).toBeCloseTo(1 / 5.43, 4);
  expect((await prismatic.read(120, 1)).every(Number.isFinite)).toBe(true);
  prismatic.close();
  // Bitshuffle cannot be decoded: no zeros instead.
  const frames = await problemOf(open(join(samples, 'rosettasciio/test_00_data_000001.h5')));
  expect(['shape', 'unsupported']).toContain(frames.tag);
});
