import { expect, test } from 'vitest';
import { calibrate } from './calibrate.ts';
import { mapFrom, type Quad, times } from './calibration.ts';
import { pixelSides_mrad, statedAs_mrad, stretchOf, stretchText } from './stretch.ts';
import { BEAM, synthetic } from './test-scan.ts';

const N = 64;
const CENTRE = [31.3, 33.1] as const;

/** A disk of 8 px that a camera stretches by `by` along `axis_deg`, its edge blurred by half a pixel, 1,000 counts a pixel. */
function probe(by: number, axis_deg: number) {
  const a = (axis_deg * Math.PI) / 180;
  const data = Float32Array.from({ length: N * N }, (_, k) => {
    const [y, x] = [Math.floor(k / N) - CENTRE[0], (k % N) - CENTRE[1]];
    const [along, across] = [y * Math.cos(a) + x * Math.sin(a), x * Math.cos(a) - y * Math.sin(a)];
    const r = Math.hypot(along / (1 + by / 2), across / (1 - by / 2));
    return 1000 / (1 + Math.exp((r - 8) / 0.3));
  });
  return { data, centre: CENTRE, radius: 8 };
}

/** Pixels of `sides` [mrad] along y and x, the crystal turned by 30°. */
const pixels = ([y, x]: readonly [number, number]): Quad =>
  times(
    [
      [1 / y, 0],
      [0, 1 / x],
    ],
    mapFrom(1, 30),
  );

test('sides of pixels follow from M', () => {
  const [y, x] = pixelSides_mrad(pixels([0.4, 0.44]));
  expect(y).toBeCloseTo(0.4, 12);
  expect(x).toBeCloseTo(0.44, 12);
});

test.each([0.02, -0.05, 0.1])('pixels %d apart: the probe has the shape of the lattice', (by) => {
  const map = pixels([0.4 * (1 + by), 0.4]);
  const found = stretchOf(map, 5e-4, probe(Math.abs(by), by > 0 ? 90 : 0), N)!;
  expect([found.cause, found.told_by]).toEqual(['camera', 'vacuum probe']);
  expect(found.probe_percent! / 100).toBeCloseTo(Math.abs(by), 2);
  expect(stretchText(found, 100 * Math.abs(by))).toContain('pixels are no squares');
});

test('a cell that is longer one way leaves the probe round', () => {
  // Longest in the pattern along the crystal's y, 30° on the camera.
  const found = stretchOf(mapFrom(0.4, 30, 0.06, 0), 5e-4, probe(0.002, 30), N)!;
  expect([found.cause, found.told_by]).toEqual(['crystal', 'vacuum probe']);
  expect(found.on_camera_deg).toBeCloseTo(30, 6);
  expect(stretchText(found, 6)).toMatch(/cell is not square.*model of that cell/s);
});

test('without a probe the direction tells, where the crystal is turned; otherwise it is assumed, and said', () => {
  const told = (map: Quad) => {
    const { cause, told_by } = stretchOf(map, 5e-4, undefined, N)!;
    return [cause, told_by];
  };
  expect(told(pixels([0.42, 0.4]))).toEqual(['camera', 'direction']);
  expect(told(mapFrom(0.4, 30, 0.05, 90))).toEqual(['crystal', 'direction']);
  expect(told(mapFrom(0.4, 2, 0.05, 90))).toEqual(['camera', 'nothing']);
  expect(stretchText(stretchOf(mapFrom(0.4, 2, 0.05, 90), 5e-4, undefined, N)!, 5)).toContain('--vacuum');
  expect(stretchOf(mapFrom(0.4, 2, 0.008, 20), 5e-4, undefined, N)).toBeUndefined();
  expect(stretchOf(mapFrom(0.4, 2, 0.05, 20), 0.02, undefined, N)).toBeUndefined();
});

test('a scan by pixels that are 5% apart is calibrated; the side that the file states makes it no other crystal', async () => {
  // Longest along the camera's y: pixels of 0.439 by 0.461 mrad.
  const { source } = synthetic({ rotation: 7, px: 0.45, ellipse: 0.05, axis: -7, scan: [2, 3] });
  const found = await calibrate(source, BEAM);
  expect(Math.abs(found.px_mrad / 0.45 - 1)).toBeLessThan(3e-3);
  expect(Math.abs(found.ellipse_percent - 5)).toBeLessThan(0.4);
  const [y, x] = found.stretch!.pixel_mrad;
  expect(Math.abs(y - 0.439)).toBeLessThan(0.002);
  expect(Math.abs(x - 0.4615)).toBeLessThan(0.002);
  expect(found.warnings.join()).toContain('--vacuum');
  // What a file that states one number may mean.
  for (const stated of [0.439, 0.45, 0.4615])
    expect(Math.min(...statedAs_mrad(found).map((size) => Math.abs(size / stated - 1)))).toBeLessThan(0.006);
}, 60_000);
