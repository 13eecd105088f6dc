/** Defects: place, σ of place against draws, winding number, charge and size of known ones. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { type Defect, findDefects } from './defects.ts';
import { fieldOf, noisy, skyrmionAngle, texture, withSigma } from './test-textures.ts';

const STEP = 0.4;

test('a skyrmion is one defect with its charge, at its place, R/6 large', () => {
  for (const centre of [
    [31.5, 31.5],
    [32, 32],
    [31.8, 32.3],
  ] as const) {
    const { list } = findDefects(texture([64, 64], centre, skyrmionAngle(24), 1, 0.5), { radius_nm: 26 * STEP });
    expect(list.map(({ winding, fitted }) => [winding, fitted])).toEqual([[1, true]]);
    const [{ place_nm, charge, chargeLeftOut, size_nm, sigma_nm, nearestOpposite_nm }] = list as [Defect];
    expect(place_nm[0] / STEP).toBeCloseTo(centre[1], 1);
    expect(place_nm[1] / STEP).toBeCloseTo(centre[0], 1);
    expect(charge).toBeCloseTo(-1, 10);
    expect([chargeLeftOut, sigma_nm, nearestOpposite_nm]).toEqual([0, undefined, undefined]);
    // sin(πr/R) is half of its maximum at R/6.
    expect(size_nm! / STEP).toBeCloseTo(24 / 6, 0.5);
    expect(Math.abs(size_nm! / STEP - 4)).toBeLessThan(0.15);
  }
});

test('a vortex and an antivortex know of each other', () => {
  // (z − a)(z* − b*) in the plane: +1 at a, −1 at b.
  const field = fieldOf([30, 40], (x, y) => {
    const [p, q, r, s] = [x - 10.3, y - 14.6, x - 28.4, 15.2 - y];
    return [p * r - q * s, p * s + q * r, 50];
  });
  const { list, leftOut, plaquettes } = findDefects(field, { radius_nm: 2 });
  expect(list.map(({ winding }) => winding)).toEqual([1, -1]);
  expect([leftOut, plaquettes]).toEqual([0, 29 * 39]);
  for (const [k, [x, y]] of [
    [10.3, 14.6],
    [28.4, 15.2],
  ].entries()) {
    expect(Math.abs(list[k]!.place_nm[1] / STEP - x!)).toBeLessThan(0.1);
    expect(Math.abs(list[k]!.place_nm[0] / STEP - y!)).toBeLessThan(0.1);
    expect(list[k]!.nearestOpposite_nm! / STEP).toBeCloseTo(Math.hypot(18.1, 0.6), 0);
  }
});

test('a bilinear field is exact', () => {
  const field = fieldOf([12, 12], (x, y) => [(x - 5.3) * (1 + 0.1 * (y - 6)), (y - 6.8) * (1 - 0.08 * (x - 5)), 1]);
  const [one] = findDefects(field, { radius_nm: 2 }).list;
  expect(one!.place_nm[0] / STEP).toBeCloseTo(6.8, 10);
  expect(one!.place_nm[1] / STEP).toBeCloseTo(5.3, 10);
});

test('two of one sign that touch are one; a pair of opposite signs stays two', () => {
  const pair = (sign: number) =>
    fieldOf([12, 12], (x, y) => {
      const [p, q, r, s] = [x - 5.4, y - 5.6, x - 6.6, sign * (y - 5.4)];
      return [p * r - q * s, p * s + q * r, 0];
    });
  const same = findDefects(pair(1), { radius_nm: 1 }).list;
  expect(same.map(({ winding, plaquettes, fitted }) => [winding, plaquettes, fitted])).toEqual([[2, 2, false]]);
  expect(same[0]!.place_nm[1] / STEP).toBeCloseTo(6, 10);
  const opposite = findDefects(pair(-1), { radius_nm: 1 }).list;
  expect(opposite.map(({ winding }) => winding).toSorted()).toEqual([-1, 1]);
  // Interpolated between positions as far apart as they are, they are drawn to each other.
  expect(opposite[0]!.nearestOpposite_nm! / STEP).toBeLessThan(1.2);
});

test.each([
  ['in a plaquette', 0.15],
  ['over a hole', 0.8],
])('σ of the place %s is that of draws', (_, sigma) => {
  const [x0, y0] = [7.45, 7.55];
  const truth = withSigma(
    fieldOf([16, 16], (x, y) => [0.7 * (x - x0) - (y - y0), 1.2 * (x - x0) + 0.4 * (y - y0), 9], STEP),
    { x: sigma, y: 0.6 * sigma, z: 1 },
  );
  const random = new RandomStream(9, 'place');
  const pulls: number[] = [];
  for (let draw = 0; draw < 200; draw++) {
    const { list } = findDefects(noisy(truth, random), { radius_nm: 2 });
    const own = list.filter(({ winding }) => winding === 1);
    expect(own).toHaveLength(1);
    const { place_nm, sigma_nm } = own[0]!;
    if (sigma_nm) pulls.push((place_nm[0] - y0 * STEP) / sigma_nm[0], (place_nm[1] - x0 * STEP) / sigma_nm[1]);
  }
  expect(pulls.length).toBeGreaterThan(370);
  const rms = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
  expect(Math.abs(rms - 1)).toBeLessThan(0.15);
});

test('the size is not shifted by noise', () => {
  const size = 5;
  const truth = withSigma(
    texture([50, 50], [24.5, 24.5], (r) => Math.asin(Math.min(1, r / (2 * size))), 1, 1),
    { x: 4, y: 4, z: 4 },
  );
  const random = new RandomStream(12, 'size');
  const sizes = Array.from({ length: 40 }, () => {
    const { list } = findDefects(noisy(truth, random), { radius_nm: 20 * STEP });
    const nearest = list.filter(({ winding }) => winding > 0).toSorted((p, q) => off(p.place_nm) - off(q.place_nm))[0]!;
    return nearest.size_nm! / STEP;
  });
  function off([y, x]: readonly [number, number]) {
    return Math.hypot(y - 24.5 * STEP, x - 24.5 * STEP);
  }
  expect(Math.abs(sizes.reduce((sum, value) => sum + value, 0) / sizes.length / size - 1)).toBeLessThan(0.1);
});

test('a masked heart has a place, without σ', () => {
  const field = withSigma(
    fieldOf([12, 12], (x, y) => [x - 5, y - 5, 1]),
    { x: 0.1, y: 0.1, z: 0.1 },
  );
  field.valid[5 * 12 + 5] = 0;
  const { list } = findDefects(field, { radius_nm: 1.2 });
  expect(list).toMatchObject([{ winding: 1, plaquettes: 4, fitted: false, place_nm: [5 * STEP, 5 * STEP] }]);
  expect([list[0]!.sigma_nm, list[0]!.chargeLeftOut]).toEqual([undefined, 4]);
  expect(problem(() => findDefects(field, { radius_nm: STEP }))).toMatchObject({ tag: 'range' });
});
