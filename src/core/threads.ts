/**
 * Jobs over worker threads, wherever they run: a {@link WorkerHost} starts them (`node/worker-host.ts`, `web/worker-host.ts`). A worker's entry calls `serve`
 * with a handler; `Threads` hands it jobs one at a time. Results do not depend on which thread does what: handlers are functions of their job, and of what all
 * threads were started with.
 */

import { type ErrorTag, FerroscopeError } from './errors.ts';
import { abortedError, type Task } from './task.ts';

/** Every worker entry there is, by what it does. */
export type WorkerName =
  | 'library'
  | 'simulation'
  | 'experiment'
  | 'film'
  | 'bias'
  | 'haadf'
  | 'dynamics'
  | 'augment'
  | 'map'
  | 'check'
  | 'findings'
  | 'figures';

/** One thread, as its starter sees it. */
export interface WorkerThread {
  post(message: unknown, transfer: readonly Transferable[]): void;
  onMessage(listen: (message: unknown) => void): void;
  /** Called once when the thread fails, or ends; never after `end`. */
  onDeath(listen: (error: Error) => void): void;
  /** Ends the thread where it stands. */
  end(): Promise<void>;
}

/** What starts threads. */
export interface WorkerHost {
  /** Threads that run at once without waiting for each other. */
  readonly cores: number;
  start(name: WorkerName): WorkerThread;
}

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

type Reply<Result, Part> =
  | { readonly kind: 'progress'; readonly share: number; readonly partial?: Part | undefined }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'ended' }
  | Problem;

type Message<Job> =
  | { readonly kind: 'begin'; readonly data: unknown }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'end' };

/** What a thread does. */
export interface Worker<Job, Result, Part = never> {
  /** @param progress takes the done share of the job, 0 to 1, and now and then what there is of it, copied, so that the job can be gone on with from there */
  run(job: Job, progress: (share: number, partial?: Part) => void): Promise<Result>;
  /** Buffers of a result that are moved to the caller instead of copied. */
  handOver?(result: Result): Transferable[];
  /** Lets go of what would outlive the last job, such as a native session, before a thread that is asked to ends by itself. */
  release?(): Promise<void>;
}

/** A thread's own end of the line. */
export interface WorkerPort {
  post(message: unknown, transfer: readonly Transferable[]): void;
  onMessage(listen: (message: unknown) => void): void;
  /** Nothing more will come. */
  close(): void;
}

/**
 * Called once by a worker's entry.
 * @param begin makes the worker of what all threads were started with
 */
export function serve<Data, Job, Result, Part>(
  port: WorkerPort,
  begin: (data: Data) => Promise<Worker<Job, Result, Part>>,
): void {
  const send = (reply: Reply<Result, Part>, transfer: readonly Transferable[] = []) => port.post(reply, transfer);
  let worker: Promise<Worker<Job, Result, Part>> | undefined;
  const answer = async (job: Job): Promise<void> => {
    try {
      const { run, handOver } = await worker!;
      const result = await run(job, (share, partial) => send({ kind: 'progress', share, partial }));
      send({ kind: 'done', result }, handOver?.(result));
    } catch (error) {
      send(problemOf(error));
    }
  };
  const end = async (): Promise<void> => {
    await worker?.then(({ release }) => release?.()).catch(() => {});
    send({ kind: 'ended' });
    port.close();
  };
  let work = Promise.resolve();
  port.onMessage((message) => {
    const { kind, ...rest } = message as Message<Job>;
    if (kind === 'begin') {
      worker = begin((rest as { data: Data }).data);
      // Reported by the first job.
      worker.catch(() => {});
    } else work = work.then(kind === 'end' ? end : () => answer((rest as { job: Job }).job));
  });
}

/** Takes the done share of a job, and what there is of it where the worker says so. */
type OnShare<Part> = (share: number, partial: Part | undefined) => void;

interface Waiting<Job, Result, Part> {
  readonly job: Job;
  readonly transfer: readonly Transferable[];
  readonly onShare: OnShare<Part> | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface ThreadsOptions {
  /** Default: all cores. */
  readonly count?: number | undefined;
  /** What every thread begins with. */
  readonly data?: unknown;
  /**
   * Jobs run native code (ONNX Runtime), which aborts the whole process when its thread is torn down under it: `close` waits for the job in hand, and threads
   * end by themselves. Default false: JavaScript and WebAssembly can be ended anywhere.
   */
  readonly native?: boolean | undefined;
}

/** A thread without a job that was asked to end and has not [ms]. */
const GRACE = 5000;

/** Threads of one worker; they live until `close`. Jobs start in the order of `run`. */
export class Threads<Job, Result, Part = never> {
  readonly count: number;
  readonly #host: WorkerHost;
  readonly #name: WorkerName;
  readonly #data: unknown;
  readonly #native: boolean;
  readonly #workers = new Map<WorkerThread, Waiting<Job, Result, Part> | undefined>();
  readonly #queue: Waiting<Job, Result, Part>[] = [];
  #closed = false;

  constructor(host: WorkerHost, name: WorkerName, { count = host.cores, data, native = false }: ThreadsOptions = {}) {
    this.count = count;
    this.#host = host;
    this.#name = name;
    this.#data = data;
    this.#native = native;
  }

