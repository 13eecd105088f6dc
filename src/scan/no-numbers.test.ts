import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { calibrate } from './calibrate.ts';
import { calibratedPatterns } from './calibrated.ts';
import { centreAt } from './calibration.ts';
import { Corrector } from './correct.ts';
import { deafPixels, isBlank, mendNumbers } from './no-numbers.ts';
import { memorySource } from './pattern-source.ts';
import { withNumbers } from './references.ts';
import { BEAM, synthetic } from './test-scan.ts';

const [NY, NX] = [112, 120];
const SIZE = NY * NX;
const clean = synthetic({ rotation: 7, px: 0.4 });

test('single values, a pixel, a frame, half a frame and padding that are no numbers: calibrated as without, and said', async () => {
  const data = await clean.source.read(0, 12);
  // In the direct beam, and beside it.
  const [deaf, once] = [55 * NX + 63, 57 * NX + 60];
  for (let p = 0; p < 12; p++) {
    data[p * SIZE + deaf] = Number.NaN;
    for (let y = 0; y < NY; y++) data.fill(Number.NaN, p * SIZE + y * NX + NX - 3, p * SIZE + (y + 1) * NX);
  }
  data[2 * SIZE + once] = Number.POSITIVE_INFINITY;
  data[4 * SIZE + once] = Number.NaN;
  data.fill(Number.NaN, 7 * SIZE, 8 * SIZE);
  data.fill(Number.NEGATIVE_INFINITY, 10 * SIZE, 10.5 * SIZE);
  const source = memorySource([3, 4, NY, NX], data);
  const found = await calibrate(source, BEAM);
  expect(Math.abs(found.rotation_deg - 7)).toBeLessThan(0.15);
  expect(Math.abs(found.px_mrad / 0.4 - 1)).toBeLessThan(3e-3);
  expect(found.dead_pixels).toContain(deaf);
  expect(found.treatment?.area).toEqual([0, NY, 0, NX - 3]);
  expect(found.used.left_out.empty).toBe(2);
  const at = centreAt(found.descan, 0, 0);
  expect(Math.hypot(at[0] - clean.centre(0, 0)[0], at[1] - clean.centre(0, 0)[1])).toBeLessThan(0.2);
  expect(found.warnings.join('\n')).toMatch(/at \[1, 3\], \[2, 2\]: left out/);
  expect(found.warnings.join('\n')).toMatch(/2 values in 2 of 12 patterns/);
  expect(found.warnings.join('\n')).toMatch(new RegExp(`${3 * NY + 1} pixels of the camera hold no number`));
  const patterns = await calibratedPatterns(source, found, { ...BEAM, pixels: 16, pixelsPerOrder: 6 }).read([2, 7, 10]);
  const lost = [0, 1, 2].map((k) => patterns.subarray(k * 256, (k + 1) * 256).some(Number.isNaN));
  expect(lost).toEqual([false, true, true]);
}, 60_000);

test('a value that is no number becomes the median of its neighbours, a block from its border inwards', () => {
  const image = Float32Array.from({ length: 64 }, (_, k) => k % 8);
  for (const k of [0, 27, 28, 35, 36]) image[k] = Number.NaN;
  expect(mendNumbers(image, 8, 8)).toBe(5);
  expect([...image].every(Number.isFinite)).toBe(true);
  expect([image[27], image[28]]).toEqual([2, 5]);
  const all = new Float32Array(64).fill(Number.NaN);
  mendNumbers(all, 8, 8);
  expect(all.every(Number.isNaN)).toBe(true);
});

test('a pixel counts as deaf from half of the patterns on; a frame as lost from a tenth of the others on', () => {
  const patterns = Array.from({ length: 10 }, (_, p) =>
    Float32Array.from({ length: 100 }, (_, k) => (k === 3 || (k === 5 && p < 5) ? Number.NaN : k + p)),
  );
  const deaf = deafPixels(patterns)!;
  expect([...deaf.keys()].filter((k) => deaf[k])).toEqual([3]);
  expect(isBlank(patterns[0]!, deaf)).toBe(false);
  expect(
    isBlank(
      patterns[0]!.map((v, k) => (k < 14 ? Number.NaN : v)),
      deaf,
    ),
  ).toBe(true);
  expect(
    isBlank(
      new Float32Array(100).fill(7).map((v, k) => (k === 3 ? Number.NaN : v)),
      deaf,
    ),
  ).toBe(true);
  expect(deafPixels(patterns.slice(0, 1).map((one) => one.fill(1)))).toBeUndefined();
});

test('references: pixels without a number are dead, of the vacuum probe mended, each said; images without numbers are refused', async () => {
  const bad = new Float32Array(SIZE).fill(1);
  bad[77] = Number.NaN;
  const data = new Float32Array(SIZE).fill(5);
  const source = withNumbers(memorySource([1, 1, NY, NX], data, { dark: bad, vacuum: bad.slice() }));
  expect(source.info.notes).toHaveLength(2);
  expect(source.info.notes.join()).toMatch(/1 pixel of the dark reference holds no number.*1 pixel of the vacuum/);
  expect([source.gain![77], source.gain![78], source.vacuum![77]]).toEqual([0, 1, 1]);
  expect(await source.read(0, 1)).toEqual(data);
  expect(new Corrector(source).correct(data.slice()).every((v) => v === 4)).toBe(true);
  const none = withNumbers(memorySource([1, 1, NY, NX], data, { dark: bad.map(() => Number.NaN) }));
  expect((await problemOf((async () => new Corrector(none))())).tag).toBe('not-finite');
});
