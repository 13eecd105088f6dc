/**
 * A recipe: one TOML file that describes a whole study. Each section is stated by the room that it belongs to, with meaning, unit, range and default; this room
 * puts them together, reads text, and checks what concerns several sections. Unknown keys and values out of range are errors that say where and, for keys,
 * name the nearest known one. `docs/recipe.md` is made from the same statements (`npm run recipe-page`).
 *
 * What this is not: defaults for a study. A recipe may leave out what has a default; nothing else is guessed.
 */

import { parse as parseToml, stringify as stringifyToml, TomlError } from 'smol-toml';
import * as z from 'zod';
import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { issueInWords, type Options, seed } from '../core/schema.ts';
import { elementsOf, perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { crystalOptions, element, structuresOptions } from '../crystal/options.ts';
import { textureProblem } from '../crystal/texture.ts';
import { microscopeOptions } from '../diffraction/options.ts';
import { dynamicsOptions, filmOptions, landscapeOptions } from '../ferroelectric/options.ts';
import { findingsOptions } from '../findings/options.ts';
import { libraryOptions } from '../library/options.ts';
import { networkOptions, trainingOptions } from '../network/options.ts';
import { analysisOptions } from '../polarization/options.ts';
import { scanOptions } from '../scan/options.ts';
import { biasOptions } from '../simulation/bias-options.ts';
import {
  experimentOptions,
  haadfOptions,
  type SimulationInputs,
  simulationOptions,
  specimenOptions,
} from '../simulation/options.ts';
import { distance } from './distance.ts';

/** Version of the recipe's keys: artefacts state it beside the recipe that they embed. 1 had no [study], and materials by short names alone. */
export const RECIPE_SCHEMA = 2;

const STUDY_SEED = 1;
const study = z
  .strictObject({
    seed: seed
      .default(1)
      .describe(
        "Every random stream is named and forked from this one seed; a section's own seed wins for that section.",
      ),
  })
  .describe('The study as a whole.');

const recipeSchema = z
  .strictObject({
    study: study.prefault({}),
    crystal: crystalOptions.prefault({}),
    structures: structuresOptions.prefault({}),
    microscope: microscopeOptions.prefault({}),
    library: libraryOptions.prefault({}),
    network: networkOptions.prefault({}),
    training: trainingOptions.prefault({}),
    scan: scanOptions.prefault({}),
    experiment: experimentOptions.prefault({}),
    haadf: haadfOptions.optional(),
    analysis: analysisOptions.prefault({}),
    findings: findingsOptions.prefault({}),
    specimen: specimenOptions.optional(),
    simulation: simulationOptions.optional(),
    landscape: landscapeOptions.optional(),
    dynamics: dynamicsOptions.optional(),
    film: filmOptions.optional(),
    bias: biasOptions.optional(),
  })
  .refine(
    (r) => (r.specimen === undefined) === (r.simulation === undefined),
    '[specimen] and [simulation] belong together: one says what, the other what to measure of it',
  )
  .check(({ value, issues }) => {
    const { crystal, structures } = value;
    const fromFile = structures.file !== undefined;
    const known = [...elementsOf(perovskiteOf(crystal)), ...Object.keys(perovskiteOf(crystal).u2_A2)];
    const keys = Object.keys(crystal.u2_A2).filter(
      (key) => !(known.includes(key) || (fromFile && element.safeParse(key).success)),
    );
    if (keys.length > 0) {
      issues.push({ code: 'unrecognized_keys', keys, input: crystal.u2_A2, path: ['crystal', 'u2_A2'] });
    }
    if (fromFile) return;
    const still = known.filter((symbol) => crystal.u2_A2[symbol] === undefined);
    const custom = (message: string, path: string[]) => issues.push({ code: 'custom', message, input: value, path });
    if (still.length > 0) {
      custom(`lacks ${still.join(', ')}: give their mean-square displacement per axis [Å²]`, ['crystal', 'u2_A2']);
    }
    // Of sections that are read as they stand.
    const problem = issues.length === 0 && textureProblem(value);
    if (problem) custom(problem, ['structures']);
  });

export type Recipe = Options<typeof recipeSchema>;
export type SectionName = keyof Recipe;

/** JSON Schema of a recipe as it is written: for editors, for the reference page, and for what a misspelt key may have meant. */
export function recipeJsonSchema(): object {
  return z.toJSONSchema(recipeSchema, { io: 'input', unrepresentable: 'any' });
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** The keys at a path, also of sections that a recipe may leave out. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let nodes: readonly SchemaNode[] = [recipeJsonSchema() as SchemaNode];
  const spread = (list: readonly (SchemaNode | undefined)[]): SchemaNode[] =>
    list.flatMap((node) => (node === undefined ? [] : [node, ...spread(node.anyOf ?? [])]));
  for (const part of path) {
    nodes = spread(nodes).map(
      (node) => (typeof part === 'number' ? node.items : node.properties?.[String(part)]) ?? {},
    );
  }
  return spread(nodes).flatMap((node) => Object.keys(node.properties ?? {}));
}

type Tree = Record<string, unknown>;

/**
 * Sections that draw, with the study's seed where they have none of their own. Their streams have names of their own, so that one seed serves for all; but
 * [experiment] makes its structure as a library does, and must not make one that a library holds.
 */
function withStudySeed(tree: Tree): Tree {
  const given = seed.safeParse((tree.study as Tree | undefined)?.seed ?? STUDY_SEED);
  if (!given.success) return tree;
  const own = given.data;
  const seeds: Readonly<Record<string, readonly [key: string, value: unknown]>> = {
    library: ['seed', own],
    training: ['seed', own],
    experiment: ['seed', new RandomStream(own, 'experiment').bits()],
    simulation: ['seed', own],
    film: ['seed', own],
    dynamics: ['seeds', [own]],
    findings: ['seed', own],
  };
  const always = ['library', 'training', 'experiment'];
  const sections = Object.entries(seeds).flatMap(([name, [key, value]]) => {
    const section = tree[name] ?? (always.includes(name) ? {} : undefined);
    return typeof section === 'object' ? [[name, { [key]: value, ...section }] as const] : [];
  });
  return { ...tree, ...Object.fromEntries(sections) };
}

/**
 * Reads a recipe.
 * @throws 'recipe' for text that is not TOML, an unknown key, a wrong type, a value out of range or sections that contradict each other
 */
export function parseRecipe(text: string, name = 'recipe'): Recipe {
  let tree: Tree;
  try {
    tree = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const first = error.message.split('\n')[0]!;
    fail('recipe', `${name} is not TOML: line ${error.line}, column ${error.column}: ${first}`, 'Mend that line.');
  }
  const result = recipeSchema.safeParse(withStudySeed(tree));
  if (result.success) return result.data;
  // A misspelt key is also a missing one: say what was written.
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (!issue) fail('recipe', `${name} does not fit the schema.`, 'Compare it with a recipe in examples/.');
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = keysAt(issue.path);
    const nearest = known.toSorted((a, b) => distance(key, a) - distance(key, b))[0];
    const where = place === '' ? `${name} has no section` : `${name}: [${place}] has no key`;
    fail('recipe', `${where} '${key}'.`, nearest ? `Did you mean '${nearest}'?` : `Known: ${known.join(', ')}.`, {
      path: place,
      key,
      known,
    });
  }
  const { place: at, message } = issueInWords(issue);
  fail('recipe', `${name}: ${at}: ${message}.`, `Mend the value of ${at}; units are in the key's name.`, {
    path: place,
  });
}

/** What a recipe with a [specimen] simulates. @throws 'recipe' without one */
export function simulationInputs({ microscope, specimen, simulation }: Recipe): SimulationInputs {
  if (!specimen || !simulation) {
    fail('recipe', 'The recipe has no [specimen].', 'Add [specimen] and [simulation], as in examples/si-110.toml.');
  }
  return { microscope, specimen, simulation };
}

/** The sections named, or all, as TOML, every default written out. */
export function recipeToToml(recipe: Recipe, sections?: readonly SectionName[]): string {
  if (!sections) return stringifyToml(recipe);
  return stringifyToml(
    Object.fromEntries(sections.flatMap((name) => (recipe[name] === undefined ? [] : [[name, recipe[name]]]))),
  );
}
