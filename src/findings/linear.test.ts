import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { estimate } from './estimate.ts';
import { meanOf, weightedSum } from './linear.ts';
import { STEP_nm, textureOf } from './test-noisy-field.ts';
import { mapComponents, restrict, type VectorField } from './vector-field.ts';

const truth = textureOf([7, 9], 1, 2);
const field = restrict(
  { ...truth, sigma: mapComponents(truth.values, (_, i) => 1 + 0.1 * i) },
  Uint8Array.from({ length: 63 }, (_, i) => (i % 5 === 0 ? 0 : 1)),
);

test('a mean over a region: its σ is the double sum, its n what is valid', () => {
  const region = Uint8Array.from({ length: 63 }, (_, i) => (i >= 18 && i < 45 ? 1 : 0));
  const inside = Array.from(region.keys()).filter((i) => region[i] && field.valid[i]);
  const length_nm = 0.5;
  let variance = 0;
  for (const i of inside) {
    for (const j of inside) {
      const r2 = ((i % 9) - (j % 9)) ** 2 + (Math.floor(i / 9) - Math.floor(j / 9)) ** 2;
      variance += (1 + 0.1 * i) * (1 + 0.1 * j) * Math.exp((-r2 * STEP_nm ** 2) / (2 * length_nm ** 2));
    }
  }
  const found = meanOf(field, 'y', { length_nm }, region);
  expect(found.n).toBe(inside.length);
  expect(found.value).toBeCloseTo(inside.reduce((sum, i) => sum + truth.values.y[i]!, 0) / inside.length, 12);
  // The kernel ends at 1e-6.
  expect(found.sigma! / (Math.sqrt(variance) / inside.length)).toBeCloseTo(1, 4);
  expect(found.interval![1] - found.interval![0]).toBeCloseTo(2 * 1.959964 * found.sigma!, 10);
});

test('independent noise: σ/√n; without σ no interval; nothing inside is refused', () => {
  const found = meanOf(truth, 'x', { length_nm: 0 });
  expect(found.sigma).toBeCloseTo(1 / Math.sqrt(63), 12);
  const { sigma: _, ...bare } = truth;
  expect(meanOf(bare, 'x', { length_nm: 0 })).not.toHaveProperty('interval');
  expect(() => meanOf(truth, 'x', { length_nm: 0 }, new Uint8Array(63))).toThrow('no valid position');
  expect(() => weightedSum(truth, 'x', new Float64Array(3), { length_nm: 0 })).toThrow('weights');
});

test('what all positions share, no mean takes away: exactly, and in draws', () => {
  const shape = [12, 14] as const;
  const n = shape[0] * shape[1];
  const flat = (value: number) => new Float64Array(n).fill(value);
  const field: VectorField = {
    shape,
    step_nm: 0.4,
    unit: 'uC/cm2',
    values: { x: flat(1), y: flat(2), z: flat(3) },
    sigma: { x: flat(2), y: flat(2), z: flat(2) },
    valid: new Uint8Array(n).fill(1),
    shared: { x: 0.25, y: 1, z: 0 },
  };
  const noise = { length_nm: 0 };
  expect(meanOf(field, 'x', noise).sigma).toBeCloseTo(2 * Math.sqrt(0.25 + 0.75 / n), 9);
  expect(meanOf(field, 'y', noise).sigma).toBeCloseTo(2, 9);
  expect(meanOf(field, 'z', noise).sigma).toBeCloseTo(2 / Math.sqrt(n), 9);
  const [x, y, z] = estimate(
    field,
    ({ values }) => [values.x, values.y, values.z].map((own) => own.reduce((a, b) => a + b, 0) / n),
    ['x', 'y', 'z'].map((name) => ({ name, unit: field.unit })),
    { noise, correction: 'none', of: 'field', pairs: 300, stream: new RandomStream(4, 'shared') },
  );
  expect(x!.sigma! / (2 * Math.sqrt(0.25 + 0.75 / n))).toBeCloseTo(1, 0);
  expect(y!.sigma!).toBeGreaterThan(1.7);
  expect(y!.sigma!).toBeLessThan(2.3);
  expect(z!.sigma!).toBeLessThan(0.3);
});
