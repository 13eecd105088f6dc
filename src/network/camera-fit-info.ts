/** What a fit of an instrument (camera-fit.ts) says of it, in a model file and to people. */

import * as z from 'zod';
import { triangle } from '../core/cholesky.ts';
import type { Options } from '../core/schema.ts';
import { CAMERA } from './camera-model.ts';

/** As a model file states it. */
export const cameraFitSchema = z.object({
  /** In the order of CAMERA (camera-model.ts): value, standard error from pattern to pattern, half of the difference between halves of the library, spread over the scan beyond the errors. */
  parameters: z
    .array(
      z.object({
        name: z.string(),
        unit: z.string(),
        what: z.string(),
        value: z.number(),
        error: z.number(),
        library_error: z.number(),
        spread: z.number(),
      }),
    )
    .refine(
      (list) => list.map(({ name }) => name).join() === CAMERA.map(({ name }) => name).join(),
      'are not the parameters of an instrument as this version knows them',
    ),
  /** Lower triangle L, row by row, of the covariance LLᵀ that errors and spread make. */
  covariance_root: z.array(z.number()).length(triangle(CAMERA.length)),
  /** What no smooth camera explains of single pixels of the mean, relative, rms: an upper bound of the gain's texture on this detector. */
  gain_rms: z.number(),
  /** Median Σ(√x − √m)²/Σx of the scan's patterns: mixtures as the library has them, after the fit, and what counting makes. */
  misfit_library: z.number(),
  misfit: z.number(),
  misfit_counting: z.number(),
  /** Median misfit beside counting after the fit; and of held-out library patterns under the same instrument and dose, matched alike: half of them leave less than the median, nine of ten less than `high`. */
  left: z.number(),
  left_reference: z.object({ median: z.number(), high: z.number() }),
  patterns: z.number(),
  library_patterns: z.number(),
  /** Electrons per pattern by the scan's calibration, and times the fitted scale: as the library would have it. */
  dose_e: z.number(),
  /** Parameters that ended at a bound: their errors are not errors. */
  at_bound: z.array(z.string()),
});
export type CameraFit = Options<typeof cameraFitSchema>;

/** Sum of the parameters whose names begin so, with the root of its variance, errors and spread over the scan in one; parts of a background trade with each other. */
export function fittedSum(
  { parameters, covariance_root }: CameraFit,
  start: string,
): { readonly value: number; readonly error: number } {
  const n = parameters.length;
  // The variance of a sum is |Lᵀ1|² over its members.
  const columns = new Float64Array(n);
  let value = 0;
  let at = 0;
  parameters.forEach((one, row) => {
    const counts = one.name.startsWith(start);
    if (counts) value += one.value;
    for (let column = 0; column <= row; column++, at++) if (counts) columns[column]! += covariance_root[at]!;
  });
  return { value, error: Math.hypot(...columns) };
}
