import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { readNpz } from '../core/npy.ts';
import { RandomStream } from '../core/random.ts';
import { problemOf } from '../core/test-problem.ts';
import { wavelength } from '../diffraction/optics.ts';
import { calibrate } from './calibrate.ts';
import { calibratedPatterns, LatticeView } from './calibrated.ts';
import { calibrationRows, centreAt, mapFrom, partsOf } from './calibration.ts';
import { openScan } from './open.ts';
import { memorySource, type PatternSource } from './pattern-source.ts';

const BEAM = { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const SPACING = (wavelength(300) * 1e3) / 3.95;

interface Camera {
  readonly rotation: number;
  readonly px: number;
  readonly ellipse?: number;
  readonly axis?: number;
  readonly scan?: readonly [number, number];
  readonly size?: readonly [number, number];
  readonly descan?: number;
}

/** Disks with smooth random contrast inside, fading outwards, on a faint background, with Poisson noise. */
function synthetic(
  camera: Camera,
  dose = 3e5,
): { source: PatternSource; centre: (y: number, x: number) => [number, number] } {
  const [ry, rx] = camera.scan ?? [3, 4];
  const [ny, nx] = camera.size ?? [112, 120];
  const map = mapFrom(camera.px, camera.rotation, camera.ellipse, camera.axis);
  const descan = camera.descan ?? 0.4;
  const centre = (y: number, x: number): [number, number] => [
    54.3 + descan * y - 0.3 * x,
    61.8 + 0.5 * descan * x + 0.1 * y,
  ];
  const det = map[0][0] * map[1][1] - map[0][1] * map[1][0];
  const data = new Float32Array(ry * rx * ny * nx);
  for (let p = 0; p < ry * rx; p++) {
    const random = new RandomStream(11, 'pattern', p);
    const contrast = Array.from({ length: 81 * 4 }, () => random.normal());
    const [cy, cx] = centre(Math.floor(p / rx), p % rx);
    const ideal = new Float64Array(ny * nx);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const [dy, dx] = [y - cy, x - cx];
        const qy = (map[1][1] * dy - map[0][1] * dx) / det;
        const qx = (-map[1][0] * dy + map[0][0] * dx) / det;
        const [h, k] = [Math.round(qy / SPACING), Math.round(qx / SPACING)];
        const [uy, ux] = [qy - h * SPACING, qx - k * SPACING];
        let value = 0.004 * Math.exp(-Math.hypot(qy, qx) / 8);
        if (Math.abs(h) <= 4 && Math.abs(k) <= 4) {
          const [a, b, c, d] = contrast.slice(4 * ((h + 4) * 9 + k + 4)) as [number, number, number, number];
          const inside = 1 / (1 + Math.exp((Math.hypot(uy, ux) - 2.2) / (0.35 * camera.px)));
          const texture = 1 + 0.5 * Math.tanh(a) + 0.3 * Math.sin(uy * b + ux * c + d);
          value += inside * Math.max(0.05, texture) * Math.exp(-Math.hypot(h, k) / 1.5) * ((h + k) % 2 ? 0.4 : 1);
        }
        ideal[y * nx + x] = value;
      }
    }
    const scale = dose / ideal.reduce((u, v) => u + v, 0);
    for (let i = 0; i < ideal.length; i++) data[p * ny * nx + i] = random.poisson(ideal[i]! * scale);
  }
  return { source: memorySource([ry, rx, ny, nx], data), centre };
}

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
  const source = await openScan(join(folder, 'twinA_4dstem.h5'));
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
