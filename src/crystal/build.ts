/**
 * Structures of a library: A-site order, texture, soft mode, jitter. A structure depends on [crystal], [structures], its index and its random stream alone, so
 * that any worker builds any of them.
 *
 * What this is not: molecular dynamics, nor a label as the probe weights it (the library does that).
 */

import { RandomStream } from '../core/random.ts';
import { bornCharges } from './born-charges.ts';
import { columnFields, type LocalFields, localFields } from './local.ts';
import { dTiPerDisplacement, materialOf, polarizationPerDisplacement } from './material.ts';
import type { StructureInputs, StructuresOptions } from './options.ts';
import { orderA, perovskite } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { requireSites, type Structure } from './structure.ts';
import { gradientTexture, smoothTexture, uniformTexture } from './textures.ts';
import { withJitter } from './thermal.ts';

type Texture = 'uniform' | 'gradient' | 'smooth';

/** The stream that all ingredients of structure `index` of the training or the held-out set are forked from. */
export function structureStream(seed: number, index: number, heldOut: boolean): RandomStream {
  return new RandomStream(seed, 'structure', heldOut ? 'held-out' : 'training', index);
}

/** Texture of structure `index`: 'mixed' gives smooth to even indices and gradient to odd ones. */
export function textureKind({ texture }: Pick<StructuresOptions, 'texture'>, index: number): Texture {
  return texture === 'mixed' ? (index % 2 === 0 ? 'smooth' : 'gradient') : texture;
}

/** P imposed on structure `index` [µC/cm²], [nz][ny][nx][3], before atoms share it and before jitter. */
export function imposedTexture(
  { crystal, structures }: StructureInputs,
  index: number,
  of: RandomStream,
): Float64Array {
  const { cells, p_max_uC_cm2: pMax, p_distribution: distribution, correlation_nm, gradient_step_pm } = structures;
  const stream = of.fork('texture');
  const kind = textureKind(structures, index);
  if (kind === 'uniform') return uniformTexture(cells, pMax, distribution, stream);
  if (kind === 'smooth') return smoothTexture(cells, pMax, distribution, (correlation_nm * 10) / crystal.a_A, stream);
  const material = materialOf(crystal.material);
  const perPm = polarizationPerDisplacement(material, crystal.a_A ** 3) / (100 * dTiPerDisplacement(material));
  return gradientTexture(cells, pMax, gradient_step_pm * perPm, stream);
}

/**
 * Structure `index`, made from a texture; `structures.file` is not looked at.
 * @param of its stream, as {@link structureStream} gives it
 * @throws 'recipe' for an impossible A-site order
 */
export function buildStructure(inputs: StructureInputs, index: number, of: RandomStream): Structure {
  const { crystal, structures } = inputs;
  const material = materialOf(crystal.material);
  const ideal = perovskite(structures.cells, crystal.a_A, orderA(crystal, structures.cells, of.fork('a-order')));
  const perA = polarizationPerDisplacement(material, crystal.a_A ** 3);
  const u = imposedTexture(inputs, index, of).map((p) => p / perA);
  return withJitter(displaceBySoftMode(ideal, material, u), structures.jitter_pm, of.fork('jitter'));
}

/**
 * Labels of a structure's columns, from its atoms: means over z, [ny][nx][3], P [µC/cm²], dTi and dO [pm]. Column (i, j)
 * is the Ti column at x = (i + 1/2)a, y = (j + 1/2)a.
 *
 * Born charges are those of `crystal.material`; of a structure from `structures.file`, those of `structures.born`, else those of BaTiO3 and SrTiO3 mixed by
 * the structure's own composition. The two agree where ba_fraction is that of the material: 0.5 for (Ba,Sr)TiO3. Elsewhere its charges stay, and the file's follow.
 * @throws 'unsupported' for elements of a file that have no built-in charges, 'range' for charges that are not neutral
 */
export function labelFields(structure: Structure, { crystal, structures }: StructureInputs): LocalFields {
  const charges =
    structures.file === undefined ? materialOf(crystal.material) : bornCharges(structure, structures.born);
  return columnFields(localFields(structure, charges), requireSites(structure).cells);
}
