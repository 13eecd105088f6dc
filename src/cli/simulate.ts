/** `ferroscope simulate RECIPE`: the library of labelled patterns; with a [specimen], `simulate-specimen.ts`. */

import { fail } from '../core/errors.ts';
import { duration, plural } from '../core/numbers.ts';
import { parsePart, simulateLibrary, unfinishedParts } from '../library/run.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { argument, option, readImported, readRecipe, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { PROGRAM } from './version.ts';

export async function runSimulate(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readRecipe(path);
  if (recipe.specimen) return (await import('./simulate-specimen.ts')).runSpecimen(line, recipe, path);
  for (const name of ['emd', 'overwrite']) {
    if (line.options[name] === true) {
      fail('usage', `--${name} is for a recipe with a [specimen]; this one makes a library.`, 'Leave it out.');
    }
  }
  const out = option(line, 'out') ?? 'library.zarr';
  const unfinished = option(line, 'unfinished');
  if (unfinished !== undefined) return sayUnfinished(line, recipe, out, Number(unfinished));
  const shard = option(line, 'shard');
  const imported = await readImported(line, recipe, path);
  const start = performance.now();
  const result = await simulateLibrary(
    recipe,
    out,
    {
      program: PROGRAM,
      imported,
      engine: option(line, 'engine') === 'gpu' ? 'gpu' : 'cpu',
      ...workersOption(line),
      ...(shard === undefined ? {} : { part: parsePart(shard) }),
    },
    line.console.task,
  );
  const simulate_s = (performance.now() - start) / 1e3;
  line.console.result(
    [
      `${plural(result.patterns, 'pattern')} in ${out}: ${plural(result.made, 'structure')} made now, ${result.kept} kept; ` +
        `${plural(result.passes, 'plane wave')} in ${duration(simulate_s)}.`,
    ],
    { out, ...result, simulate_s },
  );
}

/** The parts that lack structures, as `sbatch --array` takes them; nothing where the library is complete. */
function sayUnfinished(line: CommandLine, recipe: Recipe, out: string, of: number): void {
  if (!Number.isInteger(of) || of < 1) fail('usage', 'That is not a number of parts.', 'Give --unfinished 1 or more.');
  const { parts, missing } = unfinishedParts(recipe, out, of);
  if (missing.length > 0) {
    const more = missing.length > 20 ? ` and ${missing.length - 20} more` : '';
    line.console.note(`${out} lacks ${missing.slice(0, 20).join(', ')}${more}.`);
  }
  line.console.result(parts.length > 0 ? [parts.join()] : [], { out, parts, missing });
}
