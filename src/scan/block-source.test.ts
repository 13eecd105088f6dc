/** Chunks across the scan, whatever the order of axes: every count at its place, each chunk unpacked once, in bounded memory. */

import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { blocksOf } from './block-source.ts';
import { type Box, joinedArrays, product, type StoredArray } from './stored-array.ts';

/** An array whose number says its place, and how often each of its chunks was touched. */
function numbered(shape: readonly number[], chunk?: readonly number[]) {
  const touched = new Map<string, number>();
  const array: StoredArray = {
    path: '/a',
    shape,
    chunk,
    dtype: 'uint16',
    bytes: 2,
    read: async (box: Box) => {
      const sizes = box.map(([a, b]) => b - a);
      const chunks = new Set<string>();
      const out = new Uint16Array(product(sizes));
      for (let i = 0; i < out.length; i++) {
        let [rest, index, stride] = [i, 0, 1];
        const at: number[] = [];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          const place = box[axis]![0] + (rest % sizes[axis]!);
          rest = Math.floor(rest / sizes[axis]!);
          at[axis] = Math.floor(place / (chunk?.[axis] ?? 1));
          index += place * stride;
          stride *= shape[axis]!;
        }
        chunks.add(at.join());
        out[i] = index;
      }
      for (const one of chunks) touched.set(one, (touched.get(one) ?? 0) + 1);
      return out;
    },
  };
  return { array, touched };
}

const ORDERED = { scan: [0, 1], pattern: [2, 3] } as const;

test('a pass over the scan, in pieces of seven, unpacks each chunk once', async () => {
  const { array, touched } = numbered([6, 7, 8, 9], [4, 3, 5, 4]);
  const blocks = blocksOf(array, ORDERED, [6, 7, 8, 9]);
  expect(blocks.notes).toEqual([]);
  for (let first = 0; first < 42; first += 7) {
    const numbers = await blocks.read(first, 7);
    expect([...numbers]).toEqual(Array.from({ length: 7 * 72 }, (_, i) => first * 72 + i));
  }
  expect([...touched.values()].every((times) => times === 1)).toBe(true);
  expect(touched.size).toBe(2 * 3 * 2 * 3);
});

test('in little memory chunks are unpacked again, as often as is said', async () => {
  const { array, touched } = numbered([4, 6, 8, 8], [4, 3, 8, 8]);
  // Room for two rows of the scan, of four that a chunk has.
  const blocks = blocksOf(array, ORDERED, [4, 6, 8, 8], 2 * 6 * 64 * 2);
  expect(blocks.block).toEqual([2, 3]);
  expect(blocks.notes.join()).toContain('2 times');
  const numbers = await blocks.read(0, 24);
  expect(numbers.every((value, i) => value === i)).toBe(true);
  expect([...touched.values()]).toEqual([2, 2]);
  // Less than one row: parts of it.
  const small = blocksOf(array, ORDERED, [4, 6, 8, 8], 2 * 64 * 2);
  expect(small.block).toEqual([1, 2]);
  expect([...(await small.read(7, 2))]).toEqual(Array.from({ length: 128 }, (_, i) => 7 * 64 + i));
});

test.each([
  ['chunked', [2, 3, 2, 5]],
  ['lying one behind the other', undefined],
])('axes qx, ry, qy, rx, %s', async (_, chunk) => {
  const { array } = numbered([4, 3, 5, 2], chunk);
  const blocks = blocksOf(array, { scan: [1, 3], pattern: [2, 0] }, [3, 2, 5, 4]);
  const numbers = await blocks.read(1, 4);
  const expected: number[] = [];
  for (let i = 1; i < 5; i++) {
    const [y, x] = [Math.floor(i / 2), i % 2];
    for (let qy = 0; qy < 5; qy++) for (let qx = 0; qx < 4; qx++) expected.push(((qx * 3 + y) * 5 + qy) * 2 + x);
  }
  expect([...numbers]).toEqual(expected);
});

test('a stack read as a scan, cut to its first rows; asked beyond its end', async () => {
  const { array } = numbered([6, 5, 4], [4, 5, 4]);
  const blocks = blocksOf(array, { scan: [0], pattern: [1, 2] }, [2, 3, 3, 4]);
  expect([...(await blocks.read(4, 1))]).toEqual(Array.from({ length: 12 }, (_, i) => 80 + i));
  expect((await problemOf(blocks.read(5, 2))).tag).toBe('range');
});

test('arrays one behind the other are one; unlike ones are refused', async () => {
  const [a, b] = [numbered([2, 2, 3]).array, numbered([3, 2, 3]).array];
  const both = joinedArrays([a, b]);
  expect(both.shape).toEqual([5, 2, 3]);
  expect([
    ...(await both.read([
      [1, 4],
      [0, 1],
      [2, 3],
    ])),
  ]).toEqual([8, 2, 8]);
  expect(() => joinedArrays([a, numbered([2, 3, 3]).array])).toThrow(/3 × 3 uint16/);
});
