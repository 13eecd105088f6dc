import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cross, dot, norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { directionAt, gridDirections, onHalf, onPage, spherePath, stereographic } from './stereographic.ts';

const part = fc.double({ min: -1, max: 1, noNaN: true });
const direction = fc.tuple(part, part, part).filter((v) => norm(v) > 0.1);

test('places of the poles of a standard stereogram', () => {
  expect(stereographic([0, 0, 2])).toEqual([0, 0]);
  expect(stereographic([3, 0, 0])).toEqual([1, 0]);
  // tan 22.5° for ⟨101⟩, tan(54.74°/2) for ⟨111⟩.
  expect(stereographic([1, 0, 1])[0]).toBeCloseTo(Math.SQRT2 - 1, 12);
  expect(Math.hypot(...stereographic([1, -1, 1]))).toBeCloseTo(Math.tan(Math.acos(1 / Math.sqrt(3)) / 2), 12);
  expect(stereographic([0.2, 0.3, -0.7], 'lower')).toEqual(stereographic([0.2, 0.3, 0.7], 'upper'));
});

test('back and forth', () => {
  fc.assert(
    fc.property(direction, (v) => {
      for (const half of ['upper', 'lower'] as const) {
        if (!onHalf(v, half)) continue;
        const [x, y] = stereographic(v, half);
        expect(Math.hypot(x, y)).toBeLessThanOrEqual(1 + 1e-5);
        expect(dot(directionAt(x, y, half), v) / norm(v)).toBeCloseTo(1, 10);
      }
    }),
  );
});

test('it keeps angles between curves through a point', () => {
  fc.assert(
    fc.property(direction, part, part, (v, a, b) => {
      const n: Vec3 = [v[0] / norm(v), v[1] / norm(v), Math.abs(v[2]) / norm(v)];
      const across = cross(n, [0.48, 0.6, 0.64]);
      fc.pre(norm(across) > 0.1);
      const other = cross(n, across);
      const tangent = (angle: number): Vec3 =>
        [0, 1, 2].map(
          (k) => (Math.cos(angle) * across[k]! + Math.sin(angle) * other[k]!) / norm(across),
        ) as unknown as Vec3;
      const image = (t: Vec3): [number, number] => {
        const at = (s: number) => stereographic([n[0] + s * t[0], n[1] + s * t[1], n[2] + s * t[2]]);
        const [x1, y1] = at(1e-5);
        const [x0, y0] = at(-1e-5);
        return [x1 - x0, y1 - y0];
      };
      const [p, q] = [tangent(3 * a), tangent(3 * b)];
      const [x, y] = [image(p), image(q)];
      const cosine = (x[0] * y[0] + x[1] * y[1]) / (Math.hypot(...x) * Math.hypot(...y));
      expect(cosine).toBeCloseTo(dot(p, q), 6);
    }),
  );
});

test('the grid and the page: row 0 is up, column 0 is left, y of the page runs down', () => {
  const grid = gridDirections(4, 'upper');
  expect(grid[0]![0]).toBeLessThan(0);
  expect(grid[0]![1]).toBeGreaterThan(0);
  expect(grid[15]![0]).toBeGreaterThan(0);
  expect(grid[15]![1]).toBeLessThan(0);
  const disk = { cx: 100, cy: 100, r: 50, half: 'upper' } as const;
  expect(onPage([0, 1, 0], disk)).toEqual([100, 50]);
  expect(onPage([1, 0, 0], disk)).toEqual([150, 100]);
});

test('a path that dips under the equator is broken there', () => {
  const disk = { cx: 0, cy: 0, r: 1, half: 'upper' } as const;
  expect(
    spherePath(
      [
        [1, 0, 0.1],
        [1, 0, -0.1],
        [0, 1, 0.1],
        [0, 1, 0],
      ],
      disk,
    ).match(/[ML]/g),
  ).toEqual(['M', 'M', 'L']);
});
