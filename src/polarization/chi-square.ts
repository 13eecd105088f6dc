/**
 * Whether a simulated pattern r explains a measured one x, both in fractions of the beam: what an instrument does is fitted to x, the rest weighed by counting,
 *
 *     x ≈ m = Σ_k a_k D_k,      χ² = Σ (x − m)²/(v (m + c)/N),      N electrons a pattern, v the share of Poisson's variance that resampling leaves.
 *
 * D_k: the shapes of network/instrument.ts (even background, decaying background, blur ½∇²r, intensity), the blur's second order ⅛∇⁴r, a shift along x and y (∂r/∂x,
 * ∂r/∂y), and r blurred by inelastic kernels (network/blur.ts) of the two widths given: their two amplitudes make the share and, between the two, the width. Linear least
 * squares with the weights of χ², m put into them anew, ROUNDS times. Amplitudes may have any sign.
 *
 * c, one electron or a millionth of the pattern, whichever is more, keeps pixels in which nothing is expected from counting infinitely where something is found. A
 * perfect m then leaves Σ m/(m + c), the pixels that count; χ² is given per degree of freedom, the pixels that count less the amplitudes fitted.
 *
 * Resampling (scan/resample.ts) shares the counts of camera pixels among target pixels: for target pixels of m camera pixels across v is ν², ν = 1 − 1/3m for m ≥ 1,
 * m − m²/3 for less. Neighbours are correlated, which leaves the mean of χ² where it is and makes it scatter more. The rim of two pixels has no ∇⁴ and is left
 * out.
 *
 * What this is not: a test of significance. Noise of the camera beyond counting is not in v, and r has no disorder (library/uniform-crystal.ts).
 */

import { fail } from '../core/errors.ts';
import { Blurrer, theta0Of } from '../network/blur.ts';
import { INSTRUMENT, instrumentShapes } from '../network/instrument.ts';
import { NormalEquations, solveSymmetric } from '../scan/linear.ts';

const ROUNDS = 3;
/** c, of the whole pattern. */
const LEAST = 1e-6;
/** Pixels from the edge on that have every derivative. */
const RIM = 2;
/** Of each diagonal element: shapes may be nearly one another's. */
const RIDGE = 1e-9;

export interface ChiSquareOptions {
  /** Electrons per pattern. */
  readonly dose_e: number;
  /** v: share of Poisson's variance [1]; 1 for patterns that were not resampled. */
  readonly variance: number;
  /** 1 for pixels that are compared [pixels²]; the rim is not, whatever stands here. */
  readonly compared: ArrayLike<number>;
  /** Half widths of the inelastic kernels [pixels]; none for patterns whose size is no power of two. */
  readonly inelastic_hwhm_px: readonly number[];
}

export interface ChiSquare {
  /** χ² per degree of freedom. */
  readonly reduced: number;
  /** Pixels that count less amplitudes fitted. */
  readonly freedom: number;
  /** Amplitudes fitted. */
  readonly fitted: number;
}

/** v of target pixels `across` camera pixels wide. */
export function resampledVariance(across: number): number {
  return (across >= 1 ? 1 - 1 / (3 * across) : across - across ** 2 / 3) ** 2;
}

/** [shapes][n²] of a simulated pattern. */
function shapesOf(r: Float32Array, hwhm_px: readonly number[]): Float64Array[] {
  const n = Math.sqrt(r.length);
  const own = instrumentShapes(r);
  if (own.length !== INSTRUMENT) throw new RangeError(`${own.length} shapes`);
  const [even, decaying, blur, intensity] = own as [Float64Array, Float64Array, Float64Array, Float64Array];
  const along = (step: number) => Float64Array.from(r, (_, i) => ((r[i + step] ?? 0) - (r[i - step] ?? 0)) / 2);
  const second = Float64Array.from(
    blur,
    (b, i) => 0.25 * ((blur[i - 1] ?? 0) + (blur[i + 1] ?? 0) + (blur[i - n] ?? 0) + (blur[i + n] ?? 0) - 4 * b),
  );
  const inelastic = hwhm_px.map((hwhm) => {
    const wide = r.slice();
    const blurred = { fraction: 1, theta0: theta0Of(hwhm), sigma: 0 };
    new Blurrer(n).pair(wide, blurred, new Float32Array(n * n), { fraction: 0, theta0: 0, sigma: 0 });
    return Float64Array.from(wide);
  });
  return [intensity, even, decaying, blur, second, along(1), along(n), ...inelastic];
}

/**
 * χ² of a pattern beside a simulated one, [n²] each, fractions of the beam.
 * @throws 'range' where fewer pixels count than are fitted: too few electrons
 */
export function chiSquare(
  pattern: Float32Array,
  simulated: Float32Array,
  { dose_e, variance, compared, inelastic_hwhm_px }: ChiSquareOptions,
): ChiSquare {
  const n = Math.sqrt(pattern.length);
  const shapes = shapesOf(simulated, inelastic_hwhm_px);
  const used: number[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const [y, x] = [Math.floor(i / n), i % n];
    if (Math.min(x, y) < RIM || Math.max(x, y) >= n - RIM || !compared[i]) continue;
    used.push(i);
  }
  const total = (of: ArrayLike<number>) => used.reduce((sum, i) => sum + of[i]!, 0);
  const scale = total(pattern) / total(simulated);
  let model = simulated.map((value) => scale * Math.max(0, value));
  const least = Math.max(1 / dose_e, LEAST * total(pattern));
  const varianceOf = (i: number) => (variance * (model[i]! + least)) / dose_e;
  const row = new Float64Array(shapes.length);
  for (let round = 0; round < ROUNDS; round++) {
    const equations = new NormalEquations(shapes.length);
    for (const i of used) {
      shapes.forEach((shape, k) => {
        row[k] = shape[i]!;
      });
      equations.add(row, pattern[i]!, 1 / varianceOf(i));
    }
    const found = solveSymmetric(equations.a, equations.b, RIDGE);
    if (!found) break;
    const { x } = found;
    model = model.map((_, i) =>
      Math.max(
        0,
        shapes.reduce((sum, shape, k) => sum + x[k]! * shape[i]!, 0),
      ),
    );
  }
  let chi2 = 0;
  let counting = 0;
  for (const i of used) {
    chi2 += (pattern[i]! - model[i]!) ** 2 / varianceOf(i);
    counting += model[i]! / (model[i]! + least);
  }
  const freedom = counting - shapes.length;
  if (!(freedom > 0)) {
    fail(
      'range',
      `Of ${used.length} pixels ${counting.toFixed(1)} hold electrons enough to count, and ${shapes.length} amplitudes are fitted.`,
      'Check a scan of more electrons a pattern.',
      { dose_e },
    );
  }
  return { reduced: chi2 / freedom, freedom, fitted: shapes.length };
}
