/** Winding numbers: known defects, sums against the way round, symmetries, holes, noise. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { fieldOf, mirrored, noisy, smoothField, texture, turned, vectorsOnly, withSigma } from './test-textures.ts';
import type { VectorField } from './vector-field.ts';
import { inPlaneAngles, windings } from './winding.ts';

const of = (field: VectorField, factor?: number) => windings(inPlaneAngles(field, factor));
const total = ({ plaquettes, holes }: ReturnType<typeof of>) =>
  plaquettes.reduce((sum, w) => sum + w, 0) + holes.reduce((sum, { winding = 0 }) => sum + winding, 0);
const inPlane = () => Math.PI / 2;

test('vortex, hedgehog, antivortex and double vortex', () => {
  for (const [m, gamma] of [
    [1, 0],
    [1, Math.PI / 2],
    [1, 2.3],
    [-1, 0.4],
  ] as const) {
    const wound = of(texture([9, 11], [4.3, 5.4], inPlane, m, gamma));
    expect(total(wound)).toBe(m);
    expect(wound.plaquettes[5 * 10 + 4]).toBe(m);
    expect(wound).toMatchObject({ n: 80, leftOut: 0, holes: [] });
  }
  // On a position: that has no direction, and is gone round.
  const hole = of(fieldOf([9, 9], (x, y) => [(x - 4) ** 2 - (y - 4) ** 2, 2 * (x - 4) * (y - 4), 1]));
  expect(hole).toMatchObject({ n: 60, leftOut: 0, holes: [{ winding: 2, positions: 1 }] });
  expect(total(of(fieldOf([4, 4], () => [1, 2, 3])))).toBe(0);
});

/** The angle between neighbours by cross and dot product, on the way round the grid. */
function wayRound({ shape: [ny, nx], values: { x, y } }: VectorField): number {
  const path: number[] = [];
  for (let i = 0; i < nx; i++) path.push(i);
  for (let j = 1; j < ny; j++) path.push(j * nx + nx - 1);
  for (let i = nx - 2; i >= 0; i--) path.push((ny - 1) * nx + i);
  for (let j = ny - 2; j >= 0; j--) path.push(j * nx);
  let sum = 0;
  for (let k = 1; k < path.length; k++) {
    const [p, q] = [path[k - 1]!, path[k]!];
    sum += Math.atan2(x[p]! * y[q]! - y[p]! * x[q]!, x[p]! * x[q]! + y[p]! * y[q]!);
  }
  return sum / (2 * Math.PI);
}

test('they add to the way round the grid, with holes or without, and go with turns and mirrors', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const field = smoothField([12, 9], seed);
      const w = total(of(field));
      expect(w).toBeCloseTo(wayRound(field), 9);
      const random = new RandomStream(seed, 'holes');
      const holed = { ...field, valid: field.valid.map((_, at) => (inner(at) && random.uniform() < 0.2 ? 0 : 1)) };
      expect(of(holed).leftOut).toBe(0);
      expect(total(of(holed))).toBe(w);
      for (const same of [turned(field), mirrored(field, true), vectorsOnly(field, ([x, y, z]) => [-x, -y, -z])]) {
        expect(total(of(same))).toBe(w);
      }
      expect(total(of(mirrored(field, false))) + 0).toBe(-w + 0);
    }),
    { numRuns: 40, seed: 3 },
  );
  function inner(at: number) {
    const [x, y] = [at % 9, Math.floor(at / 9)];
    return x > 0 && x < 8 && y > 0 && y < 11;
  }
});

test('a hole at the edge and opposite neighbours are not known', () => {
  const vortex = texture([9, 9], [4.5, 4.5], inPlane, 1, 0);
  vortex.valid[4] = 0;
  expect(of(vortex)).toMatchObject({ n: 62, leftOut: 2, holes: [{ positions: 1 }] });
  expect(of(vortex).holes[0]!.winding).toBeUndefined();
  const wall = of(fieldOf([4, 6], (x) => [x < 3 ? 1 : -1, 0, 0]));
  expect(wall).toMatchObject({ n: 12, leftOut: 3 });
  expect(total(wall)).toBe(0);
});

test('a heart lost in σ is a hole that is wound; rounding in plane is no direction', () => {
  const field = withSigma(
    fieldOf([15, 15], (x, y) => [x - 7.2, y - 7.3, 10]),
    { x: 1, y: 1, z: 5 },
  );
  const wound = of(field);
  expect(wound.holes).toEqual([{ winding: 1, positions: expect.any(Number) }]);
  expect(wound.holes[0]!.positions).toBeCloseTo(4 * Math.PI, -1);
  expect(total(wound)).toBe(1);
  expect(of(fieldOf([3, 3], () => [1e-16, -1e-17, 1])).leftOut).toBe(4);
});

test('a third of the plaquettes is wound in pure noise', () => {
  const nothing = withSigma(
    fieldOf([100, 100], () => [0, 0, 0]),
    { x: 1, y: 1, z: 1 },
  );
  const { plaquettes } = of(noisy(nothing, new RandomStream(5, 'angles')), 0);
  const count = plaquettes.reduce((sum, w) => sum + Math.abs(w), 0);
  expect(Math.abs(count / plaquettes.length - 1 / 3)).toBeLessThan(0.02);
});
