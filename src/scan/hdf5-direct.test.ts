/** Numbers straight from an HDF5 file against the library's own reading of the same boxes. */

import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scanFile } from '../node/scan-file.ts';
import type { NumberType } from './decode-numbers.ts';
import { bytesFile } from './formats/test-file.ts';
import { childDataset, type Hdf5File } from './hdf5.ts';
import { storedArray } from './hdf5-array.ts';
import { directNumbers } from './hdf5-direct.ts';
import { layoutAt } from './hdf5-layout.ts';
import { type Box, product } from './stored-array.ts';
import { makeHdf5, readAllOf, type Writable } from './test-hdf5.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-direct-'));
const place = (name: string) => join(folder, name);
const SHAPE = [3, 5, 7, 6];
const BOXES: readonly Box[] = [
  [
    [0, 3],
    [0, 5],
    [0, 7],
    [0, 6],
  ],
  [
    [1, 2],
    [3, 4],
    [0, 7],
    [0, 6],
  ],
  [
    [0, 3],
    [1, 5],
    [2, 5],
    [3, 6],
  ],
  [
    [2, 3],
    [4, 5],
    [6, 7],
    [5, 6],
  ],
];
const numbers = Float64Array.from({ length: product(SHAPE) }, (_, i) => (i * 37) % 251);

/** The same file without where headers stand, or with another place. */
const placed = (file: Hdf5File, header?: number): Hdf5File =>
  Object.assign(Object.create(file), { headerAddress: () => header });

/** Reads all boxes both ways. @returns how many were read directly */
async function bothWays(path: string, name = 'a'): Promise<number> {
  const scan = await scanFile(path);
  const file = await scan.openHdf5();
  const dataset = childDataset(file, name)!;
  const header = file.headerAddress!(dataset.path);
  let read = 0;
  for (const box of BOXES) {
    const array = storedArray(dataset, scan, placed(file));
    const { dtype } = array;
    const direct =
      header === undefined
        ? undefined
        : await directNumbers(scan, header, dataset, dtype as NumberType, dataset.metadata.littleEndian ?? true)(box);
    if (direct) expect(direct, `${path} ${box.join(' ')}`).toEqual(await array.read(box));
    if (direct) read++;
  }
  file.close();
  return read;
}

const make = (path: string, more: Partial<Parameters<Writable['create_dataset']>[0]>): Promise<void> =>
  makeHdf5(path, (file) => {
    file.create_dataset({ name: 'a', data: numbers, shape: SHAPE, ...more });
  });

const ARRAYS: Readonly<Record<string, unknown>> = {
  '<B': Uint8Array.from(numbers),
  '<b': Int8Array.from(numbers),
  '<H': Uint16Array.from(numbers, (x) => 257 * x),
  '<h': Int16Array.from(numbers, (x) => 100 - 257 * x),
  '<I': Uint32Array.from(numbers, (x) => 16843009 * x),
  '<i': Int32Array.from(numbers, (x) => 5 - 10000019 * x),
  '<Q': BigUint64Array.from(numbers, (x) => 1234567890123n * BigInt(x)),
  '<q': BigInt64Array.from(numbers, (x) => -1234567890123n * BigInt(x)),
  '<f': Float32Array.from(numbers, (x) => (x === 3 ? Number.NaN : x / 7)),
  '<d': Float64Array.from(numbers, (x) => x / 7),
};

// Odd chunks that end beyond the array, chunks of a pattern, of a number, of all.
test.for(Object.entries(ARRAYS))('%s: contiguous, and in chunks of every shape', async ([dtype, data]) => {
  const name = `type-${dtype.slice(1)}-${dtype === dtype.toLowerCase() ? 'low' : 'up'}`;
  await make(place(`${name}.h5`), { data, dtype });
  // Runs that are too short are the library's: 2 of the 4 boxes are one run.
  expect(await bothWays(place(`${name}.h5`))).toBe(3);
  for (const [i, chunks] of [
    [1, 1, 7, 6],
    [2, 2, 3, 4],
    [3, 5, 7, 6],
    [1, 3, 1, 5],
    // More chunks than one node of the tree holds.
    [1, 1, 1, 2],
  ].entries()) {
    await make(place(`${name}-${i}.h5`), { data, dtype, chunks, compression: 'gzip', compression_opts: [4] });
    expect(await bothWays(place(`${name}-${i}.h5`))).toBe(4);
    await make(place(`${name}-${i}-plain.h5`), { data, dtype, chunks });
    expect(await bothWays(place(`${name}-${i}-plain.h5`))).toBe(4);
  }
});

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;
const wanted = Float32Array.from(numbers, (_, i) => (37 * i) % 251);

