/**
 * The detector that a library is simulated on and that a model expects: locked to the crystal's reciprocal lattice, so
 * that an experiment is resampled onto it by its own disk lattice, whatever its camera length.
 */

import * as z from 'zod';
import type { Options } from '../core/schema.ts';

/** As libraries and model files state it. */
export const latticeDetectorSchema = z.object({
  /** Pixels along qy and qx; the direct beam is at index [pixels/2][pixels/2]. */
  pixels: z.number(),
  /** Pixels per reciprocal lattice vector 1/a: the pixel is 1/(a·pixelsPerOrder) [1/Å]. */
  pixelsPerOrder: z.number(),
  /** Pseudo-cubic lattice parameter [Å]. */
  a_A: z.number(),
  voltage_kV: z.number(),
  convergence_mrad: z.number(),
});
export type LatticeDetector = Options<typeof latticeDetectorSchema>;
