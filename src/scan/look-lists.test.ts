/** Lists of disks against patterns, in four axes. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problemOf } from '../core/test-problem.ts';
import { refuseLists } from './look-lists.ts';
import { memorySource } from './pattern-source.ts';

const random = new RandomStream(1, 'scan', 'lists');
/** Positions [6][5] of `rows` × `columns` numbers. */
const scan = (rows: number, columns: number, value: (row: number, column: number) => number) =>
  memorySource(
    [6, 5, rows, columns],
    Float32Array.from({ length: 30 * rows * columns }, (_, i) => {
      const at = i % (rows * columns);
      return value(Math.floor(at / columns), at % columns);
    }),
  );
const counts = () => Math.round(100 * random.uniform());

test('h, k and an intensity for each disk: a list, whichever axis it runs along', async () => {
  const index = (entry: number) => (entry % 7) - 3;
  const lists = [
    scan(3, 43, (row, entry) => (row < 2 ? index(entry + row) : counts())),
    scan(43, 3, (entry, row) => (row < 2 ? index(entry + row) : counts())),
  ];
  for (const source of lists) {
    const { tag, message } = await problemOf(refuseLists(source, 'a.mat'));
    expect(tag).toBe('shape');
    expect(message).toContain('lists of 43 entries with 3 numbers each');
  }
});

test('patterns are none: small ones, with dead rows, all alike, with one row that never changes', async () => {
  for (const source of [
    scan(8, 8, counts),
    scan(8, 8, (row) => (row === 3 ? 0 : counts())),
    scan(8, 8, (row, column) => row * column),
    scan(8, 8, (row) => (row === 2 ? 5 : counts())),
    scan(64, 64, (row, column) => (row === 0 ? column : counts())),
  ]) {
    expect(await refuseLists(source, 'a.npy')).toEqual([]);
  }
});

test('a side of three pixels is said', async () => {
  expect(await refuseLists(scan(3, 40, counts), 'a.npy')).toEqual([
    expect.stringContaining('3 × 40 pixels is no camera'),
  ]);
});
