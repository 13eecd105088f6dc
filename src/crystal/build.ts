/**
 * Structures of a library, from a recipe: A-site order, texture, soft mode, jitter. Structure (set, index) depends only
 * on the recipe's [crystal] and [structures], on library.seed and on its index, so that any worker builds any of them.
 *
 * What this is not: molecular dynamics, nor a label as the probe weights it (the library does that).
 */

import { RandomStream } from '../core/random.ts';
import type { Recipe } from '../core/recipe.ts';
import { bornCharges } from './born-charges.ts';
import { columnFields, type LocalFields, localFields } from './local.ts';
import { dTiPerDisplacement, materialOf, polarizationPerDisplacement } from './material.ts';
import { orderA, perovskite } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { requireSites, type Structure } from './structure.ts';
import { gradientTexture, smoothTexture, uniformTexture } from './textures.ts';
import { withJitter } from './thermal.ts';

type Texture = 'uniform' | 'gradient' | 'smooth';

/** The stream of one ingredient of one structure. */
function streamOf(recipe: Recipe, index: number, heldOut: boolean, what: string): RandomStream {
  return new RandomStream(recipe.library.seed, 'structure', heldOut ? 'held-out' : 'training', index, what);
}

/** Texture of structure `index`: 'mixed' gives smooth to even indices and gradient to odd ones. */
export function textureKind(recipe: Recipe, index: number): Texture {
  const { texture } = recipe.structures;
  return texture === 'mixed' ? (index % 2 === 0 ? 'smooth' : 'gradient') : texture;
}

/** P imposed on structure `index` [µC/cm²], [nz][ny][nx][3], before atoms share it and before jitter. */
export function imposedTexture(recipe: Recipe, index: number, heldOut: boolean): Float64Array {
  const {
    cells,
    p_max_uC_cm2: pMax,
    p_distribution: distribution,
    correlation_nm,
    gradient_step_pm,
  } = recipe.structures;
  const stream = streamOf(recipe, index, heldOut, 'texture');
  const kind = textureKind(recipe, index);
  if (kind === 'uniform') return uniformTexture(cells, pMax, distribution, stream);
  if (kind === 'smooth') {
    return smoothTexture(cells, pMax, distribution, (correlation_nm * 10) / recipe.crystal.a_A, stream);
  }
  const material = materialOf(recipe.crystal.material);
  const perPm = polarizationPerDisplacement(material, recipe.crystal.a_A ** 3) / (100 * dTiPerDisplacement(material));
  return gradientTexture(cells, pMax, gradient_step_pm * perPm, stream);
}

/**
 * Structure `index` of the training or the held-out set, made from a texture; `structures.file` is not looked at.
 * @throws 'recipe' for an impossible A-site order
 */
export function buildStructure(recipe: Recipe, index: number, heldOut: boolean): Structure {
  const { crystal, structures } = recipe;
  const material = materialOf(crystal.material);
  const ideal = perovskite(
    structures.cells,
    crystal.a_A,
    orderA(crystal, structures.cells, streamOf(recipe, index, heldOut, 'a-order')),
  );
  const perA = polarizationPerDisplacement(material, crystal.a_A ** 3);
  const u = imposedTexture(recipe, index, heldOut).map((p) => p / perA);
  const displaced = displaceBySoftMode(ideal, material, u);
  return withJitter(displaced, structures.jitter_pm, streamOf(recipe, index, heldOut, 'jitter'));
}

/**
 * Labels of a structure's columns, from its atoms: means over z, [ny][nx][3], P [µC/cm²], dTi and dO [pm]. Column (i, j)
 * is the Ti column at x = (i + 1/2)a, y = (j + 1/2)a.
 *
 * Born charges are those of `crystal.material`; of a structure from `structures.file`, those of `structures.born`, else those of BaTiO3 and SrTiO3 mixed by
 * the structure's own composition. The two agree where ba_fraction is that of the material: 0.5 for BST. Elsewhere BST's stay, and the file's follow.
 * @throws 'unsupported' for elements of a file that have no built-in charges, 'range' for charges that are not neutral
 */
export function labelFields(structure: Structure, recipe: Recipe): LocalFields {
  const { crystal, structures } = recipe;
  const charges =
    structures.file === undefined ? materialOf(crystal.material) : bornCharges(structure, structures.born);
  return columnFields(localFields(structure, charges), requireSites(structure).cells);
}
