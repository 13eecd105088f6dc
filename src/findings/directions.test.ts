/** Directions: of length 1 where |P| is above its σ; counts of what is not. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { directions } from './directions.ts';
import { fieldOf, noisy, withSigma } from './test-textures.ts';

test('u is P over its length', () => {
  const { u, n } = directions(fieldOf([1, 1], () => [3, -4, 12]));
  expect([u.x[0], u.y[0], u.z[0], n]).toEqual([3 / 13, -4 / 13, 12 / 13, 1]);
});

test('|P| within 2 σ of 0 has no direction; without σ only P = 0 has none', () => {
  const field = fieldOf([1, 5], (x) => [0, x, 0]);
  field.valid[4] = 0;
  field.values.y[4] = Number.NaN;
  expect(directions(field)).toMatchObject({ defined: Uint8Array.of(0, 1, 1, 1, 0), n: 3, short: 1, invalid: 1 });
  const known = withSigma(field, { x: 9, y: 1, z: 9 });
  // Only σ along P counts to first order.
  expect(directions(known)).toMatchObject({ defined: Uint8Array.of(0, 0, 0, 1, 0), n: 1, short: 3, invalid: 1 });
  expect(directions(known).u.y[0]).toBeNaN();
  expect(directions(known, 1).n).toBe(2);
  expect(directions(known, 0).n).toBe(3);
});

test('σ of |P| is what draws of a long vector have', () => {
  const field = withSigma(
    fieldOf([1, 1], () => [30, 40, 60]),
    { x: 1, y: 0.5, z: 2 },
  );
  const random = new RandomStream(3, 'length');
  const draws = Array.from({ length: 4000 }, () => {
    const { x, y, z } = noisy(field, random).values;
    return Math.hypot(x[0]!, y[0]!, z[0]!);
  });
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const sigma = Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length);
  // The factor at which the direction is lost is |P|/σ.
  const length = Math.hypot(30, 40, 60);
  expect(directions(field, (0.95 * length) / sigma).n).toBe(1);
  expect(directions(field, (1.05 * length) / sigma).n).toBe(0);
});
