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
import { carried, LAMBDAS, second, third } from './extrapolate.ts';
import type { Finding } from './finding.ts';
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

/** Groups of positions between which sums vary; their variance is known to a seventh. */
const GROUPS = 100;
/** Positions in each, at least, on average. */
const LEAST = 5;
/** Points of the grid, an eighth of a bandwidth apart, across which what is likely is one piece. */
const GAP = 4;
const ROWS = [0, ...LAMBDAS];
/** Weight of the density at each λ in the one without noise. */
const WEIGHTS = ROWS.map((_, row) => third(ROWS.map((_, other) => (other === row ? 1 : 0))));

/** Weight of each λ in half of the difference between +g and −g, for noise of λ = 1 around the density without noise. */
const MOVES = LAMBDAS.map(
  (lambda, row) => carried(LAMBDAS.map((_, other) => (other === row ? 1 : 0))) / (2 * Math.sqrt(lambda)),
);

/** Densities of the lengths on one grid, each [point]. */
interface Densities {
  readonly at: Float64Array;
  /** Without noise, by extrapolation of third and second degree. */
  readonly clean: Float64Array;
  readonly other: Float64Array;
  /** The first of each group of positions. */
  readonly groups: readonly Float64Array[];
  /** Of each draw g: what its noise changes the density without noise by. */
  readonly response: readonly Float64Array[];
  readonly n: number;
}

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
  const collected = dimensions.map((d) => new Shares(field, d, common, stream.fork('groups')));
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

