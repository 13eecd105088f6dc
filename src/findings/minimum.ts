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
import { KERNEL, minimumOf } from './densities.ts';
import { type NoiseModel, NoiseSource, withNoise } from './draws.ts';
import { LAMBDAS } from './extrapolate.ts';
import type { Finding } from './finding.ts';
import { type Densities, GROUPS, LEAST, LengthShares } from './length-shares.ts';
import type { Dimensions } from './magnitude-noise.ts';
import type { Redrawn } from './redraw.ts';
import { Z95 } from './statistic.ts';
import { AXES, componentsOf, type VectorField } from './vector-field.ts';

export interface MinimumOptions {
  readonly noise: NoiseModel;
  /** Pairs ±g of noise. */
  readonly pairs: number;
  readonly stream: RandomStream;
}

export type MinimumErrors = Pick<Finding, 'corrected' | 'sigma' | 'interval' | 'of' | 'extrapolation' | 'undetermined'>;

/** Points of the grid, an eighth of a bandwidth apart, across which what is likely is one piece. */
const GAP = 4;

/** Of lengths in some dimensions: the minimum, and their mean in the draws that it was found by (estimate.ts takes it from there). */
export interface DrawnLengths {
  readonly minimum: MinimumErrors;
  readonly mean: Redrawn;
}

/**
 * One for each of `dimensions`, by the same draws.
 * @param field truth + noise: freed of its prior (unshrink.ts) in all components that they take
 * @throws 'range' where no position is valid, 'incomplete' where the field states no σ
 */
export function drawnLengths(
  field: VectorField,
  dimensions: readonly Dimensions[],
  { noise, pairs, stream }: MinimumOptions,
): DrawnLengths[] {
  const common = noise.length_nm > 0 || AXES.some((axis) => (field.shared?.[axis] ?? 0) > 0);
  const collected = dimensions.map((d) => new LengthShares(field, d, common, stream.fork('groups')));
  const source = new NoiseSource(field, { ...noise, shared: field.shared });
  const draws = stream.fork('noise');
  const [unit, made] = [componentsOf(field.valid.length), componentsOf(field.valid.length)];
  for (let pair = 0; pair < pairs; pair++) {
    source.next(draws, unit);
    for (const [row, lambda] of LAMBDAS.entries()) {
      for (const sign of [1, -1] as const) {
        const some = withNoise(field, unit, sign * Math.sqrt(lambda), made);
        for (const one of collected) one.add(some, row + 1, sign, 1 / (2 * pairs));
      }
    }
  }
  return collected.map((one) => ({ minimum: minimumOfShares(one), mean: one.mean }));
}

function minimumOfShares(shares: LengthShares): MinimumErrors {
  if (!(shares.step > 0) || shares.n < GROUPS * LEAST) {
    return { undetermined: `${shares.n} positions are too few to tell how their density varies` };
  }
  const densities = shares.densities();
  const { at, clean } = densities;
  const step = at[1]!;
  const top = clean.reduce((best, height, i) => (height > clean[best]! ? i : best), 0);
  const corrected = minimumOf(
    at,
    clean.map((height) => Math.max(0, height)),
  );
  const flat = differenceOf(densities, top + 1, top - 1);
  /** Were the top at i, noise would move the slope there by what it moves it by at the top as it is found. */
  const isTop = (i: number): boolean => {
    if (i === top) return true;
    if (!isZero(differenceOf(densities, top, i), 'above')) return false;
    const slope = differenceOf(densities, i + 1, i - 1);
    const sigma = Math.max(slope.sigma, flat.sigma);
    return isZero({ ...slope, sigma });
  };
  const pieces: [first: number, last: number][] = [];
  for (let i = 0; i < at.length; i++) {
    if (!isTop(i)) continue;
    const last = pieces.at(-1);
    if (last && i - last[1] <= GAP) last[1] = i;
    else pieces.push([i, i]);
  }
  if (pieces.length > 1) {
    const places = pieces.map(([a, b]) => numberLabel((at[a]! + at[b]!) / 2)).join(', ');
    return { undetermined: `as far as noise tells −ln ρ is least near any of ${places}` };
  }
  const [first, last] = pieces[0]!;
  const interval = [
    Math.max(0, Math.min(corrected, at[first]! - step / 2)),
    Math.max(corrected, at[last]! + step / 2),
  ] as const;
  // At the top the slope changes by so much from point to point.
  const bend = Math.abs((clean[top + 1] ?? 0) - 2 * clean[top]! + (clean[Math.abs(top - 1)] ?? 0)) / step;
  return {
    corrected,
    // Flat tops make the interval wide and lopsided: σ of a normal error with one as wide.
    sigma: (interval[1] - interval[0]) / (2 * Z95),
    interval,
    extrapolation: flat.unsure / (2 * bend),
    of: 'field',
  };
}

/**
 * The density without noise at point a less that at b: its σ by the field's own noise, and what extrapolation leaves open. The density of a length goes on as its mirror
 * image beyond 0, where point −1 is 1, and is 0 beyond the grid.
 */
function differenceOf({ at, clean, other, groups, response, n }: Densities, from: number, to: number) {
  const [a, b] = [Math.abs(from), Math.abs(to)];
  const value = (clean[a] ?? 0) - (clean[b] ?? 0);
  const between =
    groups.reduce((sum, one) => sum + ((one[a] ?? 0) - (one[b] ?? 0) - value) ** 2, 0) / (GROUPS * (GROUPS - 1));
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
  const drawn =
    response.reduce((sum, one) => sum + ((one[a] ?? 0) - (one[b] ?? 0)) ** 2, 0) / Math.max(1, response.length);
  const sigma = Math.sqrt(Math.max(0, drawn, between - (square - mean * mean) / n));
  return { value, sigma, unsure: Math.abs(value - ((other[a] ?? 0) - (other[b] ?? 0))) };
}

/** Whether it may be 0 at 95%; 'above': 0 or less. What extrapolation leaves open counts as estimate.ts has it. */
function isZero({ value, sigma, unsure }: ReturnType<typeof differenceOf>, side?: 'above'): boolean {
  const half = Math.max(Z95 * Math.hypot(sigma, unsure), unsure > sigma / 2 ? Z95 * sigma + unsure : 0);
  return (side === 'above' ? value : Math.abs(value)) <= half;
}
