/** The propagator of one axis in float32, as every fast kernel takes it: in the order that its transform leaves, as tables that slices take in turn. */

import type { AxisPropagator } from './propagator.ts';

/** Tables of the propagator that slices take in turn. */
export const FACTOR_TABLES = 16;

/** What a transform of one axis does to frequencies. */
export interface LinePlan {
  readonly n: number;
  /** position[k]: where the transform leaves frequency index k (0 … n−1). */
  readonly position: Int32Array;
  /**
   * What the way there and back does to frequency k beside the factor n, because twiddles and constants are rounded to float32: a wave exp(2πikx/n) meets
   * |w|² averaged over each stage's twiddles. Within 1e-7 of 1, yet it adds up to 3e-4 of the intensity over 80 nm: divide the propagator by it.
   */
  readonly gain: Float64Array;
}

/** The factors 7, 5 and 3 of n, as often as they divide it, and what they leave. */
export function oddFactors(n: number): { found: number[]; rest: number } {
  const found: number[] = [];
  let rest = n;
  for (const radix of [7, 5, 3]) {
    while (rest % radix === 0) {
      found.push(radix);
      rest /= radix;
    }
  }
  return { found, rest };
}

/** `value` in float32 at every `stride`, rounded so that the running mean stays right: one rounding error, not one per slice. */
function spread(value: number, tables: Float32Array, at: number, stride: number): void {
  for (let rest = value, i = at; i < tables.length; i += stride) {
    tables[i] = rest;
    rest += value - tables[i]!;
  }
}

/** Writes the factors of `propagator` over n·gain to `tables`, [FACTOR_TABLES][n] complex numbers. */
export function propagatorTables(plan: LinePlan, { re, im }: AxisPropagator, tables: Float32Array): void {
  for (let k = 0; k < plan.n; k++) {
    const norm = plan.n * plan.gain[k]!;
    spread(re[k]! / norm, tables, 2 * plan.position[k]!, 2 * plan.n);
    spread(im[k]! / norm, tables, 2 * plan.position[k]! + 1, 2 * plan.n);
  }
}
