/** `ferroscope slurm RECIPE`: a folder of scripts that make the library as a Slurm job array. */

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import { plural } from '../core/numbers.ts';
import { readText, writeFolderWhole } from '../node/files.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { argument, LIBRARY_SECTIONS, option, optionList, readImported, readStudy } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { shellQuote, slurmFiles, slurmPlan } from './slurm-scripts.ts';

export async function runSlurm(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readStudy(path, LIBRARY_SECTIONS);
  const imported = await readImported(line, recipe, path);
  const { file } = recipe.structures;
  const text = await recipeText(path, recipe, file && resolve(dirname(path), file));
  const library = resolve(option(line, 'out') ?? 'library.zarr');
  const folder = resolve(option(line, 'folder') ?? `${library.replace(/\.zarr$/, '')}-slurm`);
  const number = (name: string) => {
    const value = option(line, name);
    return value === undefined ? undefined : Number(value);
  };
  const options = {
    // Whatever runs now is what the tasks will run.
    command: [process.execPath, resolve(process.argv[1]!)],
    library,
    folder,
    tasks: number('tasks'),
    cpus: number('cpus'),
    time: option(line, 'time'),
    memory: option(line, 'mem'),
    file_bytes: imported?.file.size_bytes,
    partition: option(line, 'partition'),
    account: option(line, 'account'),
    modules: optionList(line, 'module'),
    setup: optionList(line, 'setup'),
  };
  const plan = slurmPlan(recipe, options);
  if (existsSync(folder)) {
    fail('file-exists', `${folder} exists already.`, 'Choose another --folder, or remove that one.', { path: folder });
  }
  const encoder = new TextEncoder();
  const files = [...slurmFiles(plan, options, text)].map(([name, content]) => [name, encoder.encode(content)] as const);
  await writeFolderWhole(folder, files);
  const { structures, tasks, cpus, time, memory, task_s } = plan;
  const submit = `bash ${shellQuote(join(folder, 'submit.sh'))}`;
  line.console.result(
    [
      `${folder}: ${plural(structures, 'structure')} over ${plural(tasks, 'task')} of ${plural(cpus, 'thread')}, about ${Math.ceil(task_s / 60)} min each; limits ${time}, ${memory}.`,
      `Submit with: ${submit}`,
    ],
    { folder, library, structures, tasks, cpus, time, memory, task_s, submit },
  );
}

/** The recipe as the user wrote it; where it names a file relative to itself, written out anew, since the scripts lie elsewhere. */
async function recipeText(path: string, recipe: Recipe, file: string | undefined): Promise<string> {
  const { structures } = recipe;
  if (file === undefined || structures.file === file) return readText(path);
  const note = '# The recipe with every default, and with structures.file as an absolute path.\n\n';
  return note + recipeToToml({ ...recipe, structures: { ...structures, file } });
}
