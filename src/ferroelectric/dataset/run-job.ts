/** What a worker thread of a dataset does: one run after another, and their frames as text. */

import type { Identity } from '../../core/identity.ts';
import type { Worker } from '../../core/threads.ts';
import type { RunResult } from './collected.ts';
import { frameAtoms, frameText, joined } from './frames.ts';
import { type DynamicsPlan, runSteps } from './plan.ts';
import { doRun, type RunState } from './run.ts';

/** What every thread begins with. */
export interface RunData {
  readonly plan: DynamicsPlan;
  readonly identity: Identity;
}

export interface RunJob {
  /** Which of the plan's, from 0. */
  readonly run: number;
  /** Goes on from here. */
  readonly from?: RunState | undefined;
}

export interface MadeRun {
  readonly result: RunResult;
  /** In the run's own box, as extxyz. */
  readonly frames: Uint8Array;
}

export async function dynamicsWorker({ plan, identity }: RunData): Promise<Worker<RunJob, MadeRun, RunState>> {
  return {
    async run({ run, from }, progress) {
      const save = (state: RunState) => progress(state.dynamics.steps / runSteps(plan), state);
      const result = await doRun(plan, plan.runs[run]!, { from, save, progress });
      const frames = Array.from({ length: plan.frames }, (_, frame) =>
        frameText(frameAtoms(plan, run, result, frame), plan, run, result, frame, identity),
      );
      return { result, frames: joined(frames) };
    },
    handOver: ({ result, frames }) =>
      [frames, ...Object.values(result)].flatMap((value) =>
        ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [],
      ),
  };
}
