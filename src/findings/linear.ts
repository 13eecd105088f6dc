/**
 * Statistics linear in the field, exactly: Σ wᵢ Pᵢ with variance Σᵢⱼ wᵢ wⱼ σᵢ σⱼ (ρ + (1 − ρ) exp(−|rᵢ − rⱼ|²/2L²)), ρ the share of σ² that all positions have in common
 * (`VectorField.shared`). Noise does not shift them, and no draws are needed.
 * The interval is of this field ('field'); for the material take estimate.ts with blocks.
 */

import { fail } from '../core/errors.ts';
import { convolve, gaussianTaps } from './convolve.ts';
import type { NoiseModel } from './draws.ts';
import type { Finding } from './finding.ts';
import { Z95 } from './statistic.ts';
import type { Axis, VectorField } from './vector-field.ts';

/**
 * Σ w·P over valid positions.
 * @param weights [ny][nx], finite; taken as they are, so a mean has weights 1/n
 * @throws 'shape' where weights do not fill the field
 */
export function weightedSum(
  { values, sigma, valid, shape, step_nm, shared: shares }: VectorField,
  axis: Axis,
  weights: Float64Array,
  { length_nm }: NoiseModel,
): { value: number; sigma?: number } {
  if (weights.length !== valid.length) {
    fail('shape', `${weights.length} weights for ${valid.length} positions.`, 'Fill [ny][nx] row by row.');
  }
  let value = 0;
  for (let i = 0; i < valid.length; i++) if (valid[i]) value += weights[i]! * values[axis][i]!;
  if (!sigma) return { value };
  const errors = weights.map((w, i) => (valid[i] ? w * sigma[axis][i]! : 0));
  const near = convolve(errors, shape, gaussianTaps(length_nm / step_nm));
  const alone = errors.reduce((sum, error, i) => sum + error * near[i]!, 0);
  const all = errors.reduce((sum, error) => sum + error, 0);
  const shared = shares?.[axis] ?? 0;
  return { value, sigma: Math.sqrt(shared * all * all + (1 - shared) * alone) };
}

/**
 * Mean of a component over a region: a film, a row of a profile.
 * @param region 1 inside, [ny][nx]; masked positions do not count
 * @throws 'range' where no valid position is inside
 */
export function meanOf(
  field: VectorField,
  axis: Axis,
  noise: NoiseModel,
  region: Uint8Array = field.valid,
  name = `mean P_${axis}`,
): Finding {
  let n = 0;
  for (let i = 0; i < region.length; i++) if (region[i] && field.valid[i]) n++;
  if (n === 0) fail('range', 'The region holds no valid position.', 'Give a region inside the field and its mask.');
  const { value, sigma } = weightedSum(
    field,
    axis,
    Float64Array.from(region, (inside) => (inside ? 1 / n : 0)),
    noise,
  );
  const interval = sigma !== undefined ? ([value - Z95 * sigma, value + Z95 * sigma] as const) : undefined;
  return { name, unit: field.unit, value, ...(interval && { sigma, interval, of: 'field' as const }), n, nulls: {} };
}
