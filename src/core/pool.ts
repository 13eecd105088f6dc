/**
 * Jobs over worker threads, Node only. A worker file calls `serve` with a handler; `runJobs` hands it jobs one at a time.
 * Results do not depend on which worker does what: handlers are functions of their job alone.
 */

import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { type ErrorTag, FerroscopeError } from './errors.ts';
import type { Task } from './task.ts';

type Reply<Result> =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'error'; readonly tag?: string; readonly message: string; readonly hint?: string };

/** Called once by a worker file. `progress` takes the done share of the job, 0 to 1. */
export function serve<Job, Result>(handle: (job: Job, progress: (share: number) => void) => Promise<Result>): void {
  const port = parentPort;
  if (!port) return;
  const send = (reply: Reply<Result>) => port.postMessage(reply);
  port.on('message', async (job: Job) => {
    try {
      send({ kind: 'done', result: await handle(job, (share) => send({ kind: 'progress', share })) });
    } catch (error) {
      if (error instanceof FerroscopeError) {
        send({ kind: 'error', tag: error.tag, message: error.message, hint: error.hint });
      } else send({ kind: 'error', message: (error as Error).stack ?? String(error) });
    }
  });
}

/**
 * Runs the jobs on up to `workers` threads (default: all cores). `onProgress` gets the sum of the shares done.
 * @param module the worker file without its suffix, relative to `base` (an import.meta.url): '.ts' from source, '.js' compiled
 * @returns the results in the order of the jobs
 * @throws what a handler throws; 'aborted' when stopped, with the threads ended at once
 */
export async function runJobs<Job, Result>(
  base: string,
  module: string,
  jobs: readonly Job[],
  task: Task,
  options: { readonly workers?: number | undefined; readonly onProgress?: (done: number) => void } = {},
): Promise<Result[]> {
  const url = new URL(`${module}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
  const threads = Math.min(options.workers ?? availableParallelism(), jobs.length);
  const results = new Array<Result>(jobs.length);
  const shares = new Array<number>(jobs.length).fill(0);
  const report = () => options.onProgress?.(shares.reduce((a, b) => a + b, 0));
  const workers: Worker[] = [];
  let next = 0;
  try {
    await Promise.all(
      Array.from({ length: threads }, async () => {
        const worker = new Worker(url);
        workers.push(worker);
        while (next < jobs.length) {
          const i = next++;
          results[i] = await runOne<Job, Result>(worker, jobs[i]!, task, (share) => {
            shares[i] = share;
            report();
          });
          shares[i] = 1;
          report();
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

function runOne<Job, Result>(worker: Worker, job: Job, task: Task, onShare: (share: number) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      task.signal.removeEventListener('abort', stop);
      finish();
    };
    const stop = () =>
      settle(() =>
        reject(new FerroscopeError('aborted', 'Stopped before the end.', 'Run the same command again: it resumes.')),
      );
    const onMessage = (reply: Reply<Result>) => {
      if (reply.kind === 'progress') onShare(reply.share);
      else if (reply.kind === 'done') settle(() => resolve(reply.result));
      else if (reply.tag === undefined) settle(() => reject(new Error(reply.message)));
      else settle(() => reject(new FerroscopeError(reply.tag as ErrorTag, reply.message, reply.hint ?? '')));
    };
    const onError = (error: unknown) => settle(() => reject(error));
    if (task.signal.aborted) {
      stop();
      return;
    }
    worker.on('message', onMessage);
    worker.on('error', onError);
    task.signal.addEventListener('abort', stop);
    worker.postMessage(job);
  });
}
