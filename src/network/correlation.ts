/**
 * Pearson's correlations of columns, and partial ones: of what is left of both columns once others are taken out by least squares. Rows are patterns, [count][n].
 */

import { cholesky, solveByLower } from '../core/cholesky.ts';
import type { RandomStream } from '../core/random.ts';

/** Correlations of each column of `a` [count][na] with each of `b` [count][nb], [na][nb]; 0 where one does not vary. */
export function pearson(a: ArrayLike<number>, na: number, b: ArrayLike<number>, nb: number): Float64Array {
  const count = a.length / na;
  const centred = (values: ArrayLike<number>, n: number): Float64Array => {
    const out = new Float64Array(count * n);
    for (let column = 0; column < n; column++) {
      let mean = 0;
      for (let i = 0; i < count; i++) mean += values[i * n + column]! / count;
      let square = 0;
      for (let i = 0; i < count; i++) square += (values[i * n + column]! - mean) ** 2;
      // What does not vary but for rounding.
      const scale = square > 1e-24 * count * mean ** 2 ? 1 / Math.sqrt(square) : 0;
      for (let i = 0; i < count; i++) out[i * n + column] = (values[i * n + column]! - mean) * scale;
    }
    return out;
  };
  const [left, right] = [centred(a, na), centred(b, nb)];
  const out = new Float64Array(na * nb);
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < na; p++) {
      for (let q = 0; q < nb; q++) out[p * nb + q]! += left[i * na + p]! * right[i * nb + q]!;
    }
  }
  return out;
}

/** The largest |r| between the columns once the rows of `b` are shuffled: what chance gives patterns that are independent. */
export function shuffledCorrelation(
  a: ArrayLike<number>,
  na: number,
  b: ArrayLike<number>,
  nb: number,
  random: RandomStream,
): number {
  const order = shuffled(a.length / na, random);
  const mixed = Float64Array.from(b, (_, k) => b[order[Math.floor(k / nb)]! * nb + (k % nb)]!);
  return pearson(a, na, mixed, nb).reduce((most, r) => Math.max(most, Math.abs(r)), 0);
}

/** 0 … count − 1 in any order (Fisher and Yates). */
export function shuffled(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * What others leave of each column of `y` [count][ny]: y − ŷ, of the least squares fit by the columns of `x` [count][nx] and a constant (Frisch and Waugh 1933).
 * Correlations of residuals are partial correlations.
 */
export function residuals(y: ArrayLike<number>, ny: number, x: ArrayLike<number>, nx: number): Float64Array {
  const count = y.length / ny;
  const centred = (values: ArrayLike<number>, n: number): Float64Array => {
    const mean = new Float64Array(n);
    for (let i = 0; i < values.length; i++) mean[i % n]! += values[i]! / count;
    return Float64Array.from(values, (value, i) => value - mean[i % n]!);
  };
  const [left, others] = [centred(y, ny), centred(x, nx)];
  const normal = new Float64Array(nx * nx);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < nx; a++) {
      for (let b = 0; b <= a; b++) normal[a * nx + b]! += others[i * nx + a]! * others[i * nx + b]!;
    }
  }
  // Columns that do not vary, or that others hold, have no share of their own.
  for (let a = 0; a < nx; a++) normal[a * nx + a]! += 1e-12 * normal[a * nx + a]! + Number.MIN_VALUE;
  const factor = cholesky(normal, nx);
  for (let column = 0; column < ny; column++) {
    const right = new Float64Array(nx);
    for (let i = 0; i < count; i++) {
      for (let a = 0; a < nx; a++) right[a]! += others[i * nx + a]! * left[i * ny + column]!;
    }
    const share = solveByLower(factor, right);
    for (let i = 0; i < count; i++) {
      for (let a = 0; a < nx; a++) left[i * ny + column]! -= share[a]! * others[i * nx + a]!;
    }
  }
  return left;
}
