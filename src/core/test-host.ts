/** For tests: a host whose workers run in this very thread, behind message channels such as real ones have. Ending one drops what it would still say. */

import { serve, type Worker, type WorkerHost, type WorkerPort } from './threads.ts';

function line(port: MessagePort): WorkerPort {
  return {
    post: (message, transfer) => port.postMessage(message, [...transfer]),
    onMessage: (listen) => {
      port.addEventListener('message', ({ data }) => listen(data));
      port.start();
    },
    close: () => port.close(),
  };
}

/** @param begin the worker that it starts, whatever its name */
export function testHost<Data, Job, Result, Part>(
  begin: (data: Data) => Promise<Worker<Job, Result, Part>>,
): WorkerHost {
  return {
    cores: 2,
    start: () => {
      const { port1, port2 } = new MessageChannel();
      serve(line(port2), begin);
      return { ...line(port1), onDeath: () => {}, end: async () => port1.close() };
    },
  };
}
