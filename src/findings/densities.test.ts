import { describe, expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import {
  componentOf,
  equalEdges,
  histogram,
  kernelDensity,
  lengthsOf,
  magnitudeMinimum,
  minimumOf,
  perVolume,
  potentialOf,
  silverman,
} from './densities.ts';
import { isotropicMinimum } from './magnitude-noise.ts';
import { rowOf, textureOf } from './test-noisy-field.ts';
import { restrict } from './vector-field.ts';

const normals = (n: number, seed: number) => new RandomStream(seed, 'values').normals(new Float64Array(n));

test('a histogram counts each value once and says what lies outside', () => {
  const found = histogram(Float64Array.of(-1, 0, 0.5, 1, 1.9, 2, 3), equalEdges(0, 2, 2));
  expect([...found.counts]).toEqual([2, 3]);
  expect(found).toMatchObject({ n: 7, outside: 2 });
  expect(found.density.reduce((a, b) => a + b, 0)).toBeCloseTo(5 / 7, 12);
});

describe('kernel density', () => {
  test.each([true, false])('is the sum over values and integrates to 1 (reflected at 0: %s)', (reflect) => {
    const values = normals(200, 1).map(Math.abs);
    const found = kernelDensity(values, { bandwidth: 0.3, reflect });
    const step = found.at[1]! - found.at[0]!;
    const integral = found.density.reduce((sum, rho, i) => sum + rho * step * (i === 0 ? 0.5 : 1), 0);
    expect(integral).toBeCloseTo(1, 5);
    const kernel = (u: number) => Math.exp(-((u / 0.3) ** 2) / 2) / (0.3 * Math.sqrt(2 * Math.PI));
    for (const i of [0, 1, 8, 25]) {
      const at = found.at[i]!;
      const naive = values.reduce((sum, v) => sum + kernel(at - v) + (reflect ? kernel(at + v) : 0), 0) / 200;
      expect(Math.abs(found.density[i]! - naive)).toBeLessThan(2e-3);
    }
  });
  test('the rule of Silverman for a normal sample', () => {
    expect(silverman(normals(20_000, 2).map((g) => 3 * g)) / (0.9 * 3 * 20_000 ** -0.2)).toBeCloseTo(1, 1);
  });
});

test('masked positions are in no density', () => {
  const field = textureOf([6, 5], 1, 3);
  const kept = restrict(
    field,
    Uint8Array.from({ length: 30 }, (_, i) => i % 2),
  );
  expect(lengthsOf(kept, 3).length).toBe(15);
  expect(lengthsOf(kept, 2)[0]).toBeCloseTo(Math.hypot(field.values.x[1]!, field.values.y[1]!), 12);
  expect(componentOf(kept, 'z')).toEqual(field.values.z.filter((_, i) => i % 2 === 1));
  const none = restrict(field, new Uint8Array(30));
  expect(() => magnitudeMinimum(3)(none)).toThrow('no value');
});

describe('the minimum of −ln of the density', () => {
  test('of a parabola, exactly; of a density with zeros, its greatest point', () => {
    const at = equalEdges(0, 10, 40);
    expect(
      minimumOf(
        at,
        at.map((p) => Math.exp(-((p - 3.137) ** 2))),
      ),
    ).toBeCloseTo(3.137, 9);
    expect(minimumOf(Float64Array.of(1, 2, 3), Float64Array.of(0, 5, 0))).toBe(2);
    expect(potentialOf(Float64Array.of(0, 1, Math.E))).toEqual(Float64Array.of(Number.NaN, -0, -1));
  });
  test.each([2, 3] as const)('of noise around nothing stands at a finite |P|, %d dimensions: s√(d − 1)', (d) => {
    const n = 40_000;
    const [x, y, z] = [1, 2, 3].map((seed) => normals(n, seed).map((g) => 4 * g));
    const cloud = { ...rowOf(new Float64Array(n), 1, d, 1), values: { x: x!, y: y!, z: z! } };
    const found = Number(magnitudeMinimum(d)(cloud));
    expect(Math.abs(found / isotropicMinimum(16 * d, d) - 1)).toBeLessThan(0.06);
    // Per volume of P there is none: the density is highest at the least |P|.
    const { at, density } = kernelDensity(lengthsOf(cloud, d), { reflect: true });
    const volume = perVolume(at, density, d);
    expect(volume[8]).toBeGreaterThan(volume[Math.round((2 * found) / (at[1]! - at[0]!))]! * 2);
  });
});
