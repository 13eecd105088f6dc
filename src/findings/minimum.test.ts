/** Where −ln ρ of |P| is least without noise: fields of one and of two preferred lengths, directions at random, whose minimum is known. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { magnitudeMinimum } from './densities.ts';
import { drawnLengths } from './minimum.ts';
import { measuredOf, rowOf } from './test-noisy-field.ts';

const N = 3000;
const NOISE = { length_nm: 0 };

/** So large a share of 5, the rest of 12, ± 0.8. */
function lengths(share: number, seed: number): Float64Array {
  const stream = new RandomStream(seed, 'lengths');
  return Float64Array.from({ length: N }, (_, i) => (i < share * N ? 5 : 12) + 0.8 * stream.normal());
}

function found(truth: ReturnType<typeof rowOf>, seed: number, noise = NOISE) {
  const stream = new RandomStream(seed, 'draws');
  return drawnLengths(measuredOf(truth, noise, seed), [3], { noise, pairs: 10, stream })[0]!.minimum;
}

test('σ a sixth of |P|: the interval holds what the truth has, where the map itself is least is 0.3 above it', () => {
  let [above, off] = [0, 0];
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const truth = rowOf(lengths(0.3, seed), 2, 3, seed);
    const least = Number(magnitudeMinimum(3)(truth));
    const { interval, corrected } = found(truth, seed);
    expect(interval![0]).toBeLessThan(least);
    expect(interval![1]).toBeGreaterThan(least);
    expect(interval![1] - interval![0]).toBeLessThan(3);
    off += (corrected! - least) / 6;
    above += (Number(magnitudeMinimum(3)(measuredOf(truth, NOISE, seed))) - least) / 6;
  }
  // (d − 1)σ²/2|P| = 4/12.
  expect(above).toBeGreaterThan(0.25);
  expect(Math.abs(off)).toBeLessThan(0.25);
});

test('two lengths that are as frequent: noise does not tell which, and both are named', () => {
  const { undetermined, interval } = found(rowOf(lengths(0.5, 1), 1, 3, 1), 1);
  expect(interval).toBeUndefined();
  const places = /near any of ([\d.]+), ([\d.]+)$/.exec(undetermined!)!.slice(1).map(Number);
  expect(Math.abs(places[0]! - 5)).toBeLessThan(0.3);
  expect(Math.abs(places[1]! - 12)).toBeLessThan(0.3);
});

test('without noise it is that of the map; errors that all positions share widen it by theirs', () => {
  const exact = rowOf(lengths(0.3, 2), 0, 3, 2);
  const { corrected, interval } = found(exact, 2);
  expect(corrected).toBeCloseTo(Number(magnitudeMinimum(3)(exact)), 6);
  expect(interval![1] - interval![0]).toBeLessThan(0.1);
  // Along one direction a shared error of z moves every length alike: √½ · 0.5 = 0.35, and the minimum with them.
  const along = rowOf(lengths(0.3, 2), 0.5, 3, 2);
  along.values.z.forEach((z, i) => {
    along.values.z[i] = Math.hypot(along.values.x[i]!, along.values.y[i]!, z);
    along.values.x[i] = 0;
    along.values.y[i] = 0;
  });
  const own = found(along, 3).sigma!;
  const stream = new RandomStream(3, 'draws');
  const shared = { ...along, shared: { x: 0, y: 0, z: 0.5 } };
  const [all] = drawnLengths(measuredOf(along, NOISE, 3), [3], { noise: NOISE, pairs: 10, stream });
  const [common] = drawnLengths(measuredOf(shared, NOISE, 3), [3], {
    noise: NOISE,
    pairs: 10,
    stream: new RandomStream(3, 'draws'),
  });
  expect(all!.minimum.sigma).toBe(own);
  expect(common!.minimum.sigma).toBeGreaterThan(3 * own);
  expect(common!.minimum.sigma).toBeGreaterThan(0.35);
  expect(common!.minimum.sigma).toBeLessThan(0.6);
});

test('lengths of which the least are the most frequent: the minimum lies at 0, and its interval begins there', () => {
  for (const seed of [1, 2, 3, 4]) {
    const stream = new RandomStream(seed, 'half');
    const half = Float64Array.from({ length: N }, () => -3 * Math.log(1 - stream.uniform()));
    const { corrected, interval, undetermined } = found(rowOf(half, 0.3, 3, seed), seed);
    expect(undetermined).toBeUndefined();
    expect(interval![0]).toBe(0);
    expect(corrected).toBeLessThanOrEqual(interval![1]);
    expect(interval![1]).toBeLessThan(4);
  }
});

test('few positions tell nothing', () => {
  const few = rowOf(lengths(0.3, 1).slice(0, 400), 1, 3, 1);
  expect(found(few, 1).undetermined).toMatch(/400 positions are too few/);
});
