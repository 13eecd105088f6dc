/** Module workers of a browser. They may be started by a page, or by another worker. */

import { fail } from '../core/errors.ts';
import type { WorkerHost, WorkerName, WorkerThread } from '../core/threads.ts';

/** @param onnxFolder see `webOnnx`; workers get it as their name */
export function webWorkers(onnxFolder = ''): WorkerHost {
  return {
    cores: navigator.hardwareConcurrency,
    start(name): WorkerThread {
      const worker = entry(name, onnxFolder);
      return {
        post: (message, transfer) => worker.postMessage(message, [...transfer]),
        onMessage: (listen) => worker.addEventListener('message', ({ data }) => listen(data)),
        onDeath: (listen) => {
          const die = (why: string): void => {
            // A worker goes on after an error that nobody caught; the job that it had in hand does not.
            worker.terminate();
            listen(new Error(why));
          };
          worker.addEventListener('error', ({ message }) =>
            die(message || `The worker '${name}' could not be loaded.`),
          );
          worker.addEventListener('messageerror', () => die(`A message of the worker '${name}' could not be read.`));
        },
        end: async () => worker.terminate(),
      };
    },
  };
}

/** Bundlers look for these very expressions, and bundle what they name; '.js' is right once compiled, and bundlers find the source by it. */
function entry(name: WorkerName, onnxFolder: string): globalThis.Worker {
  switch (name) {
    case 'augment':
      return new Worker(new URL('./workers/augment.js', import.meta.url), { type: 'module', name: onnxFolder });
    case 'library':
      return new Worker(new URL('./workers/library.js', import.meta.url), { type: 'module', name: onnxFolder });
    case 'map':
      return new Worker(new URL('./workers/map.js', import.meta.url), { type: 'module', name: onnxFolder });
    default:
      return fail('unsupported', `The work of '${name}' is not done in a page.`, 'Use the command line: ferroscope.');
  }
}
