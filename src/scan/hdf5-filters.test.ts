/** Filters of HDF5 that are unpacked, and one that is not there. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { scanFile } from '../node/scan-file.ts';
import { openScan } from './open.ts';
import { makeHdf5, readAllOf } from './test-hdf5.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-filters-'));
const place = (name: string) => join(folder, name);

/** Counts that every filter makes smaller: some packers refuse others. */
const SPARSE = {
  data: Uint16Array.from({ length: 6 * 256 }, (_, i) => (i % 64 === 0 ? i + 1 : 0)),
  shape: [2, 3, 16, 16],
};

// Facts of filters: numbers of HDF Group's registry; options as their plug-ins document them.
test.each([
  ['gzip', 1, [4]],
  ['LZF', 32000, []],
  ['Blosc', 32001, [0, 0, 0, 0, 5, 1, 1]],
  ['LZ4', 32004, []],
  ['bitshuffle', 32008, [0, 2]],
  ['Zstandard', 32015, [3]],
])('chunks packed with %s across the scan', async (name, compression, compression_opts) => {
  const path = place(`${name}.h5`);
  await makeHdf5(path, (file) => {
    file.create_dataset({ name: 'a', ...SPARSE, dtype: '<H', chunks: [2, 2, 8, 16], compression, compression_opts });
  });
  expect((await readAllOf(path)).numbers).toEqual([...SPARSE.data]);
});

test('a filter that is not there is named', async () => {
  const path = place('blosc-again.h5');
  const blosc = { compression: 32001, compression_opts: [0, 0, 0, 0, 5, 1, 1] };
  await makeHdf5(path, (file) => {
    file.create_dataset({ name: 'a', ...SPARSE, dtype: '<H', chunks: [1, 1, 16, 16], ...blosc });
  });
  const file = await scanFile(path);
  const bare = { ...file, openHdf5: async () => Object.assign(await file.openHdf5(), { plugins: new Set<number>() }) };
  const { tag, message } = await problemOf(openScan(bare));
  expect(tag).toBe('unsupported');
  expect(message).toContain('Blosc');
});
