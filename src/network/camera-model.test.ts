import { describe, expect, test } from 'vitest';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import { wavelength } from '../diffraction/optics.ts';
import { BACKGROUND, CAMERA, CameraModel, noCamera } from './camera-model.ts';

const detector = { pixels: 64, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const n = detector.pixels;
const pixel = pixelSide_mrad(detector);
const model = new CameraModel(detector);
/** A Gaussian of rms 3 pixels at (y, x) pixels from the direct beam, of sum 1. */
const spot = (y = 0, x = 0) => {
  const out = Float32Array.from({ length: n * n }, (_, i) =>
    Math.exp(-0.5 * (((Math.floor(i / n) - n / 2 - y) / 3) ** 2 + ((i % n) - n / 2 - x) ** 2 / 9)),
  );
  const sum = out.reduce((a, b) => a + b, 0);
  return out.map((value) => value / sum);
};
const theta = (values: Record<string, number>) => {
  const out = noCamera();
  for (const [name, value] of Object.entries(values)) out[CAMERA.findIndex((one) => one.name === name)] = value;
  return out;
};
const apply = (pattern: Float32Array, values: Record<string, number>) => {
  model.pair(pattern, theta(values), new Float32Array(n * n), noCamera());
  return pattern;
};
/** Sum, centre [y, x] and variances [y, x] in mrad of a pattern. */
const moments = (pattern: Float32Array) => {
  let [sum, y, x, yy, xx] = [0, 0, 0, 0, 0];
  pattern.forEach((value, i) => {
    const [qy, qx] = [(Math.floor(i / n) - n / 2) * pixel, ((i % n) - n / 2) * pixel];
    sum += value;
    y += value * qy;
    x += value * qx;
    yy += value * qy * qy;
    xx += value * qx * qx;
  });
  [y, x] = [y / sum, x / sum];
  return { sum, y, x, yy: yy / sum - y * y, xx: xx / sum - x * x };
};

describe('the camera model', () => {
  test('without a camera patterns stay as they are', () => {
    const before = spot(3, -5);
    const after = apply(before.slice(), {});
    after.forEach((value, i) => {
      expect(Math.abs(value - before[i]!)).toBeLessThan(1e-8);
    });
  });

  test('shift and blur are in mrad: centre and variance move by them', () => {
    const { sum, y, x, yy } = moments(apply(spot(), { shift_y: 0.05, shift_x: -0.08, blur_variance: 0.3 }));
    expect(sum).toBeCloseTo(1, 4);
    expect(y).toBeCloseTo(0.05, 3);
    expect(x).toBeCloseTo(-0.08, 3);
    // A shift to first order takes its own square from the second moment.
    expect(yy - moments(spot()).yy).toBeCloseTo(0.3 - 0.05 ** 2, 2);
  });

  test('an ellipse moves what lies off centre, out along y and in along x', () => {
    const along = moments(apply(spot(10, 0), { ellipse_1: 0.01 }));
    const across = moments(apply(spot(0, 10), { ellipse_1: 0.01 }));
    expect(along.y / (10 * pixel)).toBeCloseTo(1.01, 3);
    expect(across.x / (10 * pixel)).toBeCloseTo(0.99, 3);
    const diagonal = moments(apply(spot(0, 10), { ellipse_2: 0.01 }));
    expect(diagonal.y / (10 * pixel)).toBeCloseTo(0.01, 3);
  });

  test('u² damps by the Debye–Waller factor of intensities', () => {
    const before = spot(12, 0);
    const after = apply(before.slice(), { delta_u2: 0.004 });
    const at = (n / 2 + 12) * n + n / 2;
    const perA = (12 * pixel) / 1e3 / wavelength(300);
    expect(after[at]! / before[at]!).toBeCloseTo(Math.exp(-4 * Math.PI ** 2 * 0.004 * perA ** 2), 4);
  });

  test('backgrounds are shares of the beam, round and where they say', () => {
    const after = apply(new Float32Array(n * n), { background_0: 0.01, background_3: 0.02 });
    expect(moments(after).sum).toBeCloseTo(0.03, 6);
    // A ring at three quarters of the half, as high on all sides.
    const at = (y: number, x: number) => after[(n / 2 + y) * n + n / 2 + x]!;
    expect(at(24, 0)).toBeGreaterThan(2 * at(12, 0));
    expect(at(0, -24)).toBeCloseTo(at(24, 0), 9);
    expect(model.background.length).toBe(CAMERA.length - BACKGROUND);
  });
});
