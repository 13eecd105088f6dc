/**
 * Simulates a specimen: units over worker threads, or on a GPU, each committed as it is done, so that a stopped run goes on, with either engine; then the
 * whole as Zarr.
 *
 *     const specimen = await loadSpecimen(inputs.specimen, readBytes);
 *     const { plan, images, meanPatterns, rows, done } = await simulateSpecimen(inputs, specimen, store, { program, host }, task);
 */

import { fail } from '../core/errors.ts';
import { resumable } from '../core/resumable.ts';
import type { Store } from '../core/store.ts';
import type { Task } from '../core/task.ts';
import type { WorkerHost } from '../core/threads.ts';
import type { EngineName } from '../diffraction/engine.ts';
import type { Gpu } from '../diffraction/gpu/device.ts';
import { type Parts, patternRows } from './collect.ts';
import type { SimulationInputs } from './options.ts';
import { partFolder, readEngine, unitNames, writePart } from './parts.ts';
import { planSimulation, type SimulationPlan } from './plan.ts';
import type { Specimen } from './specimen.ts';
import { SIMULATION, simulationIdentity, type Written, writeSimulation } from './store.ts';
import { runUnits, runUnitsOnGpu, type UnitRun } from './units.ts';

export interface RunOptions {
  readonly program: string;
  readonly host: WorkerHost;
  /** Worker threads; default: all cores. */
  readonly workers?: number | undefined;
  /** Computes on this device; the threads cut slices for it. Without it the threads compute. */
  readonly gpu?: (() => Promise<Gpu>) | undefined;
  /** Replace a finished simulation, and parts of another one. */
  readonly overwrite?: boolean | undefined;
}

export interface SpecimenResult extends Written {
  readonly plan: SimulationPlan;
  /** What computed it: both, where a run was stopped and went on with the other. */
  readonly engines: readonly EngineName[];
  /** Patterns [rx][qy][qx] at thickness `t`, row after row, until `done`. */
  rows(t: number): AsyncGenerator<Float32Array>;
  /** Removes the parts: call it when everything is written that comes from `rows`. */
  done(): Promise<void>;
}

const PARTS = 'parts';

/**
 * @param store the folder of everything that the run leaves
 * @throws 'file-exists' where a simulation is there already, 'stale' for parts of another one, 'unsupported' without the GPU that is asked for, 'aborted',
 * 'disk-full', and what `planSimulation` and the units throw
 */
export async function simulateSpecimen(
  inputs: SimulationInputs,
  specimen: Specimen,
  store: Store,
  options: RunOptions,
  task: Task,
): Promise<SpecimenResult> {
  const { program, host, workers, overwrite = false } = options;
  const plan = planSimulation(inputs, specimen);
  const identity = simulationIdentity(inputs, specimen, program);
  if (!overwrite && (await store.list()).includes(SIMULATION)) {
    const path = `${store.name}/${SIMULATION}`;
    fail('file-exists', `${path} exists already.`, 'Choose another --out, or add --overwrite to replace it.', { path });
  }
  const parts: Parts = { store: store.within(PARTS), plan, simulation: inputs.simulation };
  const units = unitNames(plan);
  const work = {
    store: parts.store,
    identity,
    attributes: { format: 'ferroscope-simulation-parts/2' },
    units,
    key: partFolder,
    alone: true,
    overwrite,
  };
  await resumable(work, async (missing) => {
    const sum = (list: readonly { from: number; to: number }[]) =>
      list.reduce((total, { from, to }) => total + to - from, 0);
    const total = sum(units);
    const kept = total - sum(missing);
    const what = plan.configurations > 1 ? 'positions × snapshots' : 'positions';
    task.progress(kept, total, what);
    if (missing.length === 0) return;
    const gpu = await options.gpu?.();
    const run: UnitRun = {
      host,
      workers,
      jobs: missing.map((name) => ({
        inputs,
        plan,
        atoms: specimen.frames ? specimen.frames[name.configuration]! : specimen.block,
        u2_A2: specimen.u2_A2,
        ...name,
      })),
      keep: (result, unit) => writePart(parts.store, plan, unit, result, gpu ? 'gpu' : 'cpu'),
      onProgress: (done) => task.progress(Math.floor(kept + (done * (total - kept)) / missing.length), total, what),
    };
    try {
      await (gpu ? runUnitsOnGpu(gpu, run, task) : runUnits(run, task));
    } finally {
      gpu?.close();
    }
  });
  const engines = new Set<EngineName>();
  for (const unit of units) engines.add(await readEngine(parts.store, unit));
  const written = await writeSimulation(
    store,
    parts,
    identity,
    { engines: [...engines].sort(), notes: specimen.notes },
    task,
  );
  return {
    ...written,
    plan,
    engines: [...engines].sort(),
    rows: (t) => patternRows(parts, t),
    done: () => store.remove(PARTS),
  };
}
