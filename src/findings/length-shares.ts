/**
 * Lengths of a field and of draws of its noise, counted on one grid by random groups of positions: the density without noise, of all and of each group, what draws move it by, and
 * means of the lengths. Not here: what follows (minimum.ts, estimate.ts).
 */

import type { RandomStream } from '../core/random.ts';
import { addShare, FINE, KERNEL, lengthsOf, silverman, spread } from './densities.ts';
import { FROM_NOISE, LAMBDAS, POINTS, second, THIRD, third } from './extrapolate.ts';
import type { Dimensions } from './magnitude-noise.ts';
import type { VectorField } from './vector-field.ts';

/** Groups of positions between which sums vary; their variance is known to a seventh. */
export const GROUPS = 100;
/** Positions in each, at least, on average. */
export const LEAST = 5;
/** Weight of each λ in half of the difference between +g and −g, for noise of λ = 1 around the density without noise. */
const MOVES = LAMBDAS.map((lambda, row) => FROM_NOISE[row]! / (2 * Math.sqrt(lambda)));

/** Densities of the lengths on one grid, each [point]. */
export interface Densities {
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

/** Lengths of a field and of its draws, counted on one grid by groups of positions. */
export class LengthShares {
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
    this.#shares = POINTS.map(() => new Float64Array(GROUPS * this.#points));
    this.add(field, 0, 1, 1);
  }

  /** @param row of POINTS @param sign of the draw, the pair's first above 0 @param weight of each length */
  add(field: VectorField, row: number, sign: 1 | -1, weight: number): void {
    const [points, step] = [this.#points, this.step];
    const lengths = lengthsOf(field, this.#dimensions);
    if (row > 0) this.#addMean(lengths, row - 1, sign);
    if (points === 0) return;
    const [into, group] = [this.#shares[row]!, this.#group];
    if (row === 0 || !this.#common) {
      for (let i = 0; i < lengths.length; i++) addShare(into, lengths[i]! / step, weight, group[i]! * points, points);
      return;
    }
    if (row === 1 && sign > 0) this.#response.push(new Float64Array(points));
    const moved = this.#response.at(-1)!;
    const own = (sign * MOVES[row - 1]!) / (this.n * step);
    for (let i = 0; i < lengths.length; i++) {
      const place = lengths[i]! / step;
      addShare(into, place, weight, group[i]! * points, points);
      addShare(moved, place, own);
    }
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
      for (const [row, weight] of THIRD.entries()) {
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
