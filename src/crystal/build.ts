/**
 * Structures of a library: elements on the sites, texture, soft mode, turned octahedra, jitter. A structure depends on [crystal], [structures], its index and its random stream alone, so
 * that any worker builds any of them.
 *
 * What this is not: molecular dynamics, nor a label as the probe weights it (the library does that).
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { amorphousLayer, LEAST_A } from './amorphous.ts';
import { bornCharges } from './born-charges.ts';
import { perovskiteOf } from './crystal-perovskite.ts';
import { type LayeredStructure, placesFor } from './layers.ts';
import { columnFields, type LocalFields, localFields } from './local.ts';
import { isTitanate, polarizationPerDisplacement } from './material.ts';
import { type CrystalOptions, cellSteps, type StructureInputs } from './options.ts';
import { idealBlock, orderA } from './perovskite.ts';
import { drawElements } from './site-elements.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import { requireSites, type Structure } from './structure.ts';
import { drawTexture, type Texture, textureKind, unpolarized } from './texture.ts';
import { withJitter } from './thermal.ts';
import { displaceByTilts } from './tilts.ts';
import type { BlockCells } from './zone.ts';

/** The stream that all ingredients of structure `index` of the training or the held-out set are forked from. */
export function structureStream(seed: number, index: number, heldOut: boolean): RandomStream {
  return new RandomStream(seed, 'structure', heldOut ? 'held-out' : 'training', index);
}

/** Textures of the domains that follow each other along the beam: 1 to `structures.depth_domains`. @param of the structure's stream */
function depthTextures(inputs: StructureInputs, index: number, of: RandomStream): Texture[] {
  const count = 1 + of.fork('depth', 'walls').integer(inputs.structures.depth_domains);
  return Array.from({ length: count }, (_, n) => drawTexture(inputs, index, n === 0 ? of : of.fork('domain', n)));
}

/**
 * The inputs with the edge of the structure's cells along the beam: that of the recipe, else the mean of what its domains have, each counted alike (one structure
 * has one edge), else a_A.
 */
export function withBeamEdge<Inputs extends StructureInputs>(inputs: Inputs, index: number, of: RandomStream): Inputs {
  const { crystal, structures } = inputs;
  if (crystal.c_A !== undefined || textureKind(structures, index) !== 'domains') return inputs;
  const edges = depthTextures(inputs, index, of).map(({ edge_A }) => edge_A ?? crystal.a_A);
  return { ...inputs, crystal: { ...crystal, c_A: edges.reduce((sum, edge) => sum + edge, 0) / edges.length } };
}

/**
 * What structure `index` has of its own: composition, lattice parameter and thermal motion, drawn within the spreads of [structures], and its edge along the beam.
 * @param of its stream
 * @throws 'recipe' for a spread of the composition of a compound or a checkerboard, or beyond 0 and 1
 */
export function drawnInputs<Inputs extends StructureInputs>(inputs: Inputs, index: number, of: RandomStream): Inputs {
  const { crystal, structures } = inputs;
  const { ba_fraction_spread: share, a_spread_percent: percent } = structures;
  if (share > 0 && crystal.material !== '(Ba,Sr)TiO3') {
    fail(
      'recipe',
      `structures.ba_fraction_spread is ${share}, and ${crystal.material} has one composition.`,
      "Leave it out, or set crystal.material = '(Ba,Sr)TiO3'.",
    );
  }
  if (share > 0 && (crystal.ba_fraction - share < 0 || crystal.ba_fraction + share > 1)) {
    fail(
      'recipe',
      `structures.ba_fraction_spread is ${share} around crystal.ba_fraction = ${crystal.ba_fraction}: beyond 0 or 1.`,
      `Lower it to ${Number(Math.min(crystal.ba_fraction, 1 - crystal.ba_fraction).toFixed(4))} or less.`,
    );
  }
  if (share > 0 && crystal.a_order === 'checkerboard') {
    fail(
      'recipe',
      `structures.ba_fraction_spread is ${share}, and crystal.a_order = 'checkerboard' has one composition, 0.5.`,
      "Leave the spread out, or set a_order = 'random'.",
    );
  }
  const stream = of.fork('crystal');
  const ba_fraction = crystal.ba_fraction + stream.between(-share, share);
  const scale = 1 + stream.between(-percent, percent) / 100;
  const own = withBeamEdge({ ...inputs, crystal: { ...crystal, ba_fraction } }, index, of);
  const { a_A, c_A } = own.crystal;
  const edges = { a_A: scale * a_A, ...(c_A !== undefined && { c_A: scale * c_A }) };
  const { u2_spread_percent: motion } = structures;
  const u2 = 1 + of.fork('thermal').between(-motion, motion) / 100;
  const u2_A2 = Object.fromEntries(Object.entries(own.crystal.u2_A2).map(([symbol, value]) => [symbol, u2 * value]));
  return { ...own, crystal: { ...own.crystal, ...edges, u2_A2 } };
}

/** Elements on the A and B sites, [nz][ny][nx] each. @throws 'recipe' for an impossible A-site order */
function siteElements(
  crystal: CrystalOptions,
  { cells, zone }: BlockCells,
  fork: (what: string) => RandomStream,
): { A: string[]; B: string[] } {
  const { A, B } = perovskiteOf(crystal);
  return {
    // Ba and Sr may alternate.
    A: isTitanate(crystal.material)
      ? Array.from(orderA(crystal, cells, fork('a-order'), zone), (ba) => (ba ? 'Ba' : 'Sr'))
      : drawElements(A, cells, fork('a-order')),
    B: drawElements(B, cells, fork('b-order')),
  };
}

