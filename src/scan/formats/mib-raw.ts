/**
 * Merlin's raw counters (R64): 64-bit words, most significant byte first, whose lowest bits are the leftmost pixel. One bit a pixel, a byte (6 bits) or two
 * (12 bits); 24 bits are two such frames of 12, the upper bits first. Four chips lie side by side in each stored row, the last one first; the lower two are
 * turned by 180°. Checked against counts that the same camera stored unpacked (mib.test.ts).
 */

/** Rows and columns of a Medipix3 chip. */
const CHIP = 256;

export interface RawFrame {
  /** The pattern's pixels along y and x. */
  readonly shape: readonly [qy: number, qx: number];
  /** Numbers stored for a frame, and their type. */
  readonly elements: number;
  readonly stored: 'uint8' | 'uint16';
  /** What the counts need. */
  readonly dtype: 'uint8' | 'uint16' | 'uint32';
  /** Counts of one frame into `out` [qy·qx]. @param frame its stored numbers [elements] */
  decode(frame: Float32Array, out: Float32Array): void;
}

/**
 * @param rows and `columns`: as the header states them: of the stored rows, not of the pattern
 * @returns undefined for an arrangement that is not known
 */
export function rawFrame(
  rows: number,
  columns: number,
  chips: number,
  layout: string,
  depth: number,
): RawFrame | undefined {
  const quad = chips === 4 && layout === '2x2';
  if (!(quad || (chips === 1 && layout === '1x1')) || ![1, 6, 12, 24].includes(depth)) return undefined;
  // 24 bits are announced as twice the columns.
  if (columns !== chips * CHIP * (depth === 24 ? 2 : 1) || rows < 1 || rows > CHIP) return undefined;
  const width = chips * CHIP;
  const shape = quad ? ([2 * rows, 2 * CHIP] as const) : ([rows, CHIP] as const);
  const pixels = width * rows;
  const stored = depth > 6 ? 'uint16' : 'uint8';
  let table: Uint32Array | undefined;
  return {
    shape,
    elements: depth === 1 ? pixels / 8 : depth === 24 ? 2 * pixels : pixels,
    stored,
    dtype: depth === 24 ? 'uint32' : stored,
    decode(frame, out) {
      table ??= places(shape, rows, quad, depth === 1 ? 64 : depth === 6 ? 8 : 4);
      for (let i = 0; i < pixels; i++) {
        const at = table[i]!;
        if (depth === 1) out[i] = (frame[at >> 3]! >> (7 - (at & 7))) & 1;
        else out[i] = depth === 24 ? 4096 * frame[at]! + frame[pixels + at]! : frame[at]!;
      }
    },
  };
}

/** Where each pixel of the pattern is stored, in pixels from the frame's first bit on. @param word pixels in 64 bits */
function places([qy, qx]: readonly [number, number], rows: number, quad: boolean, word: number): Uint32Array {
  const out = new Uint32Array(qy * qx);
  for (let y = 0; y < qy; y++) {
    for (let x = 0; x < qx; x++) {
      let row = y;
      let column = x;
      if (quad) {
        const right = x >= CHIP;
        const within = x % CHIP;
        const lower = y >= rows;
        if (lower) row = qy - 1 - y;
        const block = lower ? (right ? 0 : 1) : right ? 2 : 3;
        column = block * CHIP + (lower ? CHIP - 1 - within : within);
      }
      const first = column - (column % word);
      out[y * qx + x] = row * (quad ? 4 * CHIP : CHIP) + first + (word - 1 - (column % word));
    }
  }
  return out;
}
