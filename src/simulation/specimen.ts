/**
 * The atoms of a recipe's [specimen]: one crystal, the layers of a film, or the frames of a trajectory, as a block that repeats across the beam and, unless
 * it is layered along the beam, along it.
 */

import { fail } from '../core/errors.ts';
import { hashOfArrays } from '../core/hash.ts';
import type { FileIdentity } from '../core/identity.ts';
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
  /** Remarks for the user: what a reader guessed or repaired, how the atoms are strained, whose thermal motion stands for each element. */
  readonly notes: readonly string[];
  /** What it was read from, by the names that the recipe has for the files. */
  readonly files: Readonly<Record<string, FileIdentity>>;
}

/** The bytes of a file that the recipe names. */
type Read = (file: string) => Promise<Uint8Array>;

/** @throws 'recipe' for an element whose thermal motion nobody gave; what the readers, `checkSameBox`, `orthogonalCell` and `film` throw */
export async function loadSpecimen(recipe: SpecimenOptions, read: Read): Promise<Specimen> {
  const files: Record<string, FileIdentity> = {};
  const specimen = await specimenOf(recipe, async (file) => {
    const bytes = await read(file);
    const name = file.split(/[/\\]/).at(-1)!;
    files[file] = { kind: 'file', name, size_bytes: bytes.length, content: hashOfArrays(bytes) };
    return bytes;
  });
  return { ...specimen, files };
}

async function specimenOf(recipe: SpecimenOptions, read: Read): Promise<Omit<Specimen, 'files'>> {
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
  const titled = (source: SourceOptions) => source.file ?? source.crystal!;
  if (!layers) {
    const block = await sourceBlock(recipe, read);
    return withMotion(recipe, titled(recipe), block, [{ name: titled(recipe), block }]);
  }
  const stack: FilmLayer[] = [];
  const parts: Part[] = [];
  for (const layer of layers) {
    const extent_A = 10 * layer.extent_nm;
    if (layer.vacuum) stack.push({ extent_A });
    else {
      const block = await sourceBlock(layer, read);
      stack.push({ block, extent_A });
      parts.push({ name: titled(layer), block });
    }
  }
  const block = film(stack, growth);
  const names = layers.map((layer) => layer.crystal ?? layer.file ?? 'vacuum');
  return { ...withMotion(recipe, names.join(' | '), block, parts), layers: block.layers };
}

/** A crystal of the specimen: the only one, or a layer's. */
interface Part {
  readonly name: string;
  readonly block: Block;
}

function withMotion(
  recipe: SpecimenOptions,
  name: string,
  block: Block,
  parts: readonly Part[],
): Omit<Specimen, 'files' | 'layers'> {
  const u2_A2 = thermalMotion(recipe, block);
  const notes = [...(block.notes ?? []), ...motionNotes(recipe, u2_A2, block, parts)];
  return { name, block, u2_A2, notes };
}

/** Where each element's u² is from, and which crystals had none of their own. */
function motionNotes(
  recipe: SpecimenOptions,
  u2_A2: Specimen['u2_A2'],
  block: Block,
  parts: readonly Part[],
): string[] {
  const values = Object.entries(u2_A2).map(([symbol, u2]) => {
    const from = new Set(parts.filter(({ block }) => block.u2_A2[symbol] !== undefined).map(({ name }) => name));
    const source = recipe.u2_A2[symbol] !== undefined ? 'the recipe' : [...from].join(' and ');
    return `${symbol} ${u2.toFixed(4)} (${source}${from.size > 1 && source !== 'the recipe' ? ', the mean' : ''})`;
  });
  if (values.length === 0) return [];
  const borrowed = parts.flatMap(({ name, block: { symbols, u2_A2: own } }) => {
    const without = [...new Set(symbols)].filter((s) => own[s] === undefined && recipe.u2_A2[s] === undefined).sort();
    return without.length > 0
      ? [`${name} gives no thermal motion of ${without.join(', ')}: the other layers' stands.`]
      : [];
  });
  return [`Thermal motion, u² per axis in Å²: ${values.join(', ')}.`, ...(block.u2Notes ?? []), ...new Set(borrowed)];
}

async function sourceBlock(source: SourceOptions, read: Read): Promise<Block> {
  const { zone, x, max_strain_percent, data_block, species } = source;
  const options = {
    ...(zone && { zone }),
    ...(x && { x }),
    ...(max_strain_percent !== undefined && { maxStrain: max_strain_percent / 100 }),
    data_block,
    species,
  };
  if (source.crystal) return orthogonalCell(knownCrystal(source.crystal), options);
  const file = source.file!;
  return readStructure(await read(file), file, options);
}

function thermalMotion(recipe: SpecimenOptions, block: Block): Record<string, number> {
  if (recipe.thermal === 'none') return {};
  const motion = { ...block.u2_A2, ...recipe.u2_A2 };
  const elements = [...new Set(block.symbols)].sort();
  const unknown = elements.filter((symbol) => motion[symbol] === undefined);
  if (unknown.length > 0) {
    fail(
      'recipe',
      [`The thermal motion of ${unknown.join(', ')} is not known.`, ...(block.u2Notes ?? [])].join(' '),
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
