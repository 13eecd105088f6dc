/** `ferroscope slurm RECIPE`: a folder of scripts that make the library as a Slurm job array. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import { readText, writeFolderWhole } from '../core/files.ts';
import { shellQuote, slurmFiles, slurmPlan } from '../library/slurm.ts';
import { argument, option, optionList, readStudy } from './arguments.ts';
import type { CommandLine } from './main.ts';

export async function runSlurm(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const text = await readText(path);
  const recipe = await readStudy(path);
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
      `${folder}: ${structures} structures over ${tasks} tasks of ${cpus} threads, about ${Math.ceil(task_s / 60)} min each; limits ${time}, ${memory}.`,
      `Submit with: ${submit}`,
    ],
    { folder, library, structures, tasks, cpus, time, memory, task_s, submit },
  );
}
