import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { readNpz } from '../core/npy.ts';
import { RandomStream } from '../core/random.ts';
import { problemOf } from '../core/test-problem.ts';
import { diskBasis } from '../diffraction/detector.ts';
import { scanFile } from '../node/scan-file.ts';
import { calibrate } from './calibrate.ts';
import { calibratedPatterns, LatticeView } from './calibrated.ts';
import { centreAt, mapFrom, partsOf } from './calibration.ts';
import { calibrationRows } from './calibration-rows.ts';
import { openScan } from './open.ts';
import { memorySource } from './pattern-source.ts';
import { BEAM, synthetic } from './test-scan.ts';

test('M and its parts are inverse to each other', () => {
  const parts = partsOf(mapFrom(0.27, -33, 0.02, 71));
  expect(parts.px_mrad).toBeCloseTo(0.27, 12);
  expect(parts.rotation_deg).toBeCloseTo(-33, 10);
  expect(parts.ellipse).toBeCloseTo(0.02, 12);
  expect(parts.axis_deg).toBeCloseTo(71, 8);
  // The sign: φ > 0 turns axis 0 towards axis 1.
  expect(mapFrom(1, 10)[1][0]).toBeGreaterThan(0);
});

test.each([
  { rotation: 7, px: 0.4, ellipse: 0.01, axis: 20 },
  { rotation: -38, px: 0.45 },
  { rotation: 44, px: 0.6, size: [100, 118] as const },
])(
  'a synthetic scan without vacuum, dark or file calibration: %o',
  async (camera) => {
    const { source, centre } = synthetic(camera);
    const found = await calibrate(source, BEAM);
    expect(Math.abs(found.rotation_deg - camera.rotation)).toBeLessThan(0.15);
    expect(Math.abs(found.px_mrad / camera.px - 1)).toBeLessThan(3e-3);
    expect(Math.abs(found.ellipse_percent - 100 * (camera.ellipse ?? 0))).toBeLessThan(0.4);
    expect(Math.abs(found.disk_radius_mrad - 2.2)).toBeLessThan(0.08);
    for (const [y, x] of [
      [0, 0],
      [2, 3],
    ] as const) {
      const [cy, cx] = centreAt(found.descan, y, x);
      expect(Math.hypot(cy - centre(y, x)[0], cx - centre(y, x)[1])).toBeLessThan(0.2);
    }
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect(calibrationRows(found).length).toBeGreaterThan(7);
  },
  60_000,
);

test.each([
  { zone: [1, 1, 0] as [number, number, number], rotation: 63 },
  { zone: [1, 1, 1] as [number, number, number], rotation: 12 },
])(
  'a scan along another zone, by the lattice that its disks have: %o',
  async ({ zone, rotation }) => {
    const { source } = synthetic({ rotation, px: 0.45, scan: [2, 2], size: [120, 128] }, 3e5, zone);
    const found = await calibrate(source, { ...BEAM, zone });
    expect(Math.abs(found.rotation_deg - rotation)).toBeLessThan(0.3);
    expect(Math.abs(found.px_mrad / 0.45 - 1)).toBeLessThan(5e-3);
    expect(found.ellipse_percent).toBeLessThan(0.8);
    expect(found.warnings.some((text) => text.includes('60°'))).toBe(zone[2] === 1);
    // The disks lie where the detector has them: bright there, dark between.
    const detector = { ...BEAM, zone, pixels: 32, pixelsPerOrder: [6, zone[2] === 1 ? 6 : 8] as [number, number] };
    const [pattern] = [await calibratedPatterns(source, found, detector).read([0])];
    const [a, b] = diskBasis(detector);
    const sum = (x: number, y: number) =>
      [-1, 0, 1].reduce(
        (all, n) =>
          all +
          [-1, 0, 1].reduce(
            (row, m) => row + pattern![Math.round(16 + y + n * b[1]) * 32 + Math.round(16 + x + m * a[0] + n * b[0])]!,
            0,
          ),
        0,
      );
    expect(sum(0, 0)).toBeGreaterThan(5 * sum((a[0] + b[0]) / 2, b[1] / 2));
    // Not a [001] detector's patterns.
    expect(() => calibratedPatterns(source, found, { ...detector, zone: undefined })).toThrow(
      expect.objectContaining({ tag: 'model-mismatch' }),
    );
    if (zone[2] !== 1) return;
    const turned = await calibrate(source, { ...BEAM, zone, rotation_deg: rotation + 180 });
    expect(Math.abs(Math.abs(turned.rotation_deg - rotation) - 180)).toBeLessThan(0.6);
  },
  120_000,
);

