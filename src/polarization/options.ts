/** Options of this room: [analysis]. */

import * as z from 'zod';
import { count, type Options } from '../core/schema.ts';

export const analysisOptions = z
  .strictObject({
    batch: count
      .max(4096)
      .default(16)
      .describe(
        'Positions of a scan that a thread maps at once; the network looks at each twice where it shares no weights between symmetry operations.',
      ),
  })
  .describe('How a scan is mapped.');
/** How a scan is mapped. */
export type AnalysisOptions = Options<typeof analysisOptions>;
