/** MRC stacks against bytes written by hand as MRC2014 says, and against real movies of Direct Electron. */

import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, bytesWith, expectEachCutTold, joined, sumOf } from './test-file.ts';

/** A header of `frames` patterns of 2 × 3. */
function header(mode: number, frames: number, little = true, extended = 0, kind = ''): Uint8Array {
  const bytes = bytesWith(
    1024,
    [
      [0, 'i32', 3],
      [4, 'i32', 2],
      [8, 'i32', frames],
      [12, 'i32', mode],
      [92, 'i32', extended],
    ],
    little,
  );
  bytes.set(ascii(kind), 104);
  bytes.set(ascii('MAP '), 208);
  bytes.set(little ? [0x44, 0x44] : [0x11, 0x11], 212);
  return bytes;
}

const MODES = [
  [0, 'int8', 1, 'setInt8'],
  [1, 'int16', 2, 'setInt16'],
  [2, 'float32', 4, 'setFloat32'],
  [6, 'uint16', 2, 'setUint16'],
] as const;

/** Frames of 6 numbers, counting up from `first`. */
function numbers(mode: number, frames: number, first: number, little = true): Uint8Array {
  const [, , size, set] = MODES.find(([one]) => one === mode)!;
  const view = new DataView(new ArrayBuffer(frames * 6 * size));
  for (let i = 0; i < frames * 6; i++) view[set](i * size, first + i, little);
  return new Uint8Array(view.buffer);
}

test('each mode in both byte orders: the numbers in their places', async () => {
  for (const [mode, dtype] of MODES) {
    const first = mode === 6 ? 40_000 : -20;
    for (const little of [true, false]) {
      const file = bytesFile('a.mrc', joined(header(mode, 6, little), numbers(mode, 6, first, little)));
      const source = await openScan(file, { scan_shape: [2, 3] });
      expect(source.shape).toEqual([2, 3, 2, 3]);
      expect(source.info.dtype).toBe(dtype);
      expect([...(await source.read(4, 1))]).toEqual([24, 25, 26, 27, 28, 29].map((i) => first + i));
    }
  }
});

test('bytes are signed or not, by IMOD’s flag or by the camera, and that is said', async () => {
  const body = new Uint8Array(24).fill(200);
  const plain = header(0, 4);
  const read = async (head: Uint8Array, beside = {}) =>
    sumOf(bytesFile('m_movie.mrc', joined(head, body), beside), { scan_shape: [2, 2] });
  expect(await read(plain)).toMatchObject({ sum: 24 * (200 - 256) });
  const imod = plain.slice();
  new DataView(imod.buffer).setInt32(152, 1146047817, true);
  expect(await read(imod)).toMatchObject({ sum: 24 * 200, info: { dtype: 'uint8' } });
  new DataView(imod.buffer).setInt32(156, 1, true);
  expect((await read(imod)).sum).toBe(24 * (200 - 256));
  const camera = await read(plain, { 'm_info.txt': ascii('Autosave Counted Movie Pixel Format = uint8\n') });
  expect(camera.sum).toBe(24 * 200);
  expect(camera.info.notes.join()).toContain('taken as unsigned');
});

test('FEI2: numbers begin behind the extended header, whose voltage is read where it says so', async () => {
  const fei = bytesWith(2 * 888, [
    [0, 'i32', 888],
    [8, 'u32', 0x20],
    [84, 'f64', 200_000],
  ]);
  const bytes = joined(header(6, 2, true, fei.length, 'FEI2'), fei, numbers(6, 2, 7));
  const found = await sumOf(bytesFile('fei.mrc', bytes), { scan_shape: [1, 2] });
  expect(found).toMatchObject({ sum: 12 * 7 + 66, info: { voltage_kV: 200 } });
  expect(found.info.notes.join()).toContain('not read but for the voltage');
  bytes[1024 + 8] = 0;
  expect((await sumOf(bytesFile('fei.mrc', bytes), { scan_shape: [1, 2] })).info.voltage_kV).toBeUndefined();
});

const INFO = `Scan - Enable = Enable
Scan - Type = Raster
Scan - Size X = 3
Scan - Size Y = 2
Instrument Accelerating Voltage (V) = 80000
Specimen Pixel Size X (nanometers) = 0.5
Specimen Pixel Size Y (nanometers) = 0.5
Diffraction Pixel Size X = 0.02
Diffraction Pixel Size Y = 0.02
`;

