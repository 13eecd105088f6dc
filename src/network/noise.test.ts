import { expect, test } from 'vitest';
import { logFactorial, RandomStream } from '../core/random.ts';
import { addNoise } from './noise.ts';

/** Counts of many pixels of one mean. */
function counts(mean: number, n: number, key: number): Float64Array {
  const dose = 1000;
  const pattern = new Float32Array(n).fill(mean / dose);
  addNoise(pattern, dose, new RandomStream(1, 'noise', key));
  return Float64Array.from(pattern, (x) => Math.round(x * dose));
}

test('counts are Poisson on both sides of where the method changes: mean, variance, third moment, χ² of the histogram', () => {
  const n = 200_000;
  for (const [key, mean] of [0.05, 0.9, 4, 11.9, 12.1, 25, 140, 3000].entries()) {
    // What a float32 intensity makes of it.
    const exact = Math.fround(mean / 1000) * 1000;
    const list = counts(mean, n, key);
    const average = list.reduce((a, b) => a + b, 0) / n;
    const moment = (power: number) => list.reduce((sum, x) => sum + (x - exact) ** power, 0) / n;
    // Standard errors: √(μ/n), √((μ + 2μ²)/n), and the sixth moment's 15μ³ + 25μ² + μ for the third.
    expect(Math.abs(average - exact)).toBeLessThan(4.5 * Math.sqrt(exact / n));
    expect(Math.abs(moment(2) - exact)).toBeLessThan(4.5 * Math.sqrt((exact + 2 * exact ** 2) / n));
    const sixth = 15 * exact ** 3 + 25 * exact ** 2 + exact;
    expect(Math.abs(moment(3) - exact)).toBeLessThan(4.5 * Math.sqrt(sixth / n));
    const bins = new Map<number, number>();
    for (const x of list) bins.set(x, (bins.get(x) ?? 0) + 1);
    const spread = 6 * Math.sqrt(exact);
    let [chi2, degrees] = [0, -1];
    for (let k = Math.max(0, Math.floor(exact - spread)); k <= exact + spread; k++) {
      const expected = n * Math.exp(k * Math.log(exact) - exact - logFactorial(k));
      if (expected < 10) continue;
      chi2 += ((bins.get(k) ?? 0) - expected) ** 2 / expected;
      degrees++;
    }
    if (degrees > 0) expect(chi2).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
  }
});

test('neighbouring pixels, streams of other names, and patterns one after the other have nothing to do with each other', () => {
  const n = 100_000;
  const r = (a: Float64Array, b: Float64Array, mean: number) =>
    a.reduce((sum, x, i) => sum + (x - mean) * (b[i]! - mean), 0) / a.length / mean;
  for (const mean of [2, 30]) {
    const [one, other] = [counts(mean, n, 1), counts(mean, n, 2)];
    expect(Math.abs(r(one, other, mean))).toBeLessThan(4.5 / Math.sqrt(n));
    expect(Math.abs(r(one.subarray(1), one.subarray(0, n - 1), mean))).toBeLessThan(4.5 / Math.sqrt(n));
    expect(counts(mean, n, 1)).toEqual(one);
    const stream = new RandomStream(2, 'two patterns');
    const [first, second] = [0, 1].map(() => {
      const pattern = new Float32Array(n).fill(mean / 1000);
      addNoise(pattern, 1000, stream);
      return Float64Array.from(pattern, (x) => Math.round(x * 1000));
    }) as [Float64Array, Float64Array];
    expect(Math.abs(r(first, second, mean))).toBeLessThan(4.5 / Math.sqrt(n));
  }
});

test('nothing is counted where there is nothing; a pattern larger than any before has room', () => {
  const pattern = new Float32Array(300 ** 2).fill(1e-3);
  pattern.set([0, -1e-3, Number.NaN], 0);
  addNoise(pattern, 1e4, new RandomStream(3, 'x'));
  expect([...pattern.subarray(0, 3)]).toEqual([0, 0, 0]);
  const mean = pattern.reduce((a, b) => a + b, 0) / (pattern.length - 3);
  expect(Math.abs(mean / 1e-3 - 1)).toBeLessThan(4.5 / Math.sqrt(10 * pattern.length));
});
