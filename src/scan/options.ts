/** Options of this room: [scan], what is known of a scan beside its file. */

import * as z from 'zod';
import { type Options, positive } from '../core/schema.ts';
import { AXIS_NAMES } from './axis-order.ts';

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
    counts_per_electron: positive
      .optional()
      .describe(
        "Counts that one electron gives; measured from the patterns' noise when left out, and 1 where that is about 1.",
      ),
    pixel_mrad: positive
      .optional()
      .describe('Size of a detector pixel [mrad], in place of the one that the lattice of disks gives.'),
    centre_px: z
      .tuple([z.number(), z.number()])
      .optional()
      .describe(
        'Direct beam at the middle of the scan, row and column, the first being 0 [px], in place of the one that is measured; its drift over the scan is still measured.',
      ),
    step_nm: positive
      .optional()
      .describe('Distance between scan positions [nm], where the file does not state it or is wrong.'),
    vacuum: z
      .string()
      .min(1)
      .optional()
      .describe('Direct beam without specimen, counts [qy][qx]: an .npy file, relative to the recipe.'),
    dark: z
      .string()
      .min(1)
      .optional()
      .describe('Camera without beam, counts [qy][qx]: an .npy file, relative to the recipe.'),
    gain: z
      .string()
      .min(1)
      .optional()
      .describe('Relative gain [qy][qx], which counts are divided by: an .npy file, relative to the recipe.'),
    mask: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Not zero where a pixel is to be left out [qy][qx], at most 5 % of them: an .npy file, relative to the recipe.',
      ),
    scan_shape: z
      .tuple([z.int().min(1).max(100_000), z.int().min(1).max(100_000)])
      .optional()
      .describe('Scan positions along y and x, where the file does not state them or is wrong.'),
    order: z
      .array(z.enum(AXIS_NAMES))
      .min(3)
      .max(4)
      .optional()
      .describe(
        "What the axes of the file's array are, in its order, where the file does not state them or is wrong: each of 'ry', 'rx', 'qy', 'qx', or of 'r' (all positions), 'qy', 'qx'; HDF5 and Zarr.",
      ),
    row_order: z
      .enum(['forward', 'snake'])
      .default('forward')
      .describe("Which way the file's rows run: all forward, or 'snake', every second one backwards."),
    roll: z
      .int()
      .default(0)
      .describe("Positions that the file is rolled on by: so many of its first ones are the scan's last."),
    flip: z
      .array(z.enum(['y', 'x', 'transpose']))
      .max(3)
      .default([])
      .describe(
        "How patterns are turned before all else: 'y' upside down, 'x' left to right, 'transpose' exchanges the axes; one after the other.",
      ),
  })
  .describe('What is known of a scan beside its file; `ferroscope map` takes the same as options.');
export type ScanOptions = Options<typeof scanOptions>;
