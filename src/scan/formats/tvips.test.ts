/** TVIPS streams against bytes written by hand, and a sample. */

import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { scanFile } from '../../node/scan-file.ts';
import { openScan } from '../open.ts';
import { bytesFile, expectTaggedWhenCut, joined, numbers } from './test-file.ts';

interface Frame {
  readonly rotidx?: number;
  readonly at?: readonly [y: number, x: number];
  readonly number?: number;
  readonly mode?: number;
}
interface Kind {
  readonly version?: 1 | 2;
  readonly bits?: 8 | 16;
  readonly frame_header?: number;
}
function main({ version = 2, bits = 16, frame_header = 60 }: Kind = {}): Uint8Array {
  return joined(
    numbers(13, 4, true, (i) => [256, version, 3, 2, bits, 0, 0, 2, 2, 15_000, 300, 200, frame_header][i]!),
    new Uint8Array(204),
  );
}
/** A pattern of 2 × 3 whose pixel i is 10·value + i. */
function frame(value: number, { rotidx = 0, at, number = value, mode = 2 }: Frame, kind: Kind = {}): Uint8Array {
  const { version = 2, bits = 16, frame_header = 60 } = kind;
  const head = new Uint8Array(version === 1 ? 12 : frame_header);
  const view = new DataView(head.buffer);
  view.setUint32(0, number, true);
  if (version === 2) {
    view.setUint32(24, mode, true);
    view.setUint32(48, rotidx, true);
    if (at) {
      view.setFloat32(68, at[1], true);
      view.setFloat32(72, at[0], true);
    }
  }
  return joined(
    head,
    numbers(6, bits === 8 ? 1 : 2, true, (i) => 10 * value + i),
  );
}
const stream = (frames: readonly Frame[], kind: Kind = {}) =>
  joined(main(kind), ...frames.map((f, i) => frame(i, f, kind)));
const order = async (source: Awaited<ReturnType<typeof openScan>>) =>
  [...(await source.read(0, source.shape[0] * source.shape[1]))].filter((_, i) => i % 6 === 0).map((v) => v / 10);
const by = (...rotidx: number[]) => rotidx.map((value) => ({ rotidx: value }));

test.each([
  [1, 8],
  [1, 16],
  [2, 8],
  [2, 16],
] as const)('version %i, %i bits: the counts in their places', async (version, bits) => {
  const kind = { version, bits };
  const file = stream(by(0, 0, 0, 0, 0, 0), kind);
  await expect(openScan(bytesFile('a.tvips', file))).rejects.toThrow('6 patterns and does not say how they lie');
  const source = await openScan(bytesFile('a.tvips', file), { scan_shape: [2, 3] });
  expect(source.shape).toEqual([2, 3, 2, 3]);
  expect([...(await source.read(4, 1))]).toEqual([40, 41, 42, 43, 44, 45]);
  expect(source.info).toMatchObject({ dtype: `uint${bits}`, voltage_kV: 300 });
  expect(source.info.q_pixel).toBeUndefined();
  // 15 µm, binned by two, over 200 mm.
  expect(source.info.notes.join(' ')).toMatch(/all are taken in their order.*30000 nm.*0\.15 mrad/);
});

