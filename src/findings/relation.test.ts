import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { counts2, equalBins, ranks, relation } from './relation.ts';

const draws = (n: number, name: string) => {
  const stream = new RandomStream(4, name);
  return Float64Array.from({ length: n }, () => stream.normal());
};

test('ranks share ties', () => {
  expect(Array.from(ranks([3, 1, 2, 1]))).toEqual([3, 0.5, 2, 0.5]);
});

test('ranks are how many are below, and half of how many are equal', () => {
  for (const digits of [0, 1, 12]) {
    const values = draws(300, 'ranks').map((value) => Number(value.toFixed(digits)));
    const count = (of: (value: number) => boolean) => values.reduce((n, value) => n + (of(value) ? 1 : 0), 0);
    const naive = values.map((own) => count((value) => value < own) + (count((value) => value === own) - 1) / 2);
    expect(ranks(values)).toEqual(naive);
  }
});

describe('relation', () => {
  const n = 4000;
  const [c, e, f] = [draws(n, 'c'), draws(n, 'e'), draws(n, 'f')];

  test('what both follow from a third is gone at fixed third', () => {
    const a = c.map((value, i) => value + 0.5 * e[i]!);
    const b = c.map((value, i) => -Math.exp(value) - 0.01 * f[i]!);
    const { rank, partial } = relation(a, b, c);
    expect(rank).toBeLessThan(-0.8);
    expect(Math.abs(partial)).toBeLessThan(0.05);
  });

  test('what they share beside the third stays', () => {
    const a = c.map((value, i) => value + e[i]!);
    const b = c.map((value, i) => value - e[i]!);
    const { rank, partial } = relation(a, b, c);
    expect(Math.abs(rank)).toBeLessThan(0.05);
    // Given c, a is +e and b is −e; ranks blunt it a little.
    expect(partial).toBeLessThan(-0.9);
  });

  test('Spearman’s ρ of a Gaussian pair is 6/π asin(r/2)', () => {
    const r = 0.6;
    const b = c.map((value, i) => r * value + Math.sqrt(1 - r * r) * e[i]!);
    expect(relation(c, b, f).rank).toBeCloseTo((6 / Math.PI) * Math.asin(r / 2), 1);
  });

  test('a third quantity that is constant fixes nothing', () => {
    const { rank, partial } = relation(c, e, new Float64Array(n));
    expect(partial).toBe(rank);
  });
});

test('bins of equal population hold every position once', () => {
  const a = draws(1003, 'a');
  const b = a.map((value) => 2 * value + 1);
  const bins = equalBins(a, b, 12);
  expect(bins.n.reduce((sum, one) => sum + one, 0)).toBe(1003);
  expect(Math.max(...bins.n) - Math.min(...bins.n)).toBeLessThanOrEqual(1);
  bins.a.forEach((value, k) => {
    expect(bins.b[k]).toBeCloseTo(2 * value + 1, 9);
  });
});

test('counts put both ends inside and say what is outside', () => {
  const { counts, outside } = counts2([0, 1, 0.5, 2], [0, 1, 0.2, 0], { a: [0, 1], b: [0, 1] }, [2, 2]);
  expect(Array.from(counts)).toEqual([1, 1, 0, 1]);
  expect(outside).toBe(1);
});
