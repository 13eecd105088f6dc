/** Patterns of a scan, one by one, as a dataset [ry][rx][qy][qx] of an HDF5 file: one chunk per pattern, gzip. A scan never needs to be in memory. */

import { fail } from '../../core/errors.ts';
import { checkAborted, type Task } from '../../core/task.ts';
import { guarded, hdf5Error } from '../hdf5.ts';
import { NUMBER_KINDS, type NumberArray } from './number-type.ts';

/** What is needed of an HDF5 library to write (h5wasm's own names). Text is written as it is, numbers as `dtype` says. */
export interface NewGroup {
  create_attribute(name: string, data: string | number, shape?: number[] | null, dtype?: string): void;
  create_group(name: string): NewGroup;
  create_dataset(what: {
    name: string;
    data: PatternArray | Float64Array | number | string;
    shape?: number[];
    dtype?: string;
    maxshape?: number[];
    chunks?: number[];
    compression?: 'gzip';
    compression_opts?: number;
  }): NewDataset;
}

export interface NewDataset {
  create_attribute(name: string, data: string | number): void;
  resize(shape: number[]): unknown;
  write_slice(ranges: [start: number, stop: number][], data: PatternArray): void;
}

export type PatternArray = NumberArray;
/** Patterns in scan order, or a function that gives pattern `index` (= y·rx + x). All of one array type. */
export type Patterns =
  | AsyncIterable<PatternArray>
  | Iterable<PatternArray>
  | ((index: number) => PatternArray | Promise<PatternArray>);

export interface WrittenPatterns {
  /** [ry, rx, qy, qx] */
  readonly shape: readonly [number, number, number, number];
  readonly patterns: Patterns;
  /** gzip level, 1 to 9. */
  readonly compression?: number | undefined;
  /** Sees each pattern once it is written. */
  readonly each?: (pattern: PatternArray) => void;
}

/**
 * Writes them as the dataset `data` of a group.
 * @param path of the file, for messages
 * @throws 'shape', 'incomplete', 'unsupported', 'disk-full', 'file-unreadable', 'aborted'
 */
export async function writePatterns(
  group: NewGroup,
  path: string,
  { shape: [ry, rx, qy, qx], patterns, compression = 4, each }: WrittenPatterns,
  task: Task,
): Promise<void> {
  const total = ry * rx;
  let dataset: NewDataset | undefined;
  let type = '';
  let index = 0;
  for await (const pattern of inOrder(patterns, total)) {
    checkAborted(task);
    if (index >= total)
      fail('shape', `More than ${total} patterns were given for a scan of ${ry} × ${rx}.`, 'Check the shape.');
    if (pattern.length !== qy * qx) {
      fail('shape', `Pattern ${index} has ${pattern.length} pixels, not ${qy} × ${qx}.`, 'Check the shape.', { index });
    }
    const { name } = pattern.constructor;
    if (!dataset) {
      type = name;
      const kind =
        NUMBER_KINDS.find(({ make }) => make(0).constructor === pattern.constructor) ??
        fail('unsupported', `Patterns cannot be ${name}.`, 'Use Uint16Array or Float32Array.');
      dataset = guarded(path, 'writing', () => {
        const created = group.create_dataset({
          name: 'data',
          data: kind.make(0),
          dtype: kind.hdf5,
          shape: [0, rx, qy, qx],
          maxshape: [ry, rx, qy, qx],
          chunks: [1, 1, qy, qx],
          compression: 'gzip',
          compression_opts: compression,
        });
        created.resize([ry, rx, qy, qx]);
        created.create_attribute('units', 'pixel intensity');
        return created;
      });
    }
    if (name !== type)
      fail('shape', `Pattern ${index} is a ${name}, the first was a ${type}.`, 'Give one type throughout.');
    const y = Math.floor(index / rx);
    const x = index % rx;
    try {
      dataset.write_slice(
        [
          [y, y + 1],
          [x, x + 1],
          [0, qy],
          [0, qx],
        ],
        pattern,
      );
    } catch (error) {
      throw hdf5Error(error, path, 'writing');
    }
    each?.(pattern);
    task.progress(++index, total, 'patterns');
  }
  if (index < total)
    fail('incomplete', `Only ${index} of ${total} patterns were given.`, 'Give them all.', { index, total });
}

async function* inOrder(patterns: Patterns, total: number): AsyncGenerator<PatternArray> {
  if (typeof patterns === 'function') for (let i = 0; i < total; i++) yield await patterns(i);
  else yield* patterns;
}
