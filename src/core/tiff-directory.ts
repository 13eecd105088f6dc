/**
 * Directories of TIFF files, little-endian: TIFF 6.0, whose offsets have 32 bits, and BigTIFF, whose have 64 (`big`). One directory says all of one page.
 * Not here: what programs put into descriptions (tiff.ts, scan/writers/tiff.ts).
 */

/** Types of values. */
export const BYTE = 1;
const ASCII = 2;
export const SHORT = 3;
export const LONG = 4;
const RATIONAL = 5;
const DOUBLE = 12;
const LONG8 = 16;

/** A tag of a directory with its values encoded. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** The bytes before the first directory, which stands right behind them. */
export function tiffHead(big: boolean): Uint8Array {
  return big
    ? Uint8Array.of(0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0)
    : Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0);
}

/** A directory that stands at `at` in the file: its entries by tag, the offset of the next one (0: none), and the values that have no room in an entry. */
export function directory(entries: readonly Entry[], at: number, next: number, big = false): Uint8Array {
  const even = (length: number): number => length + (length % 4 === 0 ? 0 : 4 - (length % 4));
  const room = big ? 8 : 4;
  const [countBytes, entryBytes] = big ? [8, 20] : [2, 12];
  const outside = entries.filter(({ bytes }) => bytes.length > room);
  // Filled up to a multiple of four, so that pixels and directories are aligned.
  const nextAt = countBytes + entryBytes * entries.length;
  const head = even(nextAt + room);
  const out = new Uint8Array(head + outside.reduce((sum, { bytes }) => sum + even(bytes.length), 0));
  const view = new DataView(out.buffer);
  const offset = (place: number, value: number) =>
    big ? view.setBigUint64(place, BigInt(value), true) : view.setUint32(place, value, true);
  if (big) offset(0, entries.length);
  else view.setUint16(0, entries.length, true);
  let free = head;
  for (const [i, { tag, type, count, bytes }] of entries.toSorted((a, b) => a.tag - b.tag).entries()) {
    const place = countBytes + entryBytes * i;
    view.setUint16(place, tag, true);
    view.setUint16(place + 2, type, true);
    offset(place + 4, count);
    if (bytes.length <= room) out.set(bytes, place + 4 + room);
    else {
      offset(place + 4 + room, at + free);
      out.set(bytes, free);
      free += even(bytes.length);
    }
  }
  offset(nextAt, next);
  return out;
}

export const integer = (tag: number, type: typeof SHORT | typeof LONG, value: number): Entry => ({
  tag,
  type,
  count: 1,
  bytes: new Uint8Array(Uint32Array.of(value).buffer, 0, type === SHORT ? 2 : 4),
});

/** Text in Latin-1, as DigitalMicrograph writes µ. */
export function ascii(tag: number, text: string): Entry {
  const bytes = Uint8Array.from(`${text}\0`, (c) => c.charCodeAt(0));
  return { tag, type: ASCII, count: bytes.length, bytes };
}

export const double = (tag: number, value: number): Entry => ({
  tag,
  type: DOUBLE,
  count: 1,
  bytes: new Uint8Array(Float64Array.of(value).buffer),
});

/** TIFF's text is ASCII; ImageJ reads its description as Java's properties, where µ is \\u00b5. */
export const escaped = (text: string): string =>
  text.replaceAll(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Pixels per unit as a fraction of whole numbers below 2³¹ (ImageJ reads them signed): decimal, so that round sizes stay exact. */
function pixelsPerUnit(tag: number, size: number): Entry {
  const scale = 10 ** Math.min(9, 9 - Math.ceil(Math.log10(size)));
  return {
    tag,
    type: RATIONAL,
    count: 1,
    bytes: new Uint8Array(Uint32Array.of(scale, Math.round(size * scale)).buffer),
  };
}

export interface Page {
  readonly width: number;
  readonly height: number;
  /** Of a pixel. */
  readonly bits: number;
  /** TIFF's SampleFormat: 1 unsigned, 2 signed, 3 floating point. */
  readonly sample: 1 | 2 | 3;
  /** Size of a pixel, in a unit that the description has. */
  readonly pixel: readonly [x: number, y: number];
}

/** What a page has to say: one strip of grey pixels at `pixelsAt`, not compressed. */
export function pageEntries({ width, height, bits, sample, pixel }: Page, pixelsAt: number, big: boolean): Entry[] {
  return [
    integer(256, LONG, width),
    integer(257, LONG, height),
    integer(258, SHORT, bits),
    // Not compressed; zero is black.
    integer(259, SHORT, 1),
    integer(262, SHORT, 1),
    big
      ? { tag: 273, type: LONG8, count: 1, bytes: new Uint8Array(BigUint64Array.of(BigInt(pixelsAt)).buffer) }
      : integer(273, LONG, pixelsAt),
    integer(277, SHORT, 1),
    integer(278, LONG, height),
    integer(279, LONG, (width * height * bits) / 8),
    pixelsPerUnit(282, pixel[0]),
    pixelsPerUnit(283, pixel[1]),
    // No inch and no centimetre: the description has the unit.
    integer(296, SHORT, 1),
    integer(339, SHORT, sample),
  ];
}
