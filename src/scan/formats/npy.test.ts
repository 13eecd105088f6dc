/** NumPy arrays as scans, against bytes written by hand as NEP 1 says. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scanFile } from '../../node/scan-file.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-npy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function npy(descr: string, shape: readonly number[], body: ArrayBuffer, more = "'fortran_order': False"): Uint8Array {
  const dict = `{'descr': '${descr}', ${more}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const header = `${dict.padEnd(length - 1)}\n`;
  const head = new Uint8Array(10);
  head.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, length & 255, length >> 8]);
  return new Uint8Array([...head, ...new TextEncoder().encode(header), ...new Uint8Array(body)]);
}

async function file(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return scanFile(path);
}

test('four axes of big-endian counts: the numbers in their places', async () => {
  const view = new DataView(new ArrayBuffer(2 * 2 * 3 * 4 * 5));
  for (let i = 0; i < 120; i++) view.setUint16(2 * i, 300 + i);
  const source = await openScan(await file('big.npy', npy('>u2', [2, 3, 4, 5], view.buffer)));
  expect(source.shape).toEqual([2, 3, 4, 5]);
  expect(source.info.dtype).toBe('uint16');
  expect([...(await source.read(4, 1))]).toEqual(Array.from({ length: 20 }, (_, i) => 380 + i));
  expect(source.info.notes.join(' ')).toContain('says nothing of step');
});

test('three axes need the scan’s shape, which has to fit', async () => {
  const data = Float32Array.from({ length: 7 * 4 }, (_, i) => i);
  const three = await file('three.npy', npy('<f4', [7, 2, 2], data.buffer));
  await expect(openScan(three)).rejects.toThrow('does not say how they lie in the scan');
  const source = await openScan(three, { scan_shape: [2, 3] });
  expect(source.shape).toEqual([2, 3, 2, 2]);
  expect([...(await source.read(3, 2))]).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  expect(source.info.notes[0]).toContain('1 patterns behind');
  await expect(openScan(three, { scan_shape: [3, 3] })).rejects.toThrow('needs 9');
  expect((await describeFile(three)).opens).toBe(false);
});

test('booleans and half precision are read, and said', async () => {
  const truths = await openScan(
    await file('bool.npy', npy('|b1', [1, 2, 2, 2], Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0).buffer)),
  );
  expect([...(await truths.read(0, 2))]).toEqual([1, 0, 0, 1, 1, 1, 0, 0]);
  expect([truths.info.dtype, truths.info.notes.join(' ')]).toEqual(['bool', expect.stringContaining('true or false')]);
  const halves = await openScan(
    await file('half.npy', npy('<f2', [1, 1, 2, 2], Float16Array.of(1.5, -2, 0, 1000).buffer)),
  );
  expect([...(await halves.read(0, 1))]).toEqual([1.5, -2, 0, 1000]);
  expect(halves.info.dtype).toBe('float16');
});

test('complex numbers, column order, two axes, a cut file: the cause by name', async () => {
  const body = new ArrayBuffer(16 * 16);
  await expect(openScan(await file('c.npy', npy('<c8', [2, 2, 2, 4], body)))).rejects.toThrow('complex numbers');
  const fortran = npy('<f4', [2, 2, 4, 4], body, "'fortran_order': True");
  await expect(openScan(await file('f.npy', fortran))).rejects.toThrow('column by column');
  await expect(openScan(await file('two.npy', npy('<f4', [8, 8], body)))).rejects.toThrow('2 axes');
  const whole = npy('<f4', [2, 2, 4, 4], body);
  await expect(openScan(await file('cut.npy', whole.subarray(0, whole.length - 5)))).rejects.toThrow('ends after');
  await expect(openScan(await file('head.npy', whole.subarray(0, 40)))).rejects.toThrow('cut off within its header');
});
