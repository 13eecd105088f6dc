import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { stackMean } from './companion-stack.ts';
import { countingNoise } from './counting-noise.ts';
import { darkScale } from './dark-scale.ts';
import { examine } from './exposure.ts';
import { findHotClusters } from './hot-clusters.ts';
import { memorySource, type PatternSource } from './pattern-source.ts';
import { pictureArea } from './picture-area.ts';
import { vacuumDose } from './vacuum-exposure.ts';

const [NY, NX, FRAMES] = [64, 72, 24];
const SIZE = NY * NX;
const WHOLE = [0, NY, 0, NX] as const;

/** Expected electrons per pixel of pattern `p`: a bright disk and a faint halo; the disk's contrast differs from pattern to pattern. */
function expected(p: number, k: number): number {
  const [y, x] = [Math.floor(k / NX) - 30, (k % NX) - 35];
  const r = Math.hypot(y, x);
  const inside = 1 / (1 + Math.exp((r - 9) / 0.8));
  return 0.5 + 8 * Math.exp(-r / 12) + 180 * inside * (1 + 0.3 * Math.sin(p + y / 4 + x / 5));
}

type Change = (electrons: number, k: number, p: number) => number;

const ELECTRONS = Array.from({ length: FRAMES }, (_, p) => {
  const counting = new RandomStream(3, 'camera', p);
  return Float32Array.from({ length: SIZE }, (_, k) => counting.poisson(expected(p, k)));
});

/** Patterns of a small camera: counted electrons, `change`d to what a file holds. */
function stack(change: Change = (n) => n, frames = FRAMES): Float32Array[] {
  return ELECTRONS.slice(0, frames).map((one, p) => one.map((n, k) => change(n, k, p)));
}

function examined(patterns: Float32Array[], extra: Partial<PatternSource> = {}, dtype = 'uint16', given?: number) {
  const data = new Float32Array(patterns.length * SIZE);
  const source = memorySource([1, patterns.length, NY, NX], data, extra);
  const info = { ...source.info, dtype };
  return examine({ ...source, info }, patterns, given);
}

const sum = (image: ArrayLike<number>) => Array.from(image).reduce((a, b) => a + b, 0);
const random = new RandomStream(9, 'camera noise');
/** An offset of 10 counts and hot pixels of some hundreds. */
const DARK = Float32Array.from({ length: SIZE }, (_, k) => 10 + (k % 397 === 11 ? 150 + (k % 89) : 0));

test.each([1, 500, 1e-6])('an electron gives %d counts: the noise says it, whatever the unit', (gain) => {
  const noise = countingNoise(
    stack((n) => n * gain + 0.7 * gain * random.normal()),
    NX,
    WHOLE,
  );
  // 24 patterns of 4,608 pixels, most of them faint.
  expect(Math.abs(noise!.gain! / gain - 1)).toBeLessThan(0.2);
  expect(noise!.correlated || noise!.falls).toBe(false);
});

test('a few counts per electron are said and taken for the dose; one is not said', () => {
  const scaled = examined(
    stack((n) => 500 * n),
    {},
    'float32',
  );
  expect(scaled.counts_from).toBe('noise');
  expect(Math.abs(scaled.counts_per_electron / 500 - 1)).toBeLessThan(0.2);
  expect(scaled.warnings.join()).toContain('--counts-per-electron');
  const plain = examined(stack());
  expect([plain.counts_per_electron, plain.counts_from, plain.warnings, plain.treatment]).toEqual([
    1,
    'assumed',
    [],
    {},
  ]);
  const given = examined(stack(), {}, 'uint16', 20);
  expect(given.counts_per_electron).toBe(20);
  expect(given.noise_per_count).toBe(1);
  expect(given.warnings.join()).toContain('Check counts_per_electron');
});

test('log scaled patterns are no counts; neighbours that were mixed leave the dose unknown', () => {
  const log = examined(
    stack((n) => Math.log10(1 + n)),
    {},
    'float32',
  );
  expect(log.counts_from).toBe('unknown');
  expect(log.warnings.join()).toContain('log scaled');
  // Mixed with the three pixels behind, 40 counts an electron.
  const mixed = stack((n) => 40 * n).map((one) =>
    one.map((_, k) => [0, 1, NX, NX + 1].reduce((all, step) => all + one[(k + step) % SIZE]! / 4, 0)),
  );
  const smooth = examined(mixed, {}, 'float32');
  expect(smooth.counts_from).toBe('unknown');
  expect(smooth.warnings.join()).toContain('neighbouring pixels');
});

