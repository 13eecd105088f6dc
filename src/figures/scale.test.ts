import { expect, test } from 'vitest';
import { spread } from './line-labels.ts';
import { quantile, robustRange, roundDown, roundUp, symmetricRange, ticks } from './scale.ts';

test('round numbers', () => {
  expect([0.0123, 0.2, 1.99, 2, 7, 99].map(roundDown)).toEqual([0.01, 0.2, 1, 2, 5, 50]);
  expect([0.0123, 23.4, 7, 99.2].map(roundUp)).toEqual([0.013, 24, 7, 100]);
});

test('ticks are round, inside, and at least two', () => {
  expect(ticks(-24, 24, 5)).toEqual([-20, -10, 0, 10, 20]);
  expect(ticks(46.2, 53.1, 4)).toEqual([48, 50, 52]);
  expect(ticks(-1.6, 1.6, 2).length).toBeGreaterThanOrEqual(2);
  expect(ticks(3, 3, 4)).toEqual([3]);
});

test('quantiles skip what is not finite', () => {
  expect(quantile([3, Number.NaN, 1, 2], 0.5)).toBe(2);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([Number.NaN], 0.5)).toBeNaN();
});

test('ranges leave out outliers and are never a point', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e6 : Math.sin(i)));
  expect(symmetricRange(values)).toEqual([-1, 1]);
  expect(robustRange(values)[1]).toBeLessThan(1.01);
  expect(robustRange([4, 4])).toEqual([3.8, 4.2]);
  expect(symmetricRange([0, 0])).toEqual([-1, 1]);
});

test('labels keep their order, their distance and the frame', () => {
  expect(spread([50, 51, 10], 10, 0, 100)).toEqual([50, 60, 10]);
  expect(spread([98, 99], 10, 0, 100)).toEqual([90, 100]);
});
