import { expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { problemOf } from '../../core/test-problem.ts';
import { type Ball, binsOf, chooseCovering, coverage, fibonacciSphere } from './coverage.ts';
import { sampleTargets } from './plan.ts';

const BALL: Ball = { p_max_uC_cm2: 20, directions: 16, sizes: 4 };
const flat = (vectors: readonly (readonly number[])[]) => Float64Array.from(vectors.flat());

/** Vectors even in direction and in size up to `most`. */
function even(n: number, most: number, seed = 1): Float64Array {
  const stream = new RandomStream(seed, 'even');
  return flat(
    Array.from({ length: n }, () => {
      const z = stream.between(-1, 1);
      const angle = stream.between(0, 2 * Math.PI);
      const [r, size] = [Math.sqrt(1 - z * z), stream.between(0, most)];
      return [size * r * Math.cos(angle), size * r * Math.sin(angle), size * z];
    }),
  );
}

test('the lattice on the sphere is even: no mean, second moments 1/3, equal solid angles to a quarter', () => {
  const sphere = fibonacciSphere(60);
  for (let a = 0; a < 3; a++) {
    expect(Math.abs(sphere.reduce((sum, v) => sum + v[a]!, 0) / 60)).toBeLessThan(0.01);
    for (let b = 0; b < 3; b++) {
      const moment = sphere.reduce((sum, v) => sum + v[a]! * v[b]!, 0) / 60;
      expect(Math.abs(moment - (a === b ? 1 / 3 : 0))).toBeLessThan(0.01);
    }
  }
  const ball = { p_max_uC_cm2: 20, directions: 60, sizes: 1 };
  const counts = new Array<number>(60).fill(0);
  for (const bin of binsOf(flat(fibonacciSphere(30_000)), ball)) counts[bin]!++;
  for (const count of counts) expect(Math.abs(count / 500 - 1)).toBeLessThan(0.25);
});

test('targets lie in the middle of their bins', async () => {
  const targets = sampleTargets({ ...BALL, keep: 1 });
  expect([...binsOf(flat(targets), BALL)]).toEqual(targets.map((_, bin) => bin));
  expect(await coverage(flat(targets), BALL)).toMatchObject({ inside: 64, beyond: 0, least_over_most: 1 });
});

test('even vectors count as even; half a sphere leaves a cap of 90°; what is beyond is counted', async () => {
  const all = await coverage(even(40_000, 25), BALL);
  expect(all.beyond).toBeCloseTo(0.2, 2);
  expect(all.least_over_most).toBeGreaterThan(0.6);
  // Of 5000 chance directions the largest gap is a cap of 2√(ln n / n), 4.7°, give or take one.
  expect(Math.abs(all.empty_cap_deg - 5.5)).toBeLessThan(2);
  const half = await coverage(
    even(40_000, 20).map((value, i) => (i % 3 === 2 ? Math.abs(value) : value)),
    BALL,
  );
  expect(Math.abs(half.empty_cap_deg - 90)).toBeLessThan(3);
  expect(half.least_over_most).toBe(0);
  const inner = await coverage(even(4000, 9.9), BALL);
  expect(inner.steps.map(({ count }) => count > 0)).toEqual([true, true, false, false]);
  expect(inner.steps[3]!.empty_cap_deg).toBe(180);
});

test('of frames that favour one direction and small P, those are kept that fill the ball', async () => {
  // One vector a frame: 700 near +z, 5 in each bin.
  const crowd = Array.from({ length: 700 }, (_, i) => Float64Array.of(0.01 * (i % 9), 0, 3 + 0.01 * (i % 7)));
  const rest = sampleTargets({ ...BALL, keep: 1 }).flatMap((v) =>
    Array.from({ length: 5 }, () => Float64Array.from(v)),
  );
  const frames = [...crowd, ...rest];
  const kept = await chooseCovering(frames, 64, BALL);
  expect(new Set(kept).size).toBe(64);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect((await coverage(flat(kept.map((f) => [...frames[f]!])), BALL)).least_over_most).toBe(1);
});

test('frames of many vectors: better than evenly spaced ones', async () => {
  // A frame scatters 16 vectors about a mean that is more often small.
  const stream = new RandomStream(3, 'frames');
  const frames = Array.from({ length: 400 }, (_, f) => {
    const [x, y, z] = [...even(1, 20 * stream.uniform() ** 2, f)];
    return flat(Array.from({ length: 16 }, () => [x!, y!, z!].map((v) => v + 2.5 * stream.normal())));
  });
  const evenness = async (list: readonly Float64Array[]) => {
    const { steps, least_over_most } = await coverage(Float64Array.from(list.flatMap((f) => [...f])), BALL);
    return { outer: steps[3]!.least, least_over_most };
  };
  const chosen = await evenness((await chooseCovering(frames, 100, BALL)).map((f) => frames[f]!));
  const spaced = await evenness(frames.filter((_, f) => f % 4 === 0));
  expect(chosen.least_over_most).toBeGreaterThan(1.5 * spaced.least_over_most);
  expect(chosen.outer).toBeGreaterThan(spaced.outer);
  // Lazy or not, the first choice is the frame of the largest gain.
  const gains = frames.map((f) => {
    const counts = new Map<number, number>();
    for (const bin of binsOf(f, BALL)) if (bin >= 0) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum + Math.sqrt(n), 0);
  });
  expect(gains[(await chooseCovering(frames, 1, BALL))[0]!]).toBe(Math.max(...gains));
  expect((await problemOf(chooseCovering(frames, 401, BALL))).tag).toBe('range');
});
