/**
 * A dataset of molecular dynamics: all runs of a plan over worker threads; their frames as atoms; a trajectory of those that are kept.
 *
 *     const results = await doRuns(plan, { store, identity, host }, task);
 *     const all = await allFrames(plan, results, task);
 *     const kept = await chooseCovering(all.map(({ columns }) => columns), 200, sampling);
 *     const text = await trajectory(plan, results, kept.map((i) => all[i]!), identity, task);
 *
 * Strain enters a run's own frames by their box, which is the run's mean; in a trajectory of all runs every frame has the lattice of the recipe, as a library
 * needs it (crystal/to-lattice.ts): displacements stay, and the strain stands in the frame's comment. P is that of these atoms on that lattice.
 */

import { fail } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { RandomStream } from '../../core/random.ts';
import { resumable } from '../../core/resumable.ts';
import type { Store } from '../../core/store.ts';
import { breathe, quietTask, type Task } from '../../core/task.ts';
import { runJobs, type WorkerHost } from '../../core/threads.ts';
import { columnMean, localFields } from '../../crystal/local.ts';
import type { RunResult } from './collected.ts';
import { frameText, joined, latticeAtoms } from './frames.ts';
import type { DynamicsPlan } from './plan.ts';
import type { RunState } from './run.ts';
import type { MadeRun, RunData, RunJob } from './run-job.ts';
import { dropState, ROOT_ATTRIBUTES, readRun, readState, writeRun, writeState } from './store.ts';

export interface RunsOptions {
  /** Of the dataset alone. */
  readonly store: Store;
  /** `trajectoryIdentity` of what the plan was made of. */
  readonly identity: Identity;
  readonly host: WorkerHost;
  /** Worker threads; default: all cores. */
  readonly workers?: number | undefined;
  /** Drop runs of another identity in place of refusing them. Default false. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Does every run that the store does not hold yet, from where it was stopped, and leaves a group of each there.
 * @returns the results in the order of the plan's runs
 * @throws 'stale' where the store holds runs of other settings; 'file-exists' where it holds something else; 'aborted'; 'disk-full'; as `doRun`
 */
export async function doRuns(
  plan: DynamicsPlan,
  { store, identity, host, workers, overwrite }: RunsOptions,
  task: Task,
): Promise<RunResult[]> {
  const { runs } = plan;
  const work = {
    store,
    identity,
    attributes: ROOT_ATTRIBUTES,
    units: [...runs.keys()],
    key: (run: number) => runs[run]!.name,
    alone: true,
    overwrite,
  };
  return resumable(work, async (missing) => {
    const results: RunResult[] = [];
    const jobs = new Map<number, RunJob>();
    for (const run of missing) jobs.set(run, { run, from: await readState(store, runs[run]!) });
    for (const [r, run] of runs.entries()) {
      if (jobs.has(r)) continue;
      results[r] = await readRun(store, run);
      // Whoever wrote the run may have been killed before this.
      await dropState(store, run);
    }
    const kept = runs.length - jobs.size;
    const data: RunData = { plan, identity };
    await runJobs<RunJob, MadeRun, void, RunState>(host, 'dynamics', [...jobs.values()], task, {
      workers,
      data,
      onProgress: (done) => task.progress(kept + done, runs.length, 'runs'),
      onPartial: (state, { run }) => writeState(store, plan, runs[run]!, state),
      keep: async ({ result, frames }, { run }) => {
        await writeRun(store, plan, runs[run]!, result, frames);
        results[run] = result;
      },
    });
    return results;
  });
}

/** One frame of one run. */
export interface DatasetFrame {
  /** Indices, from 0. */
  readonly run: number;
  readonly frame: number;
  /** P of each column [µC/cm²], [ny][nx][3], and of each cell, [nz][ny][nx][3], from the atoms on the recipe's lattice. */
  readonly columns: Float64Array;
  readonly cells: Float64Array;
}

/**
 * Every frame: by seed, then by time, then by the other conditions in a drawn order. A library holds out the last frames of a trajectory: those are of the last
 * seed, and of all conditions alike.
 */
export async function allFrames(
  plan: DynamicsPlan,
  results: readonly RunResult[],
  task: Task = quietTask,
): Promise<DatasetFrame[]> {
  const seeds = [...new Set(plan.runs.map(({ seed }) => seed))];
  const frames: DatasetFrame[] = [];
  for (const seed of seeds) {
    const own = plan.runs.flatMap((run, r) => (run.seed === seed ? [r] : []));
    for (let frame = 0; frame < plan.frames; frame++) {
      for (const run of new RandomStream(seed, 'order of frames', frame).shuffle([...own])) {
        await breathe(task);
        const { P } = localFields(latticeAtoms(plan, run, results[run]!, frame), plan.material);
        frames.push({ run, frame, cells: P, columns: columnMean(P, plan.cells) });
      }
    }
  }
  return frames;
}

/** What readers take at once [bytes]. */
const MOST_BYTES = 2 ** 31;

/** The frames on the recipe's lattice, as one extxyz file. @throws 'range' for more than 2 GiB, or for cells that are more than 2 % off the recipe's */
export async function trajectory(
  plan: DynamicsPlan,
  results: readonly RunResult[],
  frames: readonly Pick<DatasetFrame, 'run' | 'frame'>[],
  identity: Identity,
  task: Task = quietTask,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const { run, frame } of frames) {
    await breathe(task);
    const result = results[run]!;
    const part = frameText(latticeAtoms(plan, run, result, frame), plan, run, result, frame, identity);
    bytes += part.length;
    if (bytes > MOST_BYTES) {
      fail('range', 'The trajectory would be larger than 2 GiB, which no reader takes.', 'Keep fewer frames.');
    }
    parts.push(part);
  }
  return joined(parts);
}
