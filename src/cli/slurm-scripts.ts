/**
 * The scripts of a Slurm job array that makes a library. Text only: nothing is written or submitted here. The array's tasks write their structures into one
 * library, so nothing is left to merge; the job behind the array checks that all are there and sends the tasks that are not finished again.
 */

import { fail } from '../core/errors.ts';
import { COST_NS, type ShardCost, shardCost } from '../library/cost.ts';
import { shardNames } from '../library/shard-names.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** How often a task may be tried in all. */
const ATTEMPTS = 3;
/** What a task should take, where the recipe has enough structures [s]. */
const TASK_S = 1800;
/** Slurm's own default of MaxArraySize allows indices up to 1000. */
const MAX_TASKS = 1000;

export interface SlurmOptions {
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** Absolute paths: the library, and the folder that the scripts will lie in. */
  readonly library: string;
  readonly folder: string;
  /** Tasks of the array; default: half an hour each, by the estimate. */
  readonly tasks?: number | undefined;
  /** Threads of a task; a structure is one thread's work. */
  readonly cpus?: number | undefined;
  /** '[d-]hh:mm:ss'; default: three times the estimate and ten minutes. */
  readonly time?: string | undefined;
  /** Of a task, such as '4G'; default: from the recipe. */
  readonly memory?: string | undefined;
  /** Size of the recipe's `structures.file`, which every task and the check read. */
  readonly file_bytes?: number | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** Names for `module load`. */
  readonly modules: readonly string[];
  /** Lines of shell that run before the program. */
  readonly setup: readonly string[];
}

export interface SlurmPlan {
  readonly structures: number;
  readonly tasks: number;
  readonly cpus: number;
  readonly time: string;
  readonly memory: string;
  /** Of the check, which makes nothing. */
  readonly checkMemory: string;
  readonly cost: ShardCost;
  /** Estimate for the longest task [s]. */
  readonly task_s: number;
}

/** Fills in what the options leave open. @throws 'usage' */
export function slurmPlan(recipe: Recipe, options: SlurmOptions): SlurmPlan {
  const structures = shardNames(recipe.structures).length;
  const cost = shardCost(recipe);
  const cpus = options.cpus ?? Math.min(4, structures);
  if (!Number.isInteger(cpus) || cpus < 1) fail('usage', 'That is not a number of threads.', 'Give --cpus 1 or more.');
  const enough = Math.ceil((structures * cost.time_s) / (cpus * TASK_S));
  const tasks = options.tasks ?? Math.min(enough, Math.ceil(structures / cpus), MAX_TASKS);
  if (!Number.isInteger(tasks) || tasks < 1 || tasks > structures) {
    fail('usage', 'That is not a number of tasks.', `Give --tasks from 1 to ${structures}, the recipe's structures.`);
  }
  for (const [name, value, shape, example] of [
    ['time', options.time, /^(\d+-)?\d{1,3}:[0-5]\d:[0-5]\d$/, 'hh:mm:ss, such as 04:00:00'],
    ['mem', options.memory, /^\d+[KMGT]?$/, 'a number and K, M, G or T, such as 4G'],
    ['partition', options.partition, /^[\w.,+-]+$/, 'the name of a partition'],
    ['account', options.account, /^[\w.@+-]+$/, 'the name of an account'],
  ] as const) {
    if (value !== undefined && !shape.test(value))
      fail('usage', `'${value}' is not what --${name} takes.`, `Write ${example}.`);
  }
  if (/[%\\\n]/.test(options.folder)) {
    const hint =
      'Give a --folder without %, backslash and line break, which Slurm reads as its own in the names of logs.';
    fail('usage', `The scripts cannot lie in ${options.folder}.`, hint);
  }
  const perTask = Math.ceil(structures / tasks);
  const task_s = Math.ceil(perTask / cpus) * cost.time_s;
  const busy = Math.min(cpus, perTask);
  // A file's bytes, and its atoms as numbers and as sites.
  const program = 150 + (3 * (options.file_bytes ?? 0)) / 2 ** 20;
  // Beside its arrays a thread holds the compiler, the kernel's code and what is not collected yet.
  const gigabytes = (megabytes: number) => `${Math.ceil((1.5 * megabytes) / 1024)}G`;
  return {
    structures,
    tasks,
    cpus,
    time: options.time ?? clock(3 * task_s + 600),
    memory: options.memory ?? gigabytes(program + busy * (100 + cost.memory_bytes / 2 ** 20)),
    checkMemory: gigabytes(program),
    cost,
    task_s,
  };
}

/** hh:mm:ss, up to the next five minutes. */
function clock(seconds: number): string {
  const minutes = 5 * Math.ceil(seconds / 300);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`;
}

/** One word of shell, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The folder's files by name. @param recipeText the recipe as the user wrote it, to lie beside the scripts */
export function slurmFiles(plan: SlurmPlan, options: SlurmOptions, recipeText: string): Map<string, string> {
  return new Map([
    ['recipe.toml', recipeText],
    ['array.sbatch', arrayScript(plan, options)],
    ['finish.sbatch', finishScript(plan, options)],
    ['submit.sh', submitScript(plan, options)],
    ['README.txt', readme(options)],
  ]);
}

/** Names of logs have no folder: both jobs are submitted from the scripts' own. */
function directives(lines: readonly (string | undefined)[], { partition, account }: SlurmOptions): string {
  const shared = [
    '--ntasks=1',
    '--requeue',
    '--open-mode=append',
    partition && `--partition=${partition}`,
    account && `--account=${account}`,
  ];
  return [...lines, ...shared].flatMap((line) => (line ? [`#SBATCH ${line}`] : [])).join('\n');
}

