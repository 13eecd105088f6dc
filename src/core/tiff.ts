/**
 * Stacks of float32 images as TIFF, which Fiji, DigitalMicrograph, tifffile and HyperSpy open. Write only; not here: compression, colour, and files
 * beyond 4 GB.
 *
 * One uncompressed page per image (TIFF 6.0, little-endian). Fiji's size of a pixel, its unit, axes, labels and display ranges stand in the first
 * page's ImageDescription and in ImageJ's private tags 50838 and 50839 (read by ij/io/TiffDecoder and FileOpener of ImageJ, public domain).
 * ImageJ takes a stack's pixels as one run from the first page on: header, first directory, all pixels, the other directories.
 * DigitalMicrograph's private tags 65003 … 65022 say the same once more: HyperSpy takes units and offsets from them alone.
 */

import { fail } from './errors.ts';

export interface TiffStack {
  /** [slices][channels][height][width], such as images [thickness][detector][ry][rx]; any unit. Written bit by bit. */
  readonly data: Float32Array;
  readonly shape: readonly [slices: number, channels: number, height: number, width: number];
  /** Size of a pixel [unit]. */
  readonly pixel: readonly [x: number, y: number];
  readonly unit: 'nm' | 'mrad';
  /** Unit of the values, in Latin-1: 'electrons', 'µC/cm²'. */
  readonly valueUnit: string;
  /** The pixel whose coordinates are zero, such as the direct beam; default the first. */
  readonly origin?: readonly [x: number, y: number];
  /** Where each slice lies [nm], such as thicknesses: Fiji is told them where their steps are equal. */
  readonly slices_nm: readonly number[];
  /** One per page, slices × channels, ASCII: 'HAADF, 10 nm'. */
  readonly labels: readonly string[];
}

/** TIFF's offsets have 32 bits; what is left of them is for the directories. */
const MOST_PIXEL_BYTES = 4e9;

/** Types of values. */
const BYTE = 1;
const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const DOUBLE = 12;

/** A tag of a directory with its values encoded. */
interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * The stack as a TIFF file. @throws 'unsupported' beyond 4 × 10⁹ bytes of pixels, 'shape' where values, slices or labels do not fill the shape,
 * 'range' where a pixel has no size
 */
export function tiffBytes(stack: TiffStack): Uint8Array {
  const { data, shape, labels, pixel } = stack;
  const [slices, channels, height, width] = shape;
  const pages = slices * channels;
  const pageBytes = 4 * height * width;
  if (pages * pageBytes > MOST_PIXEL_BYTES) {
    fail(
      'unsupported',
      `${pages} images of ${width} × ${height} are ${(pages * pageBytes * 1e-9).toPrecision(3)} GB; a TIFF file holds 4.`,
      'Keep fewer thicknesses, or fewer detectors.',
      { shape },
    );
  }
  if (pages * pageBytes === 0 || data.length * 4 !== pages * pageBytes) {
    fail('shape', `${data.length} values do not fill ${shape.join(' × ')}.`, 'Fill it row by row.', { shape });
  }
  if (labels.length !== pages || stack.slices_nm.length !== slices) {
    fail(
      'shape',
      `${labels.length} labels and ${stack.slices_nm.length} slices for ${slices} × ${channels} images.`,
      'Give one each.',
    );
  }
  if (!pixel.every((size) => size > 0 && Number.isFinite(size))) {
    fail(
      'range',
      `A pixel of ${pixel.join(' × ')} ${stack.unit} has no size.`,
      'Give the step of the scan or of the camera.',
    );
  }

  const ranges = displayRanges(stack);
  const first = [
    ...imageJEntries(stack, ranges),
    ...micrographEntries(stack),
    ascii(270, escaped(description(stack, ranges))),
  ];
  const entries = (page: number, pixelsAt: number, more: readonly Entry[]): Entry[] => [
    integer(256, LONG, width),
    integer(257, LONG, height),
    integer(258, SHORT, 32),
    // Not compressed; zero is black.
    integer(259, SHORT, 1),
    integer(262, SHORT, 1),
    integer(273, LONG, pixelsAt + page * pageBytes),
    integer(277, SHORT, 1),
    integer(278, LONG, height),
    integer(279, LONG, pageBytes),
    pixelsPerUnit(282, pixel[0]),
    pixelsPerUnit(283, pixel[1]),
    // No inch and no centimetre: the description has the unit.
    integer(296, SHORT, 1),
    // IEEE floating point.
    integer(339, SHORT, 3),
    ...more,
  ];
  const pixelsAt = 8 + directory(entries(0, 0, first), 8, 0).length;
  const othersAt = pixelsAt + pages * pageBytes;
  const size = directory(entries(1, 0, []), 0, 0).length;
  const out = new Uint8Array(othersAt + (pages - 1) * size);
  out.set([0x49, 0x49, 42, 0, 8]);
  out.set(directory(entries(0, pixelsAt, first), 8, pages > 1 ? othersAt : 0), 8);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pixelsAt);
  for (let page = 1; page < pages; page++) {
    const at = othersAt + (page - 1) * size;
    out.set(directory(entries(page, pixelsAt, []), at, page + 1 < pages ? at + size : 0), at);
  }
  return out;
}

