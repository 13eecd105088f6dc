import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { skipAloud } from '../../test/skip-aloud.ts';
import { problem } from './test-problem.ts';
import { type TiffStack, tiffBytes } from './tiff.ts';

/** Three thicknesses, two detectors, 3 × 5 positions; one value is a NaN with a payload. */
function stack(changes: Partial<TiffStack> = {}): TiffStack {
  const shape = changes.shape ?? ([3, 2, 3, 5] as const);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, i) => Math.sin(i) / 7);
  new Uint32Array(data.buffer)[1] = 0x7fc1_2345;
  const labels = Array.from({ length: shape[0] * shape[1] }, (_, i) => `page ${i}`);
  const slices_nm = Array.from({ length: shape[0] }, (_, i) => 5 + 10 * i);
  return { data, shape, pixel: [0.01953, 0.0244], unit: 'nm', valueUnit: 'electrons', slices_nm, labels, ...changes };
}

interface Page {
  /** Numbers of each tag, fractions as numerator and denominator. */
  readonly tags: Map<number, number[]>;
  readonly values: Uint8Array;
}

const SIZES: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 12: 8 };

/** Follows the directories of a little-endian TIFF with one strip per page (TIFF 6.0, section 2). */
function readPages(file: Uint8Array): Page[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  expect([view.getUint16(0, true), view.getUint16(2, true)]).toEqual([0x4949, 42]);
  const pages: Page[] = [];
  for (let at = view.getUint32(4, true); at !== 0; ) {
    expect(at % 2).toBe(0);
    const tags = new Map<number, number[]>();
    const count = view.getUint16(at, true);
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + 12 * i;
      const type = view.getUint16(entry + 2, true);
      const values = view.getUint32(entry + 4, true);
      const from = values * SIZES[type]! <= 4 ? entry + 8 : view.getUint32(entry + 8, true);
      const numbers = Array.from({ length: type === 5 ? 2 * values : values }, (_, k) =>
        type === 3
          ? view.getUint16(from + 2 * k, true)
          : type === 12
            ? view.getFloat64(from + 8 * k, true)
            : type > 3
              ? view.getUint32(from + 4 * k, true)
              : view.getUint8(from + k),
      );
      tags.set(view.getUint16(entry, true), numbers);
    }
    expect([...tags.keys()]).toEqual([...tags.keys()].toSorted((a, b) => a - b));
    const start = tags.get(273)![0]!;
    pages.push({ tags, values: file.slice(start, start + tags.get(279)![0]!) });
    at = view.getUint32(at + 2 + 12 * count, true);
  }
  return pages;
}

const described = (file: Uint8Array): string => String.fromCharCode(...readPages(file)[0]!.tags.get(270)!);

test('every page holds its image, bit by bit, and says what its samples are', () => {
  const given = stack();
  const pages = readPages(tiffBytes(given));
  expect(pages).toHaveLength(6);
  const bytes = new Uint8Array(given.data.buffer);
  for (const [i, { tags, values }] of pages.entries()) {
    expect(values).toEqual(bytes.slice(60 * i, 60 * (i + 1)));
    // Width, height, bits, no compression, zero is black, samples, rows in the strip, IEEE floating point.
    expect([256, 257, 258, 259, 262, 277, 278, 339].map((tag) => tags.get(tag)![0])).toEqual([5, 3, 32, 1, 1, 1, 3, 3]);
  }
});

test('ImageJ reads one run of pixels from the first page on', () => {
  const starts = readPages(tiffBytes(stack())).map(({ tags }) => tags.get(273)![0]!);
  expect(starts.map((start) => start - starts[0]!)).toEqual([0, 60, 120, 180, 240, 300]);
  expect(starts[0]! % 4).toBe(0);
});

test('the size of a pixel: pixels per unit as a fraction, x and y apart, on every page', () => {
  const sizes = (pixel: readonly [number, number]): number[][] =>
    readPages(tiffBytes(stack({ pixel }))).map(({ tags }) => {
      const [x, y] = [tags.get(282)!, tags.get(283)!];
      expect(Math.max(...x, ...y)).toBeLessThan(2 ** 31);
      expect(tags.get(296)).toEqual([1]);
      return [x[1]! / x[0]!, y[1]! / y[0]!];
    });
  for (const size of sizes([0.01953, 0.0244])) expect(size).toEqual([0.01953, 0.0244]);
  expect(sizes([1.37, 250])[0]).toEqual([1.37, 250]);
  expect(sizes([0.123456789, 1])[5]).toEqual([0.123456789, 1]);
});

