/** MATLAB's level 5 against bytes written by hand as its format description says, and a real file. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { problemOf } from '../../core/test-problem.ts';
import { scanFile } from '../../node/scan-file.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectEachCutTold, joined } from './test-file.ts';

const TYPES = [
  [1, 'int8', 1, 'setInt8'],
  [2, 'uint8', 1, 'setUint8'],
  [3, 'int16', 2, 'setInt16'],
  [4, 'uint16', 2, 'setUint16'],
  [5, 'int32', 4, 'setInt32'],
  [6, 'uint32', 4, 'setUint32'],
  [7, 'float32', 4, 'setFloat32'],
  [9, 'float64', 8, 'setFloat64'],
] as const;

function words(little: boolean, ...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, little);
  return new Uint8Array(view.buffer);
}

const padded = (bytes: Uint8Array): Uint8Array => joined(bytes, new Uint8Array((8 - (bytes.length % 8)) % 8));
const element = (little: boolean, type: number, data: Uint8Array): Uint8Array =>
  joined(words(little, type, data.length), padded(data));
/** Up to four bytes in the tag itself. */
const small = (little: boolean, type: number, data: Uint8Array): Uint8Array =>
  joined(words(little, (data.length << 16) | type), data, new Uint8Array(4 - data.length));

interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind?: number;
  readonly flags?: number;
  readonly stored?: number;
  readonly first?: number;
}

/** A variable whose numbers count up from `first` as they lie. */
function variable({ name, shape, kind = 6, flags = 0, stored = 4, first = 0 }: Variable, little = true): Uint8Array {
  const [, , size, set] = TYPES.find(([type]) => type === stored)!;
  const count = shape.reduce((a, b) => a * b, 1);
  const view = new DataView(new ArrayBuffer(count * size));
  for (let i = 0; i < count; i++) view[set](i * size, first + i, little);
  const label = name.length <= 4 ? small(little, 1, ascii(name)) : element(little, 1, ascii(name));
  const body = joined(
    element(little, 6, words(little, flags | kind, 0)),
    element(little, 5, words(little, ...shape)),
    label,
    element(little, stored, new Uint8Array(view.buffer)),
  );
  return element(little, 14, body);
}

/** @param packed compressed, each variable by itself and without padding */
function mat(variables: readonly Uint8Array[], packed = false, little = true): Uint8Array {
  const head = new Uint8Array(128).fill(32);
  head.set(ascii('MATLAB 5.0 MAT-file, by hand'));
  head.set(little ? [0, 1, 0x49, 0x4d] : [1, 0, 0x4d, 0x49], 124);
  const parts = variables.map((bytes) => {
    if (!packed) return bytes;
    const zipped = new Uint8Array(deflateSync(bytes));
    return joined(words(little, 15, zipped.length), zipped);
  });
  return joined(head, ...parts);
}

test('each type in both byte orders, as it is and compressed: axes reversed, the numbers in their places', async () => {
  for (const [stored, dtype] of TYPES) {
    for (const little of [true, false]) {
      for (const packed of [false, true]) {
        const first = dtype.startsWith('u') ? 100 : dtype === 'int8' ? -60 : -100;
        const cube = variable({ name: 'cube4d', shape: [5, 2, 3, 4], stored, first }, little);
        const bytes = mat([variable({ name: 'dx', shape: [1, 1] }, little), cube], packed, little);
        const source = await openScan(bytesFile('a.mat', bytes));
        expect(source.shape).toEqual([4, 3, 2, 5]);
        expect(source.info).toMatchObject({ dtype, dataset: 'cube4d' });
        // cube4d(a, b, c, d) = first + a + 5b + 10c + 30d; position [d][c] = [3][1], pixel [b][a] = [1][4].
        expect((await source.read(3 * 3 + 1, 1))[1 * 5 + 4]).toBe(first + 4 + 5 + 10 + 90);
      }
    }
  }
  const { notes } = (await openScan(bytesFile('a.mat', mat([variable({ name: 'c', shape: [5, 2, 3, 4] })])))).info;
  expect(notes.join()).toContain('c(a, b, c, d) is read as [d][c][b][a]');
});

