/** NumPy archives: ZIP written by hand and by Node's zlib, stored, deflated and with 64-bit sizes; and a real one. */

import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, bytesWith, expectEachCutTold, joined, sumOf } from './test-file.ts';

function npy(descr: string, shape: readonly number[], body: Uint8Array): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117);
  return joined(Uint8Array.of(0x93), ascii('NUMPY'), Uint8Array.of(1, 0, 118, 0), ascii(`${dict}\n`), body);
}

interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly method: 0 | 8 | 99;
}

/** @param wide 64-bit sizes in extra fields, as numpy.savez writes them for large arrays */
function zip(members: readonly Member[], wide = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, method } of members) {
    const packed = method === 8 ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const local = bytesWith(30, [
      [0, 'u32', 0x04034b50],
      [8, 'u16', method],
      [26, 'u16', name.length],
      [28, 'u16', 20],
    ]);
    parts.push(local, ascii(name), new Uint8Array(20), packed);
    const extra = wide
      ? bytesWith(28, [
          [0, 'u16', 1],
          [2, 'u16', 24],
          [4, 'u32', bytes.length],
          [12, 'u32', packed.length],
          [20, 'u32', at],
        ])
      : new Uint8Array(0);
    const all = 0xffffffff;
    directory.push(
      bytesWith(46, [
        [0, 'u32', 0x02014b50],
        [10, 'u16', method],
        [16, 'u32', crc32(bytes)],
        [20, 'u32', wide ? all : packed.length],
        [24, 'u32', wide ? all : bytes.length],
        [28, 'u16', name.length],
        [30, 'u16', extra.length],
        [42, 'u32', wide ? all : at],
      ]),
      ascii(name),
      extra,
    );
    at += 50 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end64 = bytesWith(76, [
    [0, 'u32', 0x06064b50],
    [40, 'u32', size],
    [48, 'u32', at],
    [56, 'u32', 0x07064b50],
    [64, 'u32', at + size],
  ]);
  const end = bytesWith(22, [
    [0, 'u32', 0x06054b50],
    [12, 'u32', wide ? 0xffffffff : size],
    [16, 'u32', wide ? 0xffffffff : at],
  ]);
  return joined(...parts, ...directory, wide ? end64 : new Uint8Array(0), end);
}

const counts = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => (7 * i) % 251);
const scan = npy('|u1', [2, 3, 4, 5], counts);
const image = npy('|u1', [4, 5], counts.slice(0, 20));
const total = counts.reduce((a, b) => a + b, 0);

test('stored and deflated, with short and long sizes: the one scan of an archive', async () => {
  for (const method of [0, 8] as const) {
    for (const wide of [false, true]) {
      const members = [
        { name: 'image.npy', bytes: image, method },
        { name: 'scan.npy', bytes: scan, method },
      ];
      const file = bytesFile('a.npz', zip(members, wide));
      const found = await sumOf(file);
      expect(found).toMatchObject({ shape: [2, 3, 4, 5], sum: total, info: { dataset: 'scan', title: 'a.npz' } });
      expect(found.info.notes.join()).toContain('1 other arrays');
      const source = await openScan(file, { dataset: 'scan.npy' });
      // Back and forth, at once.
      const [late, early] = await Promise.all([source.read(5, 1), source.read(1, 1)]);
      expect([...late]).toEqual([...counts.subarray(100, 120)]);
      expect([...early]).toEqual([...counts.subarray(20, 40)]);
    }
  }
});

test('several scans, none, a name that is not there: what the archive has', async () => {
  const two = bytesFile('a.npz', zip(['a', 'b'].map((name) => ({ name: `${name}.npy`, bytes: scan, method: 8 }))));
  expect(await problemOf(openScan(two))).toMatchObject({ tag: 'shape', hint: 'Give --dataset NAME.' });
  expect((await openScan(two, { dataset: 'b' })).info.dataset).toBe('b');
  expect((await problemOf(openScan(two, { dataset: 'c' }))).message).toContain('it has a, b');
  const none = await problemOf(openScan(bytesFile('a.npz', zip([{ name: 'image.npy', bytes: image, method: 0 }]))));
  expect(none.tag).toBe('shape');
  expect(none.message).toContain('image has 2 axes');
});

