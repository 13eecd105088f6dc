/**
 * Lengths of P, in the plane and in space: their mean, and where −ln of their density is least, both as the map has them and without its prior and noise. A length in space is
 * made of the prior where P_z is not measured; beside it stands the same with P_z drawn from the prior.
 */

import type { RandomStream } from '../core/random.ts';
import { lengthsOf, magnitudeMinimum, silverman } from './densities.ts';
import type { NoiseModel } from './draws.ts';
import { estimate } from './estimate.ts';
import type { Finding } from './finding.ts';
import { type Dimensions, isotropicMinimum } from './magnitude-noise.ts';
import { drawnLengths } from './minimum.ts';
import { numbersOf, type Statistic, together } from './statistic.ts';
import { freed, notMeasured, type Told } from './told.ts';
import { AXES, type VectorField, validCount } from './vector-field.ts';

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

export interface LengthOptions {
  readonly noise: NoiseModel;
  readonly values: 'posterior' | 'noisy';
  readonly pairs: number;
  readonly stream: RandomStream;
}

/**
 * Mean |P| in the plane and in space, minimum of −ln ρ in the plane and in space.
 * @param said with the σ that the map states @param mapped the same with the scatter of its values @param beside nulls in space
 */
export function lengthFindings(
  said: VectorField,
  mapped: VectorField,
  told: Told,
  beside: { readonly mean: Finding['nulls']; readonly minimum: Finding['nulls'] },
  { noise, values, pairs, stream }: LengthOptions,
): Finding[] {
  const space = told.whole ? freed(said, values, AXES) : undefined;
  // Where the plane has no position that space lacks, one set of draws serves both.
  const groups: readonly (readonly Dimensions[])[] =
    space && validCount(space) === validCount(said) ? [[2, 3]] : [[2], [3]];
  const found = groups.flatMap((dimensions) => {
    const plain = dimensions.map((d) => ({
      mean: mappedMean(mapped, d, d === 3 ? beside.mean : {}),
      least: mappedMinimum(mapped, d, d === 3 ? beside.minimum : {}),
    }));
    const axes = AXES.slice(0, Math.max(...dimensions));
    if (!said.sigma) return plain;
    if (!axes.every((axis) => told.axes.includes(axis))) {
      const undetermined = notMeasured(told, axes);
      return plain.map(({ mean, least }) => ({ mean: { ...mean, undetermined }, least: { ...least, undetermined } }));
    }
    const field = dimensions.includes(3) && space ? space : freed(said, values, axes);
    const draws = stream.fork('lengths', `${dimensions}`);
    const drawn = drawnLengths(field, dimensions, { noise, pairs, stream: draws });
    const means = estimate(
      field,
      together(...dimensions.map(meanLength)),
      plain.map(({ mean: { name, unit } }) => ({ name, unit, positive: true })),
      { noise, correction: 'simex', of: 'field', pairs, stream: draws, drawn: drawn.map(({ mean }) => mean) },
    );
    return plain.map(({ mean: { value, n, nulls }, least }, k) => ({
      mean: { ...means[k]!, value, n, nulls },
      least: { ...least, ...drawn[k]!.minimum },
    }));
  });
  return [...found.map(({ mean }) => mean), ...found.map(({ least }) => least)];
}

function mappedMean(field: VectorField, dimensions: Dimensions, nulls: Finding['nulls']): Finding {
  const lengths = lengthsOf(field, dimensions);
  return {
    name: dimensions === 2 ? 'mean |P| in the plane' : 'mean |P|',
    unit: field.unit,
    value: mean(lengths),
    n: lengths.length,
    nulls,
  };
}

/** The minimum of the map as it is; beside it what a cloud without any direction or preferred length has, of the same mean square. */
function mappedMinimum(field: VectorField, dimensions: Dimensions, nulls: Finding['nulls']): Finding {
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
