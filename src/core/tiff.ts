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
import { ascii, BYTE, directory, double, type Entry, escaped, LONG, pageEntries, tiffHead } from './tiff-directory.ts';

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
  const page = { width, height, bits: 32, sample: 3, pixel } as const;
  const entries = (index: number, pixelsAt: number, more: readonly Entry[]): Entry[] => [
    ...pageEntries(page, pixelsAt + index * pageBytes, false),
    ...more,
  ];
  const pixelsAt = 8 + directory(entries(0, 0, first), 8, 0).length;
  const othersAt = pixelsAt + pages * pageBytes;
  const size = directory(entries(1, 0, []), 0, 0).length;
  const out = new Uint8Array(othersAt + (pages - 1) * size);
  out.set(tiffHead(false));
  out.set(directory(entries(0, pixelsAt, first), 8, pages > 1 ? othersAt : 0), 8);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pixelsAt);
  for (let page = 1; page < pages; page++) {
    const at = othersAt + (page - 1) * size;
    out.set(directory(entries(page, pixelsAt, []), at, page + 1 < pages ? at + size : 0), at);
  }
  return out;
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
