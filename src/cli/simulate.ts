/** `ferroscope simulate RECIPE`: the library of labelled patterns; with a [specimen], `simulate-specimen.ts`. */

import { fail } from '../core/errors.ts';
import { duration, plural } from '../core/numbers.ts';
import { eachOnce } from '../crystal/layers.ts';
import { withoutMotion } from '../crystal/thermal.ts';
import { libraryBytes, shardCost } from '../library/cost.ts';
import { parsePart, simulateLibrary, unfinishedParts } from '../library/run.ts';
import { texturedStructure } from '../library/textured.ts';
import { folderStore } from '../node/folder-store.ts';
import { openHardwareGpu } from '../node/gpu.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { argument, LIBRARY_SECTIONS, option, readImported, readRecipe, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { requireResources } from './resources.ts';
import { PROGRAM } from './version.ts';

export async function runSimulate(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const recipe = await readRecipe(path, ['specimen', ...LIBRARY_SECTIONS]);
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
  await requireLibrary(recipe, out, workersOption(line).workers ?? nodeWorkers.cores);
  noteMotion(line, recipe);
  line.console.resumes();
  const gpu = option(line, 'engine') === 'gpu';
  line.console.note(announcement(recipe, shard, gpu ? undefined : (workersOption(line).workers ?? nodeWorkers.cores)));
  const start = performance.now();
  const result = await simulateLibrary(
    recipe,
    folderStore(out),
    {
      program: PROGRAM,
      host: nodeWorkers,
      imported,
      gpu: gpu ? openHardwareGpu : undefined,
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

/** Says where jitter and soft mode leave nothing of the thermal motion that the recipe states, by the first structure. */
function noteMotion(line: CommandLine, recipe: Recipe): void {
  if (recipe.structures.file !== undefined) return;
  const { own, layers } = texturedStructure(recipe, 0, false);
  const still = withoutMotion(eachOnce(layers), own.crystal.u2_A2);
  if (still.length === 0) return;
  line.console.note(
    `Of ${still.join(', ')} the displacements frozen into the atoms (soft mode, structures.jitter_pm) are more than crystal.u2_A2 states in all: patterns have them, ` +
      `and no Debye–Waller factor${recipe.library.absorption ? ' and no absorption' : ''} of these beside. Lower jitter_pm or raise u2_A2.`,
  );
}

/** Refuses what the machine cannot hold, before anything is made. @throws 'disk-full', 'range', as `shardCost` */
export async function requireLibrary(recipe: Recipe, out: string, workers: number): Promise<void> {
  const { structures, library } = recipe;
  const names = structures.count + structures.held_out;
  const { missing } = await unfinishedParts(recipe, folderStore(out), 1);
  const need = {
    what: `The library, ${plural(names, 'structure')} of ${plural(library.patterns_per_structure, 'pattern')},`,
    disk_bytes: (libraryBytes(recipe) * missing.length) / names,
    memory_bytes: 0,
    hint: 'lower structures.count, library.patterns_per_structure, library.pixels or --workers.',
  };
  // The disk first: planning a structure that fits no disk takes long by itself.
  await requireResources(need, out);
  const memory_bytes = Math.min(workers, names) * shardCost(recipe).memory_bytes;
  await requireResources({ ...need, memory_bytes }, out);
}

/** What is about to be made, and how long it takes from nothing. @param threads of the CPU; undefined where a GPU computes */
export function announcement(recipe: Recipe, shard: string | undefined, threads: number | undefined): string {
  const { structures, library } = recipe;
  const all = structures.count + structures.held_out;
  const of = shard === undefined ? 1 : parsePart(shard).of;
  const patterns = (all / of) * library.patterns_per_structure;
  const bytes = 4 * patterns * library.pixels ** 2;
  const time =
    threads === undefined
      ? ''
      : `; about ${duration(Math.ceil(all / of / threads) * shardCost(recipe).time_s)} on ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  return (
    `${structures.count} + ${structures.held_out} structures${shard === undefined ? '' : `, shard ${shard} of them`}: ` +
    `${Math.round(patterns)} patterns of ${library.pixels} × ${library.pixels} pixels, ${(bytes / 1e9).toPrecision(2)} GB${time}.`
  );
}

/** The parts that lack structures, as `sbatch --array` takes them; nothing where the library is complete. */
async function sayUnfinished(line: CommandLine, recipe: Recipe, out: string, of: number): Promise<void> {
  if (!Number.isInteger(of) || of < 1) fail('usage', 'That is not a number of parts.', 'Give --unfinished 1 or more.');
  const { parts, missing } = await unfinishedParts(recipe, folderStore(out), of);
  if (missing.length > 0) {
    const more = missing.length > 20 ? ` and ${missing.length - 20} more` : '';
    line.console.note(`${out} lacks ${missing.slice(0, 20).join(', ')}${more}.`);
  }
  line.console.result(parts.length > 0 ? [parts.join()] : [], { out, parts, missing });
}
