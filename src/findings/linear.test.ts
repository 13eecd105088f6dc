import { expect, test } from 'vitest';
import { meanOf, weightedSum } from './linear.ts';
import { STEP_nm, textureOf } from './test-noisy-field.ts';
import { mapComponents, restrict } from './vector-field.ts';

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
