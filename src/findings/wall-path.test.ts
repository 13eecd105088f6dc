import { describe, expect, test } from 'vitest';
import { fieldOf, masked, noisy, pair, stripes } from './test-walls.ts';
import type { VectorField } from './vector-field.ts';
import { BESIDE, endsOf, HALF, strongestPath, type WallPath } from './wall-path.ts';
import { findWalls } from './walls.ts';

const find = (field: VectorField): WallPath => strongestPath(field, findWalls(field, 0))!;
const STEP = 0.4;

describe('the path across the strongest wall', () => {
  test.each([0, 17, 30, 45, 63, 90, 118, 152])(
    'of straight walls turned by %i° lies normal to one and has it in its middle',
    (turn) => {
      const field = stripes(48, 16, turn, pair(109));
      for (const some of [field, noisy(field, 1, 5)]) {
        const { centre_nm, normal, alone, steps } = find(some);
        const t = (turn * Math.PI) / 180;
        const off = Math.acos(Math.min(1, Math.abs(normal[0] * Math.cos(t) + normal[1] * Math.sin(t))));
        expect((off * 180) / Math.PI).toBeLessThan(5);
        // Where across = whole (test-walls.ts); 0.37 steps are its shift.
        const across = ((centre_nm[0] / STEP) * Math.cos(t) + (centre_nm[1] / STEP) * Math.sin(t) + 0.37) / 16;
        expect(16 * Math.abs(across - Math.round(across))).toBeLessThan(0.5);
        expect(alone).toBe(true);
        expect(steps).toHaveLength(2 * HALF + 1);
      }
    },
  );

  test('has each position once, beside it and at the step nearest to it', () => {
    const path = find(stripes(48, 16, 30, pair(109)));
    const [cx, cy] = path.centre_nm.map((one) => one / STEP) as [number, number];
    const all = path.steps.flatMap(({ positions }) => positions);
    expect(new Set(all).size).toBe(all.length);
    path.steps.forEach(({ positions, distance_nm }, k) => {
      expect(positions.length).toBeGreaterThanOrEqual(2);
      const along = positions.map((i) => {
        const [dx, dy] = [(i % 48) - cx, Math.floor(i / 48) - cy];
        expect(Math.abs(dy * path.normal[0] - dx * path.normal[1])).toBeLessThanOrEqual(BESIDE);
        return dx * path.normal[0] + dy * path.normal[1];
      });
      for (const one of along) expect(Math.abs(one - (k - HALF))).toBeLessThanOrEqual(0.5);
      expect(distance_nm).toBeCloseTo((STEP * along.reduce((a, b) => a + b, 0)) / along.length, 9);
    });
    const [from, to] = endsOf(path);
    expect(Math.hypot(to[0] - from[0], to[1] - from[1])).toBeCloseTo(
      path.steps.at(-1)!.distance_nm - path.steps[0]!.distance_nm,
      9,
    );
  });

  test('goes where the vectors differ most, not where it is longest', () => {
    // Walls at x = 16 and 32: by 71° and by 180°.
    const [a, b] = pair(71);
    const field = fieldOf(40, 48, (x) => (x < 16 ? b : x < 32 ? a : [-a[0], -a[1], -a[2]]));
    const { centre_nm, normal, variation } = find(field);
    expect(centre_nm[0]).toBeCloseTo(31.5 * STEP, 6);
    expect(Math.abs(normal[0])).toBeGreaterThan(0.999);
    expect(variation).toBeCloseTo(10, 6);
  });

  test('passes by where three domains meet, though σ_P is larger there', () => {
    const third = (n: number) =>
      [10 * Math.cos((2 * Math.PI * n) / 3), 10 * Math.sin((2 * Math.PI * n) / 3), 0] as const;
    const field = fieldOf(48, 48, (x, y) => third(x < 24 ? 0 : y < 24 ? 1 : 2));
    const walls = findWalls(field, 0);
    const largest = walls.variation.indexOf(Math.max(...walls.variation));
    expect(Math.hypot((largest % 48) - 23.5, Math.floor(largest / 48) - 23.5)).toBeLessThan(1);
    const { steps, alone } = strongestPath(field, walls)!;
    const right = steps.flatMap(({ positions }) => positions.filter((i) => i % 48 >= 24));
    expect(new Set(right.map((i) => Math.floor(i / 48) < 24)).size).toBe(1);
    expect(alone).toBe(true);
  });

  test('keeps within what is valid, and says that it meets other walls where domains are narrow', () => {
    const field = masked(stripes(48, 16, 0, pair(109)), (_, y) => y > 10 && y < 20);
    for (const { positions } of find(field).steps) for (const i of positions) expect(field.valid[i]).toBe(1);
    expect(find(stripes(48, 4, 0, pair(109))).alone).toBe(false);
  });

  test('is not there in a field without a wall, and in one too narrow for it', () => {
    const flat = fieldOf(20, 20, () => [1, 2, 3]);
    expect(strongestPath(flat, findWalls(flat, 0))).toBeUndefined();
    const narrow = fieldOf(20, 8, (x) => (x < 4 ? [5, 0, 0] : [-5, 0, 0]));
    expect(strongestPath(narrow, findWalls(narrow, 0))).toBeUndefined();
  });
});
