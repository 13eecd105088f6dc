/**
 * A stored array as a {@link PatternSource}, whatever the order of its axes and however it is cut into chunks. Where chunks span several positions, or a
 * pattern's pixels do not lie together, patterns are put together in blocks of positions, and the blocks used last are kept within a fixed memory: a pass over
 * the scan in its order unpacks each chunk once, where a row of chunks fits into that memory. Not here: which axes are which (axis-order.ts).
 */

import { plural } from '../core/numbers.ts';
import { checkRange, checkShape, type PatternSource } from './pattern-source.ts';
import { type Box, type Numbers, product, type StoredArray } from './stored-array.ts';

/** Which axes of the array the scan runs along (rows and columns, or one axis over all positions), and which the pattern's rows and columns. */
export interface ScanAxes {
  readonly scan: readonly [row: number, column: number] | readonly [position: number];
  readonly pattern: readonly [y: number, x: number];
}

/** Memory of kept blocks, and of what is read at once [bytes]. */
const KEPT = 2 ** 29;
const PIECE = 2 ** 25;

type Ranges = (readonly [number, number])[];

export interface Blocks extends Pick<PatternSource, 'read'> {
  /** Positions that are read together: those of one block along the scan's rows and columns. */
  readonly block: readonly [rows: number, columns: number];
  /** What reading it costs, where it costs more than once over the file. */
  readonly notes: readonly string[];
  /** Lets the memory go. */
  close(): void;
}

/**
 * @param shape of the scan, whose positions are the array's in their order; its patterns may be the first rows and columns of what is stored
 * @param kept memory of kept blocks [bytes]
 * @throws 'shape' for an empty scan
 */
