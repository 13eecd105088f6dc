/**
 * Makes a library over worker threads. A shard is one structure; which worker makes it does not matter, and a killed run loses only the shards in flight: run
 * it again and it makes those that are missing, with either engine.
 */

import { fail } from '../core/errors.ts';
import { resumable } from '../core/resumable.ts';
import type { Store } from '../core/store.ts';
import type { Task } from '../core/task.ts';
import { runJobs, type WorkerHost } from '../core/threads.ts';
import type { Gpu } from '../diffraction/gpu/device.ts';
import { frameOf, type ImportedStructures } from './imported.ts';
import type { LibraryInputs } from './options.ts';
import { checkMicroscope } from './plan.ts';
import type { MadeShard, ShardJob } from './shard-job.ts';
import { type ShardName, shardFolder, shardNames } from './shard-names.ts';
import { SharedGpu } from './shared-gpu.ts';
import { libraryIdentity, rootAttributes, writeShard } from './store.ts';
import { checkTextures } from './textured.ts';

export interface SimulateOptions {
  readonly program: string;
  readonly host: WorkerHost;
  /** Worker threads; default: all cores. */
  readonly workers?: number | undefined;
  /** Computes on this device, one for all; the threads prepare structures for it. Without it the threads compute. */
  readonly gpu?: (() => Promise<Gpu>) | undefined;
  /** Only every n-th shard, from i on (0 ≤ i < n): one task of a job array. Parts may be made at the same time in one library. */
  readonly part?: { readonly index: number; readonly of: number } | undefined;
  /** What is in `structures.file` (`importStructures`), where one is named. */
  readonly imported?: ImportedStructures | undefined;
}

export interface SimulateResult {
  readonly made: number;
  readonly kept: number;
  readonly patterns: number;
  /** Plane-wave passes of the shards made now. */
  readonly passes: number;
}

/**
 * @throws 'recipe' for what libraries cannot have, and for a `structures.file` that nobody read; 'unsupported' without the GPU that is asked for; 'aborted' when
 * stopped; 'stale' where the store holds a library of other settings; 'file-exists', 'disk-full', 'range', … from the work itself
 */
export async function simulateLibrary(
  inputs: LibraryInputs,
  store: Store,
  options: SimulateOptions,
  task: Task,
): Promise<SimulateResult> {
  const { part, imported, host } = options;
  checkMicroscope(inputs);
  checkTextures(inputs);
  if (inputs.structures.file !== undefined && !imported) {
    fail(
      'recipe',
      `The structures of this recipe are those in ${inputs.structures.file}, which is not read here.`,
      'Leave structures.file out; ferroscope simulate, structures and slurm take it.',
    );
  }
  const mine = shardNames(inputs.structures).filter((_, i) => part === undefined || i % part.of === part.index);
  const perShard = inputs.library.patterns_per_structure;
  const identity = libraryIdentity(inputs, options.program, imported?.file);
  const work = {
    store,
    identity,
    attributes: rootAttributes(inputs, identity, imported),
    units: mine,
    key: shardFolder,
    alone: part === undefined,
  };
  // Before anything is written: where there is no GPU there is to be no library either.
  const device = options.gpu && (await anyMissing(store, mine)) ? await options.gpu() : undefined;
  const gpu = device && new SharedGpu(device);
  return resumable(work, async (missing) => {
    const kept = mine.length - missing.length;
    const report = (shares: number) => task.progress((kept + shares) * perShard, mine.length * perShard, 'patterns');
    report(0);
    const passes = await runJobs<ShardJob, MadeShard, number>(
      host,
      'library',
      missing.map((name) => ({
        inputs,
        name,
        gpu: gpu?.port(),
        structure: imported && frameOf(imported, name).structure,
      })),
      task,
      {
        workers: options.workers,
        onProgress: report,
        handOver: (job) => (job.gpu ? [job.gpu] : []),
        keep: async (shard, { name }) => {
          const source = imported && frameOf(imported, name).source;
          await writeShard(store, name, shard, gpu ? 'gpu' : 'cpu', source);
          return shard.passes;
        },
      },
    );
    return {
      made: missing.length,
      kept,
      patterns: mine.length * perShard,
      passes: passes.reduce((a, b) => a + b, 0),
    };
  }).finally(() => gpu?.close());
}

async function anyMissing(store: Store, names: readonly ShardName[]): Promise<boolean> {
  const present = new Set(await store.list());
  return names.some((name) => !present.has(shardFolder(name)));
}

/** Which part of a job array '--shard i/n' means, i from 1. @throws 'usage' */
export function parsePart(text: string): { index: number; of: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]) - 1;
  const of = Number(match?.[2]);
  if (!match || index < 0 || index >= of) fail('usage', `'${text}' is not a shard.`, 'Write i/n with 1 ≤ i ≤ n.');
  return { index, of };
}

/** Which of `of` parts, from 1, lack shards, and the names of those shards. Asks only which folders are there. */
export async function unfinishedParts(
  { structures }: Pick<LibraryInputs, 'structures'>,
  store: Store,
  of: number,
): Promise<{ parts: number[]; missing: string[] }> {
  const parts = new Set<number>();
  const missing: string[] = [];
  const present = new Set(await store.list());
  for (const [i, name] of shardNames(structures).entries()) {
    if (present.has(shardFolder(name))) continue;
    parts.add((i % of) + 1);
    missing.push(shardFolder(name));
  }
  return { parts: [...parts].sort((a, b) => a - b), missing };
}