// By h5py (fixtures/direct.py): how many of the four boxes are read directly from headers of version 1, and of version 2, whose indices of chunks are the library's.
test.for([
  ['big', 4, 0],
  ['big-contiguous', 3, 3],
  ['half', 4, 0],
  ['half-contiguous', 3, 3],
  ['bool', 4, 0],
  ['shuffled', 4, 0],
  ['hard', 4, 0],
  // Fletcher's sums and scaled numbers, chunks that were not written or not packed, arrays that lie elsewhere or nowhere.
  ['checked', 0, 0],
  ['scaled', 0, 0],
  ['lost', 1, 0],
  ['masked', 1, 0],
  ['never', 0, 0],
  ['soft', 0, 0],
  ['elsewhere', 0, 0],
] as const)('%s of h5py', async ([name, old, recent]) => {
  expect(await bothWays(fixture('direct.h5'), name)).toBe(old);
  expect(await bothWays(fixture('direct-new.h5'), name)).toBe(recent);
  if (name === 'never' || name === 'lost') return;
  for (const file of ['direct.h5', 'direct-new.h5']) {
    const { numbers: all } = await readAllOf(fixture(file), { dataset: `/${name}` });
    expect(all).toEqual([...(name === 'bool' ? wanted.map((value) => value % 2) : wanted)]);
  }
});

test('where contiguous numbers lie, by h5py', async () => {
  for (const [name, offset] of [
    ['direct.h5', 9664],
    ['direct-new.h5', 3401],
  ] as const) {
    const scan = await scanFile(fixture(name));
    const file = await scan.openHdf5();
    const layout = await layoutAt(scan, file.headerAddress!('/big-contiguous')!);
    expect(layout).toEqual({ kind: 'contiguous', offset, size: 2520 });
    file.close();
  }
});

test('a file that means something else than the library reads is left to the library', async () => {
  const scan = await scanFile(fixture('direct.h5'));
  const file = await scan.openHdf5();
  const dataset = childDataset(file, 'big')!;
  // Another array's header, of the same shape and chunks.
  const wrong = file.headerAddress!('/half-contiguous')!;
  const array = storedArray(dataset, scan, placed(file, wrong));
  for (const box of BOXES) {
    const own = await storedArray(dataset, scan, placed(file)).read(box);
    expect(await array.read(box)).toEqual(own);
  }
  file.close();
});

test('damaged headers, trees and chunks are left to the library, and nothing else is thrown', async () => {
  const intact = await scanFile(fixture('direct.h5'));
  const whole = new Uint8Array(await readFile(fixture('direct.h5')));
  const file = await intact.openHdf5();
  const arrays = ['big', 'half', 'big-contiguous'].map((name) => childDataset(file, name)!);
  const types: readonly NumberType[] = ['uint16', 'float16', 'float32'];
  let told = 0;
  for (let at = 600; at < whole.length; at += 31) {
    const bytes = whole.slice();
    bytes[at]! ^= 1 << (at % 8);
    const scan = { ...bytesFile('damaged.h5', bytes), inflate: intact.inflate };
    for (const [i, dataset] of arrays.entries()) {
      const read = directNumbers(scan, file.headerAddress!(dataset.path)!, dataset, types[i]!, false);
      if ((await read(BOXES[0]!)) === undefined) told++;
    }
  }
  file.close();
  expect(told).toBeGreaterThan(20);
});
