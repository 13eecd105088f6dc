/**
 * Where −ln of the density of |P| is least without noise. The place itself is no polynomial of the noise: between two preferred lengths it jumps from one to the other. The
 * density at each |P| is smooth in it, and is carried on to no noise there (SIMEX, extrapolate.ts); its greatest point is the value.
 *
 * The interval holds each |P| at which, within 95%, the density without noise is as high as at its greatest and its slope is 0. Where that falls apart two lengths are equally
 * likely to be it, and there is no interval. Heights and slopes are sums over positions. Their variance is that between random groups of positions, less what the truth's own
 * spread gives it (∫a²f − (∫af)², a the sum's weight for a length, f the density without noise): what is left is the noise's. Errors that positions have in common
 * move all groups alike: what the draws themselves move the sum by (`response`) is taken where it is more. Beside σ stands by how much extrapolations of second and third degree
 * differ.
 * Not here: the minimum of the map as it is (densities.ts), the density without noise as a curve (deconvolve.ts).
 */

import { numberLabel } from '../core/numbers.ts';
import type { RandomStream } from '../core/random.ts';
import { addShare, FINE, KERNEL, lengthsOf, minimumOf, silverman, spread } from './densities.ts';
import { type NoiseModel, NoiseSource, withNoise } from './draws.ts';
import { LAMBDAS, second, third } from './extrapolate.ts';
import type { Finding } from './finding.ts';
import type { Dimensions } from './magnitude-noise.ts';
import { Z95 } from './statistic.ts';
import { componentsOf, type VectorField } from './vector-field.ts';

export interface MinimumOptions {
  readonly noise: NoiseModel;
  /** Pairs ±g of noise. */
  readonly pairs: number;
  readonly stream: RandomStream;
}

export type MinimumErrors = Pick<Finding, 'corrected' | 'sigma' | 'interval' | 'of' | 'extrapolation' | 'undetermined'>;

/** Groups of positions between which sums vary; their variance is known to a seventh. */
const GROUPS = 100;
/** Positions in each, at least, on average. */
const LEAST = 5;
/** Points of the grid, an eighth of a bandwidth apart, across which what is likely is one piece. */
const GAP = 4;
const ROWS = [0, ...LAMBDAS];
/** Weight of the density at each λ in the one without noise. */
const WEIGHTS = ROWS.map((_, row) => third(ROWS.map((_, other) => (other === row ? 1 : 0))));

/** Densities of the lengths on one grid, each [point]. */
interface Densities {
  readonly at: Float64Array;
  /** Without noise, by extrapolation of third and second degree. */
  readonly clean: Float64Array;
  readonly other: Float64Array;
  /** The first of each group of positions. */
  readonly groups: readonly Float64Array[];
  /** Of each draw g: what its noise, in units of its σ, changes the density by. */
  readonly response: readonly Float64Array[];
  readonly n: number;
}

/**
 * @param field truth + noise: freed of its prior (unshrink.ts)
 * @throws 'range' where no position is valid, 'incomplete' where the field states no σ
 */
export function minimumWithoutNoise(
  field: VectorField,
  dimensions: Dimensions,
  options: MinimumOptions,
): MinimumErrors {
  const lengths = lengthsOf(field, dimensions);
  const bandwidth = silverman(lengths);
  if (!(bandwidth > 0) || lengths.length < GROUPS * LEAST) {
    return { undetermined: `${lengths.length} positions are too few to tell how their density varies` };
  }
  const densities = densitiesOf(field, lengths, bandwidth, dimensions, options);
  const { at, clean } = densities;
  const step = at[1]!;
  const top = clean.reduce((best, height, i) => (height > clean[best]! ? i : best), 1);
  const corrected = minimumOf(
    at,
    clean.map((height) => Math.max(0, height)),
  );
  const pieces: [first: number, last: number][] = [];
  for (let i = 1; i < at.length - 1; i++) {
    if (
      i !== top &&
      !(isZero(differenceOf(densities, top, i), 'above') && isZero(differenceOf(densities, i + 1, i - 1)))
    )
      continue;
    const last = pieces.at(-1);
    if (last && i - last[1] <= GAP) last[1] = i;
    else pieces.push([i, i]);
  }
  if (pieces.length > 1) {
    const places = pieces.map(([a, b]) => numberLabel((at[a]! + at[b]!) / 2)).join(', ');
    return { undetermined: `as far as noise tells −ln ρ is least near any of ${places}` };
  }
  const [first, last] = pieces[0]!;
  // At the top the slope changes by so much from point to point.
  const bend = Math.abs(clean[top + 1]! - 2 * clean[top]! + clean[top - 1]!) / step;
  const { sigma, unsure } = differenceOf(densities, top + 1, top - 1);
  return {
    corrected,
    sigma: sigma / (2 * bend),
    interval: [Math.min(corrected, at[first]! - step / 2), Math.max(corrected, at[last]! + step / 2)],
    extrapolation: unsure / (2 * bend),
    of: 'field',
  };
}

