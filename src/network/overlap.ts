/**
 * Whether two clouds of latents lie in one place: principal components, and the share of two histograms that they have in common,
 *
 *     overlap = Σ_bins min(p, q)           p, q the shares of either cloud in a bin of the plane of the first two components; 1 alike, 0 apart.
 *
 * Of two samples of one distribution the overlap is below 1, the more so the fewer they are: `sampledOverlap` says what sampling alone leaves.
 *
 * Vectors are [count][n], row-major.
 */

import type { RandomStream } from '../core/random.ts';
import { shuffled } from './correlation.ts';
import { meanAndCovariance } from './covariance.ts';

export interface Principal {
  readonly mean: Float64Array;
  /** Unit vectors [k][n], that of the greatest variance first. */
  readonly axes: Float64Array;
  /** Share of the variance along each. */
  readonly share: readonly number[];
}

/** Rounds of subspace iteration, at most. */
const ROUNDS = 500;

/** The first k principal components of vectors [count][n], by subspace iteration (Golub and Van Loan, section 8.2) on their covariance. Signs are the axes' own: their largest component is positive. */
export function principalComponents(vectors: ArrayLike<number>, n: number, k: number): Principal {
  const { mean, covariance, trace } = meanAndCovariance(vectors, n);
  // A few more directions than are wanted, so that those wanted part from the rest soon.
  const width = Math.min(n, k + 4);
  let basis = orthonormal(
    Array.from({ length: width }, (_, c) => Float64Array.from({ length: n }, (_, i) => 1 / (1 + Math.abs(i - c)))),
  );
  let values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const moved = basis.map((vector) => times(covariance, vector));
    const before = values;
    values = basis.map((vector, c) => dot(vector, moved[c]!));
    basis = orthonormal(moved);
    const change = values.reduce((most, value, c) => Math.max(most, Math.abs(value - (before[c] ?? 0))), 0);
    if (change <= 1e-14 * trace) break;
  }
  const order = values.map((_, c) => c).sort((a, b) => values[b]! - values[a]!);
  const axes = new Float64Array(k * n);
  order.slice(0, k).forEach((c, row) => {
    const axis = basis[c]!;
    const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    axes.set(
      axis.map((value) => value * Math.sign(largest || 1)),
      row * n,
    );
  });
  return { mean, axes, share: order.slice(0, k).map((c) => (trace > 0 ? values[c]! / trace : 0)) };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, row) => dot(matrix.subarray(row * n, (row + 1) * n), vector));
}

/** Gram and Schmidt, twice over for the digits; a vector that others hold already becomes zero. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const vector of vectors) {
    const own = vector.slice();
    const size = Math.sqrt(dot(own, own));
    for (let pass = 0; pass < 2; pass++) {
      for (const other of out) {
        const share = dot(own, other);
        for (let i = 0; i < own.length; i++) own[i]! -= share * other[i]!;
      }
    }
    const length = Math.sqrt(dot(own, own));
    out.push(own.map((value) => (length > 1e-12 * size ? value / length : 0)));
  }
  return out;
}

/** Coordinates along each axis, [count][k]. */
export function project({ mean, axes }: Principal, vectors: ArrayLike<number>): Float64Array {
  const n = mean.length;
  const k = axes.length / n;
  return Float64Array.from({ length: (vectors.length / n) * k }, (_, at) => {
    const [i, row] = [Math.floor(at / k), at % k];
    let sum = 0;
    for (let c = 0; c < n; c++) sum += axes[row * n + c]! * (vectors[i * n + c]! - mean[c]!);
    return sum;
  });
}

/** Bins of the plane along each axis. */
export const BINS = 20;

/** Σ min(p, q) of two clouds of points [count][2], over BINS × BINS even bins of the rectangle that holds both. */
export function overlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const points of [a, b]) {
      for (let i = axis; i < points.length; i += 2) {
        low = Math.min(low, points[i]!);
        high = Math.max(high, points[i]!);
      }
    }
    return { low, step: (high - low) / BINS || 1 };
  });
  const shares = (points: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(BINS * BINS);
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = ends.map(({ low, step }, axis) =>
        Math.min(BINS - 1, Math.floor((points[i + axis]! - low) / step)),
      ) as [number, number];
      out[y * BINS + x]! += 2 / points.length;
    }
    return out;
  };
  const [p, q] = [shares(a), shares(b)];
  return p.reduce((sum, value, i) => sum + Math.min(value, q[i]!), 0);
}

/** Draws of which `sampledOverlap` is the mean. */
const DRAWS = 20;

/** The overlap of `size` points of one cloud, drawn at random (half of it at most), with the rest of it. */
export function sampledOverlap(cloud: ArrayLike<number>, size: number, random: RandomStream): number {
  const count = cloud.length / 2;
  const few = Math.max(1, Math.min(size, Math.floor(count / 2)));
  let sum = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const order = shuffled(count, random);
    const pick = (which: readonly number[]) =>
      Float64Array.from(which.flatMap((i) => [cloud[2 * i]!, cloud[2 * i + 1]!]));
    sum += overlap(pick(order.slice(0, few)), pick(order.slice(few)));
  }
  return sum / DRAWS;
}
