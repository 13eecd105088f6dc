/** Reading the arguments that several commands share. */

import { basename, dirname, resolve } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { fail } from '../core/errors.ts';
import { builtInMaterialName } from '../crystal/options.ts';
import { textureRemarks } from '../crystal/texture.ts';
import { type ImportedStructures, importStructures } from '../library/imported.ts';
import { readBytes, readText } from '../node/files.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import type { CommandLine } from './command-line.ts';

/** The command's n-th positional argument. */
export function argument(line: CommandLine, n: number): string {
  return line.positional[n] ?? fail('usage', 'An argument is missing.', 'See --help.');
}

/** A text option, or undefined. */
export function option(line: CommandLine, name: string): string | undefined {
  const value = line.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that may be given several times, in order. */
export function optionList(line: CommandLine, name: string): readonly string[] {
  const value = line.options[name];
  return Array.isArray(value) ? value : [];
}

/** --workers. @throws 'usage' */
export function workersOption(line: CommandLine): { workers?: number } {
  const text = option(line, 'workers');
  if (text === undefined) return {};
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1)
    fail('usage', `--workers ${text} is not a number of threads.`, 'Write 1 or more.');
  return { workers };
}

/** A number from `low` to `high`, or undefined. @throws 'usage' */
export function numberOption(
  line: CommandLine,
  name: string,
  unit: string,
  low: number,
  high: number,
): number | undefined {
  const text = option(line, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= low && value <= high) return value;
  fail(
    'usage',
    `--${name} ${text} is not from ${low} to ${high} ${unit}.`,
    'Write the number alone, without its unit.',
  );
}

/** --material as [crystal] material names it, from a name or a short form. @throws 'usage' */
export function materialOption(line: CommandLine): string | undefined {
  const text = option(line, 'material');
  if (text === undefined) return undefined;
  if (text === 'given') {
    fail(
      'usage',
      '--material given: what a given material is of stands in [crystal.given] of a recipe, and a name alone does not say it.',
      "Name a built-in material here; for another, set material = 'given' and [crystal.given] in the recipe by hand.",
    );
  }
  const result = builtInMaterialName.safeParse(text);
  if (result.success) return result.data;
  fail('usage', `--material ${text}: ${result.error.issues[0]!.message}.`, 'Write one of these.');
}

/** Sections that a library follows from. */
export const LIBRARY_SECTIONS: readonly string[] = ['crystal', 'structures', 'microscope', 'library'];

/**
 * @param matter sections of which the recipe must have one: a study of defaults alone is nobody's, and takes half an hour to say so. Any, where left out
 * @throws 'recipe' for one that has none; as `parseRecipe`
 */
export async function readRecipe(path: string, matter?: readonly string[]): Promise<Recipe> {
  const text = await readText(path);
  const recipe = parseRecipe(text, path);
  const sections = Object.keys(parseToml(text));
  const start = 'Start from a recipe in examples/: demo.toml takes minutes.';
  if (sections.length === 0) fail('recipe', `${path} is empty: nothing says what to do.`, start);
  if (matter && !sections.some((section) => matter.includes(section))) {
    const list = matter.map((section) => `[${section}]`).join(', ');
    fail('recipe', `${path} has none of ${list}: everything would be a default.`, start, { sections });
  }
  return recipe;
}

/** Whether a recipe's file has a section of its own, defaults not counted. @throws 'recipe', as `readRecipe` */
export async function hasSection(path: string, name: string): Promise<boolean> {
  await readRecipe(path);
  return name in parseToml(await readText(path));
}

/** The recipe of a study with libraries and models. @throws 'usage' for one with a [specimen], which none of them would heed */
export async function readStudy(path: string, matter?: readonly string[]): Promise<Recipe> {
  const recipe = await readRecipe(path, matter);
  if (recipe.specimen) {
    fail('usage', `${path} has a [specimen], which only ferroscope simulate takes.`, 'Give the recipe of a study.');
  }
  return recipe;
}

/** Refuses a [dynamics] or [film] whose frames are not there yet: patterns would be of other structures. @throws 'recipe' */
export function requireAtoms(recipe: Recipe, path: string): void {
  if ((recipe.dynamics || recipe.film) && recipe.structures.file === undefined) {
    fail(
      'recipe',
      `${path} has a [${recipe.film ? 'film' : 'dynamics'}], whose atoms ferroscope structures makes first.`,
      'Run it, then give structures.file = "…/trajectory.extxyz", or leave the section out.',
    );
  }
}

/**
 * What is in the `structures.file` of the recipe at `path`, where it names one; remarks on the file, or on the material of textures, are shown.
 * @throws as `requireAtoms` and `importStructures`
 */
export async function readImported(
  line: CommandLine,
  recipe: Recipe,
  path: string,
): Promise<ImportedStructures | undefined> {
  requireAtoms(recipe, path);
  const { file } = recipe.structures;
  if (file === undefined) {
    for (const note of textureRemarks(recipe)) line.console.note(note);
    return undefined;
  }
  const imported = importStructures(recipe, {
    name: basename(file),
    bytes: await readBytes(resolve(dirname(path), file)),
  });
  for (const note of imported.notes) line.console.note(note);
  return imported;
}

/** A path as a shell takes it, for commands that people copy. */
export function quoted(path: string): string {
  return /^[\w./~@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
