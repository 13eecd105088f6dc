/** Maps a scan in a worker, which reads its file where it lies. */

import { answerScan, type ScanInput } from './scan.ts';

const scope = globalThis as unknown as MessagePort;
scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await answerScan(data as ScanInput));
  } catch (error) {
    scope.postMessage({ error: `in the worker: ${(error as Error).stack}` });
  }
};
