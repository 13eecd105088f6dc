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
    detector: { pixels: n },
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
    return { labels, latent: new Float32Array(), reconstruction: new Float32Array() };
  },
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
