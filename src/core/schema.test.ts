/** What is wrong with a value is said in words, not as zod has it. */

import { expect, test } from 'vitest';
import * as z from 'zod';
import { issueInWords } from './schema.ts';

const schema = z.object({
  roll: z.int().optional(),
  step_nm: z.number().positive().optional(),
  row_order: z.enum(['forward', 'snake']).optional(),
  scan_shape: z.tuple([z.int().min(1), z.int().min(1)]).optional(),
  hot: z.boolean().optional(),
});

test.for([
  [{ roll: 2.5 }, 'roll: must be a whole number'],
  [{ roll: Number.NaN }, 'roll: must be a number'],
  [{ step_nm: -1 }, 'step_nm: must be more than 0'],
  [{ row_order: 'meander' }, 'row_order: must be one of forward, snake'],
  [{ scan_shape: [4] }, 'scan_shape: must have 2 entries or more'],
  [{ scan_shape: [4, 0] }, 'scan_shape: must be at least 1'],
  [{ scan_shape: [1, 2, 3] }, 'scan_shape: must have 2 entries at most'],
  [{ hot: 'yes' }, 'hot: must be true or false'],
] as const)('%j', ([value, wanted]) => {
  const { place, message } = issueInWords(schema.safeParse(value).error!.issues[0]!);
  expect(`${place}: ${message}`).toBe(wanted);
});
