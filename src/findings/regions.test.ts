import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { type Region, regionMask, regionOptions } from './regions.ts';

const shape = [5, 8] as const;
const thickness = Float64Array.from({ length: 40 }, (_, i) => (i === 0 ? Number.NaN : 30 + (i % 8)));
const ground = { shape, step_nm: 0.5, channels: [{ name: 'thickness', values: thickness }] };
const count = (region: Region): number => regionMask('r', region, ground).reduce((sum, mark) => sum + mark, 0);

test('a rectangle holds its edges', () => {
  const mask = regionMask('film', { x_nm: [1, 2], y_nm: [0.5, 1] }, ground);
  const inside = Array.from(mask, (mark, i) => (mark ? [Math.floor(i / 8), i % 8] : [])).filter(
    (one) => one.length > 0,
  );
  expect(inside).toEqual([
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 2],
    [2, 3],
    [2, 4],
  ]);
});

test('a polygon that is a rectangle between positions holds what the rectangle holds', () => {
  const polygon_nm: [number, number][] = [
    [0.75, 0.25],
    [2.25, 0.25],
    [2.25, 1.25],
    [0.75, 1.25],
  ];
  expect(regionMask('p', { polygon_nm }, ground)).toEqual(regionMask('r', { x_nm: [1, 2], y_nm: [0.5, 1] }, ground));
});

test('distance counts from the interface, positive towards larger y, whichever way its points are given', () => {
  const a: [number, number] = [0, 0.6];
  const b: [number, number] = [3.5, 0.6];
  for (const interface_nm of [[a, b] as [typeof a, typeof b], [b, a] as [typeof a, typeof b]]) {
    const mask = regionMask('upper', { interface_nm, distance_nm: [0, 1] }, ground);
    expect(Array.from({ length: 5 }, (_, row) => mask[row * 8])).toEqual([0, 0, 1, 1, 0]);
  }
});

test('a channel bounds a region; what was not measured is in none', () => {
  expect(count({ channel: 'thickness', between: [29, 33] })).toBe(5 * 4 - 1);
});

test('all that is said holds together', () => {
  expect(count({ x_nm: [0, 1], channel: 'thickness', between: [31, 40] })).toBe(5 * 2);
});

test.each([
  ['outside the map', { x_nm: [10, 20] }, 'range', /holds no position/],
  ['a channel that is not there', { channel: 'HAADF', between: [0, 1] }, 'model-mismatch', /thickness/],
  [
    'an interface of one point',
    {
      interface_nm: [
        [1, 1],
        [1, 1],
      ],
      distance_nm: [0, 1],
    },
    'range',
    /are one/,
  ],
] as const)('%s is a tagged error', (_, region, tag, message) => {
  try {
    regionMask('r', region as unknown as Region, ground);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(FerroscopeError);
    const { tag: found, message: text, hint } = error as FerroscopeError;
    expect(found).toBe(tag);
    expect(`${text} ${hint}`).toMatch(message);
  }
});

test.each([[{}], [{ distance_nm: [0, 1] }], [{ channel: 'thickness' }], [{ x_nm: [2, 1] }], [{ radius_nm: 3 }]])(
  '%j is no region',
  (region) => {
    expect(regionOptions.safeParse(region).success).toBe(false);
  },
);
