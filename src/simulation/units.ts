/**
 * Units over threads, or on one GPU. A GPU takes them here, one after the other and configuration by configuration, while threads cut the next configurations
 * into slices, which takes them longer than it takes the GPU to compute.
 */

import { abortedError, checkAborted, type Task } from '../core/task.ts';
import { ahead, runJobs, Threads, type WorkerHost } from '../core/threads.ts';
import { type ComputedStack, stackOfComputed } from '../diffraction/computed-stack.ts';
import { gpuPositions } from '../diffraction/engine.ts';
import type { Gpu } from '../diffraction/gpu/device.ts';
import { type UnitJob, type UnitResult, UnitSimulator } from './unit.ts';
import type { SimulationJob } from './unit-job.ts';

export interface UnitRun {
  readonly host: WorkerHost;
  /** Threads; default: all cores. */
  readonly workers: number | undefined;
  readonly jobs: readonly UnitJob[];
  /** Takes each result as it comes. */
  readonly keep: (result: UnitResult, job: UnitJob) => Promise<void>;
  /** Gets the sum of the shares done. */
  readonly onProgress: (done: number) => void;
}

/** @throws what a unit or `keep` throws; 'aborted' */
export async function runUnits({ host, workers, jobs, keep, onProgress }: UnitRun, task: Task): Promise<void> {
  await runJobs<SimulationJob, UnitResult, void>(
    host,
    'simulation',
    jobs.map((unit) => ({ unit })),
    task,
    { workers, onProgress, keep: (result, { unit }) => keep(result, unit) },
  );
}

/** What slices that wait for the GPU may take [bytes]. */
const WAITING_BYTES = 2 ** 32;

/** @throws as `runUnits`; 'range' where a configuration is too large for the device */
export async function runUnitsOnGpu(gpu: Gpu, run: UnitRun, task: Task): Promise<void> {
  const { host, workers, jobs, keep, onProgress } = run;
  const groups = [...Map.groupBy(jobs, ({ configuration }) => configuration).values()];
  const threads = new Threads<SimulationJob, ComputedStack>(host, 'simulation', { count: workers });
  const simulator = new UnitSimulator(gpuPositions(gpu));
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(abortedError());
  task.signal.addEventListener('abort', stop);
  stopped.promise.catch(() => {});
  try {
    checkAborted(task);
    const slices = (c: number) =>
      Promise.race([stopped.promise, threads.run({ unit: groups[c]![0]!, only: 'slices' })]);
    const depth = Math.max(1, Math.min(threads.count, Math.floor(WAITING_BYTES / stackBytes(jobs[0]!))));
    let done = 0;
    let next = 0;
    for await (const stack of ahead(0, groups.length, depth, slices)) {
      for (const job of groups[next++]!) {
        const result = await simulator.run(
          job,
          () => stackOfComputed(stack),
          (share) => onProgress(done + share),
          () => checkAborted(task),
        );
        await keep(result, job);
        onProgress(++done);
      }
    }
  } finally {
    task.signal.removeEventListener('abort', stop);
    simulator.close();
    await threads.close();
  }
}

/** Of a configuration's slices, at most. */
function stackBytes({ plan, inputs }: UnitJob): number {
  const moving = inputs.specimen.thermal === 'frozen-phonons';
  const each = inputs.specimen.thermal === 'absorption' ? 16 : 8;
  return each * plan.grid[0] * plan.grid[1] * plan.slicesPerBlock * (moving ? plan.blocksAlong : 1);
}
