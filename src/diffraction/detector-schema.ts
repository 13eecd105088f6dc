/** The lattice detector as files state it, apart from what is computed of it: kernels run in pages that have no zod. */

import * as z from 'zod';
import { count, type Options, positive } from '../core/schema.ts';
import { ZONES } from '../crystal/zone.ts';

/** As libraries and model files state it. */
export const latticeDetectorSchema = z.object({
  /** Pixels along qy and qx; the direct beam is at index [pixels/2][pixels/2]. */
  pixels: count,
  /** Pixels per 1/s along x and y, s the step between columns of the zone (a along [001]): a pixel is 1/(s·pixelsPerOrder) [1/Å]. One number stands for both. */
  pixelsPerOrder: z.union([positive, z.tuple([positive, positive])]),
  /** Pseudo-cubic direction along the beam; [001] where absent. */
  zone: z
    .tuple([z.number(), z.number(), z.number()])
    .refine(
      (axis) => ZONES.some((known) => known.axis.every((u, i) => u === axis[i])),
      'is no zone that this version knows',
    )
    .optional(),
  /** Pseudo-cubic lattice parameter [Å]. */
  a_A: positive,
  voltage_kV: positive,
  convergence_mrad: positive,
});
export type LatticeDetector = Options<typeof latticeDetectorSchema>;
