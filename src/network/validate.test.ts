import { expect, test } from 'vitest';
import { labelScore } from './validate.ts';

test('what a label gains counts by its share, whatever its size', () => {
  const mean = [1, 1, 1];
  expect(labelScore([0.5, 0.2, 0.1], mean) - labelScore([0.5, 0.1, 0.1], mean)).toBeCloseTo(Math.LN2 / 3, 12);
  expect(labelScore([0.5, 0.2, 0.002], mean) - labelScore([0.5, 0.2, 0.001], mean)).toBeCloseTo(Math.LN2 / 3, 12);
});

test('a label that is known by heart alone cannot outweigh what is measured', () => {
  // The first is told worse than by its mean, and worse from epoch to epoch; the second improves.
  expect(labelScore([1.9, 0.1], [1, 1])).toBeLessThan(labelScore([1.2, 0.11], [1, 1]));
  expect(labelScore([1.9, 0.1], [1, 1])).toBe(labelScore([1, 0.1], [1, 1]));
});