test('the choice between variables, by name or with the user’s shape', async () => {
  const bytes = mat([
    variable({ name: 'one', shape: [2, 2, 2, 2] }),
    variable({ name: 'two', shape: [2, 2, 2, 3], first: 5 }),
    variable({ name: 'stack', shape: [3, 2, 6] }),
  ]);
  const file = bytesFile('a.mat', bytes);
  expect(await problemOf(openScan(file))).toMatchObject({ tag: 'shape', hint: 'Give --dataset NAME.' });
  const two = await openScan(file, { dataset: 'two' });
  expect(two.shape).toEqual([3, 2, 2, 2]);
  expect(two.info.notes.join()).toContain('one (2 × 2 × 2 × 2), stack (3 × 2 × 6)');
  const stack = await openScan(file, { dataset: 'stack', scan_shape: [2, 3] });
  expect(stack.shape).toEqual([2, 3, 2, 3]);
  expect([...(await stack.read(4, 1))]).toEqual([24, 25, 26, 27, 28, 29]);
  expect((await problemOf(openScan(file, { dataset: 'three' }))).message).toContain('no variable three');
});

test('complex numbers, structs, tables: the cause by name', async () => {
  const open = (one: Variable) =>
    problemOf(openScan(bytesFile('a.mat', mat([variable({ ...one, name: 'c' })])), { dataset: 'c' }));
  expect((await open({ name: 'c', shape: [2, 2, 2, 2], flags: 0x800 })).message).toContain('complex');
  expect((await open({ name: 'c', shape: [1, 1], kind: 2 })).message).toContain('a struct');
  expect((await open({ name: 'c', shape: [4, 4] })).message).toContain('2 axes');
  const opaque = element(true, 14, joined(element(true, 6, words(true, 17, 0)), small(true, 1, ascii('tab'))));
  const found = await openScan(bytesFile('a.mat', mat([opaque, variable({ name: 'c', shape: [2, 2, 2, 2] })])));
  expect(found.info.notes.join()).toContain('of class 17');
});

test('sizes that cannot be are told before anything is read', async () => {
  const bytes = mat([variable({ name: 'c', shape: [2, 2, 2, 2] })]);
  for (const at of [132, 160, 164]) {
    const wrong = bytes.slice();
    new DataView(wrong.buffer).setUint32(at, 0x7ffffff0, true);
    expect(await problemOf(openScan(bytesFile('a.mat', wrong)))).toMatchObject({ tag: 'format' });
  }
  // A compressed variable that states 4 GB.
  const vast = new Uint8Array(deflateSync(joined(words(true, 14, 0xfffffff0), variable({ name: 'c', shape: [2, 2] }))));
  const file = joined(mat([]), words(true, 15, vast.length), vast);
  expect(await problemOf(openScan(bytesFile('a.mat', file)))).toMatchObject({ tag: 'format' });
});

test('every cut is told', async () => {
  for (const packed of [false, true]) {
    const bytes = mat([variable({ name: 'c', shape: [3, 2, 2, 2] })], packed);
    await expectEachCutTold((part) => bytesFile('a.mat', part), bytes);
  }
});

test('real files: lists of disks, of four axes and of three, are no scans, and said to be lists', async (context) => {
  const four = await scanFile(sample(context, 'ANN-4DDD/diskListSim.mat'));
  const lists = { tag: 'shape', message: expect.stringContaining('lists of 43 entries with 3 numbers each') };
  expect(await problemOf(openScan(four))).toMatchObject(lists);
  const three = await scanFile(sample(context, 'ANN-4DDD/005_exp_diskList_withcenter.mat'));
  expect(await describeFile(three)).toMatchObject({ kind: 'mat', opens: false });
  expect(await problemOf(openScan(three, { scan_shape: [50, 50] }))).toMatchObject(lists);
});

test('level 7.3 is HDF5 behind 512 bytes', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-mat-'));
  try {
    const inner = await readFile(sample(context, 'rosettasciio/py4DSTEM_size2x3x4x5.h5'));
    const path = join(folder, 'a.mat');
    await writeFile(path, joined(ascii('MATLAB 7.3 MAT-file'.padEnd(512)), inner));
    const source = await openScan(await scanFile(path));
    expect(source.shape).toEqual([2, 3, 4, 5]);
    source.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
