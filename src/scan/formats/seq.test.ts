/** NorPix sequences against bytes written by hand as StreamPix's manual says. */

import { expect, test } from 'vitest';
import { problemOf } from '../../core/test-problem.ts';
import { openScan } from '../open.ts';
import { bytesFile, bytesWith, expectEachCutTold, sumOf } from './test-file.ts';

/** `frames` of 2 × 3 numbers counting up from 1000 (16 bits) or 100 (8 bits), each with 8 bytes of time behind it. */
function seq(frames: number, bits: 8 | 16, version: number, change: readonly [number, number][] = []): Uint8Array {
  const stride = (6 * bits) / 8 + 8;
  const start = version >= 5 ? 8192 : 1024;
  const header = {
    0: 0xfeed,
    28: version,
    32: 1024,
    548: 3,
    552: 2,
    556: bits,
    560: bits,
    564: (6 * bits) / 8,
    568: 100,
    572: frames,
    580: stride,
  };
  const bytes = bytesWith(start + frames * stride, [
    ...Object.entries(header).map(([at, value]) => [Number(at), 'u32', value] as const),
    ...change.map(([at, value]) => [at, 'u32', value] as const),
  ]);
  const view = new DataView(bytes.buffer);
  for (let f = 0; f < frames; f++) {
    for (let i = 0; i < 6; i++) {
      if (bits === 8) bytes[start + f * stride + i] = 100 + 6 * f + i;
      else view.setUint16(start + f * stride + 2 * i, 1000 + 6 * f + i, true);
    }
    bytes.fill(0xee, start + (f + 1) * stride - 8, start + (f + 1) * stride);
  }
  return bytes;
}

test('both depths and both places of the first frame, with times between frames', async () => {
  for (const bits of [8, 16] as const) {
    for (const version of [3, 5]) {
      const source = await openScan(bytesFile('a.seq', seq(4, bits, version)), { scan_shape: [2, 2] });
      expect(source.shape).toEqual([2, 2, 2, 3]);
      const first = bits === 8 ? 100 : 1000;
      expect([...(await source.read(2, 2))]).toEqual(Array.from({ length: 12 }, (_, i) => first + 12 + i));
    }
  }
});

test('what lies beside it and is not applied, frames that the header did not count, bits that are not used', async () => {
  const bytes = seq(4, 16, 5, [
    [560, 12],
    [572, 9],
  ]);
  const file = bytesFile('x_Top_1.seq', bytes, { 'x_Top_1.seq.dark.mrc': bytes });
  const notes = (await sumOf(file, { scan_shape: [2, 2] })).info.notes.join('\n');
  for (const said of ['x_Top_1.seq.dark.mrc', 'states 9 frames', '12 of 16 bits', 'half of a camera'])
    expect(notes).toContain(said);
});

test('colour, compressed, packed: refused by name; without a shape the way is said', async () => {
  const open = (change: readonly [number, number][]) => problemOf(openScan(bytesFile('a.seq', seq(4, 16, 5, change))));
  expect(await open([[568, 200]])).toMatchObject({ tag: 'unsupported' });
  expect(await open([[620, 1]])).toMatchObject({ tag: 'unsupported' });
  expect(await open([[564, 9]])).toMatchObject({ tag: 'unsupported' });
  expect(await open([[556, 12]])).toMatchObject({ tag: 'unsupported' });
  expect(await open([[580, 3]])).toMatchObject({ tag: 'format' });
  expect(await open([[548, 0]])).toMatchObject({ tag: 'format' });
  expect(await open([])).toMatchObject({ tag: 'shape', hint: 'Give --scan-shape ROWS,COLUMNS.' });
});

test('every cut is told', async () => {
  await expectEachCutTold((part) => bytesFile('a.seq', part), seq(4, 8, 3), { scan_shape: [2, 2] });
});
