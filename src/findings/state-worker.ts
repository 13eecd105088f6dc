/** What a worker thread of an analysis does: one state of a series. */

import { RandomStream } from '../core/random.ts';
import type { Worker } from '../core/threads.ts';
import { type StateFindings, type StateOptions, stateFindings } from './state-findings.ts';
import type { VectorField } from './vector-field.ts';

export interface StateJob {
  readonly field: VectorField;
  readonly options: Omit<StateOptions, 'stream'>;
  /** Names the stream: a state's draws do not depend on which other states there are. */
  readonly seed: number;
  readonly bias_V: number;
}

export async function stateWorker(): Promise<Worker<StateJob, StateFindings>> {
  return {
    run: async ({ field, options, seed, bias_V }) =>
      stateFindings(field, { ...options, stream: new RandomStream(seed, 'findings', String(bias_V)) }),
  };
}
