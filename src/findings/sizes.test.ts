import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { domainSizes, meanSize, wallToWall } from './sizes.ts';

/** Labels of [ny][nx] by a function. */
const labelsOf = (ny: number, nx: number, label: (x: number, y: number) => number) => ({
  shape: [ny, nx] as const,
  labels: Int32Array.from({ length: ny * nx }, (_, i) => label(i % nx, Math.floor(i / nx))),
  count: ny * nx,
});

test('long domains are cut more often: rows with a wall in a gap by chance ¹⁄₁₀ have a mean of 10, the plain mean is short by what theory says', () => {
  const [ny, nx, p] = [4000, 60, 0.1];
  const random = new RandomStream(3, 'rows');
  let next = 0;
  const field = labelsOf(ny, nx, (x) => (x === 0 || random.uniform() < p ? ++next : next));
  const found = wallToWall(field, 1, 'x');
  const gaps = nx - 1;
  let [sum, all] = [0, 0];
  for (let l = 1; l < gaps; l++) {
    const seen = (gaps - l) * (1 - p) ** l;
    sum += l * seen;
    all += seen;
  }
  const plain = found.sizes_nm.reduce((a, b) => a + b, 0) / found.sizes_nm.length;
  // 20,000 sizes of standard deviation 9.5.
  expect(Math.abs(plain - sum / all)).toBeLessThan(0.25);
  expect(plain).toBeLessThan(9);
  // Sizes of 59 and more are never seen: 0.2%.
  expect(Math.abs(meanSize(found) - 10)).toBeLessThan(0.35);
});

test('straight stripes are the same in every row, and their interval knows', () => {
  let held = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new RandomStream(seed, 'stripes');
    const walls = [-10 * random.uniform()];
    while (walls.at(-1)! < 100) walls.push(walls.at(-1)! + random.between(4, 10));
    const { x, y } = domainSizes(
      labelsOf(40, 100, (at) => walls.findIndex((wall) => wall > at)),
      1,
    );
    if (x.interval_nm![0] <= 7 && 7 <= x.interval_nm![1]) held++;
    expect(y.interval_nm).toBeUndefined();
    expect(y.n).toBe(0);
  }
  // 60 of 95%: below 52 once in 200.
  expect(held).toBeGreaterThanOrEqual(52);
});

test('sizes of a labyrinth of two domains vary by nobody knows what; those of a matrix between many are told', () => {
  const maze = labelsOf(40, 40, (x, y) => (y === 0 ? 0 : y === 39 ? 1 : Math.floor(x / 4) % 2));
  expect(domainSizes(maze, 1).x.mean_nm).toBeCloseTo(4, 12);
  expect(domainSizes(maze, 1).x.interval_nm).toBeUndefined();
  const islands = labelsOf(40, 40, (x, y) =>
    x % 5 < 3 && y % 5 < 3 ? 1 + Math.floor(x / 5) + 8 * Math.floor(y / 5) : 0,
  );
  const { x } = domainSizes(islands, 1);
  expect(x.interval_nm![0]).toBeLessThan(x.mean_nm);
  expect(x.domains).toBeGreaterThan(20);
});

test('a masked position cuts a row in two', () => {
  const { sizes_nm, cut_nm, domains, weights } = wallToWall(
    labelsOf(1, 12, (x) => [0, 1, 1, 2, -1, 3, 4, 4, 4, 5, 5, 6][x]!),
    0.5,
    'x',
  );
  expect([...sizes_nm]).toEqual([1, 1.5, 1]);
  expect([...cut_nm]).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect([...domains]).toEqual([1, 0, 2, 4, 3, 5, 5, 4, 6]);
  // Of 3 and of 6 gaps.
  expect([...weights]).toEqual([1, 1 / 3, 1 / 4]);
});
