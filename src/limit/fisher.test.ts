import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problemOf } from '../core/test-problem.ts';
import { cramerRao, fisherPerElectron } from './fisher.ts';

/** A Gaussian spot of width `s` at x0 on pixels of width 0.05, its intensity and what the place and the height change. */
function spot(s: number) {
  const at = Array.from({ length: 400 }, (_, i) => 0.05 * (i - 200));
  const pattern = at.map((x) => (0.05 / (s * Math.sqrt(2 * Math.PI))) * Math.exp((-x * x) / (2 * s * s)));
  return { at, pattern, place: pattern.map((value, i) => (value * at[i]!) / (s * s)), height: pattern };
}

test('the place of a Gaussian spot is known to s/√N, its height to 1/√N, together as well as alone', () => {
  const { pattern, place, height } = spot(0.7);
  const fisher = fisherPerElectron(pattern, [place, height]);
  const [x, a] = cramerRao(fisher, 2);
  expect(x!.known).toBeCloseTo(0.7, 5);
  expect(a!.known).toBeCloseTo(1, 5);
  expect([x!.free, a!.free]).toEqual([expect.closeTo(0.7, 5), expect.closeTo(1, 5)]);
});

test('counts drawn at random bear it out: the mean place of 10⁴ electrons scatters by s/100', () => {
  const { at, pattern, place } = spot(0.7);
  const [bound] = cramerRao(fisherPerElectron(pattern, [place]), 1);
  const stream = new RandomStream(3, 'spot');
  let square = 0;
  for (let trial = 0; trial < 400; trial++) {
    let [sum, count] = [0, 0];
    pattern.forEach((value, i) => {
      const n = stream.poisson(1e4 * value);
      sum += n * at[i]!;
      count += n;
    });
    square += (sum / count) ** 2 / 400;
  }
  expect(Math.sqrt(square) / (bound!.known / 100)).toBeCloseTo(1, 0);
  expect(Math.abs(Math.sqrt(square) / (bound!.known / 100) - 1)).toBeLessThan(0.12);
});

test('parameters that do nearly the same are known apart much worse: F = [[1, c], [c, 1]] gives 1/√(1 − c²), in any units', () => {
  const c = 0.99;
  const unit = 1e-6;
  const [a, b] = cramerRao(Float64Array.of(1, c * unit, c * unit, unit * unit), 2);
  expect(a!.free).toBeCloseTo(1 / Math.sqrt(1 - c * c), 9);
  expect(b!.free * unit).toBeCloseTo(1 / Math.sqrt(1 - c * c), 9);
  expect(b!.known).toBeCloseTo(1e6, 3);
});

test('two names for one parameter are refused', async () => {
  const { pattern, place } = spot(1);
  const tried = async () => cramerRao(fisherPerElectron(pattern, [place, place]), 2);
  expect((await problemOf(tried())).tag).toBe('range');
});
