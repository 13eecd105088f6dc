/**
 * From posterior means to truth + noise. A model that states the mean of what it holds possible draws each value towards its prior: with prior N(m, τ²) and posterior
 * standard deviation σ,
 *
 *     value = m + (1 − σ²/τ²)(truth + e − m),   e of standard deviation σ / √(1 − σ²/τ²),
 *
 * so that values vary too little over a field, most of all along z. This undoes it: value and σ then are those of a measurement that knows no prior, whatever the specimen
 * is, and e is what 'simex' (estimate.ts) takes away. Linear and Gaussian, which a model is only about; the slope of predicted on true components is the check.
 *
 * A component at prior level was not measured, and a factor of ten or more on it would be made of nothing: such positions are masked. Where that is all of them, statistics of
 * that component are not determined, and those of the others need `axes` without it.
 */

import { fail } from '../core/errors.ts';
import { tellsNothing } from '../polarization/abstention.ts';
import { sigmaOf } from './draws.ts';
import { AXES, type Axis, mapComponents, restrict, type VectorField } from './vector-field.ts';

/**
 * @param mean of the prior, by component: what the model answers to a pattern that tells nothing; 0 where structures are as often reversed
 * @param axes components that are used afterwards; others stay as they are
 * @throws 'incomplete' where the field states no σ or no prior
 */
export function unshrunk(
  field: VectorField,
  mean: Readonly<Record<Axis, number>> = { x: 0, y: 0, z: 0 },
  axes: readonly Axis[] = AXES,
): VectorField {
  const prior =
    field.prior ?? fail('incomplete', 'The field states no prior.', 'Give the σ of its model without patterns.');
  const sigma = sigmaOf(field);
  const told = field.valid.map((mark, i) => (mark && axes.every((a) => !tellsNothing(sigma[a][i]!, prior[a])) ? 1 : 0));
  const kept = mapComponents(sigma, (s, _, axis) => (axes.includes(axis) ? 1 - (s / prior[axis]) ** 2 : 1));
  const raised = {
    ...field,
    values: mapComponents(field.values, (value, i, axis) => mean[axis] + (value - mean[axis]) / kept[axis][i]!),
    sigma: mapComponents(sigma, (s, i, axis) => s / Math.sqrt(kept[axis][i]!)),
  };
  return restrict(raised, told);
}
