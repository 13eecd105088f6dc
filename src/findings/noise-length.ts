/**
 * The correlation length of a field's noise, from the field itself, as far as that goes.
 *
 * The k-th difference D_k along a line takes out whatever is smooth over k + 1 positions. Of noise with stated σ and correlation exp(−r²/2L²) it leaves
 *
 *     ⟨D_k²⟩ / σ² = Σ_ij c_i c_j exp(−(i − j)² s² / 2L²),   c the binomial coefficients with alternating sign, s the step,
 *
 * which falls with L; what is left of the truth only adds. So each k gives a lower bound of L, and where k = 3 and k = 4 agree there was no truth left to add: that is L.
 * It is not determined where the field varies between neighbours more than independent noise of the stated σ would, where the bounds still rise from k = 3 to 4 (truth and
 * noise vary over like lengths), or where few stencils are unmasked. It believes σ: one overstated by a tenth looks like correlated noise. Errors that a whole domain
 * shares (a model's bias) look like truth: nothing in the field tells them.
 */

import { sigmaOf } from './draws.ts';
import type { Axis, VectorField } from './vector-field.ts';

export interface LengthEstimate {
  /** L [nm]; absent where it is not determined. */
  readonly length_nm?: number | undefined;
  /** L is not less [nm]. */
  readonly atLeast_nm: number;
  /** Why it is not determined. */
  readonly why?: string | undefined;
  /** Stencils of five positions that it rests on. */
  readonly n: number;
}

const COEFFICIENTS = [1, 2, 3, 4].map((k) => {
  let row = [1];
  for (let i = 0; i < k; i++) row = [...row, 0].map((value, j) => value - (row[j - 1] ?? 0));
  return row;
});
/** Longest length that is looked for [steps]: k = 4 leaves less than 1e-4 of σ² there. */
const LONGEST = 8;
/** Shortest length that is told from none [steps]. */
const ALONE = 0.33;
/** Fewest stencils for a number. */
const FEWEST = 200;

/** ⟨D_k²⟩/σ² of noise. @param length L [steps] */
function leftOfNoise(c: readonly number[], length: number): number {
  let sum = 0;
  for (let i = 0; i < c.length; i++) {
    for (let j = 0; j < c.length; j++) {
      sum += c[i]! * c[j]! * (i === j ? 1 : length > 0 ? Math.exp(-((i - j) ** 2) / (2 * length * length)) : 0);
    }
  }
  return sum;
}

/** Mean of D_k² over the mean σ² of its stencil, along x and y; and how many stencils. */
function leftOfField(field: VectorField, axis: Axis, c: readonly number[]): { mean: number; n: number } {
  const [ny, nx] = field.shape;
  const values = field.values[axis];
  const sigma = sigmaOf(field)[axis];
  let sum = 0;
  let n = 0;
  for (const [stride, my, mx] of [
    [1, ny, nx - c.length + 1],
    [nx, ny - c.length + 1, nx],
  ] as const) {
    for (let y = 0; y < my; y++) {
      for (let x = 0; x < mx; x++) {
        let d = 0;
        let variance = 0;
        let whole = 1;
        for (let k = 0, at = y * nx + x; k < c.length; k++, at += stride) {
          whole &= field.valid[at]!;
          d += c[k]! * values[at]!;
          variance += sigma[at]! ** 2;
        }
        if (whole && variance > 0) {
          sum += (d * d * c.length) / variance;
          n++;
        }
      }
    }
  }
  return { mean: sum / n, n };
}

/** L of the noise of one component. @throws 'incomplete' where the field states no σ */
export function noiseLength(field: VectorField, axis: Axis): LengthEstimate {
  const left = COEFFICIENTS.map((c) => leftOfField(field, axis, c));
  const { n } = left[3]!;
  if (n < FEWEST) return { atLeast_nm: 0, why: `only ${n} runs of five positions are unmasked`, n };
  const lengths = left.map(({ mean }, k) => {
    const c = COEFFICIENTS[k]!;
    if (mean >= leftOfNoise(c, 0)) return 0;
    let low = 0;
    let high = LONGEST;
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (leftOfNoise(c, middle) > mean) low = middle;
      else high = middle;
    }
    return low;
  });
  const [, , third = 0, fourth = 0] = lengths;
  const atLeast_nm = Math.max(...lengths) * field.step_nm;
  const undetermined = (why: string): LengthEstimate => ({ atLeast_nm, why, n });
  if (left[3]!.mean > 1.1 * leftOfNoise(COEFFICIENTS[3]!, 0)) {
    return undetermined('the field varies between neighbours more than independent noise of its σ would');
  }
  // Below a third of a step neighbours correlate by 1%, which no field tells from none.
  if (third < ALONE && fourth < ALONE) return { length_nm: 0, atLeast_nm: 0, n };
  if (fourth > 0.99 * LONGEST) return undetermined('the noise, if it is there, is smooth over many positions');
  if (Math.abs(fourth - third) > Math.max(0.1, 0.08 * fourth)) {
    return undetermined('truth and noise vary over like lengths: third and fourth differences do not agree');
  }
  return { length_nm: fourth * field.step_nm, atLeast_nm, n };
}
