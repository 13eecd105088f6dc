/** The structure that [experiment] scans, of its own seed, so that no library holds it. */

import { buildStructure, structureStream } from '../crystal/build.ts';
import type { Structure } from '../crystal/structure.ts';
import type { ExperimentInputs } from './options.ts';

/** Cells of the block along x and y; the window repeats it twice. */
export const BLOCK = 8;
export const WINDOW = 2 * BLOCK;

export function experimentStructure({ crystal, structures, experiment }: ExperimentInputs): Structure {
  const cells = [BLOCK, BLOCK, structures.cells[2]] as const;
  const inputs = { crystal, structures: { ...structures, cells } };
  return buildStructure(inputs, 0, structureStream(experiment.seed, 0, true));
}
