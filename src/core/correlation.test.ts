import { expect, test } from 'vitest';
import { correlation } from './correlation.ts';

test('Pearson’s r of series whose r is known', () => {
  expect(correlation([1, 2, 3], [5, 7, 9])).toBeCloseTo(1, 12);
  expect(correlation([1, 2, 3], [9, 7, 5])).toBeCloseTo(-1, 12);
  // Anscombe, Am. Stat. 27, 17 (1973), the first set.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  expect(correlation(x, y)).toBeCloseTo(0.8164, 4);
  expect(
    correlation(
      Float32Array.from(x, (v) => 1e5 + v),
      Float64Array.from(y),
    ),
  ).toBeCloseTo(0.8164, 4);
});

test('what does not vary has none, rounding or not', () => {
  expect(correlation([1, 2, 3], [1, 1, 1])).toBeNaN();
  // The mean of a thousand 0.1 is not 0.1.
  const flat = new Float64Array(1000).fill(0.1);
  expect(
    correlation(
      flat,
      flat.map((_, i) => i),
    ),
  ).toBeNaN();
  expect(correlation([], [])).toBeNaN();
});
