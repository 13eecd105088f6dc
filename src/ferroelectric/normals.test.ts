import { expect, test } from 'vitest';
import { normals } from './normals.ts';

const COUNT = 400_000;
const draw = (seed: number, step: number, count = COUNT) => {
  const out = new Float64Array(count);
  normals(out, seed, step);
  return out;
};

test('have the moments and the tails of the normal distribution', () => {
  const values = draw(1, 5);
  const mean = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / COUNT;
  // Five standard errors: the variance of x^p is (2p−1)!! − ((p−1)!!)².
  for (const [power, want, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
    [6, 15, 10170],
  ] as const) {
    expect(Math.abs(mean(power) - want)).toBeLessThan(5 * Math.sqrt(variance / COUNT));
  }
  for (const [limit, share] of [
    [0.5, 0.6170750774519738],
    [1, 0.31731050786291415],
    [2, 0.04550026389635842],
    [3, 0.0026997960632601866],
  ] as const) {
    const beyond = values.filter((x) => Math.abs(x) > limit).length / COUNT;
    expect(Math.abs(beyond - share)).toBeLessThan(5 * Math.sqrt(share / COUNT));
  }
});

test('neighbours, seeds and steps are independent', () => {
  const values = draw(3, 7);
  const correlation = (a: Float64Array, b: Float64Array) => b.reduce((sum, y, i) => sum + a[i]! * y, 0) / COUNT;
  const limit = 5 / Math.sqrt(COUNT);
  for (const shift of [1, 2, 3, 4]) expect(Math.abs(correlation(values, values.subarray(shift)))).toBeLessThan(limit);
  expect(Math.abs(correlation(values, draw(3, 8)))).toBeLessThan(limit);
  expect(Math.abs(correlation(values, draw(4, 7)))).toBeLessThan(limit);
});

test('a deviate depends on its place alone, and a pair lies on its circle', () => {
  expect(draw(9, 2, 10)).toEqual(draw(9, 2, 1000).subarray(0, 10));
  // The pair's angle is uniform: the mean of its second and fourth harmonics vanishes only if sine and cosine fit together in every quadrant.
  const values = draw(6, 1);
  let [second, fourth] = [0, 0];
  for (let i = 0; i < COUNT; i += 2) {
    const angle = Math.atan2(values[i + 1]!, values[i]!);
    second += Math.cos(2 * angle);
    fourth += Math.cos(4 * angle);
  }
  for (const sum of [second, fourth]) expect(Math.abs(sum) / (COUNT / 2)).toBeLessThan(5 / Math.sqrt(COUNT));
});