/** A directory that stands at `at` in the file: its entries by tag, the offset of the next one, and the values longer than four bytes. */
function directory(entries: readonly Entry[], at: number, next: number): Uint8Array {
  const even = (length: number): number => length + (length % 4 === 0 ? 0 : 4 - (length % 4));
  const outside = entries.filter(({ bytes }) => bytes.length > 4);
  // Two bytes at the end make its length a multiple of four, so that pixels and directories are aligned.
  const head = 2 + 12 * entries.length + 4 + 2;
  const out = new Uint8Array(head + outside.reduce((sum, { bytes }) => sum + even(bytes.length), 0));
  const view = new DataView(out.buffer);
  view.setUint16(0, entries.length, true);
  let free = head;
  for (const [i, { tag, type, count, bytes }] of entries.toSorted((a, b) => a.tag - b.tag).entries()) {
    const place = 2 + 12 * i;
    view.setUint16(place, tag, true);
    view.setUint16(place + 2, type, true);
    view.setUint32(place + 4, count, true);
    if (bytes.length <= 4) out.set(bytes, place + 8);
    else {
      view.setUint32(place + 8, at + free, true);
      out.set(bytes, free);
      free += even(bytes.length);
    }
  }
  view.setUint32(head - 6, next, true);
  return out;
}

const integer = (tag: number, type: typeof SHORT | typeof LONG, value: number): Entry => ({
  tag,
  type,
  count: 1,
  bytes: new Uint8Array(Uint32Array.of(value).buffer, 0, type === SHORT ? 2 : 4),
});

/** Text in Latin-1, as DigitalMicrograph writes µ. */
function ascii(tag: number, text: string): Entry {
  const bytes = Uint8Array.from(`${text}\0`, (c) => c.charCodeAt(0));
  return { tag, type: ASCII, count: bytes.length, bytes };
}

const double = (tag: number, value: number): Entry => ({
  tag,
  type: DOUBLE,
  count: 1,
  bytes: new Uint8Array(Float64Array.of(value).buffer),
});

/** TIFF's text is ASCII; ImageJ reads its description as Java's properties, where µ is \\u00b5. */
const escaped = (text: string): string =>
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

/** Least and largest value of each channel, over its slices: [low, high, low, high, …]. */
function displayRanges({ data, shape: [, channels, height, width] }: TiffStack): Float64Array {
  const ranges = new Float64Array(2 * channels).map((_, i) => (i % 2 === 0 ? Infinity : -Infinity));
  const page = height * width;
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / page) % channels;
    const value = data[i]!;
    if (value < ranges[2 * channel]!) ranges[2 * channel] = value;
    if (value > ranges[2 * channel + 1]!) ranges[2 * channel + 1] = value;
  }
  return ranges;
}

