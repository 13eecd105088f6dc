/**
 * Makes a library over worker threads, Node only. A shard is one structure; which worker makes it does not matter, and a
 * killed run loses only the shards in flight: run it again and it makes those that are missing.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ErrorTag, FerroscopeError, fail } from '../core/errors.ts';
import type { Recipe } from '../core/recipe.ts';
import type { Task } from '../core/task.ts';
import { hasShard, prepareLibrary, type ShardName, shardNames } from './store.ts';
import type { ShardJob, ShardReply } from './worker.ts';

export interface SimulateOptions {
  readonly program: string;
  /** Worker threads; default: all cores. */
  readonly workers?: number;
  /** Only every n-th shard, from i on (0 ≤ i < n): one task of a job array. */
  readonly part?: { readonly index: number; readonly of: number };
}

export interface SimulateResult {
  readonly made: number;
  readonly kept: number;
  readonly patterns: number;
  /** Plane-wave passes of the shards made now. */
  readonly passes: number;
}

/** @throws 'aborted' when stopped; 'file-exists', 'disk-full', 'range', … from the work itself */
export async function simulateLibrary(
  recipe: Recipe,
  path: string,
  options: SimulateOptions,
  task: Task,
): Promise<SimulateResult> {
  await prepareLibrary(path, recipe, options.program);
  const { part } = options;
  const mine = shardNames(recipe).filter((_, i) => part === undefined || i % part.of === part.index);
  const queue = mine.filter((name) => !hasShard(path, name));
  const toMake = queue.length;
  const shares = new Map<number, number>();
  let made = 0;
  let passes = 0;
  const report = () => {
    const inFlight = [...shares.values()].reduce((a, b) => a + b, 0);
    const perShard = recipe.library.patterns_per_structure;
    task.progress(Math.floor((mine.length - toMake + made + inFlight) * perShard), mine.length * perShard, 'patterns');
  };
  report();

  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const threads = Math.min(options.workers ?? availableParallelism(), toMake);
  const workers: Worker[] = [];
  try {
    await Promise.all(
      Array.from({ length: threads }, async (_, w) => {
        const worker = new Worker(new URL(file, import.meta.url));
        workers.push(worker);
        for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
          passes += await makeOne(worker, { recipe, path, name }, task, (share) => {
            shares.set(w, share);
            report();
          });
          shares.delete(w);
          made++;
          report();
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return { made, kept: mine.length - toMake, patterns: mine.length * recipe.library.patterns_per_structure, passes };
}

function makeOne(worker: Worker, job: ShardJob, task: Task, onShare: (share: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const stop = () =>
      settle(() =>
        reject(new FerroscopeError('aborted', 'Stopped before the end.', 'Run the same command again: it resumes.')),
      );
    const onMessage = (reply: ShardReply) => {
      if (reply.kind === 'progress') onShare(reply.done / reply.total);
      else if (reply.kind === 'done') settle(() => resolve(reply.passes));
      else settle(() => reject(replyError(reply)));
    };
    const onError = (error: unknown) => settle(() => reject(error));
    const settle = (finish: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      task.signal.removeEventListener('abort', stop);
      finish();
    };
    if (task.signal.aborted) return stop();
    worker.on('message', onMessage);
    worker.on('error', onError);
    task.signal.addEventListener('abort', stop);
    worker.postMessage(job);
  });
}

function replyError(reply: Extract<ShardReply, { kind: 'error' }>): Error {
  if (reply.tag === undefined) return new Error(reply.message);
  return new FerroscopeError(reply.tag as ErrorTag, reply.message, reply.hint ?? '');
}

/** Which part of a job array '--shard i/n' means, i from 1. @throws 'usage' */
export function parsePart(text: string): { index: number; of: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]) - 1;
  const of = Number(match?.[2]);
  if (!match || index < 0 || index >= of) fail('usage', `'${text}' is not a shard.`, 'Write i/n with 1 ≤ i ≤ n.');
  return { index, of };
}

export type { ShardName };
