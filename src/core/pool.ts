/**
 * Jobs over worker threads, Node only. A worker file calls `serve` with a handler; `Threads` hands it jobs one at a time.
 * Results do not depend on which thread does what: handlers are functions of their job, and of what all threads were started with.
 */

import { availableParallelism } from 'node:os';
import { parentPort, type Transferable, Worker } from 'node:worker_threads';
import { type ErrorTag, FerroscopeError } from './errors.ts';
import { abortedError, type Task } from './task.ts';

/** An error as it goes from thread to thread: messages keep neither classes nor fields. */
export type Problem =
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'error';
      readonly tag: ErrorTag;
      readonly message: string;
      readonly hint: string;
      readonly fields: Record<string, unknown>;
    };

export function problemOf(error: unknown): Problem {
  if (!(error instanceof FerroscopeError)) return { kind: 'failed', message: (error as Error).stack ?? String(error) };
  const { tag, message, hint, fields } = error;
  return { kind: 'error', tag, message, hint, fields };
}

export function errorOf(problem: Problem): Error {
  if (problem.kind === 'failed') return new Error(problem.message);
  return new FerroscopeError(problem.tag, problem.message, problem.hint, problem.fields);
}

type Reply<Result> =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly result: Result }
  | Problem;

/**
 * Called once by a worker file. `progress` takes the done share of the job, 0 to 1.
 * @param handOver buffers of a result that are moved to the caller instead of copied
 */
export function serve<Job, Result>(
  handle: (job: Job, progress: (share: number) => void) => Promise<Result>,
  handOver: (result: Result) => Transferable[] = () => [],
): void {
  const port = parentPort;
  if (!port) return;
  const send = (reply: Reply<Result>, transfer: Transferable[] = []) => port.postMessage(reply, transfer);
  port.on('message', async (job: Job) => {
    try {
      const result = await handle(job, (share) => send({ kind: 'progress', share }));
      send({ kind: 'done', result }, handOver(result));
    } catch (error) {
      send(problemOf(error));
    }
  });
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly transfer: readonly Transferable[];
  readonly onShare: ((share: number) => void) | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadsOptions {
  /** Default: all cores. */
  readonly count?: number | undefined;
  /** What every thread finds as `workerData`. */
  readonly data?: unknown;
}

/** Threads of one worker file; they live until `close`. Jobs start in the order of `run`. */
export class Threads<Job, Result> {
  readonly count: number;
  readonly #url: URL;
  readonly #data: unknown;
  readonly #workers = new Map<Worker, Waiting<Job, Result> | undefined>();
  readonly #queue: Waiting<Job, Result>[] = [];

  /** @param module the worker file without its suffix, relative to `base` (an import.meta.url): '.ts' from source, '.js' compiled */
  constructor(base: string, module: string, { count = availableParallelism(), data }: ThreadsOptions = {}) {
    this.count = count;
    this.#url = new URL(`${module}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
    this.#data = data;
  }

  /** @throws what the handler throws; any error when the thread dies */
  run(job: Job, transfer: readonly Transferable[] = [], onShare?: (share: number) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, transfer, onShare, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the threads at once; jobs not done yet are never answered. */
  async close(): Promise<void> {
    this.#queue.length = 0;
    const workers = [...this.#workers.keys()];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const idle = [...this.#workers].find(([, busy]) => !busy)?.[0];
      const worker = idle ?? (this.#workers.size < this.count ? this.#start() : undefined);
      if (!worker) return;
      const next = this.#queue.shift()!;
      this.#workers.set(worker, next);
      worker.postMessage(next.job, next.transfer);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { workerData: this.#data });
    const settle = (finish: (waiting: Waiting<Job, Result>) => void, dead: boolean): void => {
      const waiting = this.#workers.get(worker);
      if (dead) this.#workers.delete(worker);
      else this.#workers.set(worker, undefined);
      if (waiting) finish(waiting);
      this.#dispatch();
    };
    worker.on('message', (reply: Reply<Result>) => {
      if (!this.#workers.has(worker)) return;
      if (reply.kind === 'progress') this.#workers.get(worker)?.onShare?.(reply.share);
      else if (reply.kind === 'done') settle(({ resolve }) => resolve(reply.result), false);
      else settle(({ reject }) => reject(errorOf(reply)), false);
    });
    worker.on('error', (error) => settle(({ reject }) => reject(error), true));
    worker.on('exit', (code) => {
      if (this.#workers.has(worker))
        settle(({ reject }) => reject(new Error(`A worker thread ended (${code}).`)), true);
    });
    this.#workers.set(worker, undefined);
    return worker;
  }
}

export interface RunOptions<Job> {
  /** Default: all cores. */
  readonly workers?: number | undefined;
  /** Gets the sum of the shares done. */
  readonly onProgress?: (done: number) => void;
  /** What of a job is moved to its thread instead of copied. */
  readonly handOver?: (job: Job) => Transferable[];
}

/**
 * Runs the jobs on threads.
 * @returns the results in the order of the jobs
 * @throws what a handler throws; 'aborted' when stopped, with the threads ended at once
 */
export async function runJobs<Job, Result>(
  base: string,
  module: string,
  jobs: readonly Job[],
  task: Task,
  options: RunOptions<Job> = {},
): Promise<Result[]> {
  const threads = new Threads<Job, Result>(base, module, { count: options.workers });
  const shares = new Array<number>(jobs.length).fill(0);
  const share = (i: number, value: number): void => {
    shares[i] = value;
    options.onProgress?.(shares.reduce((a, b) => a + b, 0));
  };
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(abortedError());
  });
  if (task.signal.aborted) stop();
  else task.signal.addEventListener('abort', stop);
  try {
    const all = jobs.map(async (job, i) => {
      const result = await threads.run(job, options.handOver?.(job), (value) => share(i, value));
      share(i, 1);
      return result;
    });
    return await Promise.race([stopped, Promise.all(all)]);
  } finally {
    task.signal.removeEventListener('abort', stop);
    stopped.catch(() => {});
    await threads.close();
  }
}

/** Runs `make` for first … count − 1 a few (`depth`) ahead of the consumer, in order. */
export async function* ahead<T>(
  first: number,
  count: number,
  depth: number,
  make: (i: number) => Promise<T>,
): AsyncGenerator<T> {
  const pending: Promise<T>[] = [];
  let next = first;
  const fill = (): void => {
    while (next < count && pending.length < depth) {
      const promise = make(next++);
      promise.catch(() => {}); // Reported when its turn comes.
      pending.push(promise);
    }
  };
  for (fill(); pending.length > 0; fill()) {
    const head = await pending.shift();
    fill();
    yield head as T;
  }
}
