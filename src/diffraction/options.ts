/** Options of this room: [microscope], and how potentials are cut into slices. */

import * as z from 'zod';
import { azimuth, type Options } from '../core/schema.ts';

const nanometres = z.number().min(-1e5).max(1e5);
const micrometres = z.number().min(-1e5).max(1e5);

export const aberrationsOptions = z
  .strictObject({
    C12_nm: nanometres.optional().describe('Twofold astigmatism [nm].'),
    phi12_deg: azimuth.optional(),
    C21_nm: nanometres.optional().describe('Axial coma [nm].'),
    phi21_deg: azimuth.optional(),
    C23_nm: nanometres.optional().describe('Threefold astigmatism [nm].'),
    phi23_deg: azimuth.optional(),
    C30_um: micrometres.optional().describe('Spherical aberration [µm], positive in a round lens.'),
    C32_um: micrometres.optional().describe('Star aberration [µm].'),
    phi32_deg: azimuth.optional(),
    C34_um: micrometres.optional().describe('Fourfold astigmatism [µm].'),
    phi34_deg: azimuth.optional(),
  })
  .describe(
    "What the lens has beyond defocus, in Krivanek's notation (diffraction/aberrations.ts): coefficients in nm or µm, azimuths in degrees from +x towards +y; 0 where left out.",
  );

export const microscopeOptions = z
  .strictObject({
    voltage_kV: z.number().min(20).max(1500).default(300).describe('Accelerating voltage [kV] = beam energy [keV].'),
    convergence_mrad: z.number().min(0.1).max(40).default(2.2).describe('Convergence semi-angle [mrad].'),
    defocus_nm: z
      .number()
      .min(-1000)
      .max(1000)
      .default(0)
      .describe(
        'Defocus [nm]; positive puts the crossover that far behind the entrance surface, inside the specimen (underfocus, C10 = −defocus).',
      ),
    aberrations: aberrationsOptions.optional(),
    source_fwhm_A: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Size of the electron source on the specimen, full width at half maximum [Å]; a point where left out. Not for libraries.',
      ),
    defocus_spread_nm: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('Spread of defocus, rms [nm]; none where left out. Not for libraries.'),
  })
  .describe('The beam.');
export type MicroscopeOptions = Options<typeof microscopeOptions>;

export const slicing = z
  .enum(['smooth', 'spline', 'box', 'whole-atom'])
  .default('smooth')
  .describe(
    "How an atom's potential is shared among slices (diffraction/slices.ts). 'smooth' is right for atoms anywhere; 'spline' is set up faster and serves for " +
      "what lies across the beam; 'whole-atom' is only for comparison with the paper.",
  );
export const factors = z.enum(['lobato', 'kirkland']).default('lobato').describe('Scattering factors.');
export const bandLimit = (share: number) =>
  z
    .number()
    .min(0.3)
    .max(1)
    .default(share)
    .describe('Antialias band limit as a fraction of the Nyquist frequency; 1 leaves it out.');
/** Thickness from `min` by `step` to `max` [nm]. */
export const thicknessRange = z
  .strictObject({
    min: z.number().positive().max(500),
    max: z.number().positive().max(500),
    step: z.number().min(0.01).max(100).default(1),
  })
  .refine((t) => t.min <= t.max, 'min must not exceed max');