test('a stack of three axes with the user’s shape', async () => {
  const bytes = zip([{ name: 's.npy', bytes: npy('|u1', [6, 4, 5], counts), method: 8 }]);
  expect((await sumOf(bytesFile('a.npz', bytes), { scan_shape: [2, 3] })).sum).toBe(total);
  expect(await problemOf(openScan(bytesFile('a.npz', bytes)))).toMatchObject({ tag: 'shape' });
});

test('damage within the compressed bytes, sizes that cannot be, methods that are unknown', async () => {
  const bytes = zip([{ name: 's.npy', bytes: scan, method: 8 }]);
  const start = 55;
  let told = 0;
  for (let at = start; at < start + 120; at += 4) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0x10;
    const result = await sumOf(bytesFile('a.npz', damaged)).then(
      ({ sum }) => (sum === total ? 'same' : 'wrong without a word'),
      (error: { tag?: string }) => error.tag ?? String(error),
    );
    expect(['format', 'shape', 'unsupported', 'same']).toContain(result);
    if (result === 'format') told++;
  }
  expect(told).toBeGreaterThan(24);
  const vast = bytes.slice();
  const directory = bytes.length - 22 - 51;
  new DataView(vast.buffer).setUint32(directory + 24, 0xfffffff0, true);
  expect(await problemOf(openScan(bytesFile('a.npz', vast)))).toMatchObject({ tag: 'format' });
  const odd = bytesFile('a.npz', zip([{ name: 's.npy', bytes: scan, method: 99 }]));
  expect((await problemOf(openScan(odd, { dataset: 's' }))).message).toContain('method 99');
});

test('more than a block: read in order, from the middle and back', async () => {
  const body = Uint8Array.from({ length: 2 * 3 * 512 * 512 }, (_, i) => (i * i) >>> 7);
  const bytes = zip([{ name: 's.npy', bytes: npy('|u1', [2, 3, 512, 512], body), method: 8 }]);
  const source = await openScan(bytesFile('a.npz', bytes));
  for (const at of [4, 1, 5, 0]) {
    const found = await source.read(at, 1);
    const expected = body.subarray(at * 512 ** 2, (at + 1) * 512 ** 2);
    expect(found.every((value, i) => value === expected[i])).toBe(true);
  }
});

test('every cut is told', async () => {
  for (const method of [0, 8] as const) {
    const bytes = zip([{ name: 's.npy', bytes: scan, method }], true);
    await expectEachCutTold((part) => bytesFile('a.npz', part), bytes);
  }
});

test('a real archive: the sum that NumPy finds', async (context) => {
  const file = await scanFile(sample(context, 'npz/scan_32.npz'));
  expect(await sumOf(file)).toMatchObject({
    shape: [32, 32, 64, 64],
    sum: 308379,
    info: { dtype: 'uint16', dataset: 'data' },
  });
});

test("Nion Swift's .ndata: such an archive with calibrations in JSON", async () => {
  const calibration = (scale: number, units: string) => ({ offset: 0, scale, units });
  const json = {
    dimensional_calibrations: [
      calibration(0.4, 'nm'),
      calibration(0.4, 'nm'),
      calibration(0.3, 'mrad'),
      calibration(0.3, 'mrad'),
    ],
    metadata: { instrument: { high_tension: 60_000 } },
  };
  const array = npy(
    '|u1',
    [1, 1, 4, 6],
    Uint8Array.from({ length: 24 }, (_, i) => i),
  );
  const file = (text: string) =>
    bytesFile(
      'scan.ndata',
      zip([
        { name: 'data.npy', bytes: array, method: 0 },
        { name: 'metadata.json', bytes: ascii(text), method: 0 },
      ]),
    );
  const { sum, info } = await sumOf(file(JSON.stringify(json)));
  expect(sum).toBe((23 * 24) / 2);
  expect(info).toMatchObject({ step_nm: 0.4, q_pixel: 0.3, q_unit: 'mrad', voltage_kV: 60, notes: [] });
  expect((await sumOf(file('{}'))).info.notes.join()).toContain('says nothing of step');
});
