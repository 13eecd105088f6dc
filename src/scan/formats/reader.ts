/**
 * What opens one kind of file as a scan, and what most of them are made of: frames of one size somewhere in a file. The list of all readers is in readers.ts.
 * HDF5 has its own way (hdf5-scan.ts), and so have folders of Zarr (zarr-scan.ts).
 */

import { fail } from '../../core/errors.ts';
import type { AxisName } from '../axis-order.ts';
import { halfFloats } from '../half-floats.ts';
import { checkRange, checkShape, type PatternSource, type ScanInfo } from '../pattern-source.ts';
import type { ScanFile } from '../scan-file.ts';

/** What the user says of a file that does not say it, or says it wrong. */
export interface OpenOptions {
  /** Path, name or number of the array, where a file holds several. */
  readonly dataset?: string | undefined;
  /** Scan positions along y and x; in place of what the file says. */
  readonly scan_shape?: readonly [ry: number, rx: number] | undefined;
  /** What the array's axes are, in its order, in place of what the file says: HDF5 and Zarr. */
  readonly order?: readonly AxisName[] | undefined;
}

export interface ScanReader {
  /** As `ferroscope info --json` names it: 'dm4', 'mib'. */
  readonly kind: string;
  /** In words: 'Gatan DigitalMicrograph 4'. */
  readonly name: string;
  /** Whether a file is of this kind. @param head its first 1024 bytes, or all @param leaf its name without folders */
  matches(head: Uint8Array, leaf: string): boolean;
  /** @throws 'format' for a damaged file, 'shape' for what is no scan or needs scan_shape, 'unsupported', 'file-unreadable' */
  open(file: ScanFile, options: OpenOptions): Promise<PatternSource>;
}

/** Types of stored numbers, and their bytes. */
export const NUMBER_BYTES = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
} as const;
export type NumberType = keyof typeof NUMBER_BYTES;

/** Halves as their bits. */
const ARRAYS = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<NumberType, unknown>;
const LITTLE_HERE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Numbers as float32: counts up to 2²⁴ exactly. Converted as whole arrays, which is several times as fast as one by one. @param bytes of whole numbers */
export function decodeNumbers(bytes: Uint8Array, dtype: NumberType, little: boolean): Float32Array {
  const size = NUMBER_BYTES[dtype];
  const count = Math.floor(bytes.length / size);
  // A copy, where bytes have to be turned, do not begin where such numbers may, or would be the result themselves.
  const asTheyLie = little === LITTLE_HERE && bytes.byteOffset % size === 0 && dtype !== 'float32';
  const own = asTheyLie ? bytes : new Uint8Array(bytes.subarray(0, count * size));
  if (little !== LITTLE_HERE) swapBytes(own, size);
  const numbers = new ARRAYS[dtype](own.buffer as ArrayBuffer, own.byteOffset, count);
  if (dtype === 'float16') return halfFloats(numbers as Uint16Array);
  if (numbers instanceof Float32Array) return numbers;
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Float32Array.from(numbers, Number)
    : new Float32Array(numbers);
}

/** Turns the bytes of each number round, in place. */
function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let i = start, j = start + size - 1; i < j; i++, j--) {
      const first = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = first;
    }
  }
}

/** Frames of one size in a file. */
export interface FrameLayout {
  /** Scan positions along y and x, and the pattern's pixels along y and x. */
  readonly shape: PatternSource['shape'];
  readonly dtype: NumberType;
  /** Least significant byte first. */
  readonly little: boolean;
  /** Where the numbers of pattern `index` (= y·rx + x) begin [bytes]. */
  readonly offset: (index: number) => number;
  /** Rows and columns of a stored frame where it is larger than the pattern, which is its first rows and columns. */
  readonly stored?: readonly [rows: number, columns: number] | undefined;
  /** Whether the last row of a pattern is stored first. */
  readonly bottomUp?: boolean | undefined;
}

/** Types that hold whole numbers which float32 does not. */
const WIDE: readonly string[] = ['uint32', 'int32', 'uint64', 'int64', 'float64'];
const ROUNDED = 'Numbers are taken as float32: counts above 16 777 216 are rounded to seven digits.';
const TRUTHS =
  'Numbers are true or false: read as 1 and 0, one count of a pixel at most, so that sums miss what fell on the same pixel.';
/** What has to be said of numbers of a type. */
export const typeNotes = (dtype: string): readonly string[] =>
  dtype === 'bool' ? [TRUTHS] : WIDE.includes(dtype) ? [ROUNDED] : [];

