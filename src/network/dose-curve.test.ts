import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { doseCurves } from './dose-curve.ts';
import type { Model } from './infer.ts';
import { testDataset } from './test-data.ts';

const PIXELS = 32;
/** Of a pixel, symmetric under a turn by 180° about the direct beam. */
const weight = (i: number) =>
  Math.cos(0.2 * ((i % PIXELS) - PIXELS / 2)) * Math.cos(0.3 * (Math.floor(i / PIXELS) - PIXELS / 2));
const weighed = (patterns: Float32Array, count: number) =>
  Float32Array.from({ length: count }, (_, p) => {
    let sum = 0;
    for (let i = 0; i < PIXELS ** 2; i++) sum += weight(i) * patterns[p * PIXELS ** 2 + i]!;
    return sum;
  });

test('a linear estimate errs by √(2/π)·√(Σ w²I/dose), and by nothing without noise', async () => {
  const data = testDataset(PIXELS, 200);
  const labels = [{ name: 'thickness', unit: 'nm' }];
  const exact: PatternDataset = {
    ...data,
    labels,
    read: async (indices) => {
      const { patterns } = await data.read(indices);
      return { patterns, labels: weighed(patterns, indices.length) };
    },
  };
  const model = {
    info: { labels, detector: data.detector },
    latent: 1,
    statesSigma: false,
    predict: async (patterns: Float32Array, count: number) => ({
      labels: weighed(patterns, count),
      sigma: new Float32Array(0),
      latent: new Float32Array(count),
      reconstruction: new Float32Array(0),
    }),
  } as unknown as Model;
  const indices = Array.from({ length: 200 }, (_, i) => i);
  const [curve] = await doseCurves(model, exact, indices, [1e4, 1e6], 3, quietTask);
  const { patterns } = await data.read(indices);
  const sigma_1e = Array.from({ length: 200 }, (_, p) => {
    let variance = 0;
    for (let i = 0; i < PIXELS ** 2; i++) variance += weight(i) ** 2 * patterns[p * PIXELS ** 2 + i]!;
    return Math.sqrt(variance);
  });
  const mean = sigma_1e.reduce((a, b) => a + b, 0) / 200;
  for (const [dose, mae] of curve!.points) {
    // 200 errors: 5% of their mean, one standard error.
    expect(Math.abs(mae / ((Math.sqrt(2 / Math.PI) * mean) / Math.sqrt(dose)) - 1), String(dose)).toBeLessThan(0.16);
  }
  expect(curve!.noise_free).toBeLessThan(1e-6);
  const truth = weighed(patterns, 200);
  const middle = truth.reduce((a, b) => a + b, 0) / 200;
  expect(curve!.mean_only).toBeCloseTo(truth.reduce((sum, value) => sum + Math.abs(value - middle), 0) / 200, 6);
});
