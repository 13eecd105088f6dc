/** Curl, divergence and bound charge: fields of known derivatives, identities of vector analysis, σ against draws. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { boundCharge, curl, divergence } from './differential.ts';
import type { ScalarMap } from './scalar-map.ts';
import { fieldOf, noisy, smoothField, withSigma } from './test-textures.ts';
import type { VectorField } from './vector-field.ts';

const largest = ({ values }: ScalarMap) =>
  values.reduce((most, v) => (Number.isNaN(v) ? most : Math.max(most, Math.abs(v))), 0);

test('quadratic fields are exact', () => {
  // Positions in nm: P = (x² − y, xy + y², xy) has curl (x, −y, y + 1) and divergence 3x + 2y.
  const h = 0.25;
  const field = fieldOf(
    [6, 7],
    (i, j) => {
      const [x, y] = [i * h, j * h];
      return [x * x - y, x * y + y * y, x * y];
    },
    h,
  );
  const { x, y, z } = curl(field);
  const div = divergence(field);
  expect([x.n, y.n, z.n, div.n, div.leftOut, x.unit]).toEqual([28, 30, 20, 20, 22, 'uC/cm2/nm']);
  for (let at = 0; at < 42; at++) {
    const [u, v] = [(at % 7) * h, Math.floor(at / 7) * h];
    if (!Number.isNaN(x.values[at]!)) expect(x.values[at]).toBeCloseTo(u, 12);
    if (!Number.isNaN(y.values[at]!)) expect(y.values[at]).toBeCloseTo(-v, 12);
    if (!Number.isNaN(z.values[at]!)) expect(z.values[at]).toBeCloseTo(v + 1, 12);
    if (!Number.isNaN(div.values[at]!)) expect(div.values[at]).toBeCloseTo(3 * u + 2 * v, 12);
  }
});

/** A field from maps, valid where all of them are. */
function fieldFrom(like: VectorField, x: ScalarMap, y: ScalarMap, z: ScalarMap): VectorField {
  const valid = like.valid.map((_, i) => (Number.isNaN(x.values[i]! + y.values[i]! + z.values[i]!) ? 0 : 1));
  return { ...like, values: { x: x.values, y: y.values, z: z.values }, valid };
}

test('the curl of a gradient and the divergence of a curl are zero', () => {
  const field = smoothField([12, 14], 5);
  // With P_z = φ, curl P = (∂y φ, −∂x φ, …): the gradient is (−curl_y, curl_x).
  const { x, y } = curl(field);
  const gradient = fieldFrom(field, { ...y, values: y.values.map((value) => -value) }, x, x);
  const z = curl(gradient).z;
  expect(z.n).toBe(8 * 10);
  expect(largest(z)).toBeLessThan(1e-13 * largest(x) * 100);
  const whole = curl(field);
  const div = divergence(fieldFrom(field, whole.x, whole.y, whole.z));
  expect(div.n).toBe(8 * 10);
  expect(largest(div)).toBeLessThan(1e-11 * largest(divergence(field)));
});

test('head to head is positive: 2 µC/cm² a nm are 2e7 C/m³', () => {
  const field = withSigma(
    fieldOf([5, 9], (x) => [-2 * (x - 4) * 0.4, 0, 0], 0.4),
    { x: 1, y: 1, z: 1 },
  );
  const inside = 2 * 9 + 4;
  expect(boundCharge(field, 'C/m3').values[inside]! / 2e7).toBeCloseTo(1, 14);
  // 1e7 C/m³ over 1.602176634e-19 C, a nm³ being 1e-27 m³.
  const e = 1e7 * 1e-27;
  expect(boundCharge(field).values[inside]! / ((2 * e) / 1.602176634e-19)).toBeCloseTo(1, 12);
  expect(boundCharge(field).sigma![inside]! / ((e / 1.602176634e-19) * (2 / 0.8))).toBeCloseTo(1, 12);
  expect(problem(() => boundCharge({ ...field, unit: 'A/m' }))).toMatchObject({ tag: 'unsupported' });
});

test('σ is that of 2000 draws within 5%', () => {
  const field = withSigma(smoothField([3, 3], 6), { x: 0.7, y: 1.9, z: 1.1 });
  const at = 4;
  const random = new RandomStream(11, 'differential');
  const all = Array.from({ length: 2000 }, () => {
    const draw = noisy(field, random);
    const { x, y, z } = curl(draw);
    return [divergence(draw), x, y, z].map(({ values }) => values[at]!);
  });
  const { x, y, z } = curl(field);
  [divergence(field), x, y, z].forEach(({ values, sigma }, k) => {
    const mean = all.reduce((sum, draw) => sum + draw[k]!, 0) / all.length;
    const spread = Math.sqrt(all.reduce((sum, draw) => sum + (draw[k]! - mean) ** 2, 0) / all.length);
    expect(Math.abs(spread / sigma![at]! - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean - values[at]!)).toBeLessThan((4 * spread) / Math.sqrt(all.length));
  });
});

test('nothing is said beside masked positions', () => {
  const field = smoothField([7, 7], 8);
  field.valid[24] = 0;
  for (const axis of ['x', 'y', 'z'] as const) field.values[axis][24] = Number.NaN;
  const map = divergence(field);
  expect([map.n, map.leftOut, map.sigma]).toEqual([20, 29, undefined]);
  for (const at of [24, 23, 25, 17, 31]) expect(map.values[at]).toBeNaN();
  expect(map.values[16]).not.toBeNaN();
});
