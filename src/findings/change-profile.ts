/** Profiles of what a bias changes, and of what is the same in all states of a series (the paper's Fig. 3j, k). */

import { difference } from './align.ts';
import type { NoiseModel } from './draws.ts';
import type { Finding } from './finding.ts';
import { componentProfile, type Profile } from './profile.ts';
import type { Series } from './series.ts';
import { freed, toldOf } from './told.ts';
import { type Axis, restrict } from './vector-field.ts';

/**
 * Mean of state − reference of one component at each height, for each state but the reference; over positions valid in both, freed of the prior as far as both measure it, with the error of
 * both. Where they do not it is the difference of what is mapped, without error.
 * @param keep positions that count, [ny][nx]
 */
export function changeProfiles(
  { states, reference }: Series,
  keep: Uint8Array,
  axis: Axis,
  {
    across,
    values,
    noise,
  }: { readonly across: 'x' | 'y'; readonly values: 'posterior' | 'noisy'; readonly noise: NoiseModel },
): Profile[] {
  const fields = states.map(({ field }) => restrict(field, keep));
  const told = fields.every((field) => toldOf(field).axes.includes(axis));
  const used = told ? fields.map((field) => freed(field, values, [axis])) : fields;
  return used.flatMap((field, i) => {
    if (i === reference) return [];
    const change = difference(used[reference]!, field);
    const shown = told ? change : { ...change, sigma: undefined };
    return [{ ...componentProfile(shown, axis, across, noise), name: `ΔP_${axis}` }];
  });
}

/** Mean of the same profile of independent states, at heights that all have; errors and nulls as those of a mean. */
export function meanProfile(profiles: readonly Profile[]): Profile {
  const first = profiles[0]!;
  const count = profiles.length;
  /** Centre and half width of a mean of independent intervals. */
  const joined = (intervals: readonly (readonly [number, number])[]): [low: number, high: number] => {
    const middle = intervals.reduce((sum, [low, high]) => sum + (low + high) / 2, 0) / count;
    const half = Math.hypot(...intervals.map(([low, high]) => (high - low) / 2)) / count;
    return [middle - half, middle + half];
  };
  const points = first.points.map((one, line): Finding | undefined => {
    const all = profiles.flatMap(({ points: own }) => own[line] ?? []);
    if (!one || all.length < count) return undefined;
    const intervals = all.flatMap(({ interval }) => (interval ? [interval] : []));
    const noise = all.flatMap(({ nulls }) => nulls.noise ?? []);
    return {
      name: one.name,
      unit: one.unit,
      value: all.reduce((sum, { value }) => sum + value, 0) / count,
      ...(intervals.length === count && { interval: joined(intervals), of: 'field' as const }),
      n: all.reduce((sum, { n }) => sum + n, 0),
      nulls:
        noise.length === count
          ? {
              noise: {
                mean: noise.reduce((sum, { mean }) => sum + mean, 0) / count,
                interval: joined(noise.map(({ interval }) => interval)),
              },
            }
          : {},
    };
  });
  return { ...first, points };
}
