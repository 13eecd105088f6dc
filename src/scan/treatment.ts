/**
 * What a camera or an export did to the counts and what undoes it, beyond dark and gain: found once when a scan is calibrated
 * (exposure.ts), kept with the calibration, applied to every pattern (correct.ts). Not here: finding any of it.
 */

import * as z from 'zod';
import type { Options } from '../core/schema.ts';

export const treatmentSchema = z.object({
  /** Raw values below `below` get `add`: counts that a signed type stored as negative ones. */
  wrapped: z.object({ below: z.number(), add: z.number() }).optional(),
  /** Share of the dark reference that is in the raw patterns: 0 where it was taken off before, 1/n where it is a sum of n frames. 1 where absent. */
  dark_scale: z.number().optional(),
  /** The same of the vacuum probe. */
  vacuum_dark_scale: z.number().optional(),
  /** Counts that every pixel holds without electrons, where there is no dark reference. 0 where absent. */
  offset: z.number().optional(),
  /** First row, row behind the last, first column, column behind the last of the picture; what lies outside is none and set to 0. */
  area: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
});
export type Treatment = Options<typeof treatmentSchema>;

/** Rows and columns [first, behind the last): y, then x. */
export type Area = readonly [number, number, number, number];

/** The part of an image [ny][nx] inside the area, [rows][columns]. */
export function cropped(image: ArrayLike<number>, nx: number, [y0, y1, x0, x1]: Area): Float64Array {
  const width = x1 - x0;
  const out = new Float64Array((y1 - y0) * width);
  for (let y = y0, k = 0; y < y1; y++) for (let x = x0; x < x1; x++, k++) out[k] = image[y * nx + x]!;
  return out;
}
