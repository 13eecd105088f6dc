/** [bias]: the scans of a film in cross-section under each of `film.biases_V`. */

import * as z from 'zod';
import { type Options, positive } from '../core/schema.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { ExperimentInputs } from './options.ts';

export const biasOptions = z
  .strictObject({
    step_nm: positive.max(5).default(0.4).describe('Step of the scan along both axes [nm].'),
    drift_nm: z
      .number()
      .min(0)
      .max(5)
      .default(1)
      .describe(
        'Each state but the one nearest to 0 V is scanned elsewhere, by up to this much along x and y, and drifts by up to half of it from its first row to its last [nm].',
      ),
    relief_nm: z
      .number()
      .min(0)
      .max(10)
      .default(0.8)
      .describe("Rms of the exit face's height, over some 3 nm along the specimen, the same in every state [nm]."),
    bend_mrad: z
      .number()
      .min(0)
      .max(2)
      .default(0.15)
      .describe('Rms of the tilt about experiment.tilt_mrad, over some 3 nm, the same in every state [mrad].'),
  })
  .describe(
    'A film of [film] between SrRuO3 electrodes, cut across and scanned under each of its biases with the camera of [experiment]: `ferroscope demo --bias`. ' +
      'The scan lies in the middle of the film; its rows run along it.',
  );
export type BiasOptions = Options<typeof biasOptions>;

/** All that the scans follow from. Of [structures] they take the jitter, of the library how atoms scatter, of [film] its cells (z its normal) and biases. */
export interface BiasInputs extends ExperimentInputs {
  readonly film?: { readonly cells: Vec3; readonly biases_V: readonly number[] } | undefined;
  readonly bias?: BiasOptions | undefined;
}
