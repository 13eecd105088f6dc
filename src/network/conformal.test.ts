import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { calibrateLabel, conformalFactor, coverageOf, LEVELS, promised, ratioOf } from './conformal.ts';

/** |error|/σ of n patterns from each of K structures; a structure's errors are `scale` times too large, drawn for each. */
function draw(random: RandomStream, structures: number, patterns: number, scale: (random: RandomStream) => number) {
  return Array.from({ length: structures }, () => {
    const own = scale(random);
    return Array.from({ length: patterns }, () => Math.abs(own * random.normal()));
  });
}

test('of many Gaussian errors the factors are the quantiles of |normal|', () => {
  const ratios = draw(new RandomStream(1, 'many'), 40, 2000, () => 1);
  expect(conformalFactor(ratios, 0.68)).toBeCloseTo(0.9945, 1);
  expect(conformalFactor(ratios, 0.95)).toBeCloseTo(1.96, 1);
});

test('structures count alike, however many patterns they have', () => {
  const small = [1, 1, 3];
  const large = Array.from({ length: 300 }, () => 2);
  expect(conformalFactor([small, large], 0.5)).toBe(2);
  expect(conformalFactor([small, large], 0.33)).toBe(1);
  expect(conformalFactor([small, large], 0.84)).toBe(3);
});

describe.each([
  ['alike', () => 1],
  // One structure in five is nothing like the others: the worst that an average can meet.
  ['very unlike', (random: RandomStream) => (random.uniform() < 0.2 ? 30 : 1)],
] as const)('structures that are %s', (_name, scale) => {
  test.each([4, 10])('the promise is kept with %i of them', (structures) => {
    const random = new RandomStream(2, 'promise', structures);
    const covered = [0, 0];
    const trials = 400;
    for (let i = 0; i < trials; i++) {
      const ratios = draw(random, structures, 50, scale);
      const next = draw(random, 1, 50, scale);
      LEVELS.forEach((level, l) => {
        covered[l]! += coverageOf(next, () => conformalFactor(ratios, level)).mean / trials;
      });
    }
    // Two standard errors of the trials.
    LEVELS.forEach((level, l) => {
      expect(covered[l]).toBeGreaterThan(promised(level, structures) - 0.04);
    });
  });
});

test('leaving out one structure at a time sees that structures differ; all in one would not', () => {
  const random = new RandomStream(3, 'differ');
  const ratios = draw(random, 6, 200, (r) => Math.exp(1.5 * r.normal()));
  const { factors, coverage, spread } = calibrateLabel('P_x', ratios, [1, 2]);
  const inSample = coverageOf(ratios, () => factors[1]).mean;
  expect(inSample).toBeGreaterThanOrEqual(0.95);
  expect(coverage![1]).toBeLessThan(inSample);
  expect(spread![0]).toBeGreaterThan(0.1);
  expect(calibrateLabel('P_x', ratios.slice(0, 1), [1, 2]).coverage).toBeUndefined();
});

test('an exact answer is covered, whatever σ is', () => {
  expect(ratioOf(0, 0)).toBe(0);
  expect(ratioOf(1, 0)).toBe(Number.POSITIVE_INFINITY);
  expect(ratioOf(-2, 4)).toBe(0.5);
});
