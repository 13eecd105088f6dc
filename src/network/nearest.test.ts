import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { countingR1, deviations, nearestByLabels, r1 } from './nearest.ts';
import { addNoise } from './noise.ts';

test('nearest by labels counts each over its deviation, and not what does not vary', () => {
  const library = [0, 0, 7, 10, 0, 7, 0, 3, 7];
  expect(deviations(library, 3)[0]).toBeCloseTo(Math.sqrt(200 / 9), 12);
  // 6 is nearer to 10 than to 0; the second label has a deviation of √2: 3 lies further off than 6 of the first.
  expect(nearestByLabels([6, 0, 1e6], library, deviations(library, 3))).toBe(1);
  expect(nearestByLabels([4, 2, 1e6], library, deviations(library, 3))).toBe(2);
});

test('R1 of a pattern with itself, however scaled, is 0; of two that share no pixel 2', () => {
  expect(r1([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 12);
  expect(r1([1, 0], [0, 5])).toBe(2);
});

test('R1 of counting is what patterns drawn at random have, at few electrons and at many', () => {
  const pattern = Float32Array.from({ length: 4096 }, (_, i) => ((i % 64) + 0.5) / (32 * 4096));
  for (const dose of [500, 2e4, 3e6]) {
    const noisy = pattern.slice();
    addNoise(noisy, dose, new RandomStream(1, 'counting', dose));
    const off = noisy.reduce((all, value, i) => all + Math.abs(value - pattern[i]!), 0);
    expect(off / pattern.reduce((a, b) => a + b, 0) / countingR1(pattern, dose), String(dose)).toBeCloseTo(1, 1);
  }
  // Many electrons a pixel: a Gaussian's mean deviation.
  expect(countingR1([1], 1e6)).toBeCloseTo(Math.sqrt(2 / Math.PI / 1e6), 6);
});
