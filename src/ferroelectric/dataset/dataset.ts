/**
 * A dataset of molecular dynamics: all runs of a plan over worker threads, Node only; their frames as atoms; a table of the runs.
 *
 *     const results = await doRuns(plan, 'runs', info, task);
 *     const all = allFrames(plan, results);
 *     const kept = chooseCovering(all.map(({ columns }) => columns), 200, sampling);
 *     await writeWhole('trajectory.extxyz', trajectory(plan, results, kept.map((i) => all[i]!), info));
 *
 * Strain enters a run's own frames by their box, which is the run's mean; in a trajectory of all runs every frame has the lattice of the recipe, as a library
 * needs it (crystal/to-lattice.ts): displacements stay, and the strain stands in the frame's comment. P is that of these atoms on that lattice.
 */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors.ts';
import { runJobs } from '../../core/pool.ts';
import { RandomStream } from '../../core/random.ts';
import type { Task } from '../../core/task.ts';
import { writeExtxyz } from '../../crystal/extxyz.ts';
import { columnMean, localFields } from '../../crystal/local.ts';
import { cellCount, type Structure, type Vec3 } from '../../crystal/structure.ts';
import { withJitter } from '../../crystal/thermal.ts';
import { toLattice } from '../../crystal/to-lattice.ts';
import { cellEdges, type FrameOrigin, frameInfo, softModeAtoms } from '../atoms.ts';
import type { Voigt } from '../strain.ts';
import type { RunResult } from './collected.ts';
import type { DynamicsPlan, DynamicsRun } from './plan.ts';

export type Info = Readonly<Record<string, string>>;

/** What a worker thread gets. */
export interface RunJob {
  readonly plan: DynamicsPlan;
  readonly run: DynamicsRun;
  readonly folder: string;
  readonly info: Info;
}

export interface RunsOptions {
  /** Worker threads; default: all cores. */
  readonly workers?: number | undefined;
}

/**
 * Does every run that `folder` does not hold yet and leaves NAME.npz and NAME.extxyz of each there.
 * @param info further pairs for the comments of the frames
 * @returns the results in the order of the plan's runs
 * @throws 'aborted'; as `doRun`
 */
export async function doRuns(
  plan: DynamicsPlan,
  folder: string,
  info: Info,
  task: Task,
  { workers }: RunsOptions = {},
): Promise<RunResult[]> {
  // What a thread that was ended left half written.
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith('.part')) await rm(join(folder, name), { force: true });
  }
  const jobs = plan.runs.map((run): RunJob => ({ plan, run, folder, info }));
  const onProgress = (done: number) => task.progress(Math.floor(done), jobs.length, 'runs');
  return runJobs<RunJob, RunResult>(import.meta.url, './worker', jobs, task, { workers, onProgress });
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
export function allFrames(plan: DynamicsPlan, results: readonly RunResult[]): DatasetFrame[] {
  const seeds = [...new Set(plan.runs.map(({ seed }) => seed))];
  return seeds.flatMap((seed) => {
    const own = plan.runs.flatMap((run, r) => (run.seed === seed ? [r] : []));
    return Array.from({ length: plan.frames }, (_, frame) =>
      new RandomStream(seed, 'order of frames', frame).shuffle([...own]).map((run) => {
        const { P } = localFields(latticeAtoms(plan, run, results[run]!, frame), plan.material);
        return { run, frame, cells: P, columns: columnMean(P, plan.cells) };
      }),
    ).flat();
  });
}

/** Mean strain of a run over all its windows. */
export function meanStrain({ strain }: RunResult): Voigt {
  const mean = [0, 0, 0, 0, 0, 0];
  strain.forEach((value, i) => {
    mean[i % 6]! += (6 * value) / strain.length;
  });
  return mean as unknown as Voigt;
}

/** Atoms of a frame in the run's own box, with jitter. */
export function frameAtoms(plan: DynamicsPlan, run: number, result: RunResult, frame: number): Structure {
  const { cells, ba, material, parameters, jitter_pm } = plan;
  const n = 3 * cellCount(cells);
  const u_A = result.u_A.subarray(frame * n, (frame + 1) * n);
  const edges_A = cellEdges(parameters.a0_A, meanStrain(result));
  const jitter = new RandomStream(plan.runs[run]!.stream, 'jitter', frame);
  return withJitter(softModeAtoms({ cells, u_A, ba, material, edges_A }), jitter_pm, jitter);
}

/** Atoms of a frame on the recipe's lattice. @throws 'range' where the run's mean cell is more than 2 % off it */
export function latticeAtoms(plan: DynamicsPlan, run: number, result: RunResult, frame: number): Structure {
  return toLattice(frameAtoms(plan, run, result, frame), plan.a_A);
}

export function frameOrigin(plan: DynamicsPlan, run: number, result: RunResult, frame: number): FrameOrigin {
  const { name, temperature_K, strain, seed } = plan.runs[run]!;
  return {
    run: name,
    temperature_K,
    strain,
    eta: [...result.strain.subarray(6 * frame, 6 * frame + 6)] as unknown as Voigt,
    field_V_per_A: [...result.field_V_per_A.subarray(3 * frame, 3 * frame + 3)] as unknown as Vec3,
    seed,
    time_ps: ((plan.equilibrate + (frame + 1) * plan.interval) * plan.timestep_fs) / 1000,
    average_ps: plan.average_ps,
  };
}

/** A frame as extxyz; positions to 1e-6 Å. */
export function frameText(structure: Structure, origin: FrameOrigin, info: Info): Uint8Array {
  const positions_A = structure.positions_A.map((x) => Math.round(1e6 * x) / 1e6);
  return new TextEncoder().encode(writeExtxyz({ ...structure, positions_A }, { ...frameInfo(origin), ...info }));
}

/** What readers take at once [bytes]. */
const MOST_BYTES = 2 ** 31;

/** The frames on the recipe's lattice, as one extxyz file. @throws 'range' for more than 2 GiB, or for cells that are more than 2 % off the recipe's */
export function trajectory(
  plan: DynamicsPlan,
  results: readonly RunResult[],
  frames: readonly Pick<DatasetFrame, 'run' | 'frame'>[],
  info: Info,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const { run, frame } of frames) {
    const origin = frameOrigin(plan, run, results[run]!, frame);
    const part = frameText(latticeAtoms(plan, run, results[run]!, frame), origin, info);
    bytes += part.length;
    if (bytes > MOST_BYTES) {
      fail('range', 'The trajectory would be larger than 2 GiB, which no reader takes.', 'Keep fewer frames.');
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
