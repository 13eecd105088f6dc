/** The structure that [experiment] scans, of its own seed, so that no library holds it. */

import { buildLayers, structureStream, withBeamEdge } from '../crystal/build.ts';
import type { LayeredStructure } from '../crystal/layers.ts';
import { beamEdge } from '../crystal/options.ts';
import { cellHeight } from '../crystal/structure.ts';
import type { ExperimentInputs } from './options.ts';

/** Cells of the block along x and y; the window repeats it twice. */
export const BLOCK = 8;
export const WINDOW = 2 * BLOCK;

/** Of the recipe's own composition and lattice parameter: what a library draws of those is not drawn here. Deep enough for the thickest position. */
export function experimentStructure({ crystal, structures, experiment }: ExperimentInputs): LayeredStructure {
  const cells = [BLOCK, BLOCK, structures.cells[2]] as const;
  const stream = structureStream(experiment.seed, 0, true);
  const inputs = withBeamEdge({ crystal, structures: { ...structures, cells } }, 0, stream);
  const depth_A = 10 * (experiment.thickness_nm + experiment.wedge_nm / 2) + beamEdge(inputs.crystal);
  return buildLayers(inputs, 0, stream, depth_A);
}

/** Edge of its cells along the beam [Å]. */
export function experimentHeight(inputs: ExperimentInputs): number {
  return cellHeight(experimentStructure(inputs).blocks[0]!);
}
