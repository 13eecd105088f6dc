/** Reading the arguments that several commands share. */

import { dirname } from 'node:path';
import { fail } from '../core/errors.ts';
import { readText } from '../core/files.ts';
import { type ImportedStructures, importStructures } from '../library/imported.ts';
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

export async function readRecipe(path: string): Promise<Recipe> {
  return parseRecipe(await readText(path), path);
}

/** The recipe of a study with libraries and models. @throws 'usage' for one with a [specimen], which none of them would heed */
export async function readStudy(path: string): Promise<Recipe> {
  const recipe = await readRecipe(path);
  if (recipe.specimen) {
    fail('usage', `${path} has a [specimen], which only ferroscope simulate takes.`, 'Give the recipe of a study.');
  }
  return recipe;
}

/**
 * What is in the `structures.file` of the recipe at `path`, where it names one; remarks on the file are shown.
 * @throws 'recipe' for a [dynamics] or [film] whose frames are not there yet; as `importStructures`
 */
export async function readImported(
  line: CommandLine,
  recipe: Recipe,
  path: string,
): Promise<ImportedStructures | undefined> {
  if ((recipe.dynamics || recipe.film) && recipe.structures.file === undefined) {
    fail(
      'recipe',
      `${path} has a [${recipe.film ? 'film' : 'dynamics'}], whose atoms ferroscope structures makes first.`,
      'Run it, then give structures.file = "…/trajectory.extxyz", or leave the section out.',
    );
  }
  const imported = await importStructures(recipe, dirname(path));
  for (const note of imported?.notes ?? []) line.console.note(note);
  return imported;
}
