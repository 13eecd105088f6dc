import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import {
  countingMisfit,
  distanceOf,
  distancesApart,
  latentStatistics,
  misfitOf,
  quantile,
  rootVariance,
} from './domain.ts';

test('the distance is Mahalanobis’: of normal latents, correlated as they like, its square has the mean 1 and follows χ²', () => {
  const n = 6;
  const random = new RandomStream(3, 'latents');
  const mixing = Array.from({ length: n * n }, () => random.normal());
  const draw = (shift = 0) => {
    const e = Array.from({ length: n }, () => random.normal() + shift);
    return Array.from({ length: n }, (_, i) => 5 * i + e.reduce((sum, v, j) => sum + mixing[i * n + j]! * v, 0));
  };
  const count = 4000;
  const statistics = latentStatistics(Float32Array.from(Array.from({ length: count }, () => draw()).flat()), n);
  const squares = Array.from({ length: count }, () => distanceOf(statistics, draw()) ** 2);
  const mean = squares.reduce((a, b) => a + b, 0) / count;
  expect(Math.abs(mean - 1)).toBeLessThan(0.05);
  // χ² of six degrees: 99 of 100 lie below 16.81.
  expect(Math.abs(quantile(squares, 0.99) * n - 16.81)).toBeLessThan(1.5);
  // A shift of three standard deviations along every axis adds 9.
  const far = Array.from({ length: count }, () => distanceOf(statistics, draw(3)) ** 2);
  expect(Math.abs(far.reduce((a, b) => a + b, 0) / count - 10)).toBeLessThan(0.3);
});

test('a direction in which nothing varied does not make everything infinitely far', () => {
  const latents = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? Math.sin(i) : 7));
  const statistics = latentStatistics(latents, 2);
  expect(distanceOf(statistics, [0, 7])).toBeLessThan(1);
  expect(distanceOf(statistics, [0, 8])).toBeGreaterThan(10);
});

test('the misfit of Poisson counts around the truth is a quarter over the mean count, per pixel', () => {
  const random = new RandomStream(1, 'counts');
  const [pixels, dose] = [4096, 1e6];
  const truth = Float32Array.from({ length: pixels }, (_, i) => (1 + Math.sin(i) ** 2) / (1.5 * pixels));
  const counted = truth.map((x) => random.poisson(dose * x) / dose);
  expect(Math.abs((misfitOf(counted, truth) * 4 * dose) / pixels - 1)).toBeLessThan(0.1);
  expect(misfitOf(truth, truth)).toBe(0);
});

test('E(√N − √μ)² against draws of N, and its limits', () => {
  const random = new RandomStream(2, 'roots');
  for (const mu of [0.02, 0.5, 3, 40]) {
    const squares = Array.from({ length: 40_000 }, () => (Math.sqrt(random.poisson(mu)) - Math.sqrt(mu)) ** 2);
    const mean = squares.reduce((a, b) => a + b, 0) / squares.length;
    expect(rootVariance(mu) / mean).toBeGreaterThan(0.97);
    expect(rootVariance(mu) / mean).toBeLessThan(1.03);
  }
  expect(rootVariance(1e-6)).toBeCloseTo(1e-6, 9);
  expect(rootVariance(1e5)).toBeCloseTo(0.25, 4);
});

test('what counting leaves is the misfit of counts around their expectation, dark pixels included', () => {
  const random = new RandomStream(4, 'dark');
  const [pixels, dose] = [4096, 1e5];
  // Half of the pixels expect a tenth of a count.
  const truth = Float32Array.from({ length: pixels }, (_, i) => (i % 2 === 0 ? 1e-6 : 48 / dose));
  const counted = truth.map((x) => random.poisson(dose * x) / dose);
  expect(misfitOf(counted, truth) / countingMisfit(truth, dose)).toBeGreaterThan(0.9);
  expect(misfitOf(counted, truth) / countingMisfit(truth, dose)).toBeLessThan(1.1);
  expect(countingMisfit(truth, Number.POSITIVE_INFINITY)).toBe(0);
});

test('distances from the other structures see that structures differ', () => {
  const random = new RandomStream(6, 'apart');
  const structure = Int32Array.from({ length: 400 }, (_, i) => i % 4);
  const centre = [0, 0, 0, 8];
  const vectors = Float32Array.from({ length: 800 }, (_, i) => centre[structure[i >> 1]!]! + random.normal());
  const mean = (of: Float64Array, one: number) =>
    of.reduce((sum, d, i) => sum + (structure[i] === one ? d / 100 : 0), 0);
  const apart = distancesApart(vectors, structure);
  // Eight standard deviations away in each of two directions.
  expect(mean(apart, 3)).toBeGreaterThan(7);
  expect(mean(apart, 0)).toBeLessThan(1.5);
  const alone = distancesApart(vectors.slice(0, 20), new Int32Array(10));
  expect(Math.max(...alone)).toBeLessThan(4);
});
