/** What stands under the probe in a library of textures: the one description that patterns, `ferroscope structures` and benchmarks share. */

import { fail } from '../core/errors.ts';
import { setting } from '../core/numbers.ts';
import { buildLayers, drawnInputs, structureStream } from '../crystal/build.ts';
import type { LayeredStructure } from '../crystal/layers.ts';
import { cellSteps } from '../crystal/options.ts';
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

/**
 * What textures cannot be, before anything is made of them.
 * @throws 'recipe' for layers without polarization that leave the thinnest crystal none, and as `drawnInputs`
 */
export function checkTextures(inputs: LibraryInputs): void {
  const { structures, library } = inputs;
  if (structures.file !== undefined) return;
  drawnInputs(inputs, 0, structureStream(library.seed, 0, false));
  const most = 2 * structures.dead_layer_nm[1];
  if (most > 0 && most >= library.thickness_nm.min) {
    fail(
      'recipe',
      `Layers without polarization of ${setting(structures.dead_layer_nm[1], 'nm')} at both faces leave nothing of a crystal of ${setting(library.thickness_nm.min, 'nm')}.`,
      'Lower structures.dead_layer_nm, or raise library.thickness_nm.min.',
    );
  }
}

/** Greatest thickness of a library [Å]. */
export function depthOf(inputs: Pick<LibraryInputs, 'crystal' | 'structures' | 'library'>): number {
  return thicknessCells(inputs).at(-1)! * cellSteps(inputs)[2];
}