test.each([
  [1, 1],
  [0, 0],
  [1 / 64, 64],
  [0.5, 2],
])('%d of the dark reference is in the patterns', (share, frames) => {
  const [image] = stack((n, k) => n + DARK[k]!, 1);
  const given = share === 0 ? DARK : DARK.map((v) => v / share);
  const raw = share === 0 ? image!.map((v, k) => v - DARK[k]!) : image!;
  const found = darkScale(raw, given, NY, NX);
  expect(found.scale).toBeCloseTo(share, 3);
  if (share < 1 && share > 0) expect(found.frames).toBe(frames);
});

test('a dark reference that was taken off before, or is a sum, is taken off once, and it is said', () => {
  const counted = sum(stack()[0]!);
  const before = examined(stack(), { dark: DARK });
  const summed = examined(
    stack((n, k) => n + DARK[k]!),
    { dark: DARK.map((v) => 64 * v) },
  );
  expect(before.warnings.join()).toContain('taken off before');
  expect(before.treatment).toEqual({ dark_scale: 0 });
  expect(summed.warnings.join()).toContain('a sum of 64 frames');
  expect(summed.treatment.dark_scale).toBe(1 / 64);
  for (const { treatment } of [before, summed]) {
    const patterns = stack((n, k) => n + (treatment === summed.treatment ? DARK[k]! : 0));
    examined(patterns, { dark: treatment === summed.treatment ? DARK.map((v) => 64 * v) : DARK });
    expect(Math.abs(sum(patterns[0]!) / counted - 1)).toBeLessThan(1e-3);
  }
  // A flat one tells by its level.
  expect(darkScale(stack()[0]!, new Float32Array(SIZE).fill(40), NY, NX).scale).toBeLessThan(0.15);
});

test('an offset without a dark reference is taken off as far as noise shows it', () => {
  const patterns = stack((n) => n + 100);
  const { treatment, warnings } = examined(patterns);
  expect(treatment.offset).toBeGreaterThan(97);
  expect(treatment.offset).toBeLessThan(100.5);
  expect(warnings.join()).toContain('--dark');
});

test('counts that are cut, at any cap, are told; bright ones that are not, and hot pixels at the cap, are not', () => {
  for (const cap of [120, 1]) {
    const { saturated, warnings } = examined(stack((n) => Math.min(cap, n)));
    expect(saturated!.cap).toBe(cap);
    expect(warnings.join()).toContain('shorter exposure');
  }
  const hot = new Set([500, 501, 2000, 3300]);
  expect(examined(stack((n, k) => (hot.has(k) ? 65535 : n))).saturated).toBeUndefined();
  expect(examined(stack((n) => Math.min(1, n > 0 && n % 7 === 0 ? 1 : 0)).slice(0, 8)).saturated).toBeUndefined();
});

test('counts that wrapped in a signed type are put right', () => {
  const right = stack((n) => 200 * n);
  const patterns = stack((n) => (200 * n > 32767 ? 200 * n - 65536 : 200 * n));
  const { treatment, warnings } = examined(patterns, {}, 'int16');
  expect(treatment.wrapped).toEqual({ below: 0, add: 65536 });
  expect(warnings.join()).toContain('unsigned');
  expect(patterns[3]).toEqual(right[3]);
  // Noise of a dark reference that was taken off is not.
  expect(
    examined(
      stack((n) => n + Math.round(3 * random.normal())),
      {},
      'int16',
    ).treatment.wrapped,
  ).toBeUndefined();
});