function minimumOfShares(shares: Shares): MinimumErrors {
  if (!(shares.step > 0) || shares.n < GROUPS * LEAST) {
    return { undetermined: `${shares.n} positions are too few to tell how their density varies` };
  }
  const densities = shares.densities();
  const { at, clean } = densities;
  const step = at[1]!;
  const top = clean.reduce((best, height, i) => (height > clean[best]! ? i : best), 1);
  const corrected = minimumOf(
    at,
    clean.map((height) => Math.max(0, height)),
  );
  const flat = differenceOf(densities, top + 1, top - 1);
  /** Were the top at i, noise would move the slope there by what it moves it by at the top as it is found. */
  const isTop = (i: number): boolean => {
    if (i === top) return true;
    const slope = differenceOf(densities, i + 1, i - 1);
    const sigma = Math.max(slope.sigma, flat.sigma);
    return isZero(differenceOf(densities, top, i), 'above') && isZero({ ...slope, sigma });
  };
  const pieces: [first: number, last: number][] = [];
  for (let i = 1; i < at.length - 1; i++) {
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
  const interval = [Math.min(corrected, at[first]! - step / 2), Math.max(corrected, at[last]! + step / 2)] as const;
  // At the top the slope changes by so much from point to point.
  const bend = Math.abs(clean[top + 1]! - 2 * clean[top]! + clean[top - 1]!) / step;
  return {
    corrected,
    // Flat tops make the interval wide and lopsided: σ of a normal error with one as wide.
    sigma: (interval[1] - interval[0]) / (2 * Z95),
    interval,
    extrapolation: flat.unsure / (2 * bend),
    of: 'field',
  };
}

/** Lengths of a field and of its draws, counted on one grid by groups of positions. */
class Shares {
  /** Between points of the grid; 0 where all lengths are the same. */
  readonly step: number;
  readonly n: number;
  readonly #dimensions: Dimensions;
  readonly #points: number;
  readonly #group: Int32Array;
  readonly #size = new Float64Array(GROUPS);
  /** Of each λ: [group][point]. */
  readonly #shares: readonly Float64Array[];
  readonly #common: boolean;
  readonly #response: Float64Array[] = [];
  /** Of the lengths' mean. */
  readonly mean: { even: number[][]; odd: number[][]; blocks: number[]; evenBlocks: number[][] } = {
    even: LAMBDAS.map(() => []),
    odd: LAMBDAS.map(() => []),
    blocks: [],
    evenBlocks: LAMBDAS.map(() => []),
  };

  /** @param common whether errors of positions have anything in common, so that groups do not tell all of it */
  constructor(field: VectorField, dimensions: Dimensions, common: boolean, random: RandomStream) {
    this.#common = common;
    const lengths = lengthsOf(field, dimensions);
    this.#dimensions = dimensions;
    this.n = lengths.length;
    this.step = silverman(lengths) / FINE;
    const most = lengths.reduce((a, b) => Math.max(a, b), 0);
    this.#points = this.step > 0 ? Math.ceil(most / this.step) + KERNEL.length + 1 : 0;
    this.#group = Int32Array.from(lengths, () => random.integer(GROUPS));
    for (const one of this.#group) this.#size[one]!++;
    this.#shares = ROWS.map(() => new Float64Array(GROUPS * this.#points));
    this.add(field, 0, 1, 1);
  }

  /** @param row of ROWS @param sign of the draw, the pair's first above 0 @param weight of each length */
  add(field: VectorField, row: number, sign: 1 | -1, weight: number): void {
    const [points, step] = [this.#points, this.step];
    const lengths = lengthsOf(field, this.#dimensions);
    if (row > 0) this.#addMean(lengths, row - 1, sign);
    if (points === 0) return;
    const into = this.#shares[row]!;
    for (let i = 0; i < lengths.length; i++) {
      addShare(into, lengths[i]! / step, weight, this.#group[i]! * points, points);
    }
    if (row === 0 || !this.#common) return;
    if (row === 1 && sign > 0) this.#response.push(new Float64Array(points));
    const moved = this.#response.at(-1)!;
    const own = (sign * MOVES[row - 1]!) / (this.n * step);
    for (let i = 0; i < lengths.length; i++) addShare(moved, lengths[i]! / step, own);
  }

  #addMean(lengths: Float64Array, row: number, sign: 1 | -1): void {
    let sum = 0;
    for (let i = 0; i < lengths.length; i++) sum += lengths[i]!;
    const [even, odd] = [this.mean.even[row]!, this.mean.odd[row]!];
    const half = sum / lengths.length / 2;
    if (sign > 0) {
      even.push(half);
      odd.push(half);
    } else {
      even[even.length - 1]! += half;
      odd[odd.length - 1]! -= half;
    }
  }

  densities(): Densities {
    const [n, points, step] = [this.n, this.#points, this.step];
    const whole = this.#shares.map((some) => {
      const sum = new Float64Array(points);
      for (let i = 0; i < some.length; i++) sum[i % points]! += some[i]! / (n * step);
      return spread(sum, true);
    });
    const extrapolated = (by: (values: readonly number[]) => number) =>
      whole[0]!.map((_, point) => by(whole.map((some) => some[point]!)));
    const groups = Array.from(this.#size, (count, g) => {
      const own = new Float64Array(points);
      for (const [row, weight] of WEIGHTS.entries()) {
        const from = this.#shares[row]!.subarray(g * points, (g + 1) * points);
        for (let i = 0; i < points; i++) own[i]! += (weight * from[i]!) / (count * step);
      }
      return spread(own, true);
    });
    return {
      at: whole[0]!.map((_, point) => point * step),
      clean: extrapolated(third),
      other: extrapolated(second),
      groups,
      response: this.#response.map((moved) => spread(moved, true)),
      n,
    };
  }
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
  const drawn = response.reduce((sum, one) => sum + (one[a]! - one[b]!) ** 2, 0) / Math.max(1, response.length);
  const sigma = Math.sqrt(Math.max(0, drawn, between - (square - mean * mean) / n));
  return { value, sigma, unsure: Math.abs(value - (other[a]! - other[b]!)) };
}

/** Whether it may be 0 at 95%; 'above': 0 or less. What extrapolation leaves open counts as estimate.ts has it. */
function isZero({ value, sigma, unsure }: ReturnType<typeof differenceOf>, side?: 'above'): boolean {
  const half = Math.max(Z95 * Math.hypot(sigma, unsure), unsure > sigma / 2 ? Z95 * sigma + unsure : 0);
  return (side === 'above' ? value : Math.abs(value)) <= half;
}
