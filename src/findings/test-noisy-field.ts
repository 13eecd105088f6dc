/** Fields for tests: a smooth random texture around a mean vector, σ on each component, and the same measured. */

import { RandomStream } from '../core/random.ts';
import { type NoiseModel, NoiseSource, withNoise } from './draws.ts';
import { mapComponents, type VectorField } from './vector-field.ts';

export const STEP_nm = 0.4;
const MEAN = { x: 2, y: 4, z: 3 };

/** @param spread of components around their means @param texture_nm their correlation length */
export function textureOf(shape: readonly [number, number], sigma: number, seed: number, spread = 5, texture_nm = 1.6) {
  const at = { shape, step_nm: STEP_nm };
  const unit = new NoiseSource(at, { length_nm: texture_nm }).next(new RandomStream(seed, 'texture'));
  const values = mapComponents(unit, (g, _, axis) => MEAN[axis] + spread * g);
  const field: VectorField = {
    ...at,
    unit: 'uC/cm2',
    values,
    sigma: mapComponents(values, () => sigma),
    valid: new Uint8Array(shape[0] * shape[1]).fill(1),
  };
  return field;
}

export function measuredOf(truth: VectorField, noise: NoiseModel, seed: number): VectorField {
  return withNoise(truth, new NoiseSource(truth, noise).next(new RandomStream(seed, 'measured')));
}

/** Vectors of these lengths in random directions, one row. @param sigma of each component */
export function rowOf(lengths: Float64Array, sigma: number, dimensions: 2 | 3, seed: number): VectorField {
  const stream = new RandomStream(seed, 'row');
  const n = lengths.length;
  const values = { x: new Float64Array(n), y: new Float64Array(n), z: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const [a, b, c] = [stream.normal(), stream.normal(), dimensions === 3 ? stream.normal() : 0];
    const scale = lengths[i]! / Math.hypot(a, b, c);
    values.x[i] = scale * a;
    values.y[i] = scale * b;
    values.z[i] = scale * c;
  }
  const errors = mapComponents(values, () => sigma);
  return { shape: [1, n], step_nm: 1, unit: 'uC/cm2', values, sigma: errors, valid: new Uint8Array(n).fill(1) };
}
