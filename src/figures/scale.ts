/** Round numbers for axes and bars, and ranges that a few outliers do not spoil. No units: those of the data. */

import { fail } from '../core/errors.ts';

/** The largest of 1, 2 or 5 × 10ⁿ not above `limit` (> 0). */
export function roundDown(limit: number): number {
  const decade = 10 ** Math.floor(Math.log10(limit) + 1e-9);
  const share = limit / decade + 1e-9;
  return Number(((share >= 5 ? 5 : share >= 2 ? 2 : 1) * decade).toPrecision(1));
}

/** `value` (> 0) rounded up to two significant digits. */
export function roundUp(value: number): number {
  const decade = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / decade - 1e-6) * decade).toPrecision(2));
}

/** Round ticks inside [low, high], about `count` of them and at least two where the range is not a point. */
export function ticks(low: number, high: number, count: number): number[] {
  const width = high - low;
  if (!(width > 0)) return [low];
  for (let wanted = Math.max(1, count); ; wanted++) {
    const rough = width / wanted;
    const decade = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((m) => m * decade >= rough * 0.999)! * decade;
    const out: number[] = [];
    for (let i = Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; i++) {
      out.push(Number((i * step).toPrecision(12)));
    }
    if (out.length >= 2) return out;
  }
}

/** The value below which `share` (0 … 1) of the finite values lie, interpolated; NaN when there are none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  return quantileOf(ascendingOf(values), share);
}

/** What is finite, ascending. */
function ascendingOf(values: ArrayLike<number>): Float64Array {
  const finite = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite[n++] = values[i]!;
  return finite.subarray(0, n).sort();
}

function quantileOf(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const i = Math.floor(place);
  const low = sorted[i]!;
  const high = sorted[Math.min(sorted.length - 1, i + 1)]!;
  return low + (place - i) * (high - low);
}

/** [−m, m] where 99% of the finite values lie, m of two digits. */
export function symmetricRange(values: ArrayLike<number>): [number, number] {
  const m = quantile(Float64Array.from(values, Math.abs), 0.99);
  const bound = m > 0 ? roundUp(m) : 1;
  return [-bound, bound];
}

/** [0, m] where 99% of the finite values, none of them negative, lie, m of two digits. */
export function fromZero(values: ArrayLike<number>): [number, number] {
  return [0, symmetricRange(values)[1]];
}

/** The range that holds the middle 98% of the finite values, widened if it is a point. */
export function robustRange(values: ArrayLike<number>, share = 0.98): [number, number] {
  const sorted = ascendingOf(values);
  const low = quantileOf(sorted, (1 - share) / 2);
  const high = quantileOf(sorted, (1 + share) / 2);
  if (!Number.isFinite(low)) return [0, 1];
  if (high > low) return [low, high];
  const half = Math.max(Math.abs(low) * 0.05, 1e-6);
  return [low - half, high + half];
}

/** Refuses values that do not fill [rows][columns]. @throws 'shape' */
export function requireShape(values: ArrayLike<number>, shape: readonly [number, number], what: string): void {
  if (values.length !== shape[0] * shape[1]) {
    fail('shape', `${what}: ${values.length} values for ${shape[0]} × ${shape[1]}.`, 'Fill it row by row.');
  }
}
