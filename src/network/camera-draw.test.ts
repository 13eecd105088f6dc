import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { CameraDraw } from './camera-draw.ts';
import { type CameraFit, fittedSum } from './camera-fit-info.ts';
import { CAMERA, noCamera } from './camera-model.ts';

const detector = { pixels: 32, pixelsPerOrder: 4, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };

/** A fit whose one parameter has a value and a spread. */
function fitWith(name: string, value: number, deviation: number): CameraFit {
  const theta = noCamera();
  const place = CAMERA.findIndex((one) => one.name === name);
  theta[place] = value;
  return {
    parameters: CAMERA.map((one, k) => ({ ...one, value: theta[k]!, error: 0, library_error: 0, spread: 0 })),
    covariance_root: CAMERA.flatMap((_, a) =>
      Array.from({ length: a + 1 }, (_, b) => (a === b && a === place ? deviation : 0)),
    ),
    gain_rms: 0,
    misfit_library: 0,
    misfit: 0,
    misfit_counting: 0,
    left: 0,
    left_reference: { median: 0, high: 0 },
    patterns: 1,
    library_patterns: 1,
    dose_e: 1e6,
    at_bound: [],
  };
}

const sums = (fit: CameraFit, count: number) => {
  const patterns = Array.from({ length: count }, () => new Float32Array(1024).fill(1 / 1024));
  new CameraDraw(fit, detector).apply(
    patterns,
    patterns.map((_, i) => new RandomStream(2, 'draw', i)),
  );
  return patterns.map((pattern) => pattern.reduce((a, b) => a + b, 0));
};

test('draws have the mean and the spread of the fit, and go no farther than two of it', () => {
  const values = sums(fitWith('scale', 0.9, 0.05), 601);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  expect(mean).toBeCloseTo(0.9, 2);
  // A Gaussian held at ±2 has a standard deviation of 0.96.
  expect(deviation / 0.05).toBeGreaterThan(0.85);
  expect(deviation / 0.05).toBeLessThan(1.05);
  for (const value of values) expect(Math.abs(value - 0.9)).toBeLessThan(0.1001);
});

test('what is certain is drawn as it is, the last of an odd number too', () => {
  for (const value of sums(fitWith('background_2', 0.04, 0), 3)) expect(value).toBeCloseTo(1.04, 5);
});

test('a sum of parameters has the error of their covariance', () => {
  const fit = fitWith('background_0', 0.02, 0.01);
  // background_1 falls where background_0 rises: together they are certain.
  const root = [...fit.covariance_root];
  const first = CAMERA.findIndex(({ name }) => name === 'background_0');
  const row = first + 1;
  root[(row * (row + 1)) / 2 + first] = -0.01;
  expect(fittedSum({ ...fit, covariance_root: root }, 'background_0')).toEqual({ value: 0.02, error: 0.01 });
  expect(fittedSum({ ...fit, covariance_root: root }, 'background_').error).toBeCloseTo(0, 12);
});