/** From the first failure on nothing more is done: a task whose modules do not load must fail. */
function preparation({ modules, setup }: SlurmOptions): string {
  return ['set -e', ...modules.map((name) => `module load ${shellQuote(name)}`), ...setup].join('\n');
}

function simulate({ command, folder, library }: SlurmOptions): string {
  return [...command, 'simulate', `${folder}/recipe.toml`, '--out', library].map(shellQuote).join(' ');
}

function arrayScript(plan: SlurmPlan, options: SlurmOptions): string {
  const { structures, tasks, cpus, cost } = plan;
  const perTask = Math.ceil(structures / tasks);
  return `#!/bin/bash
# Task i makes structures i, i + n, i + 2n, … of ${structures} (n = ${tasks} tasks), each on one thread, and keeps those that are there. Submit with submit.sh.
#
# Estimate: ${cost.waves} plane waves × ${cost.slices} slices × ${cost.grid.join('×')} pixels × ${COST_NS} ns = ${seconds(cost.time_s)} a structure;
# up to ${perTask} structures on ${cpus} threads = ${seconds(plan.task_s)} a task. The default of --time is three times that and ten minutes.
# A structure's arrays take ${Math.ceil(cost.memory_bytes / 2 ** 20)} MB; the default of --mem adds the program and half as much again.
${directives(
  [
    '--job-name=ferroscope',
    `--array=1-${tasks}`,
    `--cpus-per-task=${cpus}`,
    `--time=${plan.time}`,
    `--mem=${plan.memory}`,
    '--output=logs/task-%a.log',
  ],
  options,
)}

echo "task $SLURM_ARRAY_TASK_ID of ${tasks}: job $SLURM_JOB_ID on $(hostname), $(date -Is)"
${preparation(options)}
exec ${simulate(options)} --shard "$SLURM_ARRAY_TASK_ID/${tasks}" --workers ${cpus}
`;
}

function seconds(value: number): string {
  return value < 120 ? `${Math.ceil(value)} s` : `${Math.ceil(value / 60)} min`;
}

function finishScript({ tasks, checkMemory }: SlurmPlan, options: SlurmOptions): string {
  return `#!/bin/bash
# Runs when every task of the array has ended, well or not. The tasks have written into one library, so there is nothing to merge: this checks that every
# structure is there, and otherwise submits the unfinished tasks again, up to ${ATTEMPTS} attempts in all.
${directives(
  [
    '--job-name=ferroscope-finish',
    '--cpus-per-task=1',
    '--time=00:15:00',
    `--mem=${checkMemory}`,
    '--output=finish.log',
  ],
  options,
)}

attempts=${ATTEMPTS}
attempt=\${1:-1}
echo "after attempt $attempt of $attempts: job $SLURM_JOB_ID on $(hostname), $(date -Is)"
${preparation(options)}
cd ${shellQuote(options.folder)}

unfinished=$(${simulate(options)} --unfinished ${tasks})
if [ -z "$unfinished" ]; then
  # Makes nothing; fails if the library is another recipe's, and sweeps up what killed tasks left.
  ${simulate(options)} --workers 1
  ${[...options.command, 'info', options.library].map(shellQuote).join(' ')}
  echo "The library is complete."
elif [ "$attempt" -ge "$attempts" ]; then
  echo "Given up after $attempts attempts: of ${tasks} tasks these are unfinished: $unfinished. The logs named logs/task-*.log say why; then run submit.sh again."
  exit 1
else
  array=$(sbatch --parsable --array="$unfinished" array.sbatch)
  finish=$(sbatch --parsable --dependency=afterany:"\${array%%;*}" finish.sbatch $((attempt + 1)))
  echo "Submitted again: tasks $unfinished as job array \${array%%;*}, and behind it the check as job \${finish%%;*}."
fi
`;
}

function submitScript({ tasks }: SlurmPlan, { folder }: SlurmOptions): string {
  return `#!/bin/bash
# Submits the job array and, behind it, the job that checks the library. Run again after a failure, it makes only what is missing.
set -e
cd ${shellQuote(folder)}
mkdir -p logs
array=$(sbatch --parsable array.sbatch)
finish=$(sbatch --parsable --dependency=afterany:"\${array%%;*}" finish.sbatch)
echo "job array \${array%%;*} (${tasks} tasks), check \${finish%%;*}; the outcome will be in $PWD/finish.log"
echo "to stop: scancel \${finish%%;*} \${array%%;*}"
`;
}

function readme({ folder, library }: SlurmOptions): string {
  return `Submit with this one command, from a machine that has sbatch:

    bash ${shellQuote(`${folder}/submit.sh`)}

It makes the library ${library} from recipe.toml.
finish.log says how it ended; logs/ has one log per task. After a failure the same command makes only what is missing.
This folder must stay where it is until then: the scripts name it.
`;
}