test('the description has unit, axes and the thickness of the first slice', () => {
  const lines = described(tiffBytes(stack())).split('\n');
  for (const line of ['images=6', 'channels=2', 'slices=3', 'hyperstack=true', 'mode=grayscale', 'unit=nm']) {
    expect(lines).toContain(line);
  }
  expect(lines).toEqual(expect.arrayContaining(['spacing=10', 'zorigin=-0.5', 'vunit=electrons']));
  expect(lines[0]).toMatch(/^ImageJ=/);
  const uneven = described(tiffBytes(stack({ slices_nm: [5, 15, 40] })));
  expect(uneven).not.toContain('spacing');
  // Not a depth of 1 nm.
  expect(uneven).toContain('\nzunit=slice\n');
  const camera = described(tiffBytes(stack({ shape: [1, 1, 4, 4], unit: 'mrad', origin: [2, 2] })));
  for (const line of ['unit=mrad', 'xorigin=2', 'yorigin=2']) expect(camera).toContain(`\n${line}\n`);
  expect(camera).not.toMatch(/hyperstack|spacing|zunit=nm/);
  const series = described(tiffBytes(stack({ shape: [3, 1, 4, 4], unit: 'mrad' })));
  expect(series).toContain('\nzunit=nm\nspacing=10\n');
});

test('µ is written as Java’s properties have it, and for DigitalMicrograph in Latin-1', () => {
  const file = tiffBytes(stack({ valueUnit: 'µC/cm²' }));
  const text = described(file);
  expect(readPages(file)[0]!.tags.get(65022)).toEqual([0xb5, 0x43, 0x2f, 0x63, 0x6d, 0xb2, 0]);
  expect(text).toContain('\nvunit=\\u00b5C/cm\\u00b2\n');
});

test('DigitalMicrograph’s tags: unit, coordinate of the first pixel and size along x, y and z', () => {
  const tagsOf = (changes: Partial<TiffStack>) => readPages(tiffBytes(stack(changes)))[0]!.tags;
  const text = (numbers: number[] | undefined) => String.fromCharCode(...numbers!);
  const tags = tagsOf({ shape: [3, 1, 4, 6], unit: 'mrad', pixel: [0.5, 0.4], origin: [3, 2] });
  expect([65003, 65004, 65005, 65022].map((tag) => text(tags.get(tag)))).toEqual([
    'mrad\0',
    'mrad\0',
    'nm\0',
    'electrons\0',
  ]);
  expect([65006, 65007, 65008].map((tag) => tags.get(tag))).toEqual([[-1.5], [-0.8], [5]]);
  expect([65009, 65010, 65011].map((tag) => tags.get(tag))).toEqual([[0.5], [0.4], [10]]);
  const uneven = tagsOf({ slices_nm: [5, 15, 40] });
  expect([65006, 65005, 65008, 65011].map((tag) => uneven.get(tag))).toEqual([[0], undefined, undefined, undefined]);
});

test('labels and display ranges, in ImageJ’s own tags', () => {
  const { tags } = readPages(tiffBytes(stack()))[0]!;
  const counts = tags.get(50838)!;
  const body = Uint8Array.from(tags.get(50839)!);
  expect(counts).toEqual([20, 12, 12, 12, 12, 12, 12, 32]);
  expect(String.fromCharCode(...body.slice(0, 8), ...body.slice(12, 16))).toBe('JIJIlbalgnar');
  expect(new TextDecoder('utf-16le').decode(body.slice(20 + 3 * 12, 20 + 4 * 12))).toBe('page 3');
  const ranges = new Float64Array(body.slice(20 + 6 * 12).buffer);
  const channel = (c: number): number[] =>
    [...stack().data].filter((v, i) => Math.floor(i / 15) % 2 === c && !Number.isNaN(v));
  expect([...ranges]).toEqual([0, 1].flatMap((c) => [Math.min(...channel(c)), Math.max(...channel(c))]));
});

test('what cannot be written is refused', () => {
  const shape = [50, 4, 2500, 2500] as const;
  const large = problem(() => tiffBytes({ ...stack(), shape }));
  expect([large.tag, large.message]).toEqual([
    'unsupported',
    '200 images of 2500 × 2500 are 5.00 GB; a TIFF file holds 4.',
  ]);
  expect(problem(() => tiffBytes({ ...stack(), shape: [3, 2, 3, 4] })).tag).toBe('shape');
  expect(problem(() => tiffBytes(stack({ shape: [3, 2, 0, 5] }))).tag).toBe('shape');
  expect(problem(() => tiffBytes(stack({ labels: ['one'] }))).tag).toBe('shape');
  expect(problem(() => tiffBytes(stack({ pixel: [0.1, 0] }))).tag).toBe('range');
});

test('tifffile reads the same', (context) => {
  const script = `
import sys, tifffile
with tifffile.TiffFile(sys.argv[1]) as t:
    s = t.series[0]
    print(s.axes, s.shape, t.is_imagej, s.asarray().astype('<f4').tobytes().hex(), t.imagej_metadata['Labels'][4])`;
  if (spawnSync('python3', ['-c', 'import tifffile']).status !== 0) {
    skipAloud(context, 'python3 with tifffile');
  }
  const folder = mkdtempSync(join(tmpdir(), 'tiff-'));
  try {
    const given = stack();
    writeFileSync(join(folder, 'a.tif'), tiffBytes(given));
    const run = spawnSync('python3', ['-c', script, join(folder, 'a.tif')], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const hex = Buffer.from(given.data.buffer).toString('hex');
    expect(run.stdout.trim()).toBe(`ZCYX (3, 2, 3, 5) True ${hex} page 4`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