/** The same source, with more to say of it. */
export const withNotes = (source: PatternSource, notes: readonly string[]): PatternSource =>
  notes.length === 0 ? source : { ...source, info: { ...source.info, notes: [...source.info.notes, ...notes] } };

/** What is read at once [bytes]. */
const PIECE = 2 ** 25;

/**
 * A scan of frames, read as they are asked for, neighbours in one piece.
 * @throws 'shape' for an empty scan; 'format' where the last frame lies beyond the file's end
 */
export function frameSource(file: ScanFile, layout: FrameLayout, info: Omit<ScanInfo, 'dtype'>): PatternSource {
  const { shape, dtype, little, offset, bottomUp = false } = layout;
  checkShape(shape, file.name);
  const [ry, rx, qy, qx] = shape;
  const [rows, columns] = layout.stored ?? [qy, qx];
  const size = NUMBER_BYTES[dtype];
  const bytes = rows * columns * size;
  const asStored = rows === qy && columns === qx && !bottomUp;
  const last = offset(ry * rx - 1) + bytes;
  if (last > file.size_bytes) {
    fail(
      'format',
      `${file.name} ends after ${file.size_bytes} bytes, and ${ry} × ${rx} patterns of ${rows} × ${columns} ${dtype} need ${last}.`,
      'The file was cut off, or the scan has another shape: copy it again, or give --scan-shape.',
      { size_bytes: file.size_bytes, needed: last },
    );
  }
  return {
    shape,
    info: { ...info, dtype, notes: [...info.notes, ...typeNotes(dtype)] },
    close: () => {},
    async read(first, count) {
      checkRange(shape, first, count);
      // One pattern, the usual case, is not copied again.
      if (count === 1 && asStored) {
        const piece = await file.read(offset(first), bytes);
        if (piece.length === bytes) return decodeNumbers(piece, dtype, little);
      }
      const out = new Float32Array(count * qy * qx);
      for (let done = 0; done < count; ) {
        const from = offset(first + done);
        // As many as lie close behind each other.
        let run = 1;
        while (done + run < count) {
          const next = offset(first + done + run);
          if (next < offset(first + done + run - 1) + bytes || next + bytes - from > PIECE) break;
          run++;
        }
        const piece = await file.read(from, offset(first + done + run - 1) + bytes - from);
        for (let i = 0; i < run; i++) {
          const start = offset(first + done + i) - from;
          const numbers = decodeNumbers(piece.subarray(start, start + bytes), dtype, little);
          if (numbers.length < rows * columns) {
            fail('format', `${file.name} ends within pattern ${first + done + i}.`, 'Copy the file again.');
          }
          const to = (done + i) * qy * qx;
          if (columns === qx && !bottomUp) out.set(numbers.subarray(0, qy * qx), to);
          else {
            for (let y = 0; y < qy; y++) {
              const row = bottomUp ? rows - 1 - y : y;
              out.set(numbers.subarray(row * columns, row * columns + qx), to + y * qx);
            }
          }
        }
        done += run;
      }
      return out;
    },
  };
}

/**
 * The scan's shape of `frames` frames: the user's, or the file's, where they fit.
 * @param stated by the file
 * @throws 'shape' where neither is known or the user's does not fit
 */
export function scanShapeOf(
  file: ScanFile,
  frames: number,
  { scan_shape: given }: OpenOptions,
  stated?: readonly [ry: number, rx: number],
): { readonly shape: readonly [ry: number, rx: number]; readonly notes: readonly string[] } {
  const [ry, rx] = given ?? stated ?? [0, 0];
  if (given === undefined && stated === undefined) {
    fail(
      'shape',
      `${file.name} holds ${frames} patterns and does not say how they lie in the scan.`,
      'Give --scan-shape ROWS,COLUMNS.',
      { frames },
    );
  }
  if (ry * rx > frames || ry < 1 || rx < 1) {
    fail(
      'shape',
      `${file.name} holds ${frames} patterns, and a scan of ${ry} × ${rx} needs ${ry * rx}.`,
      'Give --scan-shape ROWS,COLUMNS that fits.',
      { frames, ry, rx },
    );
  }
  const left = frames - ry * rx;
  return {
    shape: [ry, rx],
    notes: [
      ...(given && stated && (given[0] !== stated[0] || given[1] !== stated[1])
        ? [`The scan's shape is the given one, ${ry} × ${rx}; the file states ${stated.join(' × ')}.`]
        : []),
      ...(left > 0 ? [`${left} patterns behind the scan's last position are left out.`] : []),
    ],
  };
}
