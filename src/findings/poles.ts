/**
 * Directions of polarization as poles on the sphere: their mean, how near to it they are, and the cone that holds the mean (Fisher, Proc. R. Soc. A 217, 295 (1953)).
 *
 * The cone is that of independent directions drawn from Fisher's distribution. Neighbouring positions are not independent: `n` counts what an average over the correlation length
 * leaves, where that is given.
 */

import { fail } from '../core/errors.ts';
import { angleBetween } from './angle-noise.ts';
import type { VectorField } from './vector-field.ts';

export interface MeanPole {
  /** Unit vector; NaN where directions cancel. */
  readonly direction: readonly [x: number, y: number, z: number];
  /** Length of the mean of unit vectors, 0 (all ways) to 1 (one way). */
  readonly resultant: number;
  /** Half angle of the cone that holds the mean direction in 95 of 100 cases [degrees]; 180 where it may be anywhere. */
  readonly cone95_deg: number;
  /** Positions, and as many of them as count as independent. */
  readonly n: number;
  readonly independent: number;
}

/**
 * Mean of the directions of a field where it is valid and `keep` is 1, each with equal weight whatever |P|.
 * @param correlation_nm over which neighbours share what they say [nm]; L of exp(−r²/2L²): positions of an area 2πL² count as one
 * @throws 'range' where no position is left
 */
export function meanPole(field: VectorField, keep: Uint8Array, correlation_nm: number): MeanPole {
  const { x, y, z } = field.values;
  let [sx, sy, sz, n] = [0, 0, 0, 0];
  for (let i = 0; i < keep.length; i++) {
    if (!(keep[i] && field.valid[i])) continue;
    const size = Math.hypot(x[i]!, y[i]!, z[i]!);
    if (size === 0) continue;
    sx += x[i]! / size;
    sy += y[i]! / size;
    sz += z[i]! / size;
    n++;
  }
  if (n === 0) fail('range', 'No position of the region has a direction.', 'Take another region.');
  const length = Math.hypot(sx, sy, sz);
  const resultant = length / n;
  const independent = Math.max(1, n / Math.max(1, (2 * Math.PI * correlation_nm ** 2) / field.step_nm ** 2));
  // cos α = 1 − (N − R)/R (20^(1/(N−1)) − 1), with R and N of independent directions.
  const cosine =
    independent > 1 && resultant > 0
      ? 1 - ((1 - resultant) / resultant) * (20 ** (1 / (independent - 1)) - 1)
      : Number.NEGATIVE_INFINITY;
  return {
    direction: length > 0 ? [sx / length, sy / length, sz / length] : [Number.NaN, Number.NaN, Number.NaN],
    resultant,
    cone95_deg: cosine >= -1 ? (Math.acos(Math.min(1, cosine)) * 180) / Math.PI : 180,
    n,
    independent,
  };
}

/** Angle between the vectors of two fields at each position valid in both and in `keep` [degrees]; NaN elsewhere. */
export function rotation_deg(a: VectorField, b: VectorField, keep: Uint8Array): Float64Array {
  return Float64Array.from(keep, (mark, i) => {
    if (!(mark && a.valid[i] && b.valid[i])) return Number.NaN;
    return angleBetween(
      [a.values.x[i]!, a.values.y[i]!, a.values.z[i]!],
      [b.values.x[i]!, b.values.y[i]!, b.values.z[i]!],
    );
  });
}