function densitiesOf(
  field: VectorField,
  lengths: Float64Array,
  bandwidth: number,
  dimensions: Dimensions,
  { noise, pairs, stream }: MinimumOptions,
): Densities {
  const step = bandwidth / FINE;
  const n = lengths.length;
  const points = Math.ceil(lengths.reduce((a, b) => Math.max(a, b), 0) / step) + KERNEL.length + 1;
  const random = stream.fork('groups');
  const group = Int32Array.from(lengths, () => random.integer(GROUPS));
  const size = new Float64Array(GROUPS);
  for (const one of group) size[one]!++;
  /** Of each λ: [group][point]. */
  const shares = ROWS.map(() => new Float64Array(GROUPS * points));
  const add = (some: Float64Array, into: Float64Array, weight: number): void => {
    for (let i = 0; i < n; i++) addShare(into, some[i]! / step, weight, group[i]! * points, points);
  };
  add(lengths, shares[0]!, 1);
  const source = new NoiseSource(field, { ...noise, shared: field.shared });
  const draws = stream.fork('noise');
  const [unit, made] = [componentsOf(field.valid.length), componentsOf(field.valid.length)];
  const response: Float64Array[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    source.next(draws, unit);
    const moved = new Float64Array(points);
    for (const [row, lambda] of LAMBDAS.entries()) {
      for (const sign of [1, -1]) {
        const some = lengthsOf(withNoise(field, unit, sign * Math.sqrt(lambda), made), dimensions);
        add(some, shares[row + 1]!, 1 / (2 * pairs));
        if (row > 0) continue;
        for (let i = 0; i < n; i++) addShare(moved, some[i]! / step, sign / (2 * Math.sqrt(lambda) * n * step));
      }
    }
    response.push(spread(moved, true));
  }
  const whole = shares.map((some) => {
    const sum = new Float64Array(points);
    for (let i = 0; i < some.length; i++) sum[i % points]! += some[i]! / (n * step);
    return spread(sum, true);
  });
  const carried = (by: (values: readonly number[]) => number) =>
    whole[0]!.map((_, point) => by(whole.map((some) => some[point]!)));
  return {
    at: whole[0]!.map((_, point) => point * step),
    clean: carried(third),
    other: carried(second),
    groups: Array.from(size, (count, g) => {
      const own = new Float64Array(points);
      for (let i = 0; i < points; i++) {
        for (const [row, weight] of WEIGHTS.entries())
          own[i]! += (weight * shares[row]![g * points + i]!) / (count * step);
      }
      return spread(own, true);
    }),
    response,
    n,
  };
}

/** The density without noise at point a less that at b: its σ by the field's own noise, and what extrapolation leaves open. */
function differenceOf({ at, clean, other, groups, response, n }: Densities, a: number, b: number) {
  const value = clean[a]! - clean[b]!;
  const between = groups.reduce((sum, one) => sum + (one[a]! - one[b]! - value) ** 2, 0) / (GROUPS * (GROUPS - 1));
  const step = at[1]!;
  const reach = KERNEL.length - 1;
  const weight = (point: number, i: number): number =>
    ((KERNEL[Math.abs(point - i)] ?? 0) + (KERNEL[point + i] ?? 0)) / step;
  let [mean, square] = [0, 0];
  for (let i = Math.max(0, Math.min(a, b) - reach); i <= Math.min(clean.length - 1, Math.max(a, b) + reach); i++) {
    const w = weight(a, i) - weight(b, i);
    const share = Math.max(0, clean[i]!) * step;
    mean += w * share;
    square += w * w * share;
  }
  const drawn = response.reduce((sum, one) => sum + (one[a]! - one[b]!) ** 2, 0) / response.length;
  const sigma = Math.sqrt(Math.max(drawn, between - (square - mean * mean) / n));
  return { value, sigma, unsure: Math.abs(value - (other[a]! - other[b]!)) };
}

/** Whether it may be 0 at 95%; 'above': 0 or less. What extrapolation leaves open counts as estimate.ts has it. */
function isZero({ value, sigma, unsure }: ReturnType<typeof differenceOf>, side?: 'above'): boolean {
  const half = Math.max(Z95 * Math.hypot(sigma, unsure), unsure > sigma / 2 ? Z95 * sigma + unsure : 0);
  return (side === 'above' ? value : Math.abs(value)) <= half;
}
