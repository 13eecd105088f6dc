import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { priorsOf } from './prior.ts';
import { sharingOf } from './sharing.ts';

const NAMES = ['P_x', 'P_y', 'thickness'];
const scaling = (mean: number[], deviation: number[]) => ({
  mean: Float32Array.from(mean),
  deviation: Float32Array.from(deviation),
});

test('half-widths are those of the trained labels about their mean: of a Gaussian 0.99 and 1.96 σ, of one value 0', () => {
  const random = new RandomStream(1, 'prior');
  const labels = Float32Array.from(
    { length: 3 * 20000 },
    (_, i) => [4 + 2 * random.normal(), 5 * random.normal(), 0.1][i % 3]!,
  );
  const { halves } = priorsOf(labels, scaling([4, 0, 0.1], [2, 5, 1]), undefined);
  expect(halves[0]![0] / 2).toBeCloseTo(0.9945, 1);
  expect(halves[0]![1] / 2).toBeCloseTo(1.96, 1);
  expect(halves[1]![1] / 5).toBeCloseTo(1.96, 1);
  expect(halves[2]).toEqual([0, 0]);
});

test('a network that turns with its patterns has seen a component along x along y as well', () => {
  const sharing = sharingOf({ pixelsPerOrder: 8 }, NAMES);
  // All along x.
  const labels = Float32Array.from({ length: 3 * 100 }, (_, i) => [i % 2 === 0 ? 20 : -20, 0, i / 3][i % 3]!);
  const { halves } = priorsOf(labels, scaling([0, 0, 50], [14, 14, 29]), sharing);
  expect(halves[0]).toEqual([20, 20]);
  expect(halves[1]).toEqual(halves[0]);
  expect(priorsOf(labels, scaling([0, 0, 50], [20, 1, 29]), undefined).halves[1]).toEqual([0, 0]);
});

test('of domains that lie along one of three axes σ is never that of the two in three without the component', () => {
  for (const share of [0.6, 0.65, 0.7, 0.75]) {
    // Without the component: within 0.1 of 0; with it: 30.
    const n = 1000;
    const labels = Float32Array.from({ length: 3 * n }, (_, i) => {
      const k = Math.floor(i / 3);
      return i % 3 > 0 ? k : k < share * n ? 0.1 * Math.sin(k) : k % 2 === 0 ? 30 : -30;
    });
    const deviation = 30 * Math.sqrt(1 - share);
    const [half] = priorsOf(labels, scaling([0, 500, 500], [deviation, 289, 289]), undefined).halves;
    expect(half![0]).toBeGreaterThanOrEqual(Math.fround(deviation));
    expect(half![1]).toBeCloseTo(30, 5);
  }
});
