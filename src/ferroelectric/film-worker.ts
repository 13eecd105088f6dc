/** What a worker thread of a series of films does: the film under one bias after another. */

import { quietTask } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import { type FilmInputs, type FilmPlan, type FilmProfile, filmPlan, filmSeries } from './film-series.ts';

export interface FilmJob {
  /** Its number in `film.biases_V`. */
  readonly bias: number;
}

export async function filmWorker(inputs: FilmInputs): Promise<Worker<FilmJob, FilmProfile>> {
  const plan: FilmPlan = filmPlan(inputs);
  return {
    async run({ bias }, progress) {
      const task = { ...quietTask, progress: (done: number) => progress(done) };
      for await (const profile of filmSeries({ ...plan, biases: [plan.biases[bias]!] }, task)) return profile;
      throw new Error(`There is no bias ${bias}.`);
    },
    handOver: ({ mean_u_A, last_u_A }) => [mean_u_A.buffer as ArrayBuffer, last_u_A.buffer as ArrayBuffer],
  };
}
