import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { pearson, residuals, shuffledCorrelation } from './correlation.ts';

const stream = new RandomStream(5, 'correlation');
const normals = (count: number) => Float64Array.from({ length: count }, () => stream.normal());

test('Pearson of y = 2x is 1, of −x is −1, of what does not vary 0, of a mixture its share of the variance', () => {
  const x = normals(4000);
  const noise = normals(4000);
  const b = new Float64Array(4000 * 4);
  x.forEach((value, i) => {
    b.set([2 * value + 3, -value, 7, 0.6 * value + 0.8 * noise[i]!], 4 * i);
  });
  const r = pearson(x, 1, b, 4);
  expect(r[0]).toBeCloseTo(1, 12);
  expect(r[1]).toBeCloseTo(-1, 12);
  expect(r[2]).toBe(0);
  expect(r[3]).toBeCloseTo(0.6, 1);
  // 4000 pairs: a standard deviation of 1/√4000 each.
  expect(shuffledCorrelation(x, 1, b, 4, stream)).toBeLessThan(5 / Math.sqrt(4000));
});

test('a partial correlation is what is left: (r_ab − r_ac r_bc)/√((1 − r_ac²)(1 − r_bc²)), 0 of two that only share a third', () => {
  const n = 3000;
  const [c, d, e] = [normals(n), normals(n), normals(n)];
  // Both follow c and nothing else in common; the third follows d, too, of which the first holds some.
  const a = c.map((value, i) => value + 0.5 * d[i]!);
  const b = c.map((value, i) => value + 0.5 * e[i]!);
  const r = (x: Float64Array, y: Float64Array) => pearson(x, 1, y, 1)[0]!;
  const partial = (x: Float64Array, y: Float64Array) => r(residuals(x, 1, c, 1), residuals(y, 1, c, 1));
  const closed = (x: Float64Array, y: Float64Array) =>
    (r(x, y) - r(x, c) * r(y, c)) / Math.sqrt((1 - r(x, c) ** 2) * (1 - r(y, c) ** 2));
  expect(r(a, b)).toBeGreaterThan(0.75);
  expect(Math.abs(partial(a, b))).toBeLessThan(5 / Math.sqrt(n));
  for (const other of [b, d]) expect(partial(a, other)).toBeCloseTo(closed(a, other), 9);
});

test('others that do not vary, or are there twice, take out nothing, or once', () => {
  const x = normals(100);
  const y = normals(100);
  const others = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 7 : x[Math.floor(i / 3)]!));
  const [many, one] = [residuals(y, 1, others, 3), residuals(y, 1, x, 1)];
  many.forEach((value, i) => {
    expect(value).toBeCloseTo(one[i]!, 5);
  });
});
