/** A worker thread, Node only: augments batches. Started by `batches.ts`. */

import { workerData } from 'node:worker_threads';
import { serve } from '../core/pool.ts';
import { Augmenter, type AugmentJob, type AugmentSettings } from './augment.ts';

const augmenter = new Augmenter(workerData as AugmentSettings);

serve<AugmentJob, AugmentJob>(
  async (job) => {
    augmenter.apply(job);
    return job;
  },
  ({ patterns, labels }) => [patterns.buffer as ArrayBuffer, labels.buffer as ArrayBuffer],
);