test('a rotation given by hand chooses among the four', async () => {
  const { source } = synthetic({ rotation: 5, px: 0.45, scan: [2, 2] });
  const found = await calibrate(source, { ...BEAM, rotation_deg: 94 });
  expect(Math.abs(found.rotation_deg - 95)).toBeLessThan(0.3);
}, 60_000);

test('noise, emptiness and nonsense are refused with advice', async () => {
  const random = new RandomStream(5, 'noise');
  const noise = memorySource(
    [2, 2, 96, 96],
    Float32Array.from({ length: 4 * 96 * 96 }, () => random.poisson(30)),
  );
  const lost = await problemOf(calibrate(noise, BEAM));
  expect(lost.tag).toBe('incomplete');
  expect(lost.message).toContain('No lattice');
  expect(lost.hint).toContain('convergence_mrad');
  const empty = memorySource([2, 2, 64, 64], new Float32Array(4 * 64 * 64));
  expect((await problemOf(calibrate(empty, BEAM))).tag).toBe('shape');
  expect((await problemOf(calibrate(noise, { ...BEAM, a_A: -1 }))).tag).toBe('range');
  const nan = memorySource([1, 1, 64, 64], new Float32Array(64 * 64).fill(Number.NaN));
  expect((await problemOf(calibrate(nan, BEAM))).tag).toBe('not-finite');
}, 60_000);

test('twin A: everything an operator does not know is found', async (context) => {
  const folder = sample(context, 'twin-a');
  const source = await openScan(await scanFile(join(folder, 'twinA_4dstem.h5')));
  const found = await calibrate(source, BEAM);
  // The truth, for scoring only.
  const truth = readNpz(new Uint8Array(readFileSync(join(folder, 'twinA_truth.npz'))));
  const centres = truth.centre_px!.data as Float64Array;
  let sum = 0;
  for (let i = 0; i < 256; i++) {
    const [cy, cx] = centreAt(found.descan, Math.floor(i / 16), i % 16);
    sum += (cy - Number(centres[2 * i])) ** 2 + (cx - Number(centres[2 * i + 1])) ** 2;
  }
  expect(Math.sqrt(sum / 512)).toBeLessThan(0.05);
  expect(Math.abs(found.rotation_deg - 4)).toBeLessThan(0.05);
  expect(Math.abs(found.px_mrad / 0.2613 - 1)).toBeLessThan(1e-3);
  expect(Math.abs(found.ellipse_percent - 0.8)).toBeLessThan(0.1);
  expect(Math.abs(found.ellipse_axis_deg - 32)).toBeLessThan(5);
  expect(Math.abs(found.dose_e / 1e6 - 1)).toBeLessThan(0.005);
  const places = truth.hot_index!.data;
  const hot = Array.from({ length: 30 }, (_, i) => Number(places[2 * i]) * 256 + Number(places[2 * i + 1]));
  expect(found.hot_pixels).toEqual(hot.toSorted((a, b) => a - b));

  const detector = { pixels: 128, pixelsPerOrder: 8, ...BEAM };
  const patterns = calibratedPatterns(source, found, detector);
  const [one] = [await patterns.read([37])];
  // Everything that the camera saw lies inside ±40 mrad.
  const raw = await source.read(37, 1);
  let counted = 0;
  for (let k = 0; k < raw.length; k++) counted += raw[k]! - source.dark![k]!;
  expect(Math.abs(one!.reduce((a, b) => a + b, 0) / (counted / found.dose_e) - 1)).toBeLessThan(0.02);
  const at = (h: number, k: number): number => one![(64 + 8 * h) * 128 + 64 + 8 * k]!;
  expect(at(0, 0)).toBeGreaterThan(5 * one![(64 + 4) * 128 + 64 + 4]!);
  expect(new LatticeView(source, found, detector).coverage[64 * 128 + 64]).toBeCloseTo(1, 5);
  source.close();
}, 120_000);
