/**
 * What one pattern can tell at best: Fisher information of Poisson counts over the pixels of a camera,
 *
 *     F_ij = dose · Σ (∂_i I)(∂_j I) / I,        cov ≥ F⁻¹                                   (Cramér 1946; Rao 1945)
 *
 * with I the fraction of the incident beam per pixel and dose the electrons of a pattern, so that σ falls as dose^−1/2. `known` is 1/√F_ii, everything else known;
 * `free` √(F⁻¹)_ii, all fitted together.
 *
 * What this is not: a bound on estimators that know a prior. One that answers the mean of a library where the pattern tells nothing errs by less than this at low
 * dose. Nor does it hold of a camera with readout noise, background or blur: those tell less.
 */

import { cholesky, inverseOfLower } from '../core/cholesky.ts';
import { fail } from '../core/errors.ts';
import type { Derivatives } from './derivatives.ts';

/** Fewer electrons than this share of the beam are no pixel: rounding of the simulation. */
const DARK = 1e-14;

/** F of one electron, [n][n], row-major. @param derivatives n of [pixels²] */
export function fisherPerElectron(pattern: ArrayLike<number>, derivatives: readonly ArrayLike<number>[]): Float64Array {
  const n = derivatives.length;
  const out = new Float64Array(n * n);
  for (let pixel = 0; pixel < pattern.length; pixel++) {
    const intensity = pattern[pixel]!;
    if (!(intensity > DARK)) continue;
    for (let i = 0; i < n; i++) {
      const share = derivatives[i]![pixel]! / intensity;
      for (let j = 0; j <= i; j++) out[i * n + j]! += share * derivatives[j]![pixel]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j]!;
  return out;
}

export interface Bound {
  readonly known: number;
  readonly free: number;
}

/** Bounds on σ of each of n parameters, in its unit, of the information F [n][n]. @throws 'range' where F is singular: some combination of them changes nothing */
export function cramerRao(fisher: Float64Array, n: number): Bound[] {
  // Units apart by decades: with ones on the diagonal no digits are lost.
  const known = Array.from({ length: n }, (_, i) => 1 / Math.sqrt(fisher[i * n + i]!));
  const unit = Float64Array.from(fisher, (value, k) => value * known[Math.floor(k / n)]! * known[k % n]!);
  const factor = cholesky(unit, n);
  if (!known.every((_, i) => factor[i * n + i]! > 1e-6)) {
    fail('range', 'The patterns do not tell all parameters apart.', 'Leave out what changes nothing.', { known });
  }
  const inverse = inverseOfLower(factor, n);
  return known.map((sigma, i) => {
    let sum = 0;
    for (let row = i; row < n; row++) sum += inverse[row * n + i]! ** 2;
    return { known: sigma, free: sigma * Math.sqrt(sum) };
  });
}

export interface Limit extends Bound {
  readonly name: string;
  readonly unit: string;
}

/** Mean |error| of a Gaussian error of deviation σ, over σ: √(2/π). */
export const MEAN_ABSOLUTE: number = Math.sqrt(2 / Math.PI);

/**
 * Bounds on σ of each parameter from one electron (divide by √dose), δTi beside P: the soft mode moves both.
 * @throws 'range' as `cramerRao`
 */
export function limitsPerElectron({ pattern, derivatives, dTiPerP }: Derivatives): Limit[] {
  const fisher = fisherPerElectron(
    pattern,
    derivatives.map(({ values }) => values),
  );
  const limits = cramerRao(fisher, derivatives.length).map((bound, i): Limit => {
    const { name, unit } = derivatives[i]!;
    return { name, unit, ...bound };
  });
  const displaced = limits
    .filter(({ name }) => name.startsWith('P_'))
    .map(({ name, known, free }): Limit => {
      return { name: name.replace('P_', 'dTi_'), unit: 'pm', known: known * dTiPerP, free: free * dTiPerP };
    });
  return [...limits, ...displaced];
}
