/**
 * A scan whose file holds the positions in another order than row by row from the first on, as the user says: every second row backwards, or rolled on by some
 * positions, so that its first ones are the scan's last. What is wrong with an order is told from centres (scan-order.ts); nothing is found out here.
 */

import { plural } from '../core/numbers.ts';
import { checkRange, type PatternSource } from './pattern-source.ts';

export interface GivenOrder {
  /** 'snake': rows 1, 3, 5 … of the file run backwards. Default 'forward'. */
  readonly row_order?: 'forward' | 'snake' | undefined;
  /** Positions that the file is rolled on by: its position `roll` is the scan's first. Default 0. */
  readonly roll?: number | undefined;
}

/** The scan in its own order; the same source where the file has it. */
export function withOrder(source: PatternSource, { row_order = 'forward', roll = 0 }: GivenOrder): PatternSource {
  const { shape, info } = source;
  const [ry, rx, ny, nx] = shape;
  const count = ry * rx;
  if (row_order === 'forward' && roll % count === 0) return source;
  const size = ny * nx;
  const inFile = (index: number): number => {
    const [y, x] = [Math.floor(index / rx), index % rx];
    const place = row_order === 'snake' && y % 2 === 1 ? y * rx + rx - 1 - x : index;
    return (((place + roll) % count) + count) % count;
  };
  const read = async (first: number, n: number): Promise<Float32Array> => {
    checkRange(shape, first, n);
    const out = new Float32Array(n * size);
    for (let i = 0; i < n; ) {
      // As many as lie one after the other in the file, forwards or backwards.
      const from = inFile(first + i);
      const step = i + 1 < n && inFile(first + i + 1) === from - 1 ? -1 : 1;
      let run = 1;
      while (i + run < n && inFile(first + i + run) === from + step * run) run++;
      const patterns = await source.read(step < 0 ? from - run + 1 : from, run);
      for (let k = 0; k < run; k++) {
        const at = step < 0 ? run - 1 - k : k;
        out.set(patterns.subarray(at * size, (at + 1) * size), (i + k) * size);
      }
      i += run;
    }
    return out;
  };
  const notes = [
    ...(row_order === 'snake' ? ['Every second row of the file is turned round, as given.'] : []),
    ...(roll === 0 ? [] : [`The scan is rolled back by ${plural(roll, 'position')}, as given.`]),
  ];
  return { ...source, info: { ...info, notes: [...info.notes, ...notes] }, read, close: () => source.close() };
}
