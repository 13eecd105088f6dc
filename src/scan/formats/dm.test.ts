/** DM3 and DM4 files as scans, against bytes written by hand and real files. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { FerroscopeError } from '../../core/errors.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';
import type { ScanFile } from '../scan-file.ts';
import type { OpenOptions } from './reader.ts';
import { dmFile, float, imageFile, imageTag, long, type Tag, type TestImage } from './test-dm.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-dm-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(bytes: Uint8Array, name = 'scan.dm4') {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return scanFile(path);
}

/** The bytes as a file, without a disk. */
const memory = (bytes: Uint8Array): ScanFile => ({
  name: 'scan.dm4',
  size_bytes: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
  openHdf5: () => Promise.reject(new Error('none')),
  sibling: async () => undefined,
});
const opened = (bytes: Uint8Array, options: OpenOptions = {}) => openScan(memory(bytes), options);

// Scan 2 × 3, patterns 2 × 4: every number says where it belongs.
const [RY, RX, QY, QX] = [2, 3, 2, 4];
const PATTERNS = Array.from({ length: RY * RX * QY * QX }, (_, i) => i + 1);
/** The same numbers, an image of the scan for each pixel of the pattern. */
const IMAGES = PATTERNS.map((_, i) => PATTERNS[(i % (RY * RX)) * QY * QX + Math.floor(i / (RY * RX))]!);
const q: readonly [number, number, string][] = [
  [QX, 0.5, 'mrad'],
  [QY, 0.5, 'mrad'],
];
const r: readonly [number, number, string][] = [
  [RX, 2, 'nm'],
  [RY, 2, 'nm'],
];
const swapped = (value: number): Tag => ({ 'Meta Data': { 'Data Order Swapped': { type: 8, value } } });
const scan = (more: Partial<TestImage> = {}): TestImage => ({
  name: 'Diffraction SI',
  type: 10,
  element: 4,
  axes: [...q, ...r],
  values: PATTERNS,
  tags: swapped(1),
  ...more,
});
const bare = (axes: TestImage['axes']) => axes.map(([length]) => [length, 1, ''] as const);

test('pattern by pattern: both versions, both orders of bytes, every type', async () => {
  // Code of the image, of the array's elements, name.
  const types = [
    [1, 2, 'int16'],
    [2, 6, 'float32'],
    [6, 10, 'uint8'],
    [7, 3, 'int32'],
    [9, 9, 'int8'],
    [10, 4, 'uint16'],
    [11, 5, 'uint32'],
    [12, 7, 'float64'],
    [14, 8, 'uint8'],
    [39, 11, 'int64'],
    [40, 12, 'uint64'],
  ] as const;
  for (const version of [3, 4] as const) {
    for (const little of [true, false]) {
      for (const [type, element, dtype] of types) {
        const source = await opened(imageFile(version, little, scan({ type, element })));
        expect(source.shape).toEqual([RY, RX, QY, QX]);
        expect([...(await source.read(0, 6))]).toEqual(PATTERNS);
        expect(source.info).toMatchObject({ dtype, format: `Gatan DigitalMicrograph ${version}` });
        // Only what float32 cannot hold is remarked on.
        expect(source.info.notes.length).toBe(/32$|64$/.test(dtype) && dtype !== 'float32' ? 1 : 0);
        expect(source.info).toMatchObject({ title: 'Diffraction SI', dataset: 'ImageList/1', q_pixel: 0.5 });
        expect(source.info).toMatchObject({ q_unit: 'mrad', step_nm: 2, voltage_kV: undefined });
      }
    }
  }
});

test('an image of the scan for each pixel: the same patterns', async () => {
  for (const little of [true, false]) {
    for (const [type, element] of [
      [6, 10],
      [10, 4],
      [2, 6],
      [12, 7],
    ] as const) {
      const image = scan({ type, element, axes: [...r, ...q], values: IMAGES, tags: swapped(0) });
      const source = await opened(imageFile(4, little, image));
      expect(source.shape).toEqual([RY, RX, QY, QX]);
      expect([...(await source.read(0, 6))]).toEqual(PATTERNS);
      expect([...(await source.read(4, 1))]).toEqual(PATTERNS.slice(32, 40));
      expect(source.info).toMatchObject({ step_nm: 2, q_pixel: 0.5, notes: [] });
    }
  }
});

