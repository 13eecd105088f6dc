/**
 * How two quantities of the positions of a field go together: rank correlation, the same at fixed values of a third, means in bins of equal population, counts in two
 * dimensions. Not here: what noise alone would give (nulls.ts).
 *
 * Ranks, since neither |ΔP| nor |T_d| is Gaussian: Spearman's ρ; the partial one is of what is left of both ranks after their straight dependence on the rank of the third
 * (Kendall, Biometrika 32, 277 (1942)).
 */

import { ascending } from '../core/ascending.ts';
import { correlation } from '../core/correlation.ts';
import { fail } from '../core/errors.ts';

/** Ranks from 0 with ties at their mean. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = ascending(values);
  const out = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start]!]!;
    for (end = start + 1; end < order.length && values[order[end]!]! === value; ) end++;
    for (let k = start; k < end; k++) out[order[k]!] = (start + end - 1) / 2;
  }
  return out;
}

export interface Relation {
  /** Spearman's ρ. */
  readonly rank: number;
  /** Spearman's ρ at fixed values of the third quantity; NaN where that says all there is of one of the two. */
  readonly partial: number;
  /** Positions. */
  readonly n: number;
}

/** @param fixed the third quantity @throws 'range' for fewer than four positions */
export function relation(a: ArrayLike<number>, b: ArrayLike<number>, fixed: ArrayLike<number>): Relation {
  return relationOfRanks(ranks(a), ranks(b), ranks(fixed));
}

/** The same of ranks. @throws 'range' for fewer than four positions */
export function relationOfRanks(ra: Float64Array, rb: Float64Array, rc: Float64Array): Relation {
  const n = ra.length;
  if (n < 4) fail('range', `A correlation of ${n} positions says nothing.`, 'Take a larger region.', { n });
  const [ab, ac, bc] = [correlation(ra, rb), correlation(ra, rc), correlation(rb, rc)];
  // A third quantity that does not vary fixes nothing.
  if (Number.isNaN(ac) || Number.isNaN(bc)) return { rank: ab, partial: ab, n };
  const left = (1 - ac * ac) * (1 - bc * bc);
  return { rank: ab, partial: left > 1e-12 ? (ab - ac * bc) / Math.sqrt(left) : Number.NaN, n };
}

/** Means of b in bins of a that hold as many positions each. */
export interface Bins {
  /** Means of a and of b in each bin, and the standard error of the latter as of independent positions: neighbours are not, so that it is too small. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly standard_error: Float64Array;
  readonly n: Uint32Array;
}

/** @param count of bins; fewer where there are too few positions for ten in each */
export function equalBins(a: ArrayLike<number>, b: ArrayLike<number>, count: number): Bins {
  const n = a.length;
  const bins = Math.max(1, Math.min(count, Math.floor(n / 10)));
  const order = ascending(a);
  const out = {
    a: new Float64Array(bins),
    b: new Float64Array(bins),
    standard_error: new Float64Array(bins),
    n: new Uint32Array(bins),
  };
  for (let k = 0; k < bins; k++) {
    const members = order.subarray(Math.round((k * n) / bins), Math.round(((k + 1) * n) / bins));
    const size = members.length;
    let [sa, sb, sbb] = [0, 0, 0];
    for (const i of members) {
      sa += a[i]! / size;
      sb += b[i]! / size;
    }
    for (const i of members) sbb += (b[i]! - sb) ** 2;
    out.a[k] = sa;
    out.b[k] = sb;
    out.standard_error[k] = size > 1 ? Math.sqrt(sbb / (size - 1) / size) : Number.NaN;
    out.n[k] = size;
  }
  return out;
}

/** Counts in cells of a and b. */
export interface Counts2 {
  /** [cells of b][cells of a], the first row at the lowest b. */
  readonly counts: Uint32Array;
  readonly shape: readonly [b: number, a: number];
  /** Edges of the outermost cells. */
  readonly a: readonly [low: number, high: number];
  readonly b: readonly [low: number, high: number];
  /** What lies beyond them. */
  readonly outside: number;
}

export function counts2(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  limits: { readonly a: readonly [number, number]; readonly b: readonly [number, number] },
  shape: readonly [b: number, a: number],
): Counts2 {
  const counts = new Uint32Array(shape[0] * shape[1]);
  let outside = 0;
  const cell = (value: number, [low, high]: readonly [number, number], cells: number): number =>
    value === high ? cells - 1 : Math.floor(((value - low) / (high - low)) * cells);
  for (let i = 0; i < a.length; i++) {
    const column = cell(a[i]!, limits.a, shape[1]);
    const row = cell(b[i]!, limits.b, shape[0]);
    if (column >= 0 && column < shape[1] && row >= 0 && row < shape[0]) counts[row * shape[1] + column]!++;
    else outside++;
  }
  return { counts, shape, ...limits, outside };
}
