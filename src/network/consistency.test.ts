import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { type Consistency, compareConsistency, consistencyOf } from './consistency.ts';
import type { Model } from './infer.ts';

const n = 8;
const names = ['P_x', 'P_y', 'thickness'];

/** Answers with the centre of mass of a pattern [pixels], which turns with it, and a thickness; `askew` adds to P_x whatever the view. */
const centroid = (thickness: number, askew = 0) =>
  ({
    info: { detector: { pixels: n, pixelsPerOrder: 4 }, labels: names.map((name) => ({ name, unit: '1' })) },
    predict: async (patterns: Float32Array, count: number) => {
      const labels = new Float32Array(3 * count);
      for (let i = 0; i < count; i++) {
        let [x, y, sum] = [0, 0, 0];
        for (let k = 0; k < n * n; k++) {
          const value = patterns[i * n * n + k]!;
          x += value * ((k % n) - n / 2);
          y += value * (Math.floor(k / n) - n / 2);
          sum += value;
        }
        labels.set([x / sum + askew, y / sum, thickness], 3 * i);
      }
      return { labels, reconstruction: patterns, latent: new Float32Array(2), sigma: new Float32Array() };
    },
  }) as unknown as Model;
const told = names.map((name, label) => ({ name, label, prior: 2 }));

test('a model that turns with the pattern has no spread over views; look-alikes are held against thickness alone', async () => {
  const stream = new RandomStream(1, 'views');
  // The outermost row and column have no partner on the other side.
  const patterns = Float32Array.from({ length: 2 * n * n }, (_, k) =>
    k % n === 0 || Math.floor(k / n) % n === 0 ? 0 : stream.uniform(),
  );
  const alike = Float32Array.of(9, 9, 35, 9, 9, 37);
  const fair = await consistencyOf(centroid(36), patterns, 1e6, alike, told);
  for (const value of fair.looks) expect(value).toBeLessThan(1e-5);
  expect([...fair.library]).toEqual([0.5, 0.5]);
  // An in-plane offset that does not turn: over eight views its components have the rms of the offset over √2 each.
  const askew = await consistencyOf(centroid(36, 1), patterns, 1e6, alike, told);
  for (const value of askew.looks) expect(value).toBeCloseTo(Math.sqrt((0.5 + 0.5) / 4 / 3), 5);
});

describe('before and after', () => {
  const all = (f: (i: number) => number): Consistency => {
    const values = Float64Array.from({ length: 40 }, (_, i) => f(i));
    return { reconstruction: values, latents: values, looks: values, library: values };
  };
  const verdict = (after: (i: number) => number) =>
    compareConsistency(
      all((i) => 1 + 0.1 * (i % 3)),
      all(after),
    )[0]!.verdict;
  test('a change counts that is more than two of its errors and a twentieth', () => {
    expect(verdict((i) => 0.9 + 0.1 * (i % 3))).toBe('better');
    expect(verdict((i) => 1.2 + 0.1 * (i % 3))).toBe('worse');
    expect(verdict((i) => 0.98 + 0.1 * (i % 3))).toBe('same');
    expect(verdict((i) => 1.2 + 0.1 * (i % 3) + 2 * Math.sin(7 * i))).toBe('same');
  });
});
