/**
 * Numbers of an HDF5 dataset straight from the file: pieces of a contiguous array, and chunks that are packed with gzip, with or without shuffle, or not at all. Some times
 * faster than through the library, whose WebAssembly has to copy and to inflate. What is anything else, lost or damaged is undefined: the library reads it, or says what is
 * wrong. Not here: where the numbers are (hdf5-layout.ts, hdf5-chunk-tree.ts), and their types (hdf5-array.ts).
 */

import { type NumberType, storedNumbers } from './decode-numbers.ts';
import type { Hdf5Dataset } from './hdf5.ts';
import { chunkTree } from './hdf5-chunk-tree.ts';
import { layoutAt } from './hdf5-layout.ts';
import { bytesAt, type ScanFile } from './scan-file.ts';
import { type Box, type Numbers, product } from './stored-array.ts';

/** Reads a box, row-major, as it is stored; undefined where that is left to the library. */
export type ReadBox = (box: Box) => Promise<Uint8Array | undefined>;

const [DEFLATE, SHUFFLE] = [1, 2];
/** Deflate makes nothing smaller than this [times]. */
const MOST_DEFLATED = 1032;
/** Shorter runs of a contiguous array are left to the library, unless there is one alone [bytes]. */
const SHORTEST_RUN = 2 ** 12;

