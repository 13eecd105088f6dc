import { expect, test } from 'vitest';
import type { Model } from './infer.ts';
import { predictSymmetric } from './symmetric.ts';

const n = 8;

/** A stand-in network: labels are the pattern's centre of mass plus an error that favours +x, and its sum. */
const biased = {
  info: {
    labels: [
      { name: 'P_x', unit: 'uC/cm2' },
      { name: 'P_y', unit: 'uC/cm2' },
      { name: 'thickness', unit: 'nm' },
    ],
    detector: { pixels: n, pixelsPerOrder: 4 },
  },
  predict: async (patterns: Float32Array, count: number) => {
    const labels = new Float32Array(3 * count);
    for (let p = 0; p < count; p++) {
      for (let i = 0; i < n * n; i++) {
        const value = patterns[p * n * n + i]!;
        labels[3 * p]! += value * ((i % n) - n / 2);
        labels[3 * p + 1]! += value * (Math.floor(i / n) - n / 2);
        labels[3 * p + 2]! += value;
      }
      labels[3 * p]! += 0.5;
    }
    return { labels, sigma: new Float32Array(), latent: new Float32Array(), reconstruction: new Float32Array() };
  },
} as unknown as Model;

/** The same, stating 0.3, 0.4 and 1 for σ of a pattern and 0.5, 0.4 and 1 for the other look at it. */
const stating = {
  ...biased,
  predict: async (patterns: Float32Array, count: number) => ({
    ...(await biased.predict(patterns, count)),
    sigma: Float32Array.from({ length: 3 * count }, (_, i) => (i === 0 ? 0.3 : i === 3 ? 0.5 : i % 3 === 1 ? 0.4 : 1)),
  }),
} as unknown as Model;

test('vectors come back in the pattern’s own frame, and a preferred direction cancels and shows as spread', async () => {
  const pattern = new Float32Array(n * n);
  pattern[3 * n + 6] = 1; // q = (+2, −1)
  const { labels, spread } = await predictSymmetric(biased, pattern, 1);
  expect([...labels]).toEqual([2, -1, 1]);
  // The error turns with the pattern: ±0.5 along x.
  expect(spread[0]).toBeCloseTo(0.5, 6);
  expect(spread[1]).toBe(0);
  expect(spread[2]).toBe(0);
});

test('σ: the mean variance of the looks and that between them; none where the model states none', async () => {
  const pattern = new Float32Array(n * n);
  pattern[3 * n + 6] = 1;
  const { sigma } = await predictSymmetric(stating, pattern, 1);
  expect(sigma[0]).toBeCloseTo(Math.sqrt((0.09 + 0.25) / 2 + 0.25), 6);
  expect(sigma[1]).toBeCloseTo(0.4, 6);
  expect(sigma[2]).toBeCloseTo(1, 6);
  expect((await predictSymmetric(biased, pattern, 1)).sigma.length).toBe(0);
});
