/** What a worker thread of an analysis does: one half of what is found in a state of a series, or what relates all its states. */

import { RandomStream } from '../core/random.ts';
import type { Worker } from '../core/threads.ts';
import type { DomainFindings } from './domain-findings.ts';
import { type FieldFindings, fieldFindings } from './field-findings.ts';
import type { NullOptions } from './nulls.ts';
import type { Series } from './series.ts';
import { wallFindings } from './state-findings.ts';
import type { StateOptions } from './state-options.ts';
import { type Reluctance, reluctance } from './switching.ts';
import type { VectorField } from './vector-field.ts';

/** Streams are named: what is drawn for a state depends neither on the thread nor on which other states there are. */
export type StateJob = { readonly seed: number } & (
  | {
      readonly part: 'walls' | 'fields';
      readonly field: VectorField;
      readonly options: Omit<StateOptions, 'stream'>;
      readonly bias_V: number;
    }
  | {
      readonly part: 'series';
      readonly series: Series;
      readonly across: 'x' | 'y';
      readonly keep: Uint8Array;
      readonly options: Omit<NullOptions, 'stream'>;
    }
);

export type StateResult =
  | { readonly part: 'walls'; readonly found: DomainFindings }
  | { readonly part: 'fields'; readonly found: FieldFindings }
  | { readonly part: 'series'; readonly found: Reluctance };

export async function stateWorker(): Promise<Worker<StateJob, StateResult>> {
  return { run: async (job) => resultOf(job) };
}

function resultOf(job: StateJob): StateResult {
  if (job.part === 'series') {
    const stream = new RandomStream(job.seed, 'findings', 'series', 'reluctance');
    return { part: 'series', found: reluctance(job.series, job.across, job.keep, { ...job.options, stream }) };
  }
  const { part, field } = job;
  const options = { ...job.options, stream: new RandomStream(job.seed, 'findings', String(job.bias_V)) };
  return part === 'walls'
    ? { part, found: wallFindings(field, options) }
    : { part, found: fieldFindings(field, options) };
}
