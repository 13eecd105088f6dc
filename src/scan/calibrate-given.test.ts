/** Calibrations of a scan that a camera saw in a mirror, and with values that a user gave. */

import { beforeAll, expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { calibrate } from './calibrate.ts';
import { overruled } from './calibrate-given.ts';
import { calibratedPatterns } from './calibrated.ts';
import { type Calibration, centreAt, partsOf } from './calibration.ts';
import { centreResiduals } from './centre-residuals.ts';
import { withGiven } from './given.ts';
import type { PatternSource } from './pattern-source.ts';
import { BEAM, synthetic } from './test-scan.ts';

const camera = { rotation: 9, px: 0.45, scan: [2, 2] as const };
const { source, centre } = synthetic(camera);
/** The same patterns in a mirror; the file says so, or not. */
const mirrored = (turned?: PatternSource['info']['turned']): PatternSource => {
  const { flips: _, ...turnedSource } = withGiven(source, {}, ['transpose']);
  return { ...turnedSource, info: { ...source.info, turned } };
};

let straight: Calibration;
beforeAll(async () => {
  straight = await calibrate(source, BEAM);
}, 240_000);

test('a mirrored camera: what the file says gives the model the patterns of the straight one', async () => {
  expect(straight.orientation).toMatchObject({ from: 'assumed', mirror: false, turn_deg: 0 });
  const told = await calibrate(mirrored({ turn_deg: 9, mirror: true }), BEAM);
  expect(told.orientation).toMatchObject({ from: 'file', mirror: true, turn_deg: 0 });
  expect(Math.abs(told.rotation_deg - 9)).toBeLessThan(0.15);
  expect(Math.abs(told.orientation!.crystal_deg!)).toBeLessThan(0.15);
  expect(partsOf(told.map_px_per_mrad).mirror).toBe(true);
  const detector = { ...BEAM, pixels: 32, pixelsPerOrder: 6 };
  const read = async (scan: PatternSource, by: typeof told) => calibratedPatterns(scan, by, detector).read([0, 3]);
  const [a, b] = [await read(source, straight), await read(mirrored(), told)];
  const off = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, v, i) => sum + Math.abs(v - other[i]!), 0) / one.reduce((sum, v) => sum + v, 0);
  expect(off(b, a)).toBeLessThan(0.05);
  // Exchanged axes make other patterns: what the test is about shows.
  const exchanged = a.map((_, i) => a[i - (i % 1024) + 32 * (i % 32) + Math.floor((i % 1024) / 32)]!);
  expect(off(exchanged, a)).toBeGreaterThan(0.2);

  const residuals = await centreResiduals(source, straight, quietTask);
  expect(residuals.shape).toEqual([2, 2]);
  for (const value of [...residuals.y, ...residuals.x]) expect(Math.abs(value)).toBeLessThan(0.3);
  const beside = overruled(straight, { centre_px: [straight.centre0_px[0] + 0.5, straight.centre0_px[1]] });
  const moved = await centreResiduals(source, beside, quietTask);
  for (const [i, value] of moved.y.entries()) expect(value - residuals.y[i]!).toBeCloseTo(-0.5, 1);
}, 240_000);

test('given pixel and centre stand without an error, and beside what was measured', () => {
  const found = overruled(straight, { pixel_mrad: 0.5, centre_px: [50, 60] });
  expect(found).toMatchObject({ px_mrad: 0.5, px_se_mrad: 0, centre0_px: [50, 60], given: ['pixel', 'centre'] });
  const { px_mrad, rotation_deg } = partsOf(found.map_px_per_mrad);
  expect(px_mrad).toBeCloseTo(0.5, 9);
  expect(Math.abs(rotation_deg - 9)).toBeLessThan(0.15);
  // With a jump before the middle of the scan, the centre there is the given one too.
  const { descan } = straight;
  const jumped = {
    ...straight,
    descan: { ...descan, jumps: [{ axis: 'ry' as const, from: 0, px: [3, -2] as [number, number] }] },
  };
  const there = overruled(
    { ...jumped, centre0_px: centreAt(jumped.descan, ...descan.middle) },
    { centre_px: [50, 60] },
  );
  for (const [k, v] of centreAt(there.descan, ...descan.middle).entries()) expect(v).toBeCloseTo([50, 60][k]!, 9);
  // The drift over the scan is still the measured one.
  const [y0, y1] = [centre(0, 0)[0], centre(1, 0)[0]];
  expect(found.descan.per_ry_px[0]).toBeCloseTo(y1 - y0, 1);
  expect(found.warnings.filter((text) => /the given one/.test(text))).toHaveLength(2);
  expect(found.warnings.join(' ')).toMatch(/0\.5000 mrad; the lattice of disks says 0\.4[45]/);
});
