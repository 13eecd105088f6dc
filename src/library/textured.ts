/** What stands under the probe in a library of textures: the one description that patterns, `ferroscope structures` and benchmarks share. */

import { buildLayers, drawnInputs, structureStream } from '../crystal/build.ts';
import type { LayeredStructure } from '../crystal/layers.ts';
import { beamEdge } from '../crystal/options.ts';
import type { LibraryInputs } from './options.ts';
import { thicknessCells } from './plan.ts';

export interface Textured {
  /** With the composition and the lattice parameters of this structure. */
  readonly own: LibraryInputs;
  readonly layers: LayeredStructure;
  /** Greatest thickness asked for [Å]. */
  readonly depth_A: number;
}

/** Structure `index` of the training or the held-out set. @throws 'recipe' as `buildLayers` and `drawnInputs` */
export function texturedStructure(inputs: LibraryInputs, index: number, heldOut: boolean): Textured {
  const stream = structureStream(inputs.library.seed, index, heldOut);
  const own = drawnInputs(inputs, index, stream);
  const depth_A = depthOf(own);
  return { own, layers: buildLayers(own, index, stream, depth_A), depth_A };
}

/** Greatest thickness of a library [Å]. */
export function depthOf(inputs: Pick<LibraryInputs, 'crystal' | 'library'>): number {
  return thicknessCells(inputs).at(-1)! * beamEdge(inputs.crystal);
}
