/**
 * Lengths of P, in the plane and in space: their mean, and where −ln of their density is least. A length in space is made of the prior where P_z is not measured; beside it
 * stands the same with P_z drawn from the prior. Not here: the minimum without noise, with its interval (minimum.ts).
 */

import { lengthsOf, magnitudeMinimum, silverman } from './densities.ts';
import type { Finding } from './finding.ts';
import { type Dimensions, isotropicMinimum } from './magnitude-noise.ts';
import { numbersOf, type Statistic } from './statistic.ts';
import type { VectorField } from './vector-field.ts';

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

export const meanLength =
  (dimensions: Dimensions): Statistic =>
  (field) =>
    mean(lengthsOf(field, dimensions));

/** One bandwidth for all draws: what is looked for is where the maximum moves, not how wide a kernel each draw would choose. */
export function minimumOfLengths(field: VectorField, dimensions: Dimensions): Statistic {
  return magnitudeMinimum(dimensions, silverman(lengthsOf(field, dimensions)));
}

/** The minimum of the map as it is; beside it what a cloud without any direction or preferred length has, of the same mean square. */
export function mappedMinimum(field: VectorField, dimensions: Dimensions, nulls: Finding['nulls']): Finding {
  const lengths = lengthsOf(field, dimensions);
  const none = isotropicMinimum(mean(lengths.map((value) => value * value)), dimensions);
  return {
    name: `${dimensions === 2 ? '|P| in the plane' : '|P|'} where −ln ρ is least`,
    unit: field.unit,
    value: numbersOf(minimumOfLengths(field, dimensions), field)[0]!,
    n: lengths.length,
    nulls: { ...nulls, shapeless: { mean: none, interval: [none, none] } },
  };
}
