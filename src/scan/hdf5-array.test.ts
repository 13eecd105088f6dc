/** Types of HDF5's numbers, and files that a virtual dataset lacks. */

import { expect, test } from 'vitest';
import { bytesFile } from './formats/test-file.ts';
import type { Hdf5Dataset, Hdf5File } from './hdf5.ts';
import { checkReadable, isComplex, numberType } from './hdf5-array.ts';
import { lostSources } from './lost-sources.ts';

const dataset = (dtype: unknown, metadata: Partial<Hdf5Dataset['metadata']>): Hdf5Dataset => ({
  type: 'Dataset',
  path: '/d',
  attrs: {},
  shape: [1],
  dtype,
  metadata: { size: 1, type: 0, ...metadata },
  filters: [],
  value: undefined,
  json_value: undefined,
  slice: () => undefined,
});
const members = (...names: string[]) => ({ members: Object.fromEntries(names.map((name, i) => [name, i])) });

test('booleans of h5py and PyTables are numbers, other enumerations are none', () => {
  expect(numberType(dataset('unknown', { type: 8, enum_type: members('FALSE', 'TRUE') }))).toBe('bool');
  expect(numberType(dataset('unknown', { type: 4 }))).toBe('bool');
  expect(numberType(dataset('unknown', { type: 8, enum_type: members('up', 'down') }))).toBeUndefined();
  expect(numberType(dataset('>H', { size: 2 }))).toBe('uint16');
  expect(numberType(dataset('<e', { size: 2, type: 1 }))).toBe('float16');
});

test('complex numbers are refused as such, whoever wrote them', () => {
  const pairs = [
    [
      ['r', '<f'],
      ['i', '<f'],
    ],
    [
      ['real', '<d'],
      ['imag', '<d'],
    ],
  ];
  for (const dtype of pairs) expect(isComplex(dataset(dtype, { type: 6 }))).toBe(true);
  expect(isComplex(dataset('unknown', { type: 11 }))).toBe(true);
  expect(
    isComplex(
      dataset(
        [
          ['x', '<f'],
          ['y', '<f'],
        ],
        { type: 6 },
      ),
    ),
  ).toBe(false);
  expect(() => checkReadable(dataset(pairs[0], { type: 6 }), 'a.h5', undefined)).toThrow(/complex numbers/);
  expect(() => checkReadable(dataset('S', { type: 3 }), 'a.h5', undefined)).toThrow(/text or compound/);
});

test('sources of a virtual dataset: in the file itself, beside it, gone', async () => {
  const inside = dataset('<H', {});
  const hdf5 = { get: (name: string) => (name === '/here' ? inside : null) } as unknown as Hdf5File;
  const beside = {
    ...bytesFile('there.h5', new Uint8Array(1)),
    openHdf5: async () => ({ get: () => inside, close: () => {} }) as unknown as Hdf5File,
  };
  const file = {
    ...bytesFile('scan.h5', new Uint8Array(1)),
    sibling: async (name: string) => (name === 'there.h5' ? beside : undefined),
  };
  const shown = dataset('<H', {
    virtual_sources: [
      { file_name: '.', dset_name: '/here' },
      { file_name: '.', dset_name: '/nowhere' },
      // Written with the folder that it once lay in.
      { file_name: '/data/2024/there.h5', dset_name: 'data' },
      { file_name: 'gone.h5', dset_name: 'data' },
      { file_name: 'gone.h5', dset_name: 'data' },
    ],
  });
  const { count, lost } = await lostSources(file, hdf5, shown);
  expect(count).toBe(4);
  expect(lost.map(({ target }) => target)).toEqual(['/nowhere', 'gone.h5']);
});
