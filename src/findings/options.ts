/** Options of this room: [findings]. */

import * as z from 'zod';
import { count, type Options, seed } from '../core/schema.ts';
import { regionOptions } from './regions.ts';

export const findingsOptions = z
  .strictObject({
    seed: seed.default(1).describe('Of draws of noise, blocks and nulls; study.seed where left out.'),
    regions: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must be letters, digits, _ and -'), regionOptions)
      .default({})
      .describe('Parts of the map by name; each is where all that is said of it holds.'),
    film: z
      .string()
      .optional()
      .describe(
        'The region that holds the film: the rest (electrodes, substrate) is left out of everything. All of the map where left out.',
      ),
    across: z
      .enum(['x', 'y'])
      .default('y')
      .describe('The axis of the map along which profiles run: across the film, in the direction of the field.'),
    correlation_nm: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        'L of exp(−r²/2L²), by which the errors of neighbouring positions go together [nm]; 0: each has its own.',
      ),
    pairs: count
      .min(4)
      .max(10_000)
      .default(25)
      .describe('Pairs of noise draws, ±g, for intervals, each at four sizes: 25 pairs are 200 resampled fields.'),
    values: z
      .enum(['posterior', 'noisy'])
      .default('posterior')
      .describe(
        "What the map's values are. 'posterior': means of what the model holds possible, drawn towards its prior, as networks give them. 'noisy': truth + σ·g.",
      ),
  })
  .refine(({ film, regions }) => film === undefined || film in regions, 'film has to be one of the regions')
  .describe('What is looked for in maps: `ferroscope analyze`.');
/** What is looked for in maps. */
export type FindingsOptions = Options<typeof findingsOptions>;