test('padding, rows of something else, dead lines and lost pixels are no picture', () => {
  const inside = (k: number) => Math.floor(k / NX) >= 4 && k % NX >= 6 && k % NX < 70;
  expect(
    pictureArea(
      stack((n, k) => (inside(k) ? n : 0)),
      NY,
      NX,
    ).area,
  ).toEqual([4, NY, 6, 70]);
  const rows = pictureArea(
    stack((n, k) => (k >= (NY - 2) * NX ? (k >= (NY - 1) * NX ? 1e4 * random.normal() : 1e9) : n)),
    NY,
    NX,
  );
  expect([rows.area, rows.foreign]).toEqual([[0, NY - 2, 0, NX], 2]);
  const cross = (k: number) => Math.floor(k / NX) === 31 || Math.floor(k / NX) === 32 || k % NX === 40 || k === 700;
  const { still, area } = pictureArea(
    stack((n, k) => (cross(k) ? 0 : n)),
    NY,
    NX,
  );
  expect(still).toEqual([...Array(SIZE).keys()].filter(cross));
  expect(area).toEqual(WHOLE);
  const never = stack((n, k) => (k === 900 ? Number.NaN : n));
  expect(examined(never, {}, 'float32').picture.still).toEqual([900]);
  expect(Number.isFinite(never[0]![900]!)).toBe(true);
});

test('blocks of hot pixels are found, in the dark and inside a disk; a disk is none', () => {
  const blocks = [10 * NX + 10, 30 * NX + 36].flatMap((k) => [k, k + 1, k + NX, k + NX + 1]);
  const mean = (change: Change): Float64Array[] => {
    const all = stack(change);
    return [0, 1, 2, 3].map((part) => {
      const own = all.filter((_, i) => i % 4 === part);
      return Float64Array.from({ length: SIZE }, (_, k) => sum(own.map((one) => one[k]!)) / own.length);
    });
  };
  const find = (parts: Float64Array[], radius: number) => findHotClusters(parts, FRAMES, NY, NX, 8, radius, []);
  expect(
    find(
      mean((n, k) => n + (blocks.includes(k) ? 600 : 0)),
      9,
    ),
  ).toEqual(blocks.toSorted((a, b) => a - b));
  expect(
    find(
      mean((n) => n),
      9,
    ),
  ).toEqual([]);
  expect(
    find(
      mean((n, k) => n + (blocks.includes(k) ? 600 : 0)),
      3,
    ),
  ).toEqual([]);
});

test('a vacuum probe of another exposure is named, with its factor where it is a likely one', () => {
  const exposed = { a_A: 3.95, voltage_kV: 300, outer_mrad: 33, disks: 130, saturated: false };
  expect(vacuumDose(1e6, 0.98e6, exposed)).toEqual({ counts: 1e6, from: 'vacuum probe', said: [] });
  const longer = vacuumDose(1e7, 0.985e6, exposed);
  expect(longer.counts).toBe(1e6);
  expect(longer.said[0]).toContain('10 times longer');
  const odd = vacuumDose(7.3e6, 0.985e6, exposed);
  expect([odd.counts, odd.from]).toEqual([0.985e6, 'sum of the patterns']);
  const shorter = vacuumDose(2e5, 0.985e6, exposed);
  expect([shorter.counts, shorter.from]).toEqual([0.985e6, 'sum of the patterns']);
  // A small detector sees little by itself.
  expect(vacuumDose(1e6, 0.2e6, { ...exposed, disks: 9 }).counts).toBe(1e6);
});

test('a stack of references is averaged, a probe with its kernel is not', () => {
  expect(stackMean(Float32Array.from([1, 3, 1.2, 2.8]), 2)).toEqual({
    image: Float32Array.from([1.1, 2.9]),
    frames: 2,
  });
  expect(stackMean(Float32Array.from([1, 3, -1, 1]), 2)).toEqual({ image: Float32Array.from([1, 3]), frames: 1 });
});

test('stripes of gain are told by the sums of columns or rows; a given gain undoes them; disks make none', () => {
  const gain = Array.from({ length: NX }, () => 0.8 + 0.4 * random.uniform());
  const striped = examined(stack((n, k) => n * gain[k % NX]!));
  expect(striped.warnings.join()).toMatch(/columns of the camera differ in gain by (9|1[0-4])(\.\d)? ?%.*--gain/s);
  const rows = examined(stack((n, k) => n * gain[Math.floor(k / NX)]!));
  expect(rows.warnings.join()).toContain('rows of the camera');
  const corrected = { gain: Float32Array.from({ length: SIZE }, (_, k) => gain[k % NX]!) };
  for (const exposure of [
    examined(stack()),
    examined(
      stack((n, k) => n * gain[k % NX]!),
      corrected,
    ),
  ])
    expect(exposure.warnings.join()).not.toContain('differ in gain');
});
