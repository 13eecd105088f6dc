/**
 * The atoms of a recipe's [specimen]: one crystal, the layers of a film, or the frames of a trajectory, as a block that repeats across the beam and, unless
 * it is layered along the beam, along it.
 */

import { fail } from '../core/errors.ts';
import { type Film, type FilmLayer, film } from '../crystal/film.ts';
import { knownCrystal } from '../crystal/known-crystals.ts';
import { type Block, orthogonalCell } from '../crystal/orthogonal.ts';
import { readStructure } from '../crystal/read-structure.ts';
import { readTrajectory } from '../crystal/read-trajectory.ts';
import { checkSameBox } from '../crystal/trajectory.ts';
import type { Atoms } from '../diffraction/slices.ts';
import type { SourceOptions, SpecimenOptions } from './options.ts';

export interface Specimen {
  /** One word or two for titles. */
  readonly name: string;
  readonly block: Block;
  /** Snapshots, each in the block's box: those of a trajectory. */
  readonly frames?: readonly Atoms[];
  /** Where the layers of a film lie [Å]. */
  readonly layers?: Film['layers'];
  /** Mean-square displacement per axis [Å²] of every element; empty where atoms are at rest or move by themselves. */
  readonly u2_A2: Readonly<Record<string, number>>;
  /** Remarks for the user, on a trajectory that ends early. */
  readonly notes?: readonly string[];
}

/** The bytes of a file that the recipe names. */
type Read = (file: string) => Promise<Uint8Array>;

/** @throws 'recipe' for an element whose thermal motion nobody gave; what the readers, `checkSameBox`, `orthogonalCell` and `film` throw */
export async function loadSpecimen(recipe: SpecimenOptions, read: Read): Promise<Specimen> {
  const { layers, growth } = recipe;
  if (recipe.thermal === 'trajectory') {
    const file = recipe.file!;
    const { frames, notes } = readTrajectory(await read(file), file, { types: recipe.types });
    const first = frames[0]!;
    // One grid for all frames.
    for (const [i, frame] of frames.entries()) checkSameBox(frame, first, { name: file, frame: i + 1 });
    const block = { ...first, occupancy: new Float64Array(first.symbols.length).fill(1), u2_A2: {} };
    return { name: file, block, frames, u2_A2: {}, notes };
  }
  if (!layers) {
    const block = await sourceBlock(recipe, read);
    return { name: recipe.file ?? recipe.crystal!, block, u2_A2: thermalMotion(recipe, block) };
  }
  const stack: FilmLayer[] = [];
  for (const layer of layers) {
    const extent_A = 10 * layer.extent_nm;
    stack.push(layer.vacuum ? { extent_A } : { block: await sourceBlock(layer, read), extent_A });
  }
  const block = film(stack, growth);
  const names = layers.map((layer) => layer.crystal ?? layer.file ?? 'vacuum');
  return { name: names.join(' | '), block, layers: block.layers, u2_A2: thermalMotion(recipe, block) };
}

async function sourceBlock(source: SourceOptions, read: Read): Promise<Block> {
  const options = { ...(source.zone && { zone: source.zone }), ...(source.x && { x: source.x }) };
  if (source.crystal) return orthogonalCell(knownCrystal(source.crystal), options);
  const file = source.file!;
  return readStructure(new TextDecoder().decode(await read(file)), file, options);
}

function thermalMotion(recipe: SpecimenOptions, block: Block): Record<string, number> {
  if (recipe.thermal === 'none') return {};
  const motion = { ...block.u2_A2, ...recipe.u2_A2 };
  const elements = [...new Set(block.symbols)].sort();
  const unknown = elements.filter((symbol) => motion[symbol] === undefined);
  if (unknown.length > 0) {
    fail(
      'recipe',
      `The thermal motion of ${unknown.join(', ')} is not known.`,
      `Give specimen.u2_A2 = { ${unknown.map((symbol) => `${symbol} = 0.006`).join(', ')} } in Å², or thermal = 'none'.`,
      { unknown },
    );
  }
  const strangers = Object.keys(recipe.u2_A2).filter((symbol) => !elements.includes(symbol));
  if (strangers.length > 0) {
    fail(
      'recipe',
      `specimen.u2_A2 names ${strangers.join(', ')}, which the specimen has not.`,
      `It has ${elements.join(', ')}.`,
      { strangers },
    );
  }
  return Object.fromEntries(elements.map((symbol) => [symbol, motion[symbol]!]));
}