export function blocksOf(array: StoredArray, axes: ScanAxes, shape: PatternSource['shape'], kept = KEPT): Blocks {
  checkShape(shape, array.path);
  const [, , qy, qx] = shape;
  const [ay, ax] = axes.pattern;
  const [ar, ac] = axes.scan.length === 2 ? axes.scan : [undefined, axes.scan[0]];
  const rows = ar === undefined ? 1 : array.shape[ar]!;
  const columns = array.shape[ac]!;
  const pattern_bytes = qy * qx * array.bytes;
  const ordered = ac < ay && ay < ax && (ar ?? -1) < ac;
  const along = (axis: number): number => Math.min(array.chunk![axis]!, array.shape[axis]!);
  const chunkRows = array.chunk ? (ar === undefined ? 1 : along(ar)) : ordered ? 1 : rows;
  const chunkColumns = array.chunk ? along(ac) : ordered ? 1 : columns;

  /** The box of positions [y0, y1) × [x0, x1) and pattern rows [from, to). */
  const boxOf = (
    y: readonly [number, number],
    x: readonly [number, number],
    pixels: readonly [number, number],
  ): Box => {
    const box: Ranges = array.shape.map((): readonly [number, number] => [0, 1]);
    if (ar !== undefined) box[ar] = y;
    box[ac] = x;
    box[ay] = pixels;
    box[ax] = [0, qx];
    return box;
  };

  const each = async (
    first: number,
    count: number,
    take: (y: number, x: number, n: number, done: number) => Promise<void>,
  ) => {
    for (let done = 0; done < count; ) {
      const y = Math.floor((first + done) / columns);
      const x = (first + done) % columns;
      const n = Math.min(columns - x, count - done);
      await take(y, x, n, done);
      done += n;
    }
  };

  if (ordered && chunkRows * chunkColumns === 1) {
    const most = Math.max(1, Math.floor(PIECE / pattern_bytes));
    return {
      block: [1, 1],
      notes: [],
      close: () => {},
      async read(first, count) {
        checkRange(shape, first, count);
        let out: Float32Array | undefined;
        await each(first, count, async (y, x, n, done) => {
          for (let i = 0; i < n; i += most) {
            const m = Math.min(most, n - i);
            const numbers = await array.read(boxOf([y, y + 1], [x + i, x + i + m], [0, qy]));
            // Floats that are all that was asked for are not copied.
            if (m === count && numbers instanceof Float32Array) {
              out = numbers;
              return;
            }
            out ??= new Float32Array(count * qy * qx);
            out.set(numbers, (done + i) * qy * qx);
          }
        });
        return out ?? new Float32Array(0);
      },
    };
  }

  // A block: the positions of a chunk, or as many of its rows (then columns) as fit, so that blocks side by side along a whole row do.
  const row_bytes = columns * pattern_bytes;
  const share = (n: number, most: number): number => Math.ceil(n / Math.ceil(n / Math.max(1, Math.floor(most))));
  const blockRows = share(chunkRows, kept / row_bytes);
  const blockColumns = share(chunkColumns, kept / (blockRows * pattern_bytes));
  const times = Math.ceil(chunkRows / blockRows) * Math.ceil(chunkColumns / blockColumns);

  const cuts = (at: number, chunk: number, block: number, end: number): readonly [number, number] => {
    const start = Math.floor(at / chunk) * chunk;
    const from = start + Math.floor((at - start) / block) * block;
    return [from, Math.min(from + block, start + chunk, end)];
  };

  async function load(y: readonly [number, number], x: readonly [number, number]): Promise<Numbers> {
    const [h, w] = [y[1] - y[0], x[1] - x[0]];
    const unit = array.chunk ? along(ay) : 1;
    const step = unit * Math.max(1, Math.floor(PIECE / (h * w * unit * qx * array.bytes)));
    let out: Numbers | undefined;
    for (let from = 0; from < qy; from += step) {
      const to = Math.min(qy, from + step);
      const box = boxOf(y, x, [from, to]);
      const numbers = await array.read(box);
      out ??= new (numbers.constructor as new (length: number) => Numbers)(h * w * qy * qx);
      const sizes = box.map(([a, b]) => b - a);
      const stride = (axis: number): number => product(sizes.slice(axis + 1));
      const [sr, sc, sy, sx] = [ar === undefined ? 0 : stride(ar), stride(ac), stride(ay), stride(ax)];
      for (let position = 0; position < h * w; position++) {
        const start = Math.floor(position / w) * sr + (position % w) * sc;
        for (let i = from; i < to; i++) {
          let source = start + (i - from) * sy;
          let target = (position * qy + i) * qx;
          for (let j = 0; j < qx; j++, source += sx) out[target++] = numbers[source]!;
        }
      }
    }
    return out!;
  }

  const held = new Map<string, { readonly bytes: number; readonly numbers: Promise<Numbers> }>();
  const blockOf = (y: readonly [number, number], x: readonly [number, number]): Promise<Numbers> => {
    const key = `${y[0]},${x[0]}`;
    const found = held.get(key);
    // The one used last stands last.
    held.delete(key);
    const bytes = (y[1] - y[0]) * (x[1] - x[0]) * pattern_bytes;
    let sum = bytes;
    for (const one of held.values()) sum += one.bytes;
    for (const [oldest, one] of held) {
      if (sum <= kept) break;
      held.delete(oldest);
      sum -= one.bytes;
    }
    const entry = found ?? { bytes, numbers: load(y, x) };
    held.set(key, entry);
    entry.numbers.catch(() => held.delete(key));
    return entry.numbers;
  };

  return {
    block: [blockRows, blockColumns],
    notes:
      times > 1
        ? [
            `Patterns are spread over ${array.chunk ? `chunks of ${array.chunk.join(' × ')}` : 'all of the array'}, more than is kept in memory: a pass over the scan reads each part ${plural(times, 'time')}. Saved pattern by pattern it is read faster.`,
          ]
        : [],
    close: () => held.clear(),
    async read(first, count) {
      checkRange(shape, first, count);
      const out = new Float32Array(count * qy * qx);
      await each(first, count, async (y, x, n, done) => {
        const down = cuts(y, chunkRows, blockRows, rows);
        for (let i = 0; i < n; ) {
          const across = cuts(x + i, chunkColumns, blockColumns, columns);
          const m = Math.min(n - i, across[1] - x - i);
          const numbers = await blockOf(down, across);
          const at = (y - down[0]) * (across[1] - across[0]) + x + i - across[0];
          out.set(numbers.subarray(at * qy * qx, (at + m) * qy * qx), (done + i) * qy * qx);
          i += m;
        }
      });
      return out;
    },
  };
}
