import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { scattering } from './scatter.ts';
import { segmentByNoise } from './segmentation.ts';
import type { VectorField } from './vector-field.ts';

const COUNT = 12 * 12;
const stream = new RandomStream(2, 'scatter');
const draw = () => Float64Array.from({ length: COUNT }, () => stream.normal());
const full = (value: number) => new Float64Array(COUNT).fill(value);

/** Posterior means of a truth of variance prior² seen with noise: σ along z as large as the prior's, or larger. */
const field = (along: number): VectorField => ({
  shape: [12, 12],
  step_nm: 0.4,
  unit: 'uC/cm2',
  values: { x: draw(), y: draw(), z: full(0) },
  sigma: { x: full(1), y: full(4), z: full(along) },
  valid: new Uint8Array(COUNT).fill(1),
  prior: { x: 8, y: 8, z: 8 },
});

test('posterior means scatter by σ√(1 − σ²/prior²), truth + noise by σ', () => {
  const { sigma } = scattering(field(8), 'posterior');
  expect(sigma!.x[0]).toBeCloseTo(Math.sqrt(1 - 1 / 64), 12);
  expect(sigma!.y[0]).toBeCloseTo(4 * Math.sqrt(0.75), 12);
  expect(scattering(field(8), 'noisy').sigma!.y[0]).toBe(4);
});

test.each([8, 9.5])('a component that is not measured at all (σ %f of a prior of 8) still has a χ²', (along) => {
  const seen = scattering(field(along), 'posterior');
  expect(seen.sigma!.z[0]).toBeGreaterThan(0);
  expect(seen.sigma!.z[0]).toBeLessThan(0.02 * along);
  expect(segmentByNoise(seen).count).toBeGreaterThan(0);
});