/** A block of a structure: elements and jitter are drawn from `of` and its number. @throws 'recipe' for an impossible A-site order */
function buildBlock(
  { crystal, structures }: StructureInputs,
  texture: Texture,
  of: RandomStream,
  block: number,
): Structure {
  const { material, u2About } = perovskiteOf(crystal);
  const { kind, P, turns } = texture;
  // The first block's streams are those of libraries whose structures had one.
  const fork = (what: string) => (block === 0 ? of.fork(what) : of.fork(what, block));
  const { cells, zone } = structures;
  const edges_A = cellSteps({ crystal, structures });
  const ideal = idealBlock(cells, edges_A, siteElements(crystal, structures, fork), zone);
  const perA = polarizationPerDisplacement(material, edges_A[0] * edges_A[1] * edges_A[2]);
  const polar = displaceBySoftMode(
    ideal,
    material,
    P.map((p) => p / perA),
  );
  const still = turns ? displaceByTilts(polar, turns) : polar;
  const aboutRest = u2About === 'polar' || turns !== undefined || kind === 'domains';
  const sites = { ...requireSites(still), ...(aboutRest && { rest_A: still.positions_A }) };
  return withJitter({ ...still, sites }, structures.jitter_pm, fork('jitter'));
}

/**
 * Structure `index`, made from textures, down to `depth_A` at least; `structures.file` is not looked at. From the entrance face on: a layer without polarization,
 * then 1 to `depth_domains` domains, whose walls lie at depths drawn evenly; each of them, and the layer, is made of blocks of its own, of `depth_blocks` as many
 * as its share of the depth and one at least, that follow each other in rounds, all of a round once, in an order drawn anew.
 * @param inputs with what the structure has of its own, as `drawnInputs` or {@link withBeamEdge} give it
 * @param of its stream, as {@link structureStream} gives it
 * @throws 'recipe' for an impossible A-site order, and as `drawTexture`
 */
export function buildLayers(
  inputs: StructureInputs,
  index: number,
  of: RandomStream,
  depth_A: number,
): LayeredStructure {
  const { structures } = inputs;
  const { cells } = structures;
  const [, , step_A] = cellSteps(inputs);
  const height_A = cells[2] * step_A;
  const places = placesFor(height_A, depth_A);
  const stream = of.fork('depth');
  const dead = () =>
    Math.min(places * cells[2], Math.round((10 * stream.between(...structures.dead_layer_nm)) / step_A));
  const [entranceCells, exitCells] = [dead(), dead()];
  const whole = Math.floor(entranceCells / cells[2]);
  const rest = entranceCells % cells[2];
  const textures = depthTextures(inputs, index, of);
  const walls = Array.from({ length: textures.length - 1 }, () => whole + stream.integer(places - whole + 1));
  const ends = [whole, ...walls.sort((a, b) => a - b), places];
  const parts = ends
    .map((end, i) => ({ domain: i - 1, length: end - (ends[i - 1] ?? 0) }))
    .filter(({ length }) => length > 0);
  const blocks: Structure[] = [];
  /** Of each block. */
  const imposed: Texture[] = [];
  const order: number[] = [];
  const block = (texture: Texture): number => {
    imposed.push(texture);
    return blocks.push(buildBlock(inputs, texture, of, blocks.length)) - 1;
  };
  for (const { domain, length } of parts) {
    const texture = domain < 0 ? unpolarized(textures[0]!, cells) : textures[domain]!;
    const own = Math.min(length, Math.max(1, Math.round((structures.depth_blocks * length) / places)));
    const numbers = Array.from({ length: own }, () => block(texture));
    const part: number[] = [];
    while (part.length < length) part.push(...stream.shuffle(numbers.slice()));
    order.push(...part.slice(0, length));
  }
  // The block in which the layer at the entrance ends.
  if (rest > 0 && whole < places) order[whole] = block(unpolarized(imposed[order[whole]!]!, cells, rest));
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
    ...(exitCells > 0 && {
      unpolarized: {
        cells: exitCells,
        blocks: imposed.map((texture, number) => buildBlock(inputs, unpolarized(texture, cells), of, number)),
      },
    }),
  };
}

/** The first block of structure `index`: what it has of polarization, and one draw of elements and jitter. */
export function buildStructure(inputs: StructureInputs, index: number, of: RandomStream): Structure {
  const own = withBeamEdge(inputs, index, of);
  return buildBlock(own, drawTexture(own, index, of), of, 0);
}

/**
 * Labels of a structure's cells, from its atoms: [nz][ny][nx][3], P [µC/cm²], dTi and dO [pm]; dTi is of whatever is on the B sites.
 *
 * Born charges are those of `crystal.material`, one for all elements that share a site; of a structure from `structures.file`, those of `structures.born`, else
 * those of a built-in material with the file's elements. Of (Ba,Sr)TiO3 they are those of BaTiO3 and SrTiO3 mixed by the file's own composition, which agree with
 * the material's where ba_fraction is 0.5. Elsewhere its charges stay, and the file's follow.
 * @throws 'unsupported' for elements of a file that have no built-in charges, 'range' for charges that are not neutral
 */
export function cellFields(structure: Structure, { crystal, structures }: StructureInputs): LocalFields {
  const charges =
    structures.file === undefined ? perovskiteOf(crystal).material : bornCharges(structure, structures.born);
  return localFields(structure, charges);
}

/** The same of its columns: means over z, [ny][nx][3]. Column (i, j) is that of the B sites at x = (i + 1/2)a, y = (j + 1/2)a; of other zones see zone.ts. */
export function labelFields(structure: Structure, inputs: StructureInputs): LocalFields {
  return columnFields(cellFields(structure, inputs), requireSites(structure).cells);
}
