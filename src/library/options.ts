/** Options of this room: [library]. */

import * as z from 'zod';
import { between, count, fraction, type Options, seed } from '../core/schema.ts';
import type { StructureInputs } from '../crystal/options.ts';
import { bandLimit, factors, type MicroscopeOptions, slicing, thicknessRange } from '../diffraction/options.ts';

const perOrder = z.int().min(2).max(64);

export const libraryOptions = z
  .strictObject({
    seed: seed.default(1).describe('Of structures, positions, tilts and thicknesses; study.seed where left out.'),
    thickness_nm: thicknessRange
      .prefault({ min: 30, max: 80 })
      .describe('Thickness [nm]: every unit cell count whose thickness is nearest to min, min + step, … max.'),
    tilt_max_mrad: z
      .number()
      .min(0)
      .max(50)
      .default(2)
      .describe('Largest tilt of the incident beam from the zone axis, per axis [mrad].'),
    patterns_per_structure: count.max(1_000_000).default(2000).describe('Patterns drawn from each structure.'),
    on_column_fraction: fraction
      .default(0.5)
      .describe(
        'Share of the patterns whose probe sits on a column of B sites (Ti); the others are anywhere in the plane.',
      ),
    duplicate_pm: z
      .number()
      .min(0)
      .max(20)
      .default(1.5)
      .describe(
        'Columns of one structure whose δTi differ by less than this in every component count as one [pm]; 0 keeps all.',
      ),
    pixels: z
      .int()
      .min(16)
      .max(1024)
      .multipleOf(2, 'must be even')
      .default(64)
      .describe(
        'Detector of the library: pixels × pixels, an even number, direct beam at index pixels/2. Networks take powers of two from 16 to 512.',
      ),
    pixels_per_order: z
      .union([perOrder, z.tuple([perOrder, perOrder])])
      .default(8)
      .describe(
        'Pixel of that detector as a fraction 1/pixels_per_order of the reciprocal lattice spacing 1/a; of other zones, of 1/s, s the step between columns along x and y, with a number for each: [8, 12] along [110] and [12, 9] along [111] make pixels that are nearly square. Multiples of structures.cells.',
      ),
    grid_per_cell: z
      .int()
      .min(12)
      .max(128)
      .default(32)
      .describe(
        'Real-space grid: pixels per a along x and y, at least; a block has the next number that is 4 times a product of 2, 3, 5 and 7.',
      ),
    slices_per_cell: z
      .int()
      .min(2)
      .max(128)
      .default(10)
      .describe('Slices per a along z, at least: a whole number for each step from cell to cell.'),
    slicing,
    absorption: z
      .boolean()
      .default(true)
      .describe(
        'What thermal diffuse scattering takes from the beams (diffraction/absorption.ts). Measured patterns of more than 30 nm need it; off only for comparison.',
      ),
    defocus_nm: between(-1000, 1000)
      .default([0, 0])
      .describe('Residual defocus, drawn per pattern and added to microscope.defocus_nm [nm].'),
    source_fwhm_A: between(0, 3)
      .default([0, 0])
      .describe('Size of the electron source on the specimen, full width at half maximum, drawn per pattern [Å].'),
    factors,
    band_limit: bandLimit(1),
  })
  .describe('Labelled patterns to learn from.');
export type LibraryOptions = Options<typeof libraryOptions>;

/** All that a library follows from, but for the contents of `structures.file`. */
export interface LibraryInputs extends StructureInputs {
  readonly microscope: MicroscopeOptions;
  readonly library: LibraryOptions;
}