  /** @throws what the handler throws; any error when the thread dies; 'aborted' once closed */
  run(job: Job, transfer: readonly Transferable[] = [], onShare?: OnShare<Part>): Promise<Result> {
    if (this.#closed) return Promise.reject(abortedError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, transfer, onShare, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the threads: at once, or `native` ones after the job that each has in hand. Jobs not done yet are never answered. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    const workers = [...this.#workers];
    this.#workers.clear();
    await Promise.all(
      workers.map(([worker, waiting]) => (this.#native ? ended(worker, waiting !== undefined) : worker.end())),
    );
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const idle = [...this.#workers].find(([, busy]) => !busy)?.[0];
      const worker = idle ?? (this.#workers.size < this.count ? this.#start() : undefined);
      if (!worker) return;
      const next = this.#queue.shift()!;
      this.#workers.set(worker, next);
      worker.post({ kind: 'job', job: next.job } satisfies Message<Job>, next.transfer);
    }
  }

  #start(): WorkerThread {
    const worker = this.#host.start(this.#name);
    const settle = (finish: (waiting: Waiting<Job, Result, Part>) => void, dead: boolean): void => {
      const waiting = this.#workers.get(worker);
      if (dead) this.#workers.delete(worker);
      else this.#workers.set(worker, undefined);
      if (waiting) finish(waiting);
      this.#dispatch();
    };
    worker.onMessage((message) => {
      const reply = message as Reply<Result, Part>;
      if (!this.#workers.has(worker) || reply.kind === 'ended') return;
      if (reply.kind === 'progress') this.#workers.get(worker)?.onShare?.(reply.share, reply.partial);
      else if (reply.kind === 'done') settle(({ resolve }) => resolve(reply.result), false);
      else settle(({ reject }) => reject(errorOf(reply)), false);
    });
    worker.onDeath((error) => {
      if (this.#workers.has(worker)) settle(({ reject }) => reject(error), true);
    });
    this.#workers.set(worker, undefined);
    worker.post({ kind: 'begin', data: this.#data } satisfies Message<Job>, []);
    return worker;
  }
}

/** Asks a thread to end, and waits until it has. One that is busy is waited for however long it takes. */
async function ended(worker: WorkerThread, busy: boolean): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((resolve) => {
    const idle = (): void => {
      timer ??= setTimeout(resolve, GRACE);
    };
    if (!busy) idle();
    worker.onMessage((message) => {
      const { kind } = message as Reply<unknown, unknown>;
      if (kind === 'ended') resolve();
      else if (kind !== 'progress') idle();
    });
    worker.onDeath(() => resolve());
    worker.post({ kind: 'end' } satisfies Message<never>, []);
  });
  clearTimeout(timer);
  await worker.end();
}

export interface RunOptions<Job, Result, Kept, Part> {
  /** Default: all cores. */
  readonly workers?: number | undefined;
  /** What every thread begins with. */
  readonly data?: unknown;
  /** Gets the sum of the shares done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** What of a job is moved to its thread instead of copied. */
  readonly handOver?: ((job: Job) => Transferable[]) | undefined;
  /** Takes each result as it comes, and says what is kept of it; the job counts as done when it has settled. Where left out results are kept whole. */
  readonly keep?: ((result: Result, job: Job) => Promise<Kept>) | undefined;
  /** Takes what there is of a job, the newest when it is ready for more; never beside or after `keep` of that job. */
  readonly onPartial?: ((partial: Part, job: Job) => Promise<void>) | undefined;
}

/**
 * Runs the jobs on threads.
 * @returns what is kept of the results, in the order of the jobs
 * @throws what a handler, `keep` or `onPartial` throws; 'aborted' when stopped, with the threads ended at once
 */
export async function runJobs<Job, Result, Kept = Result, Part = never>(
  host: WorkerHost,
  name: WorkerName,
  jobs: readonly Job[],
  task: Task,
  options: RunOptions<Job, Result, Kept, Part> = {},
): Promise<Kept[]> {
  const threads = new Threads<Job, Result, Part>(host, name, { count: options.workers, data: options.data });
  const shares = new Array<number>(jobs.length).fill(0);
  const share = (i: number, value: number): void => {
    shares[i] = value;
    options.onProgress?.(shares.reduce((a, b) => a + b, 0));
  };
  let fail = (_: unknown): void => {};
  const stopped = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const stop = () => fail(abortedError());
  if (task.signal.aborted) stop();
  else task.signal.addEventListener('abort', stop);
  const partials = jobs.map((job) => newest(async (partial: Part) => options.onPartial?.(partial, job), fail));
  const all = jobs.map(async (job, i) => {
    const made = threads.run(job, options.handOver?.(job), (value, partial) => {
      share(i, value);
      if (partial !== undefined) partials[i]!.put(partial);
    });
    const result = await Promise.race([stopped, made]);
    await partials[i]!.close();
    const kept = options.keep ? await options.keep(result, job) : (result as unknown as Kept);
    share(i, 1);
    return kept;
  });
  try {
    return await Promise.race([stopped, Promise.all(all)]);
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    task.signal.removeEventListener('abort', stop);
    stopped.catch(() => {});
    await threads.close();
    // Nobody is still writing when the caller goes on.
    await Promise.allSettled([...all, ...partials.map((partial) => partial.close())]);
  }
}

/** Hands values to `take` one at a time; what comes while it is busy replaces what waits. `close` drops that, and waits for `take`. */
function newest<T>(take: (value: T) => Promise<void>, fail: (error: unknown) => void) {
  let waiting: T | undefined;
  let busy: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    while (waiting !== undefined) {
      const next = waiting;
      waiting = undefined;
      await take(next);
    }
    busy = undefined;
  };
  return {
    put(value: T): void {
      waiting = value;
      busy ??= work().catch(fail);
    },
    async close(): Promise<void> {
      waiting = undefined;
      await busy;
    },
  };
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
