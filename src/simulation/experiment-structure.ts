/** The structure that [experiment] scans, of its own seed, so that no library holds it. */

import { fail } from '../core/errors.ts';
import { buildLayers, structureStream, withBeamEdge } from '../crystal/build.ts';
import type { LayeredStructure } from '../crystal/layers.ts';
import { beamEdge } from '../crystal/options.ts';
import type { ExperimentInputs } from './options.ts';

/** Blocks in the window along x and y: it holds the probe. */
export const repeatsOf = ({ block_cells }: ExperimentInputs['experiment']): number => (block_cells === 8 ? 2 : 1);

/** @throws 'recipe' for a zone that [experiment] does not scan along */
export function checkExperiment({ structures }: Pick<ExperimentInputs, 'structures'>): void {
  if (!structures.zone) return;
  fail(
    'recipe',
    `[experiment] scans structures along [001], and structures.zone is [${structures.zone.join(', ')}].`,
    'Leave [experiment] out; a [specimen] may lie along any zone axis.',
    { zone: structures.zone },
  );
}

/** What the structure is made from: the block is this room's, its edge along the beam the structure's own. */
function structureInputs(of: ExperimentInputs) {
  checkExperiment(of);
  const { crystal, structures, experiment } = of;
  const cells = [experiment.block_cells, experiment.block_cells, structures.cells[2]] as const;
  const stream = structureStream(experiment.seed, 0, true);
  return { stream, inputs: withBeamEdge({ crystal, structures: { ...structures, cells } }, 0, stream) };
}

/** Of the recipe's own composition and lattice parameter: what a library draws of those is not drawn here. Deep enough for the thickest position. */
export function experimentStructure(of: ExperimentInputs): LayeredStructure {
  const { stream, inputs } = structureInputs(of);
  const depth_A = 10 * (of.experiment.thickness_nm + of.experiment.wedge_nm / 2) + beamEdge(inputs.crystal);
  return buildLayers(inputs, 0, stream, depth_A);
}

/** Edge of its cells along the beam [Å]. */
export function experimentHeight(inputs: ExperimentInputs): number {
  return beamEdge(structureInputs(inputs).inputs.crystal);
}
