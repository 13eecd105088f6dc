/** What an adapted model says of its adaptation: the instrument it was adapted to, how, and what became of the scan's consistency. */

import * as z from 'zod';
import type { Options } from '../core/schema.ts';
import { cameraFitSchema } from './camera-fit-info.ts';

const measure = z.object({
  name: z.string(),
  /** What is measured, for people; less is better. */
  what: z.string(),
  /** Means over the scan's patterns, and of the difference after − before its standard error from pattern to pattern. */
  before: z.number(),
  after: z.number(),
  error: z.number(),
  verdict: z.enum(['better', 'same', 'worse']),
});
/** One measure of how well model, library and scan agree (consistency.ts). */
export type ConsistencyMeasure = Options<typeof measure>;

/** As a model file states it. */
export const adaptationSchema = z.object({
  method: z.literal('instrument'),
  camera: cameraFitSchema,
  steps: z.number(),
  learning_rate: z.number(),
  /** Loss of labels and reconstruction on held-out patterns under the fitted instrument, before the first step and at the best. */
  validation: z.object({ before: z.number(), after: z.number() }),
  consistency: z.array(measure).optional(),
});
export type Adaptation = Options<typeof adaptationSchema>;
