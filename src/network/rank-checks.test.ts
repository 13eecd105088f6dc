import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { DRAWS, deviation, type Posteriors, rankHistogram, ranksOf, tarpShares } from './rank-checks.ts';

const COUNT = 4000;

/** Truths drawn from posteriors whose σ is then stated `times` as large, and whose means `bias` σ too high; errors of both labels are alike where `together`. */
function draw(times: number, bias = 0, together = false): Posteriors {
  const random = new RandomStream(6, 'posteriors');
  const mean = Float32Array.from({ length: 2 * COUNT }, () => random.between(-10, 10));
  const spread = mean.map(() => random.between(0.5, 2));
  let shared = 0;
  const truth = mean.map((m, i) => {
    const own = random.normal();
    if (i % 2 === 0) shared = own;
    return m + spread[i]! * ((together ? shared : own) - bias);
  });
  return { count: COUNT, width: 2, truth, mean, sigma: spread.map((s) => times * s) };
}
const ranks = (of: Posteriors) => ranksOf(of, 0, new RandomStream(7, 'ranks'));
const scaled = (of: Posteriors) => ranks(of).map((rank) => (rank + 0.5) / (DRAWS + 1));
const shares = (of: Posteriors) => tarpShares(of, new RandomStream(8, 'references'));
/** Five standard errors of a distribution function of COUNT values. */
const SMALL = 2.5 / Math.sqrt(COUNT);

describe('posteriors that are those of the truth', () => {
  test('have even ranks', () => {
    expect(deviation(scaled(draw(1)))).toBeLessThan(SMALL);
    const counts = rankHistogram(ranks(draw(1)), 20);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(COUNT);
    for (const n of counts) expect(Math.abs(n - COUNT / 20)).toBeLessThan(5 * Math.sqrt(COUNT / 20));
  });
  test('have even shares', () => {
    expect(deviation(shares(draw(1)))).toBeLessThan(SMALL);
  });
});

test('σ too small: a ∪; too large: a ∩; both show in TARP', () => {
  const ends = (of: Posteriors) => {
    const counts = rankHistogram(ranks(of), 20);
    return (counts[0]! + counts[19]!) / (2 * (COUNT / 20));
  };
  expect(ends(draw(0.5))).toBeGreaterThan(2);
  expect(ends(draw(2))).toBeLessThan(0.5);
  for (const times of [0.5, 2]) expect(deviation(shares(draw(times)))).toBeGreaterThan(2 * SMALL);
});

test('a bias shows in ranks', () => {
  expect(deviation(scaled(draw(1, 0.5)))).toBeGreaterThan(2 * SMALL);
});

test('errors that go together leave ranks even and show in TARP', () => {
  const together = draw(1, 0, true);
  expect(deviation(scaled(together))).toBeLessThan(SMALL);
  // Distances to a point along the shared direction spread by up to √2 more.
  expect(deviation(shares(together))).toBeGreaterThan(deviation(shares(draw(1))));
});