/** From slice to slice, where that is always the same (to 0.1%). */
function evenStep_nm(slices_nm: readonly number[]): number | undefined {
  const step = (slices_nm.at(-1)! - slices_nm[0]!) / (slices_nm.length - 1);
  return step > 0 && slices_nm.every((z, i) => Math.abs(z - slices_nm[0]! - i * step) < 1e-3 * step) ? step : undefined;
}

/** What ImageJ reads in the first page: lines of key=value. */
function description(stack: TiffStack, ranges: Float64Array): string {
  const { shape, origin, slices_nm } = stack;
  const [slices, channels] = shape;
  const step = evenStep_nm(slices_nm);
  return [
    'ImageJ=1.53t',
    `images=${slices * channels}`,
    ...(channels > 1 ? [`channels=${channels}`] : []),
    ...(slices > 1 ? [`slices=${slices}`] : []),
    // Without 'grayscale' ImageJ would paint the channels red, green and blue.
    ...(channels > 1 ? ['hyperstack=true', 'mode=grayscale'] : []),
    `unit=${stack.unit}`,
    // A depth is one unit where none is given: not 1 nm.
    ...(step === undefined
      ? ['zunit=slice']
      : [...(stack.unit === 'nm' ? [] : ['zunit=nm']), `spacing=${step}`, `zorigin=${-slices_nm[0]! / step}`]),
    ...(origin ? [`xorigin=${origin[0]}`, `yorigin=${origin[1]}`] : []),
    `vunit=${stack.valueUnit}`,
    'loop=false',
    ...(ranges[0]! < ranges[1]! ? [`min=${ranges[0]}`, `max=${ranges[1]}`] : []),
    '',
  ].join('\n');
}

/**
 * ImageJ's own tags: a header 'IJIJ' with kinds and counts, then the labels in UTF-16 and the channels' display ranges as doubles, all in the file's
 * byte order; and how many bytes each of these has.
 */
function imageJEntries({ labels, shape }: TiffStack, ranges: Float64Array): Entry[] {
  const word = (text: string): number[] => [...text].reverse().map((c) => c.charCodeAt(0));
  const count = (n: number): Uint8Array => new Uint8Array(Uint32Array.of(n).buffer);
  const utf16 = (text: string): Uint8Array =>
    new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer);
  const header = [...word('IJIJ'), ...word('labl'), ...count(labels.length)];
  const parts = labels.map(utf16);
  if (shape[1] > 1) {
    header.push(...word('rang'), ...count(1));
    parts.push(new Uint8Array(ranges.buffer));
  }
  const all = [Uint8Array.from(header), ...parts];
  const body = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    body.set(part, at);
    at += part.length;
  }
  const counts = Uint32Array.from(all, (part) => part.length);
  return [
    { tag: 50838, type: LONG, count: counts.length, bytes: new Uint8Array(counts.buffer) },
    { tag: 50839, type: BYTE, count: body.length, bytes: body },
  ];
}

/**
 * What DigitalMicrograph writes into a TIFF: unit, coordinate of the first pixel [unit] and size of a pixel along x, y and z, and the unit of the values.
 * (That the coordinate is not in pixels: RosettaSciIO's test of a file by DigitalMicrograph finds 828 and 760 times the size of its pixel.)
 */
function micrographEntries({ pixel, unit, valueUnit, origin = [0, 0], slices_nm }: TiffStack): Entry[] {
  const step = evenStep_nm(slices_nm);
  const axes = [
    { unit, first: 0 - origin[0] * pixel[0], size: pixel[0] },
    { unit, first: 0 - origin[1] * pixel[1], size: pixel[1] },
    ...(step === undefined ? [] : [{ unit: 'nm', first: slices_nm[0]!, size: step }]),
  ];
  return [
    ...axes.flatMap(({ unit, first, size }, i) => [
      ascii(65003 + i, unit),
      double(65006 + i, first),
      double(65009 + i, size),
    ]),
    ascii(65022, valueUnit),
  ];
}
