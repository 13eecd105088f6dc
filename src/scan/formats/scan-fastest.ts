/**
 * Arrays in which the scan runs fastest: for each detector pixel an image of the scan. A pattern is spread over all of such a file, so that patterns are put
 * together in slabs of many, one of which is held.
 */

import { fail } from '../../core/errors.ts';
import { decodeNumbers, NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import { checkRange, checkShape, type PatternSource, type ScanInfo } from '../pattern-source.ts';
import type { ScanFile } from '../scan-file.ts';

export interface ScanFastestLayout {
  /** Scan positions along y and x, and the pattern's pixels along y and x. */
  readonly shape: PatternSource['shape'];
  readonly dtype: NumberType;
  readonly little: boolean;
  /** Where the array begins [bytes]. */
  readonly offset: number;
  /** Positions that each image has: those of the scan, or more. */
  readonly positions: number;
  /** Memory of the slab [bytes]. */
  readonly slab_bytes?: number;
}

/** Memory of the slab, what is read at once, and gaps that are read through rather than skipped (about what a disk reads in the time of one call) [bytes]. */
const SLAB = 2 ** 28;
const PIECE = 2 ** 25;
const GAP = 2 ** 17;

/**
 * The scan of such an array. Reading it in order passes over the file once for each slab of 256 MB.
 * @throws 'shape' for an empty scan; 'format' where the array does not fit into the file
 */
export function scanFastestSource(
  file: ScanFile,
  { shape, dtype, little, offset, positions, slab_bytes = SLAB }: ScanFastestLayout,
  info: Omit<ScanInfo, 'dtype'>,
): PatternSource {
  checkShape(shape, file.name);
  const [ry, rx, qy, qx] = shape;
  const pixels = qy * qx;
  const size = NUMBER_BYTES[dtype];
  const cutOff = (): never =>
    fail(
      'format',
      `${file.name} ends after ${file.size_bytes} bytes, and ${pixels} images of ${positions} ${dtype} need ${offset + pixels * positions * size}.`,
      'The file was cut off: copy it again.',
      { size_bytes: file.size_bytes },
    );
  if (offset + pixels * positions * size > file.size_bytes) cutOff();
  const columns = Math.max(1, Math.min(ry * rx, Math.floor(slab_bytes / (pixels * size))));
  const slabs = Math.ceil((ry * rx) / columns);

  /** Patterns of a slab as they are stored, [column][pixel]. */
  async function load(slab: number): Promise<Uint8Array> {
    const first = slab * columns;
    const count = Math.min(columns, ry * rx - first);
    const stride = positions * size;
    const rows = stride - count * size > GAP ? 1 : Math.max(1, Math.floor(PIECE / stride));
    const out = new Uint8Array(count * pixels * size);
    for (let pixel = 0; pixel < pixels; pixel += rows) {
      const here = Math.min(rows, pixels - pixel);
      const length = (here - 1) * stride + count * size;
      const piece = await file.read(offset + pixel * stride + first * size, length);
      if (piece.length < length) cutOff();
      transpose(piece, out, { size, positions, pixels, pixel, rows: here, columns: count });
    }
    return out;
  }

  let held: { readonly slab: number; readonly bytes: Promise<Uint8Array> } | undefined;
  const bytesOf = (slab: number): Promise<Uint8Array> => {
    if (held?.slab !== slab) {
      const bytes = load(slab);
      held = { slab, bytes };
      bytes.catch(() => {
        if (held?.bytes === bytes) held = undefined;
      });
    }
    return held!.bytes;
  };

  return {
    shape,
    info: {
      ...info,
      dtype,
      notes: [
        ...info.notes,
        ...(slabs > 1
          ? [
              `For each detector pixel the file holds an image of the scan: reading it passes over the file ${slabs} times. Saved pattern by pattern (as EMD, say) it is read faster.`,
            ]
          : []),
      ],
    },
    close: () => {
      held = undefined;
    },
    async read(first, count) {
      checkRange(shape, first, count);
      const out = new Float32Array(count * pixels);
      for (let done = 0; done < count; ) {
        const slab = Math.floor((first + done) / columns);
        const column = first + done - slab * columns;
        const n = Math.min(columns - column, count - done);
        const bytes = await bytesOf(slab);
        // A copy: the slab is kept, and numbers are decoded in place.
        const some = bytes.slice(column * pixels * size, (column + n) * pixels * size);
        out.set(decodeNumbers(some, dtype, little), done * pixels);
        done += n;
      }
      return out;
    },
  };
}

interface Block {
  /** Bytes of a number. */
  readonly size: number;
  readonly positions: number;
  readonly pixels: number;
  /** First detector pixel of the piece, and how many. */
  readonly pixel: number;
  readonly rows: number;
  readonly columns: number;
}

/** Puts numbers [pixel][position] of a piece into [position][pixel]. */
function transpose(piece: Uint8Array, out: Uint8Array, block: Block): void {
  const { size, positions, pixels, pixel, rows, columns } = block;
  const Word = size === 1 ? Uint8Array : size === 2 ? Uint16Array : Uint32Array;
  const words = size / Word.BYTES_PER_ELEMENT;
  const whole = piece.byteOffset % Word.BYTES_PER_ELEMENT === 0 ? piece : Uint8Array.from(piece);
  const from = new Word(
    whole.buffer as ArrayBuffer,
    whole.byteOffset,
    Math.floor(whole.length / Word.BYTES_PER_ELEMENT),
  );
  const to = new Word(out.buffer as ArrayBuffer);
  for (let column = 0; column < columns; column++) {
    for (let word = 0; word < words; word++) {
      let target = (column * pixels + pixel) * words + word;
      let source = column * words + word;
      for (let row = 0; row < rows; row++) {
        to[target] = from[source]!;
        target += words;
        source += positions * words;
      }
    }
  }
}