test('without the tag, units tell the axes, then the size of the scan, then GMS’s habit; each is said', async () => {
  const units = await opened(imageFile(4, true, scan({ tags: {} })));
  expect([...(await units.read(1, 1))]).toEqual(PATTERNS.slice(8, 16));
  expect(units.info.notes[0]).toContain('by their units');
  const back = await opened(imageFile(3, true, scan({ tags: {}, axes: [...r, ...q], values: IMAGES })));
  expect([...(await back.read(1, 1))]).toEqual(PATTERNS.slice(8, 16));
  const sampling = { 'Spatial Sampling': { 'Width (pixels)': long(RX), 'Height (pixels)': long(RY) } };
  const sized = scan({ axes: bare([...q, ...r]), tags: { SI: { Acquisition: sampling } } });
  const bySize = await opened(imageFile(4, true, sized));
  expect(bySize.shape).toEqual([RY, RX, QY, QX]);
  expect(bySize.info.notes[0]).toContain('by the size of the scan, 2 × 3');
  expect(bySize.info).toMatchObject({ step_nm: undefined, q_pixel: undefined });
  const habit = await opened(imageFile(4, true, scan({ axes: bare([...r, ...q]), values: IMAGES, tags: {} })));
  expect([...(await habit.read(1, 1))]).toEqual(PATTERNS.slice(8, 16));
  expect(habit.info.notes[0]).toContain('GMS stores a scan where it says nothing');
  const against = await opened(imageFile(4, true, scan({ axes: [...r, ...q] })));
  expect(against.shape).toEqual([QY, QX, RY, RX]);
  expect(against.info.notes.join(' ')).toContain('say the opposite');
});

test('units, voltage, semi-angle, intensities; what is not understood is left out and said', async () => {
  const tags = {
    ...(swapped(1) as object),
    'Microscope Info': { Voltage: float(300_000) },
    EELS: { 'Experimental Conditions': { 'Convergence semi-angle (mrad)': float(2.5) } },
    Parent: { 'Microscope Info': { Voltage: float(80_000) } },
  };
  const nm = {
    axes: [
      [QX, 0.25, '1/nm'],
      [QY, 0.25, '1/nm'],
      [RX, 0.002, 'µm'],
      [RY, 0.004, 'µm'],
    ],
  } as const;
  const one = await opened(imageFile(4, true, scan({ ...nm, tags })));
  expect(one.info).toMatchObject({ q_pixel: 0.25, q_unit: '1/nm', voltage_kV: 300, semiangle_mrad: 2.5 });
  expect(one.info.step_nm).toBeCloseTo(3, 5);
  expect(one.info.notes.join(' ')).toContain('differ');
  const parent = { ...(swapped(1) as object), Parent: { 'Microscope Info': { Voltage: float(80_000) } } };
  const wrong = { axes: [[QX, 0.5, 'nm'], [QY, 0.5, 'nm'], ...r] } as const;
  const two = await opened(imageFile(4, true, scan({ ...wrong, tags: parent })));
  expect(two.info).toMatchObject({ q_pixel: undefined, q_unit: undefined, step_nm: 2, voltage_kV: 80 });
  expect(two.info.notes.join(' ')).toMatch(/Detector pixels .* 'nm'.*left out.*under 'Parent'/);
});

test('the scan is opened among thumbnail, previews and other scans; another by its name or number', async () => {
  const preview = scan({ name: 'Preview', type: 2, element: 6, axes: q, values: PATTERNS.slice(0, 8) });
  const small = scan({ name: 'Binned', axes: [...q, [2, 2, 'nm'], [1, 2, 'nm']], values: PATTERNS.slice(0, 16) });
  const bytes = imageFile(4, true, preview, small, scan());
  const source = await opened(bytes);
  expect(source.info.dataset).toBe('ImageList/3');
  expect(source.info.notes.join(' ')).toContain('ImageList/1 Preview (4 × 2 float32), ImageList/2 Binned');
  for (const dataset of ['Binned', '2', 'ImageList/2']) {
    expect((await opened(bytes, { dataset })).shape).toEqual([1, 2, QY, QX]);
  }
  expect((await problemOf(opened(bytes, { dataset: '9' }))).hint).toContain('ImageList/3 (Diffraction SI)');
  expect((await problemOf(opened(bytes, { dataset: 'Preview' }))).message).toContain('one image of 4 × 2');
  expect((await problemOf(opened(bytes, { dataset: '0' }))).tag).toBe('shape');
});

test('a stack of patterns: its tags state the scan, or the user does', async () => {
  const shape = { '4D STEM Tags': { 'Scan shape X': float(3), 'Scan shape Y': long(2) } };
  const axes = [...q, [6, 1, '']] as TestImage['axes'];
  for (const tags of [shape, { Parent: shape }]) {
    const tagged = await opened(imageFile(3, true, scan({ axes, tags })));
    expect(tagged.shape).toEqual([2, 3, QY, QX]);
    expect([...(await tagged.read(4, 1))]).toEqual(PATTERNS.slice(32, 40));
    expect(tagged.info.notes.join(' ')).toMatch(/4D STEM Tags.*nothing is shifted/);
  }
  const bytes = imageFile(4, true, scan({ axes, tags: {} }));
  const problem = await problemOf(opened(bytes));
  expect([problem.tag, problem.hint]).toEqual(['shape', 'Give --scan-shape ROWS,COLUMNS.']);
  expect((await opened(bytes, { scan_shape: [3, 2] })).shape).toEqual([3, 2, QY, QX]);
  // A line of patterns, each pixel a line of the scan.
  const line = [[6, 2, 'nm'], ...q] as TestImage['axes'];
  const lines = await opened(imageFile(4, true, scan({ axes: line, values: IMAGES, tags: {} })), {
    scan_shape: [1, 6],
  });
  expect([...(await lines.read(0, 6))]).toEqual(PATTERNS);
});

