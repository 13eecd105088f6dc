import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { angleBetween } from './angle-noise.ts';
import { meanPole, rotation_deg } from './poles.ts';
import type { VectorField } from './vector-field.ts';

/** One row of vectors. */
function row(vectors: readonly (readonly [number, number, number])[], step_nm = 1): VectorField {
  const one = (k: number) => Float64Array.from(vectors, (vector) => vector[k]!);
  const n = vectors.length;
  return {
    shape: [1, n],
    step_nm,
    unit: 'uC/cm2',
    values: { x: one(0), y: one(1), z: one(2) },
    valid: new Uint8Array(n).fill(1),
  };
}
const all = (n: number) => new Uint8Array(n).fill(1);

/** A direction of Fisher's distribution about +z. */
function fisher(kappa: number, stream: RandomStream): [number, number, number] {
  // cos θ has the density e^(κ cos θ), by its inverse.
  const z = 1 + Math.log(1 - stream.uniform() * (1 - Math.exp(-2 * kappa))) / kappa;
  const phi = 2 * Math.PI * stream.uniform();
  const s = Math.sqrt(Math.max(0, 1 - z * z));
  return [s * Math.cos(phi), s * Math.sin(phi), z];
}

test('the mean of two directions lies between them, whatever their lengths', () => {
  const { direction, resultant, n } = meanPole(
    row([
      [5, 0, 0],
      [0, 1, 0],
    ]),
    all(2),
    0,
  );
  expect(direction[0]).toBeCloseTo(Math.SQRT1_2, 12);
  expect(direction[1]).toBeCloseTo(Math.SQRT1_2, 12);
  expect(resultant).toBeCloseTo(Math.SQRT1_2, 12);
  expect(n).toBe(2);
});

test('opposite directions have no mean, and the cone says so', () => {
  const { cone95_deg, resultant } = meanPole(
    row([
      [1, 0, 0],
      [-1, 0, 0],
    ]),
    all(2),
    0,
  );
  expect(resultant).toBeCloseTo(0, 12);
  expect(cone95_deg).toBe(180);
});

test('the 95% cone holds the mean direction as often as it says', () => {
  const stream = new RandomStream(9, 'fisher');
  let held = 0;
  const tries = 600;
  for (let k = 0; k < tries; k++) {
    const { direction, cone95_deg } = meanPole(row(Array.from({ length: 30 }, () => fisher(8, stream))), all(30), 0);
    if (angleBetween(direction, [0, 0, 1]) <= cone95_deg) held++;
  }
  expect(held / tries).toBeGreaterThan(0.92);
  expect(held / tries).toBeLessThan(0.98);
});

test('neighbours that say the same widen the cone', () => {
  const stream = new RandomStream(9, 'wide');
  const field = row(Array.from({ length: 400 }, () => fisher(8, stream)));
  expect(meanPole(field, all(400), 2).cone95_deg).toBeGreaterThan(3 * meanPole(field, all(400), 0).cone95_deg);
});

test('angles are exact at 0, 90 and 180 degrees and for small ones', () => {
  expect(angleBetween([1, 0, 0], [2, 0, 0])).toBe(0);
  expect(angleBetween([1, 0, 0], [0, 3, 0])).toBeCloseTo(90, 12);
  expect(angleBetween([1, 0, 0], [-1, 0, 0])).toBeCloseTo(180, 12);
  expect(angleBetween([1, 0, 0], [1, 1e-9, 0])).toBeCloseTo((1e-9 * 180) / Math.PI, 16);
});

test('the rotation between two states is NaN where either has no value', () => {
  const a = row([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ]);
  const b = row([
    [0, 1, 0],
    [0, 0, 2],
    [1, 0, 0],
  ]);
  b.valid[2] = 0;
  expect(Array.from(rotation_deg(a, b, Uint8Array.of(1, 1, 1)))).toEqual([90, 90, Number.NaN]);
});
