import { expect, test } from 'vitest';
import { withOrder } from './given-order.ts';
import { memorySource } from './pattern-source.ts';

/** A scan of 3 × 4 patterns of two pixels; `file` lists which position of the scan each frame of the file is. */
const sourceOf = (file: readonly number[]) =>
  memorySource([3, 4, 1, 2], Float32Array.from(file.flatMap((place) => [place, 10 * place])));
const rightly = Float32Array.from([...Array.from({ length: 12 }).keys()].flatMap((place) => [place, 10 * place]));

test('rows to and fro and a rolled scan are put in order, whole and in any part', async () => {
  const snake = withOrder(sourceOf([0, 1, 2, 3, 7, 6, 5, 4, 8, 9, 10, 11]), { row_order: 'snake' });
  expect(await snake.read(0, 12)).toEqual(rightly);
  for (let first = 0; first < 12; first++) {
    for (let n = 1; first + n <= 12; n++) {
      expect(await snake.read(first, n)).toEqual(rightly.slice(2 * first, 2 * (first + n)));
    }
  }
  expect(snake.info.notes.join()).toContain('turned round');
  const rolled = withOrder(sourceOf([10, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), { roll: 2 });
  expect(await rolled.read(0, 12)).toEqual(rightly);
  const both = withOrder(sourceOf([11, 0, 1, 2, 3, 7, 6, 5, 4, 8, 9, 10]), { row_order: 'snake', roll: 1 });
  expect(await both.read(3, 6)).toEqual(rightly.slice(6, 18));
});

test('the file’s own order costs nothing', () => {
  const source = sourceOf([...Array.from({ length: 12 }).keys()]);
  expect(withOrder(source, { row_order: 'forward', roll: 12 })).toBe(source);
});
