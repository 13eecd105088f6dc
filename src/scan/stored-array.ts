/**
 * An array of counts as HDF5 and Zarr keep it: numbers in boxes, some of them packed in chunks. Not here: which of its axes are the scan (axis-order.ts), nor
 * reading it pattern by pattern (block-source.ts).
 */

import { fail } from '../core/errors.ts';

/** Numbers as stored, but for those that JavaScript has no array of: 64-bit integers and 16-bit floats come as float32. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** [start, stop) along each axis. */
export type Box = readonly (readonly [start: number, stop: number])[];

export interface StoredArray {
  /** In its file. */
  readonly path: string;
  readonly shape: readonly number[];
  /** Shape of a chunk, which is unpacked whole; undefined where the numbers lie one behind the other. */
  readonly chunk?: readonly number[] | undefined;
  /** Such as 'uint16', 'bool'. */
  readonly dtype: string;
  /** Of a number in memory. */
  readonly bytes: number;
  /** The numbers of a box, row-major. @throws 'file-unreadable', 'unsupported' */
  read(box: Box): Promise<Numbers>;
}

export const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

/** Arrays one behind the other along their first axis. @throws 'shape' where the rest of their shapes, or their types, differ */
export function joinedArrays(arrays: readonly StoredArray[]): StoredArray {
  const [first] = arrays as readonly [StoredArray, ...StoredArray[]];
  if (arrays.length === 1) return first;
  const frame = first.shape.slice(1);
  const starts: number[] = [];
  let frames = 0;
  for (const array of arrays) {
    if (array.dtype !== first.dtype || array.shape.slice(1).join() !== frame.join()) {
      fail(
        'shape',
        `${array.path} holds ${array.shape.slice(1).join(' × ')} ${array.dtype}, and ${first.path} holds ${frame.join(' × ')} ${first.dtype}.`,
        'Choose one of them: --dataset PATH.',
      );
    }
    starts.push(frames);
    frames += array.shape[0]!;
  }
  return {
    ...first,
    path: `${first.path} … ${arrays.at(-1)!.path}`,
    shape: [frames, ...frame],
    // A chunk may not reach over the end of its array.
    chunk: first.chunk && starts.every((start) => start % first.chunk![0]! === 0) ? first.chunk : undefined,
    async read(box) {
      const [from, to] = box[0]!;
      const rest = box.slice(1);
      const size = product(rest.map(([a, b]) => b - a));
      const pieces: Numbers[] = [];
      for (const [i, array] of arrays.entries()) {
        const begin = Math.max(from, starts[i]!);
        const end = Math.min(to, starts[i]! + array.shape[0]!);
        if (begin < end) pieces.push(await array.read([[begin - starts[i]!, end - starts[i]!], ...rest]));
      }
      if (pieces.length === 1) return pieces[0]!;
      const Kind = pieces[0]!.constructor as new (length: number) => Numbers;
      const out = new Kind((to - from) * size);
      let at = 0;
      for (const piece of pieces) {
        out.set(piece, at);
        at += piece.length;
      }
      return out;
    },
  };
}
