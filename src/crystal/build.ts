/**
 * Structures of a library: A-site order, texture, soft mode, jitter. A structure depends on [crystal], [structures], its index and its random stream alone, so
 * that any worker builds any of them.
 *
 * What this is not: molecular dynamics, nor a label as the probe weights it (the library does that).
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { amorphousLayer, LEAST_A } from './amorphous.ts';
import { bornCharges } from './born-charges.ts';
import { type LayeredStructure, placesFor } from './layers.ts';
import { columnFields, type LocalFields, localFields } from './local.ts';
import { dTiPerDisplacement, materialOf, polarizationPerDisplacement } from './material.ts';
import type { StructureInputs, StructuresOptions } from './options.ts';
import { orderA, perovskite } from './perovskite.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { cellCount, requireSites, type Structure } from './structure.ts';
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
 * What structure `index` has of its own: composition and lattice parameter, drawn within the spreads of [structures].
 * @param of its stream
 * @throws 'recipe' for a spread of the composition of a compound
 */
export function drawnInputs<Inputs extends StructureInputs>(inputs: Inputs, of: RandomStream): Inputs {
  const { crystal, structures } = inputs;
  const { ba_fraction_spread: share, a_spread_percent: percent } = structures;
  if (share > 0 && crystal.material !== '(Ba,Sr)TiO3') {
    fail(
      'recipe',
      `structures.ba_fraction_spread is ${share}, and ${crystal.material} has one composition.`,
      "Leave it out, or set crystal.material = '(Ba,Sr)TiO3'.",
    );
  }
  const stream = of.fork('crystal');
  const ba_fraction = Math.min(1, Math.max(0, crystal.ba_fraction + stream.between(-share, share)));
  const a_A = crystal.a_A * (1 + stream.between(-percent, percent) / 100);
  return { ...inputs, crystal: { ...crystal, ba_fraction, a_A } };
}

/** A block of a structure: A sites and jitter are drawn from `of` and its number. @param P of its cells [µC/cm²], [nz][ny][nx][3] */
function buildBlock(
  { crystal, structures }: StructureInputs,
  P: Float64Array,
  of: RandomStream,
  block: number,
): Structure {
  const material = materialOf(crystal.material);
  // The first block's streams are those of libraries whose structures had one.
  const fork = (what: string) => (block === 0 ? of.fork(what) : of.fork(what, block));
  const ideal = perovskite(structures.cells, crystal.a_A, orderA(crystal, structures.cells, fork('a-order')));
  const perA = polarizationPerDisplacement(material, crystal.a_A ** 3);
  const u = P.map((p) => p / perA);
  return withJitter(displaceBySoftMode(ideal, material, u), structures.jitter_pm, fork('jitter'));
}

/**
 * Structure `index`, made from textures, down to `depth_A` at least; `structures.file` is not looked at. From the entrance face on: a layer without polarization,
 * then 1 to `depth_domains` domains, whose walls lie at depths drawn evenly; each of them, and the layer, is made of blocks of its own, `depth_blocks` in all,
 * that follow each other in rounds, all of a round once, in an order drawn anew.
 * @param of its stream, as {@link structureStream} gives it
 * @throws 'recipe' for an impossible A-site order
 */
export function buildLayers(
  inputs: StructureInputs,
  index: number,
  of: RandomStream,
  depth_A: number,
): LayeredStructure {
  const { structures, crystal } = inputs;
  const height_A = structures.cells[2] * crystal.a_A;
  const places = placesFor(height_A, depth_A);
  const stream = of.fork('depth');
  const dead_A = () => 10 * stream.between(...structures.dead_layer_nm);
  const dead = Math.min(places, Math.round(dead_A() / height_A));
  const unpolarized = Math.round(dead_A() / crystal.a_A);
  const still = new Float64Array(3 * cellCount(structures.cells));
  const walls = Array.from(
    { length: stream.integer(structures.depth_domains) },
    () => dead + stream.integer(places - dead + 1),
  );
  const ends = [dead, ...walls.sort((a, b) => a - b), places];
  const parts = ends
    .map((end, i) => ({ domain: i - 1, length: end - (ends[i - 1] ?? 0) }))
    .filter(({ length }) => length > 0);
  const blocks: Structure[] = [];
  const order: number[] = [];
  for (const { domain, length } of parts) {
    const P = domain < 0 ? still : imposedTexture(inputs, index, domain === 0 ? of : of.fork('domain', domain));
    const own = Math.min(length, Math.max(1, Math.round(structures.depth_blocks / parts.length)));
    const numbers = Array.from({ length: own }, (_, i) => blocks.length + i);
    blocks.push(...numbers.map((number) => buildBlock(inputs, P, of, number)));
    const part: number[] = [];
    while (part.length < length) part.push(...stream.shuffle(numbers.slice()));
    order.push(...part.slice(0, length));
  }
  const amorphous = (face: string) => {
    const of = stream.fork('amorphous', face);
    const thickness_A = 10 * of.between(...structures.amorphous_nm);
    return thickness_A < LEAST_A ? undefined : amorphousLayer(blocks[0]!, thickness_A, of);
  };
  const [entrance, exit] = [amorphous('entrance'), amorphous('exit')];
  return {
    blocks,
    order,
    ...((entrance || exit) && { amorphous: { ...(entrance && { entrance }), ...(exit && { exit }) } }),
    ...(unpolarized > 0 && {
      unpolarized: { cells: unpolarized, blocks: blocks.map((_, number) => buildBlock(inputs, still, of, number)) },
    }),
  };
}

/** The first block of structure `index`: what it has of polarization, and one draw of A sites and jitter. */
export function buildStructure(inputs: StructureInputs, index: number, of: RandomStream): Structure {
  return buildBlock(inputs, imposedTexture(inputs, index, of), of, 0);
}

/**
 * Labels of a structure's cells, from its atoms: [nz][ny][nx][3], P [µC/cm²], dTi and dO [pm].
 *
 * Born charges are those of `crystal.material`; of a structure from `structures.file`, those of `structures.born`, else those of BaTiO3 and SrTiO3 mixed by
 * the structure's own composition. The two agree where ba_fraction is that of the material: 0.5 for (Ba,Sr)TiO3. Elsewhere its charges stay, and the file's follow.
 * @throws 'unsupported' for elements of a file that have no built-in charges, 'range' for charges that are not neutral
 */
export function cellFields(structure: Structure, { crystal, structures }: StructureInputs): LocalFields {
  const charges =
    structures.file === undefined ? materialOf(crystal.material) : bornCharges(structure, structures.born);
  return localFields(structure, charges);
}

/** The same of its columns: means over z, [ny][nx][3]. Column (i, j) is the Ti column at x = (i + 1/2)a, y = (j + 1/2)a. */
export function labelFields(structure: Structure, inputs: StructureInputs): LocalFields {
  return columnFields(cellFields(structure, inputs), requireSites(structure).cells);
}
