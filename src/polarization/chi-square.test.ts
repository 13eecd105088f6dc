import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { Blurrer } from '../network/blur.ts';
import { addNoise } from '../network/noise.ts';
import { mapFrom } from '../scan/calibration.ts';
import { Resampler } from '../scan/resample.ts';
import { type ChiSquareOptions, chiSquare, resampledVariance } from './chi-square.ts';

const n = 64;
/** Disks that differ, with a slope inside, edges a pixel wide, of sum 0.7. @param slope of each disk */
const disks = (slope: number, shift = 0) => {
  const pattern = Float32Array.from({ length: n * n }, (_, i) => {
    const [y, x] = [Math.floor(i / n) - n / 2, (i % n) - n / 2 - shift];
    const [gy, gx] = [Math.round(y / 12), Math.round(x / 12)];
    const edge = 1 / (1 + Math.exp(3 * (Math.hypot(y - 12 * gy, x - 12 * gx) - 4)));
    return 1e-7 + edge * Math.exp(-1.2 * Math.hypot(gy, gx)) * (1 + slope * (gx - 0.3 * gy) * (x - 12 * gx));
  });
  const sum = pattern.reduce((a, b) => a + b, 0);
  return pattern.map((value) => (0.7 * value) / sum);
};
const crystal = disks(0.02);
const options: ChiSquareOptions = {
  dose_e: 1e6,
  variance: 1,
  compared: new Uint8Array(n * n).fill(1),
  inelastic_hwhm_px: [1.2, 2.4],
};
const noisy = (pattern: Float32Array, dose_e: number, seed = 1) => {
  const copy = pattern.slice();
  addNoise(copy, dose_e, new RandomStream(seed, 'chi'));
  return copy;
};
const blurred = (pattern: Float32Array, fraction: number, theta0: number, sigma: number) => {
  const copy = pattern.slice();
  new Blurrer(n).pair(copy, { fraction, theta0, sigma }, new Float32Array(n * n), { fraction: 0, theta0: 0, sigma: 0 });
  return copy;
};

describe.each([1e4, 1e6, 1e8])('at %d electrons', (dose_e) => {
  test('counting alone leaves 1', () => {
    const found = [1, 2, 3, 4].map((seed) => chiSquare(noisy(crystal, dose_e, seed), crystal, { ...options, dose_e }));
    const mean = found.reduce((sum, { reduced }) => sum + reduced / found.length, 0);
    // Four patterns of a thousand pixels that count: √(2/4000), and pixels of few counts scatter more.
    expect(Math.abs(mean - 1)).toBeLessThan(0.12);
    expect(found[0]!.fitted).toBe(9);
    expect(found[0]!.freedom).toBeLessThan(60 * 60);
  });
});

test('so it does beside what an instrument does: background, blur, inelastic scattering, a shift, fewer electrons', () => {
  const soft = blurred(crystal, 0, 0, 0.3);
  const other = blurred(disks(0.02, 0.1), 0.1, 2, 0.3).map((value) => 0.9 * value + 0.03 / (n * n));
  expect(chiSquare(noisy(soft, 1e6), crystal, options).reduced).toBeLessThan(1.15);
  expect(chiSquare(noisy(other, 1e6), crystal, options).reduced).toBeLessThan(1.3);
  const found = chiSquare(noisy(disks(0.08), 1e6), crystal, options).reduced;
  expect(found).toBeGreaterThan(3);
});

test('what resampling leaves of Poisson’s variance, measured', () => {
  for (const across of [0.6, 1.3, 2.4]) {
    const random = new RandomStream(4, 'resampled');
    const size = 150;
    const raw = Float32Array.from({ length: size * size }, () => random.poisson(40));
    const pixels = Math.floor(size / across / 2) * 2 - 30;
    const out = new Float32Array(pixels * pixels);
    const grid = { pixels, pixel_mrad: [across, across] as const, map: mapFrom(1, 0) };
    // Turned, target pixels would meet camera pixels alike but obliquely.
    new Resampler(grid, size, size).resample(raw, [75.3, 74.6], 1, out);
    const mean = 40 * across ** 2;
    const measured = out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length / mean;
    expect(Math.abs(measured / resampledVariance(across) - 1)).toBeLessThan(0.15);
  }
});

test('too few electrons to fit anything', () => {
  const few = { ...options, dose_e: 5 };
  expect(() => chiSquare(noisy(crystal, 5), crystal, few)).toThrow(expect.objectContaining({ tag: 'range' }));
});
