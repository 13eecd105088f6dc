/** Options of this room: [scan], what is known of a scan beside its file. */

import * as z from 'zod';
import { type Options, positive } from '../core/schema.ts';

export const scanOptions = z
  .strictObject({
    rotation_deg: z
      .number()
      .min(-180)
      .max(180)
      .optional()
      .describe(
        "Known rotation of the pattern's lattice against the detector axes [degrees]; found by itself when left out.",
      ),
    hot_sigma: positive
      .default(8)
      .describe("Factor a pixel's value must exceed its neighbours by, in robust sigmas, to count as hot."),
  })
  .describe('What is known of a scan beside its file; `ferroscope map` takes the same as options.');
export type ScanOptions = Options<typeof scanOptions>;
