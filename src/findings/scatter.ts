/** By how much the values of a map scatter, which is not how far the truth is from them. */

import { type Axis, mapComponents, type VectorField } from './vector-field.ts';

/** Least variance of values, as a share of σ²: where σ reaches the prior's they hardly scatter, but what weighs by 1/σ² (χ²) needs one above zero. */
const LEAST = 1e-4;

/**
 * The map as it is, with σ that says by how much its values scatter and not how far the truth is from them: what noise alone makes of a map follows from that. Means of a
 * posterior scatter by σ√(1 − σ²/prior²) (unshrink.ts), which is nothing where nothing is measured; truth + noise scatters by σ.
 */
export function scattering(field: VectorField, values: 'posterior' | 'noisy'): VectorField {
  const { sigma, prior } = field;
  if (values === 'noisy' || !sigma || !prior) return field;
  const scatter = (s: number, axis: Axis) => s * Math.sqrt(Math.max(LEAST, 1 - (s / prior[axis]) ** 2));
  return { ...field, sigma: mapComponents(sigma, (s, _, axis) => scatter(s, axis)) };
}
