/** A worker thread, Node only: prepares batches while ONNX Runtime trains on the one before. Started by `batches.ts`. */

import { parentPort, workerData } from 'node:worker_threads';
import { Augmenter, type AugmentJob, type AugmentSettings } from './augment.ts';

const port = parentPort;
if (port) {
  const augmenter = new Augmenter(workerData as AugmentSettings);
  port.on('message', (job: AugmentJob) => {
    augmenter.apply(job);
    const { patterns, labels } = job;
    port.postMessage({ patterns, labels }, [patterns.buffer as ArrayBuffer, labels.buffer as ArrayBuffer]);
  });
}
