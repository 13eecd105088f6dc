/** Numbers of which the user says how they lie. */

import { expect, test } from 'vitest';
import { problemOf } from '../../core/test-problem.ts';
import { NUMBER_BYTES } from '../decode-numbers.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';
import { bytesFile, sumOf } from './test-file.ts';

/** Five bytes, then 6 frames of 2 × 3 big-endian numbers counting up, 4 bytes behind each. */
const view = new DataView(new ArrayBuffer(5 + 6 * 16));
for (let f = 0; f < 6; f++) for (let i = 0; i < 6; i++) view.setUint16(5 + 16 * f + 2 * i, 300 + 6 * f + i);
const bytes = new Uint8Array(view.buffer);
const LAYOUT = 'raw:2,3,uint16,5,4,big';

test('offset, gap and byte order are the user’s, and it is said that they are', async () => {
  const source = await openScan(bytesFile('a.bin', bytes), { dataset: LAYOUT, scan_shape: [2, 3] });
  expect(source.shape).toEqual([2, 3, 2, 3]);
  expect([...(await source.read(4, 1))]).toEqual([324, 325, 326, 327, 328, 329]);
  expect(source.info.notes.join()).toContain('user’s');
  expect(source.info.notes.join()).not.toContain('part of none');
});

test('a gap behind the last pattern is not needed; bytes that fit no pattern are told', async () => {
  const options = { dataset: LAYOUT, scan_shape: [2, 3] } as const;
  const short = await sumOf(bytesFile('a.bin', bytes.slice(0, -4)), options);
  expect(short.sum).toBe((await sumOf(bytesFile('a.bin', bytes), options)).sum);
  expect(short.info.notes.join()).not.toContain('part of none');
  const long = new Uint8Array(bytes.length + 7);
  expect((await sumOf(bytesFile('a.bin', long), options)).info.notes.join()).toContain('7 bytes behind pattern 6');
  expect(await problemOf(sumOf(bytesFile('a.bin', bytes.slice(0, -5)), options))).toMatchObject({ tag: 'shape' });
});

test('every type, with the defaults of the rest', async () => {
  for (const [dtype, size] of Object.entries(NUMBER_BYTES)) {
    const file = bytesFile('a.bin', new Uint8Array(4 * 6 * size));
    expect((await sumOf(file, { dataset: `raw:2,3,${dtype}`, scan_shape: [2, 2] })).info.dtype).toBe(dtype);
  }
});

test('a layout that is none, and one that no pattern fits', async () => {
  const open = (dataset: string) => problemOf(openScan(bytesFile('a.bin', bytes), { dataset, scan_shape: [2, 3] }));
  for (const none of [
    'raw:',
    'raw:2,3',
    'raw:2,3,uint12',
    'raw:0,3,uint8',
    'raw:2,-3,uint8',
    'raw:2,3,uint8,0,0,middle',
  ])
    expect(await open(none)).toMatchObject({ tag: 'usage' });
  expect(await open('raw:2,3,uint8,1000')).toMatchObject({ tag: 'shape' });
  expect(await open('raw:99999999,99999999,float64')).toMatchObject({ tag: 'shape' });
  expect(await problemOf(openScan(bytesFile('a.bin', bytes), { dataset: LAYOUT }))).toMatchObject({ tag: 'shape' });
});

test('a file that no reader knows says how raw numbers are read', async () => {
  expect((await problemOf(describeFile(bytesFile('a.bin', bytes)))).hint).toContain(
    'raw:QY,QX,DTYPE,OFFSET,GAP,ENDIAN',
  );
});