test('the scan’s index puts the frames in order: idle ones, doubles, a missing one, a second scan', async () => {
  //                     frame:  0  1  2  3  4  5  6  7  8  9 10
  const file = stream(by(0, 0, 1, 2, 2, 3, 4, 5, 7, 8, 9));
  const source = await openScan(bytesFile('a.tvips', file));
  expect(source.shape.slice(0, 2)).toEqual([3, 3]);
  expect(await order(source)).toEqual([2, 4, 5, 6, 7, 7, 8, 9, 10]);
  expect(source.info.notes.join(' ')).toMatch(
    /1 to 9.*square, 3 × 3: a guess.*3 frames outside.*1 positions have no frame/,
  );
  const twice = await openScan(bytesFile('a.tvips', stream(by(1, 2, 3, 4, 1, 2))));
  expect(await order(twice)).toEqual([0, 1, 2, 3]);
  expect(twice.info.notes.join(' ')).toContain('begins anew at frame 4: 2 frames');
  // From 0 on, as some programs count.
  const zero = await openScan(bytesFile('a.tvips', stream(by(0, 1, 2, 3, 4, 5))), { scan_shape: [2, 3] });
  expect(await order(zero)).toEqual([0, 1, 2, 3, 4, 5]);
  await expect(openScan(bytesFile('a.tvips', stream(by(0, 1, 2, 3, 4, 5))))).rejects.toThrow('6 patterns');
  // One idle frame, told by the shape.
  const idle = await openScan(bytesFile('a.tvips', stream(by(0, 1, 2, 3, 4))), { scan_shape: [2, 2] });
  expect(await order(idle)).toEqual([1, 2, 3, 4]);
  // Nonsense is not heeded, and said.
  const wild = await openScan(bytesFile('a.tvips', stream(by(0, 4_000_000_000, 7, 1))), { scan_shape: [2, 2] });
  expect(await order(wild)).toEqual([0, 1, 2, 3]);
  expect(wild.info.notes.join(' ')).toContain('not heeded');
});

test('positions in longer headers state the shape', async () => {
  const places = [
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
    [0, 0],
  ] as const;
  const kind = { frame_header: 108 };
  const source = await openScan(
    bytesFile(
      'a.tvips',
      stream(
        places.map((at) => ({ at })),
        kind,
      ),
    ),
  );
  expect(source.shape.slice(0, 2)).toEqual([2, 3]);
  expect(await order(source)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(source.info.notes.join(' ')).toContain('that of the positions');
});

test('all parts are one stream, whichever is given; what lacks is said', async () => {
  const frames = [0, 1, 2, 3, 4, 5].map((i) => frame(i, { rotidx: i + 1, mode: 1 }));
  const folder = {
    'x_000.tvips': joined(main(), frames[0]!, frames[1]!),
    'x_001.tvips': joined(frames[2]!, frames[3]!, frames[4]!, frames[5]!.subarray(0, 20)),
    'x_002.tvips': frames[5]!,
  };
  for (const name of ['x_000.tvips', 'x_002.tvips'] as const) {
    const source = await openScan(bytesFile(name, folder[name], folder), { scan_shape: [2, 3] });
    expect(await order(source)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await source.read(1, 2))]).toEqual([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25]);
    expect(source.info.notes.join(' ')).toMatch(/x_001.tvips ends within a pattern.*3 parts.*imaging mode/);
  }
  const alone = openScan(bytesFile('x_002.tvips', folder['x_002.tvips']), { scan_shape: [1, 1] });
  await expect(alone).rejects.toThrow('x_000.tvips is not beside it');
  const gap = joined(main(), frame(0, {}), frame(1, { number: 5 }));
  const { info } = await openScan(bytesFile('y.tvips', gap), { scan_shape: [1, 2] });
  expect(info.notes.join(' ')).toContain('do not run on at frame 1');
});

test('cut or damaged anywhere: a tagged error', async () => {
  const whole = stream(by(1, 2));
  const cuts = Array.from({ length: whole.length }, (_, i) => i);
  await expectTaggedWhenCut('a.tvips', whole, cuts, { scan_shape: [1, 2] });
  for (const [at, value] of [
    [0, 128],
    [1, 3],
    [2, -1],
    [2, 2 ** 31 - 1],
    [4, 12],
    [12, -4],
    [12, 2 ** 31 - 1],
  ] as const) {
    const bad = whole.slice();
    new DataView(bad.buffer).setInt32(4 * at, value, true);
    await expectTaggedWhenCut('a.tvips', bad, [bad.length], { scan_shape: [1, 2] });
  }
});

test('a sample: shape and sum', async (context) => {
  const file = await scanFile(sample(context, 'rosettasciio/test_tvips_2345_000.tvips'));
  const source = await openScan(file, { scan_shape: [2, 3] });
  expect(source.shape).toEqual([2, 3, 4, 5]);
  // It was written as 0 … 119.
  expect([...(await source.read(0, 6))]).toEqual(Array.from({ length: 120 }, (_, i) => i));
  expect(source.info).toMatchObject({ voltage_kV: 200, dtype: 'uint16' });
  await expect(openScan(file)).rejects.toThrow('6 patterns');
});
