/** The landscape under the poles of an analysis: that of the recipe's [landscape], in the axes of a map across a film. */

import { fail } from '../core/errors.ts';
import type { Task } from '../core/task.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { givenLandscape } from '../ferroelectric/given-landscape.ts';
import { lowestEnergies_meV } from '../ferroelectric/landscape-surface.ts';
import type { PoleLandscape } from '../figures/analysis-directions.ts';
import { poleDirections } from '../figures/pole-frame.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { conditionWords } from './landscape.ts';

/** Directions across a disk: contours are smooth, and a second is enough for both halves. */
const PIXELS = 80;

/**
 * A direction of the map in the landscape's axes, whose z is normal to a substrate (findings/from-film.ts): z along `across`, right-handed.
 * @param across the axis of the map across the film
 */
export function inLandscape([x, y, z]: Vec3, across: 'x' | 'y'): Vec3 {
  return across === 'y' ? [x, -z, y] : [y, z, x];
}

/** Nothing without a [landscape]. @throws 'recipe' for structures along another zone than [001], whose maps have other axes; 'aborted' */
export async function poleLandscape(recipe: Recipe, across: 'x' | 'y', task: Task): Promise<PoleLandscape | undefined> {
  const { landscape, structures } = recipe;
  if (!landscape) return undefined;
  const { zone } = structures;
  if (zone?.some((n, i) => n !== [0, 0, 1][i])) {
    fail(
      'recipe',
      `The landscape is drawn under the poles of maps along [001], not [${zone.join(' ')}].`,
      'Leave [landscape] out of this recipe.',
    );
  }
  const { of, conditions } = givenLandscape(recipe);
  const half = (name: 'upper' | 'lower') =>
    lowestEnergies_meV(
      of,
      poleDirections(PIXELS, name, across).map((direction) => inLandscape(direction, across)),
      task,
    );
  return {
    name: `${of.parameters.name}, ${conditionWords(landscape, conditions)}`,
    pixels: PIXELS,
    energies_meV: { upper: await half('upper'), lower: await half('lower') },
  };
}