/** @param header where the library says that the dataset's header is */
export function directNumbers(
  file: ScanFile,
  header: number,
  dataset: Hdf5Dataset,
  dtype: NumberType,
  little: boolean,
): (box: Box) => Promise<Numbers | undefined> {
  let reader: Promise<ReadBox | undefined> | undefined;
  return async (box) => {
    try {
      reader ??= readerOf(file, header, dataset);
      const bytes = await (await reader)?.(box);
      return bytes && storedNumbers(bytes, dtype, little);
    } catch (error) {
      // A damaged header or tree, or bytes that do not inflate.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

async function readerOf(file: ScanFile, header: number, dataset: Hdf5Dataset): Promise<ReadBox | undefined> {
  const layout = await layoutAt(file, header);
  const { shape, metadata, filters } = dataset;
  if (!layout || !shape) return undefined;
  if (layout.kind === 'contiguous') {
    const whole = product(shape) * metadata.size === layout.size && layout.offset + layout.size <= file.size_bytes;
    return whole && !metadata.chunks ? contiguous(file, layout.offset, shape, metadata.size) : undefined;
  }
  const unpack = unpacker(file, filters, metadata.size);
  if (!metadata.chunks || !unpack) return undefined;
  const find = chunkTree(file, layout, shape.length);
  return chunked(metadata.chunks, metadata.size, async (start, bytes) => {
    const chunk = await find(start);
    if (chunk?.mask !== 0 || bytes > MOST_DEFLATED * chunk.size + 64) return undefined;
    const unpacked = unpack(await bytesAt(file, chunk.offset, chunk.size), bytes);
    return unpacked?.length === bytes ? unpacked : undefined;
  });
}

/** @param size of a number [bytes] */
function contiguous(file: ScanFile, offset: number, shape: readonly number[], size: number): ReadBox {
  return async (box) => {
    // Axes behind `run` are read whole: along it the box's numbers lie one behind the other.
    let run = box.length - 1;
    while (run > 0 && box[run]![0] === 0 && box[run]![1] === shape[run]) run--;
    const inner = product(shape.slice(run + 1)) * size;
    const length = (box[run]![1] - box[run]![0]) * inner;
    const outer = box.slice(0, run).map(([a, b]) => b - a);
    const runs = product(outer);
    if (runs > 1 && length < SHORTEST_RUN) return undefined;
    const out = runs === 1 ? undefined : new Uint8Array(runs * length);
    for (let i = 0; i < runs; i++) {
      let at = box[run]![0] * inner;
      let stride = shape[run]! * inner;
      for (let axis = run - 1, rest = i; axis >= 0; axis--) {
        at += (box[axis]![0] + (rest % outer[axis]!)) * stride;
        rest = Math.floor(rest / outer[axis]!);
        stride *= shape[axis]!;
      }
      const piece = await bytesAt(file, offset + at, length);
      if (!out) return piece;
      out.set(piece, i * length);
    }
    return out;
  };
}

/** @param load unpacks the chunk of so many bytes that begins at an index of the array */
function chunked(
  chunk: readonly number[],
  size: number,
  load: (start: readonly number[], bytes: number) => Promise<Uint8Array | undefined>,
): ReadBox {
  const bytes = product(chunk) * size;
  return async (box) => {
    const sizes = box.map(([a, b]) => b - a);
    const first = box.map(([a], axis) => Math.floor(a / chunk[axis]!));
    const counts = box.map(([, b], axis) => Math.ceil(b / chunk[axis]!) - first[axis]!);
    let out: Uint8Array | undefined;
    for (let i = 0; i < product(counts); i++) {
      const start = [...first];
      for (let axis = start.length - 1, rest = i; axis >= 0; axis--) {
        start[axis] = (first[axis]! + (rest % counts[axis]!)) * chunk[axis]!;
        rest = Math.floor(rest / counts[axis]!);
      }
      const numbers = await load(start, bytes);
      if (!numbers) return undefined;
      // A chunk that is the whole box.
      if (start.every((at, axis) => at === box[axis]![0] && sizes[axis] === chunk[axis])) return numbers;
      out ??= new Uint8Array(product(sizes) * size);
      copyShared(numbers, start, chunk, out, box, sizes, size);
    }
    return out ?? new Uint8Array(0);
  };
}

/** Copies what a chunk and a box share, row by row along the last axis. */
function copyShared(
  from: Uint8Array,
  start: readonly number[],
  chunk: readonly number[],
  to: Uint8Array,
  box: Box,
  sizes: readonly number[],
  size: number,
): void {
  const last = chunk.length - 1;
  const low = box.map(([a], axis) => Math.max(a, start[axis]!));
  const high = box.map(([, b], axis) => Math.min(b, start[axis]! + chunk[axis]!));
  const row = (high[last]! - low[last]!) * size;
  const copy = (axis: number, source: number, target: number): void => {
    if (axis === last) {
      const a = (source * chunk[axis]! + low[axis]! - start[axis]!) * size;
      to.set(from.subarray(a, a + row), (target * sizes[axis]! + low[axis]! - box[axis]![0]) * size);
      return;
    }
    for (let i = low[axis]!; i < high[axis]!; i++)
      copy(axis + 1, source * chunk[axis]! + i - start[axis]!, target * sizes[axis]! + i - box[axis]![0]);
  };
  copy(0, 0, 0);
}

/** Undoes the filters of a chunk; undefined where one is none of these. */
function unpacker(
  { inflate }: ScanFile,
  filters: Hdf5Dataset['filters'],
  size: number,
): ((packed: Uint8Array, bytes: number) => Uint8Array | undefined) | undefined {
  const ids = filters.map(({ id }) => id).join();
  if (ids === '') return (packed) => packed;
  if (ids === `${SHUFFLE}`) return (packed) => unshuffled(packed, size);
  if (!inflate) return undefined;
  if (ids === `${DEFLATE}`) return inflate;
  if (ids !== `${SHUFFLE},${DEFLATE}`) return undefined;
  return (packed, bytes) => {
    const shuffled = inflate(packed, bytes);
    return shuffled && unshuffled(shuffled, size);
  };
}

/** Shuffle stores the first bytes of all numbers, then their second ones, and so on. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const count = bytes.length / size;
  for (let byte = 0; byte < size; byte++) {
    for (let i = 0, from = byte * count, to = byte; i < count; i++, from++, to += size) out[to] = bytes[from]!;
  }
  return out;
}