test('what is no scan is refused by what it is', async () => {
  const spectrum = { axes: [...r, [8, 1, 'eV']] as TestImage['axes'], tags: {} };
  const refused = async (image: Partial<TestImage>) =>
    (await problemOf(opened(imageFile(4, true, scan(image))))).message;
  expect(await refused(spectrum)).toContain('a spectrum image, 3 × 2 × 8');
  expect(await refused({ axes: [[48, 1, '']] })).toContain('a line of 48');
  expect(
    await refused({ axes: [[2, 1, ''], ...q, [3, 1, ''], [2, 1, '']], values: PATTERNS.concat(PATTERNS) }),
  ).toContain('5 axes');
  expect(await refused({ type: 3 })).toContain('complex numbers');
  expect(await refused({ type: 23 })).toContain('colours');
  expect(await refused({ type: 7 })).toContain('has 96 bytes of data, and 4 × 2 × 3 × 2 int32 are 192');
  expect((await problemOf(opened(dmFile(4, true, { ImageList: [] })))).message).toContain('holds no image');
});

test('cut off anywhere, or with any byte wrong: an error with a tag, or the whole scan', async () => {
  for (const version of [3, 4] as const) {
    const whole = dmFile(version, true, { ImageList: [imageTag(scan())] });
    // The last eight bytes are empty.
    for (let n = 0; n < whole.length - 8; n++) {
      const error = await opened(whole.subarray(0, n)).then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(error, `${n} bytes`).toBeInstanceOf(FerroscopeError);
    }
    // DM4 differs in the width of its sizes alone.
    for (let n = 0; n < (version === 3 ? whole.length : 0); n++) {
      const bytes = whole.slice();
      bytes[n]! ^= 0xff;
      const result = await opened(bytes).then(
        (source) => source.shape,
        (thrown) => thrown,
      );
      if (!Array.isArray(result)) expect(result, `byte ${n}`).toBeInstanceOf(FerroscopeError);
    }
  }
  // Sizes that no file has: refused before anything is allocated.
  const huge = dmFile(4, true, { ImageList: [imageTag(scan())] });
  huge.set([0xff, 0xff, 0xff, 0xff], 18);
  expect((await problemOf(opened(huge))).message).toContain('promises');
});

const sumOf = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);

test('real files: the stack that RosettaSciIO reads, and the cause where a file is no scan', async (context) => {
  const real = (path: string, options: OpenOptions = {}) =>
    scanFile(sample(context, path)).then((f) => openScan(f, options));
  // EXPECTED.tsv: (3, 2, 16) uint32, sum 58576739, 0.0599829 µm.
  const stack = await real('dm/test_stackbuilder_imagestack.dm3', { scan_shape: [1, 3] });
  expect([stack.shape, stack.info.dtype, sumOf(await stack.read(0, 3))]).toEqual([[1, 3, 2, 16], 'uint32', 58576739]);
  expect(stack.info.voltage_kV).toBe(200);
  expect(stack.info.notes.join(' ')).toMatch(/(?=.*'µm': not understood)(?=.*source\/Tags at creation)(?=.*0\.1567)/);
  const cube = await real('openNCEM/dmTest_3D_int16_64,65,66.dm4', { scan_shape: [6, 11] });
  // Their sums by another program that reads the bytes of the arrays.
  expect([cube.shape, cube.info.dtype, sumOf(await cube.read(0, 66))]).toEqual([[6, 11, 65, 64], 'int16', 8648640]);
  const small = await real('rosettasciio/test-10.dm4', { scan_shape: [2, 1] });
  expect([small.shape, small.info.dtype, [...(await small.read(0, 2))]]).toEqual([
    [2, 1, 2, 2],
    'uint16',
    [1, 2, 3, 4, 5, 6, 7, 8],
  ]);
  for (const [path, why] of [
    ['rosettasciio/test_diffraction_pattern.dm3', 'one image of 87 × 87'],
    ['rosettasciio/EELS_SI.dm4', 'a spectrum image, 2 × 2 × 2048'],
    ['nionswift-io/ref_F_2_1.dm4', 'a spectrum image, 4 × 3 × 5'],
    ['dm/test_stackbuilder_imagestack.dm3', 'holds 3 patterns'],
  ] as const) {
    expect((await problemOf(real(path))).message).toContain(why);
  }
  const described = await describeFile(await scanFile(sample(context, 'rosettasciio/EELS_SI.dm4')));
  expect(described).toMatchObject({ kind: 'dm4', opens: false });
});

test('info shows a file on disk', async () => {
  const described = await describeFile(await file(imageFile(4, true, scan())));
  expect(described).toMatchObject({ kind: 'dm4', opens: true });
  expect(described.lines.join('\n')).toMatch(/2 × 3 positions, step 2 nm\n.*2 × 4 pixels of 0.5 mrad/);
});
