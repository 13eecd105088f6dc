/** Worker threads of Node. */

import { availableParallelism } from 'node:os';
import { type Transferable as NodeTransferable, parentPort, Worker } from 'node:worker_threads';
import type { WorkerHost, WorkerPort, WorkerThread } from '../core/threads.ts';

/** @param folder of the workers' entries, NAME.ts or NAME.js */
export function workersOf(folder: URL): WorkerHost {
  // From source or compiled, whichever this is.
  const ending = import.meta.url.slice(-3);
  return { cores: availableParallelism(), start: (name) => startOf(new URL(`${name}${ending}`, folder)) };
}

export const nodeWorkers: WorkerHost = workersOf(new URL('./workers/', import.meta.url));

function startOf(entry: URL): WorkerThread {
  const worker = new Worker(entry);
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as readonly NodeTransferable[]),
    onMessage: (listen) => {
      worker.on('message', listen);
    },
    onDeath: (listen) => {
      worker.on('error', listen);
      worker.on('exit', (code) => listen(new Error(`A worker thread ended (${code}).`)));
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

/** In a worker's entry: the line to the thread that started it. */
export function nodePort(): WorkerPort {
  const port = parentPort!;
  return {
    post: (message, transfer) => port.postMessage(message, transfer as readonly NodeTransferable[]),
    onMessage: (listen) => {
      port.on('message', listen);
    },
    close: () => port.close(),
  };
}
