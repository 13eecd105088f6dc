import { expect, test } from 'vitest';
import { butterfly, numbers } from './butterflies.ts';
import { gpuLinePlan, gpuRadices } from './line-plan.ts';

test('every radix against the sum it stands for, both ways', () => {
  for (const radix of [2, 3, 4, 5, 6, 7, 8, 10, 14, 15, 16]) {
    const x = Array.from({ length: radix }, (_, p) => [Math.sin(3 * p + 1), Math.cos(5 * p)] as const);
    for (const sign of [1, -1] as const) {
      for (const [q, [re, im]] of butterfly(numbers, x, sign).entries()) {
        let [wantRe, wantIm] = [0, 0];
        for (const [p, [r, i]] of x.entries()) {
          const angle = (sign * 2 * Math.PI * p * q) / radix;
          wantRe += r * Math.cos(angle) - i * Math.sin(angle);
          wantIm += r * Math.sin(angle) + i * Math.cos(angle);
        }
        // Constants are float32.
        expect(Math.hypot(re - wantRe, im - wantIm)).toBeLessThan(3e-7 * radix);
      }
    }
  }
});

test('radices multiply to n, at least two; positions are a permutation, gains nearly 1', () => {
  for (const n of [4, 8, 28, 35, 60, 224, 448, 1000, 1024]) {
    for (const largest of [4, 8, 16] as const) {
      const radices = gpuRadices(n, largest);
      expect(radices.reduce((a, b) => a * b)).toBe(n);
      expect(radices.length).toBeGreaterThan(1);
      expect(Math.max(...radices.filter((radix) => radix % 2 === 0), 2)).toBeLessThanOrEqual(largest);
      const { position, gain } = gpuLinePlan(n, radices);
      expect([...position].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      for (const value of gain) expect(Math.abs(value - 1)).toBeLessThan(1e-6);
    }
  }
  for (const n of [1, 2, 7, 22, 26]) expect(() => gpuRadices(n)).toThrow(/factor|product/);
});