test('what Direct Electron writes beside a movie: a raster, a region of one, and points in another order', async () => {
  const movie = joined(header(1, 6), numbers(1, 6, 0));
  const raster = await openScan(bytesFile('d/9_0_movie.mrc', movie, { '9_info.txt': ascii(INFO) }));
  expect(raster.shape).toEqual([2, 3, 2, 3]);
  expect(raster.info).toMatchObject({ voltage_kV: 80, step_nm: 0.5, q_pixel: 0.02, q_unit: '1/nm' });
  expect(raster.info.notes.join()).toContain('has no unit in the file');

  const region = `${INFO}Scan - ROI Enable = Enable\nScan - ROI Size X = 2\nScan - ROI Size Y = 3\n`;
  expect((await openScan(bytesFile('a_movie.mrc', movie, { 'a_info.txt': ascii(region) }))).shape[0]).toBe(3);

  // Column by column: frame 2x + y lies at [y][x].
  const csv = ascii('0,0\n0,1\n1,0\n1,1\n2,0\n2,1\n');
  const beside = { 'a_info.txt': ascii(INFO.replace('Raster', 'XY File')), 'a_scan_coordinates.csv': csv };
  const source = await openScan(bytesFile('a_movie.mrc', movie, beside));
  expect(source.shape).toEqual([2, 3, 2, 3]);
  const all = await source.read(0, 6);
  expect([0, 1, 2, 3, 4, 5].map((i) => all[6 * i]! / 6)).toEqual([0, 2, 4, 1, 3, 5]);
  expect([...(await source.read(4, 1))]).toEqual([18, 19, 20, 21, 22, 23]);
  // The user’s shape sets them in the order of the file.
  const longer = joined(header(1, 8), numbers(1, 8, 0));
  expect((await openScan(bytesFile('a_movie.mrc', longer, beside))).info.notes.join()).toContain(
    '2 frames without a point',
  );
  const given = await openScan(bytesFile('a_movie.mrc', movie, beside), { scan_shape: [3, 2] });
  expect((await given.read(1, 1))[0]).toBe(6);
  expect(given.info.notes.join()).toContain('in the order in which they lie');
});

test('points that fill no grid, several frames a point, a wrong line: the cause by name', async () => {
  const movie = joined(header(1, 6), numbers(1, 6, 0));
  const open = (info: string, csv: string) =>
    problemOf(
      openScan(bytesFile('a_movie.mrc', movie, { 'a_info.txt': ascii(info), 'a_scan_coordinates.csv': ascii(csv) })),
    );
  expect(await open(INFO, '0,0\n0,1\n1,0\n1,1\n2,0\n5,5\n')).toMatchObject({ tag: 'shape' });
  expect(await open(INFO, '0,0\n0,1\n1,0\n1,1\n2,0\nx\n')).toMatchObject({ tag: 'format' });
  expect(await open(`${INFO}Scan - Camera Frames Per Point = 4\n`, '')).toMatchObject({ tag: 'unsupported' });
});

test('an image, complex numbers, a size that is none, a stack without shape', async () => {
  const open = (bytes: Uint8Array) => problemOf(openScan(bytesFile('a.mrc', joined(bytes, new Uint8Array(48)))));
  expect((await open(header(6, 1))).message).toContain('one image of 2 × 3');
  expect(await open(header(4, 4))).toMatchObject({ tag: 'unsupported' });
  expect(await open(header(9, 4))).toMatchObject({ tag: 'format' });
  expect(await open(header(6, -4))).toMatchObject({ tag: 'format' });
  expect(await open(header(6, 4, true, 2 ** 31 - 1))).toMatchObject({ tag: 'format' });
  expect(await open(header(6, 4))).toMatchObject({ tag: 'shape', hint: 'Give --scan-shape ROWS,COLUMNS.' });
});

test('every cut is told', async () => {
  const fei = new Uint8Array(100);
  const bytes = joined(header(6, 4, true, fei.length, 'FEI1'), fei, numbers(6, 4, 1));
  await expectEachCutTold((part) => bytesFile('a.mrc', part), bytes, { scan_shape: [2, 2] });
});

test('movies of Direct Electron: every sum of RosettaSciIO', async (context) => {
  const custom = await scanFile(sample(context, 'de_mrc/Custom_movie.mrc'));
  expect(await sumOf(custom, { scan_shape: [5, 6] })).toMatchObject({ shape: [5, 6, 16, 16], sum: 9006430 });
  // Its 15 points, each visited twice: 3 columns, 2 apart, and 5 rows.
  const grid = await openScan(custom);
  expect(grid.shape).toEqual([5, 3, 16, 16]);
  expect(grid.info).toMatchObject({ dtype: 'uint16', voltage_kV: 300, step_nm: undefined });
  expect(grid.info.notes.join()).toContain('15 frames of points that were visited before');
  expect(grid.info.notes.join()).not.toContain('behind the scan');
  const inOrder = await openScan(custom, { scan_shape: [1, 30] });
  expect(await grid.read(1, 1)).toEqual(await inOrder.read(5, 1));

  // 12 × 29 points in random order; the first line says 7,12.
  const random = await scanFile(sample(context, 'rosettasciio/ROI_Random_Scan_movie.mrc'));
  const placed = await openScan(random);
  expect(placed.shape).toEqual([29, 12, 16, 16]);
  expect(await placed.read(12 * 12 + 7, 1)).toEqual(
    await (await openScan(random, { scan_shape: [1, 348] })).read(0, 1),
  );
  expect((await sumOf(random)).sum).toBe((await sumOf(random, { scan_shape: [1, 348] })).sum);

  const image = await scanFile(sample(context, 'velox/HAADFscan.mrc'));
  expect((await problemOf(openScan(image))).message).toContain('one image of 16 × 16');
  expect(await describeFile(image)).toMatchObject({ kind: 'mrc', opens: false });
});
