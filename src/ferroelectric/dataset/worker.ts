/** Worker thread of dataset.ts: one run at a time. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Transferable } from 'node:worker_threads';
import { writeWhole } from '../../core/files.ts';
import { serve } from '../../core/pool.ts';
import type { RunResult } from './collected.ts';
import { frameAtoms, frameOrigin, frameText, type RunJob } from './dataset.ts';
import { doRun } from './run.ts';

serve(
  async ({ plan, run, folder, info }: RunJob, progress): Promise<RunResult> => {
    const result = await doRun(plan, run, folder, progress);
    const path = join(folder, `${run.name}.extxyz`);
    if (!existsSync(path)) {
      const index = plan.runs.findIndex(({ name }) => name === run.name);
      const frames = Array.from({ length: plan.frames }, (_, frame) =>
        frameText(frameAtoms(plan, index, result, frame), frameOrigin(plan, index, result, frame), info),
      );
      await writeWhole(path, Buffer.concat(frames));
    }
    return result;
  },
  (result): Transferable[] =>
    Object.values(result).flatMap((v) => (v instanceof Float64Array ? [v.buffer as ArrayBuffer] : [])),
);
