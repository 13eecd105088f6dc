/**
 * Unit vectors u = P/|P|, and where there is one: P is valid and, where σ is stated, |P| is above some σ of |P|.
 *
 * σ of |P| by linear propagation of independent errors: σ² = Σ (P_i σ_i)² / |P|². It hangs on the direction of P alone, so that it stays between the smallest and the
 * largest σ_i however short P is; P of no length has no direction whatever σ is.
 * What this is not: a statement of how well the direction is known. |P| many σ above zero leaves the direction open by σ⊥/|P|, which is large where one component (z of a
 * single pattern) has a large σ and is small itself; draws from σ show it.
 */

import { fail } from '../core/errors.ts';
import { type Components, componentsOf, type VectorField } from './vector-field.ts';

/** |P| within so many σ of zero has no direction. */
export const SHORT = 2;

export interface Directions {
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number;
  /** Of length 1, right-handed axes as in the field; NaN where `defined` is 0: [ny][nx]. */
  readonly u: Components;
  /** 1 where there is a direction, else 0: [ny][nx]. */
  readonly defined: Uint8Array;
  /** Positions that have a direction. */
  readonly n: number;
  /** Valid positions that have none: |P| is 0 or within `factor` σ of it. */
  readonly short: number;
  /** Positions that the field itself masks. */
  readonly invalid: number;
}

/**
 * Directions of a field.
 * @param factor |P| has to be above so many σ of |P|, 0 … 10; without effect where no σ is stated, where only P = 0 is masked
 * @param before of a field of the same shape, written over; fresh arrays where it is not given
 * @throws 'range' for a factor below zero or not a number
 */
export function directions(field: VectorField, factor: number = SHORT, before?: Directions): Directions {
  checkFactor(factor);
  const { shape, step_nm, values, sigma, valid } = field;
  const count = valid.length;
  const u = before?.u ?? componentsOf(count);
  const defined = before?.defined ?? new Uint8Array(count);
  const [ux, uy, uz] = [u.x, u.y, u.z];
  const { x: px, y: py, z: pz } = values;
  // A factor of 0 asks for no σ.
  const errors = factor > 0 ? sigma : undefined;
  let n = 0;
  let short = 0;
  for (let i = 0; i < count; i++) {
    ux[i] = uy[i] = uz[i] = Number.NaN;
    defined[i] = 0;
    if (!valid[i]) continue;
    const x = px[i]!;
    const y = py[i]!;
    const z = pz[i]!;
    const length = Math.sqrt(x * x + y * y + z * z);
    // factor · σ < |P|, times |P|: without a quotient that P = 0 has none of.
    const noise = errors
      ? factor * Math.sqrt((x * errors.x[i]!) ** 2 + (y * errors.y[i]!) ** 2 + (z * errors.z[i]!) ** 2)
      : 0;
    if (!(length * length > noise)) {
      short++;
      continue;
    }
    ux[i] = x / length;
    uy[i] = y / length;
    uz[i] = z / length;
    defined[i] = 1;
    n++;
  }
  return { shape, step_nm, u, defined, n, short, invalid: count - n - short };
}

/** @throws 'range' */
export function checkFactor(factor: number): void {
  if (!(factor >= 0)) {
    fail('range', `A direction cannot need |P| above ${factor} σ.`, 'Give a factor of zero or more; 2 is usual.', {
      factor,
    });
  }
}
