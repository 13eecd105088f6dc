/**
 * One GPU for all worker threads. The main thread owns the device and computes one structure after the other; a worker sends what it has
 * prepared (slices take seconds to set up) through a port of its own, and waits for the patterns.
 */

import { checkAborted, type Task } from '../core/task.ts';
import { errorOf, type Problem, problemOf } from '../core/threads.ts';
import { buffersOf, type ComputedStack, computeStack, stackOfComputed } from '../diffraction/computed-stack.ts';
import { gpuEngine, type PatternEngine, type PatternJob } from '../diffraction/engine.ts';
import type { Gpu } from '../diffraction/gpu/device.ts';

interface Question extends Omit<PatternJob, 'stack'> {
  readonly stack: ComputedStack;
}

type Answer =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly what: string }
  | { readonly kind: 'patterns'; readonly patterns: Float32Array }
  | Problem;

/** The worker's side: computes the slices here and the patterns at the other end of the port, once. */
export function remoteEngine(port: MessagePort): PatternEngine {
  return ({ stack, requests, ...rest }, task) =>
    new Promise((resolve, reject) => {
      port.addEventListener('message', ({ data }) => {
        const answer = data as Answer;
        if (answer.kind === 'progress') task.progress(answer.done, answer.total, answer.what);
        else if (answer.kind === 'patterns') resolve(answer.patterns);
        else reject(errorOf(answer));
      });
      port.start();
      const exits = requests.map(({ exit }) => exit);
      const question: Question = { ...rest, requests, stack: computeStack(stack, exits) };
      port.postMessage(question, buffersOf(question.stack));
    });
}

/** The main thread's side. */
export class SharedGpu {
  readonly #gpu: Gpu;
  readonly #engine: PatternEngine;
  readonly #ports: MessagePort[] = [];
  readonly #stop = new AbortController();
  /** The question that is being answered, behind all those before it. */
  #last: Promise<void> = Promise.resolve();

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#engine = gpuEngine(gpu);
  }

  /** For one `remoteEngine`, to hand over to its thread. */
  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }) => {
      this.#last = this.#last.then(() => this.#answer(port1, data as Question));
    });
    port1.start();
    this.#ports.push(port1);
    return port2;
  }

  async #answer(port: MessagePort, { stack, ...rest }: Question): Promise<void> {
    const send = (answer: Answer, moved: ArrayBuffer[] = []) => port.postMessage(answer, moved);
    try {
      const task: Task = {
        signal: this.#stop.signal,
        progress: (done, total, what) => send({ kind: 'progress', done, total, what }),
      };
      checkAborted(task);
      const patterns = await this.#engine({ ...rest, stack: stackOfComputed(stack) }, task);
      send({ kind: 'patterns', patterns }, [patterns.buffer as ArrayBuffer]);
    } catch (error) {
      send(problemOf(error));
    }
    port.close();
  }

  /** Stops what is being computed and gives the device back. */
  async close(): Promise<void> {
    this.#stop.abort();
    // An open port keeps the process alive.
    for (const port of this.#ports) port.close();
    await this.#last;
    this.#gpu.close();
  }
}
