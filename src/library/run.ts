/**
 * Makes a library over worker threads, Node only. A shard is one structure; which worker makes it does not matter, and a
 * killed run loses only the shards in flight: run it again and it makes those that are missing, with either engine.
 */

import { basename } from 'node:path';
import { fail } from '../core/errors.ts';
import { runJobs } from '../core/pool.ts';
import type { Task } from '../core/task.ts';
import type { EngineName } from '../diffraction/engine.ts';
import { openHardwareGpu } from '../diffraction/gpu/device.ts';
import { frameOf, type ImportedStructures } from './imported.ts';
import type { LibraryInputs } from './options.ts';
import { checkCoherent } from './plan.ts';
import { shardFolder, shardNames } from './shard-names.ts';
import { SharedGpu } from './shared-gpu.ts';
import { hasShard, prepareLibrary } from './store.ts';
import type { ShardJob } from './worker.ts';

export interface SimulateOptions {
  readonly program: string;
  /** Worker threads; default: all cores. */
  readonly workers?: number;
  /** Default: cpu, on the worker threads. gpu: one device for all; the threads prepare structures for it and write what it made. */
  readonly engine?: EngineName;
  /** Only every n-th shard, from i on (0 ≤ i < n): one task of a job array. Parts may be made at the same time in one library. */
  readonly part?: { readonly index: number; readonly of: number };
  /** What is in the recipe's `structures.file` (`importStructures`), where it names one. */
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
 * @throws 'recipe' for what libraries cannot have, and for a `structures.file` that nobody read; 'unsupported' without the GPU that is asked for; 'aborted' when stopped; 'file-exists', 'disk-full',
 * 'range', … from the work itself
 */
export async function simulateLibrary(
  inputs: LibraryInputs,
  path: string,
  options: SimulateOptions,
  task: Task,
): Promise<SimulateResult> {
  const { part, imported } = options;
  checkCoherent(inputs);
  if (inputs.structures.file !== undefined && !imported) {
    fail(
      'recipe',
      `The structures of this recipe are those in ${basename(inputs.structures.file)}, which is not read here.`,
      'Leave structures.file out; ferroscope simulate, structures and slurm take it.',
    );
  }
  const mine = shardNames(inputs.structures).filter((_, i) => part === undefined || i % part.of === part.index);
  const missing = mine.filter((name) => !hasShard(path, name));
  const kept = mine.length - missing.length;
  const perShard = inputs.library.patterns_per_structure;
  const report = (shares: number) =>
    task.progress(Math.floor((kept + shares) * perShard), mine.length * perShard, 'patterns');
  const gpu = options.engine === 'gpu' && missing.length > 0 ? new SharedGpu(await openHardwareGpu()) : undefined;
  try {
    await prepareLibrary(path, inputs, options.program, part === undefined, imported);
    report(0);
    const passes = await runJobs<ShardJob, number>(
      import.meta.url,
      './worker',
      missing.map((name) => ({ inputs, path, name, gpu: gpu?.port(), imported: imported && frameOf(imported, name) })),
      task,
      { workers: options.workers, onProgress: report, handOver: ({ gpu }) => (gpu ? [gpu] : []) },
    );
    return {
      made: missing.length,
      kept,
      patterns: mine.length * perShard,
      passes: passes.reduce((a, b) => a + b, 0),
    };
  } finally {
    await gpu?.close();
  }
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
export function unfinishedParts(
  inputs: LibraryInputs,
  path: string,
  of: number,
): { parts: number[]; missing: string[] } {
  const parts = new Set<number>();
  const missing: string[] = [];
  for (const [i, name] of shardNames(inputs.structures).entries()) {
    if (hasShard(path, name)) continue;
    parts.add((i % of) + 1);
    missing.push(shardFolder(name));
  }
  return { parts: [...parts].sort((a, b) => a - b), missing };
}
