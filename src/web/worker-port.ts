/** A worker's end of the line. Apart from `worker-host.ts`, which starts them: bundlers refuse workers that can start themselves. */

import type { WorkerPort } from '../core/threads.ts';

/** In a worker's entry: the line to what started it. */
export function webPort(): WorkerPort {
  const scope = globalThis as unknown as EventTarget & Pick<MessagePort, 'postMessage' | 'close'>;
  return {
    post: (message, transfer) => scope.postMessage(message, [...transfer]),
    onMessage: (listen) => scope.addEventListener('message', (event) => listen((event as MessageEvent).data)),
    close: () => scope.close(),
  };
}
