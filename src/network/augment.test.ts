import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { Augmenter } from './augment.ts';
import { Blurrer, theta0Of } from './blur.ts';
import { addNoise } from './noise.ts';
import { TEST_LABELS, testDataset } from './test-data.ts';

const total = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0);
const point = (n: number): Float32Array => {
  const x = new Float32Array(n * n);
  x[(n / 2) * n + n / 2] = 1;
  return x;
};

describe('blur', () => {
  const n = 128;
  const none = { fraction: 0, theta0: 0, sigma: 0 };

  test('no blur changes nothing; any blur conserves the total', () => {
    const stream = new RandomStream(1, 'blur');
    const a = Float32Array.from({ length: n * n }, () => stream.uniform());
    const b = Float32Array.from({ length: n * n }, () => stream.uniform());
    const [a0, b0] = [a.slice(), b.slice()];
    const blurrer = new Blurrer(n);
    blurrer.pair(a, none, b, { fraction: 0.3, theta0: 2, sigma: 0.7 });
    a.forEach((v, i) => {
      expect(Math.abs(v - a0[i]!)).toBeLessThan(1e-6);
    });
    expect(total(b) / total(b0)).toBeCloseTo(1, 6);
    expect(Math.max(...b) - Math.min(...b)).toBeLessThan(Math.max(...b0) - Math.min(...b0));
  });

  test('a point becomes the Gaussian', () => {
    const sigma = 2.5;
    const [a, b] = [point(n), new Float32Array(n * n)];
    new Blurrer(n).pair(a, { ...none, sigma }, b, none);
    for (let x = 0; x < 20; x++) {
      const expected = Math.exp((-0.5 * x * x) / sigma ** 2) / (2 * Math.PI * sigma ** 2);
      expect(Math.abs(a[(n / 2) * n + n / 2 + x]! - expected)).toBeLessThan(1e-7);
    }
  });

  test('a point becomes the inelastic kernel, with its half width, summed over periodic images', () => {
    const hwhm = 3;
    const theta0 = theta0Of(hwhm);
    const [a, b] = [new Float32Array(n * n), point(n)];
    new Blurrer(n).pair(a, none, b, { fraction: 1, theta0, sigma: 0 });
    const kernel = (r2: number): number => theta0 / (2 * Math.PI) / (r2 + theta0 ** 2) ** 1.5;
    expect(kernel(hwhm ** 2) / kernel(0)).toBeCloseTo(0.5, 12);
    const periodic = (x: number, y: number): number => {
      let sum = 0;
      const reach = 6;
      for (let i = -reach; i <= reach; i++) {
        for (let j = -reach; j <= reach; j++) sum += kernel((x + i * n) ** 2 + (y + j * n) ** 2);
      }
      // Beyond the images counted the kernel is θ₀/(2πr³), spread evenly.
      return sum + (4 * Math.SQRT2 * theta0) / (2 * Math.PI * (reach + 0.5) * n * n * n);
    };
    for (const [x, y] of [
      [0, 0],
      [3, 0],
      [5, 4],
      [20, 0],
      [40, 40],
    ] as const) {
      const got = b[(n / 2 + y) * n + n / 2 + x]!;
      // The sampled transform cuts exp(−2πθ₀ρ) at the Nyquist frequency: 5e-6 of its peak here.
      expect(Math.abs(got / periodic(x, y) - 1), `${x} ${y}`).toBeLessThan(2e-3);
    }
  });

  test('refuses sizes that are not powers of two', () => {
    expect(() => new Blurrer(48)).toThrow(/48 pixels/);
  });
});

describe('augmentation', () => {
  const data = testDataset(32, 40);
  const names = TEST_LABELS.map(({ name }) => name);
  const recipe = (text: string) => parseRecipe(`[training]\n${text}`).training;
  const make = async (text: string, indices: number[], purpose: 'augment' | 'validate' = 'augment') => {
    const { patterns, labels } = await data.read(indices);
    const before = patterns.slice();
    new Augmenter({ training: recipe(text), detector: data.detector, labels: names }).apply({
      purpose,
      epoch: 3,
      indices,
      patterns,
      labels,
    });
    return { before, patterns, labels };
  };

  test('draws depend on the pattern and not on its batch', async () => {
    const text = 'dose_e = [1e5, 1e6]\nbackground_fraction = [0.01, 0.1]';
    const alone = await make(text, [7]);
    const together = await make(text, [3, 7, 9]);
    expect(together.patterns.subarray(1024, 2048)).toEqual(alone.patterns);
    expect(together.labels.subarray(6, 12)).toEqual(alone.labels);
  });

  test('the background takes its fraction and keeps the total', async () => {
    const { before, patterns } = await make('symmetry = false\nbackground_fraction = [0.2, 0.2]', [1]);
    expect(total(patterns) / total(before)).toBeCloseTo(1, 5);
    patterns.forEach((v, i) => {
      expect(v).toBeGreaterThanOrEqual(0.8 * before[i]! * (1 - 1e-6));
    });
  });

  test('noise has the variance of its dose', () => {
    const dose = 2000;
    const n = 4000;
    const mean = 0.01;
    const pattern = new Float32Array(n).fill(mean);
    addNoise(pattern, dose, new RandomStream(5, 'noise'));
    const average = total(pattern) / n;
    const variance = total(pattern.map((v) => (v - average) ** 2)) / n;
    expect(average).toBeCloseTo(mean, 3);
    expect(variance / (mean / dose)).toBeGreaterThan(0.9);
    expect(variance / (mean / dose)).toBeLessThan(1.1);
  });

  test('validation leaves patterns as they lie', async () => {
    const { before, patterns } = await make('', [2, 5], 'validate');
    expect(patterns).toEqual(before);
  });

  test('the pixel of the detector at 300 kV, 8 pixels per order of 3.95 Å', () => {
    const pixel = pixelSide_mrad({ pixels: 64, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 });
    expect(pixel).toBeCloseTo((1e3 * 0.0196875) / (3.95 * 8), 5);
  });
});
