/**
 * What opens one kind of file as a scan, and what most of them are made of: frames of one size somewhere in a file. The list of all readers is in readers.ts.
 * HDF5 has its own way (hdf5-scan.ts), and so have folders of Zarr (zarr-scan.ts).
 */

import { fail } from '../../core/errors.ts';
import type { AxisName } from '../axis-order.ts';
import { decodeNumbers, NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
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
  // Rows of the frame that the pattern lacks stand behind its own: not read.
  const rowsAlone = columns === qx && !bottomUp;
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
      const take = rowsAlone ? qy * columns * size : bytes;
      let out: Float32Array | undefined;
      for (let done = 0; done < count; ) {
        const from = offset(first + done);
        // As many as lie close behind each other.
        let run = 1;
        let gaps = false;
        while (done + run < count) {
          const next = offset(first + done + run);
          const end = offset(first + done + run - 1) + take;
          if (next < end || next + take - from > PIECE) break;
          gaps ||= next > end;
          run++;
        }
        const length = offset(first + done + run - 1) + take - from;
        const piece = await file.read(from, length);
        if (piece.length < length) {
          let whole = first + done;
          while (offset(whole) + take - from <= piece.length) whole++;
          fail('format', `${file.name} ends within pattern ${whole}.`, 'Copy the file again.');
        }
        // Patterns that stand as they are asked for are the result.
        if (rowsAlone && !gaps && run === count) return decodeNumbers(piece, dtype, little);
        out ??= new Float32Array(count * qy * qx);
        for (let i = 0; i < run; i++) {
          const start = offset(first + done + i) - from;
          const numbers = decodeNumbers(piece.subarray(start, start + take), dtype, little);
          const to = (done + i) * qy * qx;
          if (rowsAlone) out.set(numbers, to);
          else {
            for (let y = 0; y < qy; y++) {
              const row = bottomUp ? rows - 1 - y : y;
              out.set(numbers.subarray(row * columns, row * columns + qx), to + y * qx);
            }
          }
        }
        done += run;
      }
      return out ?? new Float32Array(0);
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
