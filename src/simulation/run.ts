/**
 * Simulates a specimen, Node only: units over worker threads, each written as it is done, so that a stopped run goes on; then the whole as Zarr.
 *
 *     const specimen = await loadSpecimen(recipe.specimen, readText);
 *     const { plan, images, meanPatterns, rows, done } = await simulateSpecimen(recipe, specimen, 'out', { program }, task);
 */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { readText, refuseExisting, writeWhole } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { runJobs } from '../core/pool.ts';
import type { Task } from '../core/task.ts';
import { type Parts, patternRows } from './collect.ts';
import type { SimulationInputs } from './options.ts';
import { hasPart, unitNames } from './parts.ts';
import { planSimulation, type SimulationPlan } from './plan.ts';
import type { Specimen } from './specimen.ts';
import { type Written, writeSimulation } from './store.ts';
import type { UnitJob } from './unit.ts';

export interface RunOptions {
  readonly program: string;
  /** Worker threads; default: all cores. */
  readonly workers?: number;
  /** Replace a finished simulation, and parts of another one. */
  readonly overwrite?: boolean;
}

export interface SpecimenResult extends Written {
  readonly plan: SimulationPlan;
  readonly hash: string;
  /** Patterns [rx][qy][qx] at thickness `t`, row after row, until `done`. */
  rows(t: number): AsyncGenerator<Float32Array>;
  /** Removes the parts: call it when everything is written that comes from `rows`. */
  done(): Promise<void>;
}

/** What the patterns depend on: the recipe's sections, and the atoms themselves, since a structure file may change. */
export function specimenHash(inputs: SimulationInputs, specimen: Specimen): string {
  const { microscope, specimen: section, simulation } = inputs;
  const { block, frames, u2_A2 } = specimen;
  const atoms = [block, ...(frames ?? [])].map(({ cell_A, symbols, positions_A }) => [
    cell_A,
    symbols,
    [...positions_A],
  ]);
  return hashOf({ microscope, section, simulation, atoms, occupancy: [...block.occupancy], u2_A2 });
}

/** @throws 'file-exists', 'aborted', 'disk-full', and what `planSimulation` and the units throw */
export async function simulateSpecimen(
  inputs: SimulationInputs,
  specimen: Specimen,
  folder: string,
  options: RunOptions,
  task: Task,
): Promise<SpecimenResult> {
  const plan = planSimulation(inputs, specimen);
  const hash = specimenHash(inputs, specimen);
  const overwrite = options.overwrite === true;
  refuseExisting(join(folder, 'simulation.zarr'), overwrite);
  const partsFolder = join(folder, 'parts');
  const stamp = join(partsFolder, 'recipe-hash');
  if (existsSync(stamp) && (await readText(stamp)) !== hash) {
    if (!overwrite) {
      fail(
        'file-exists',
        `${folder} holds parts of another simulation.`,
        'Choose another --out, or add --overwrite to drop them.',
        { folder },
      );
    }
    await rm(partsFolder, { recursive: true, force: true });
  }
  await writeWhole(stamp, hash);

  const units = unitNames(plan);
  const todo = units.filter((unit) => !hasPart(partsFolder, unit));
  const sum = (list: typeof units) => list.reduce((total, { from, to }) => total + to - from, 0);
  const total = sum(units);
  const kept = total - sum(todo);
  const what = plan.configurations > 1 ? 'positions × snapshots' : 'positions';
  task.progress(kept, total, what);
  await runJobs<{ folder: string; unit: UnitJob }, void>(
    import.meta.url,
    './worker',
    todo.map((name) => ({
      folder: partsFolder,
      unit: {
        inputs,
        plan,
        atoms: specimen.frames?.[name.configuration] ?? specimen.block,
        u2_A2: specimen.u2_A2,
        ...name,
      },
    })),
    task,
    {
      workers: options.workers,
      onProgress: (done) => task.progress(Math.floor(kept + (done * (total - kept)) / todo.length), total, what),
    },
  );
  const parts: Parts = { folder: partsFolder, plan, simulation: inputs.simulation };
  const written = await writeSimulation(
    folder,
    parts,
    { recipe: inputs, recipeHash: hash, program: options.program },
    task,
  );
  return {
    ...written,
    plan,
    hash,
    rows: (t) => patternRows(parts, t),
    done: () => rm(partsFolder, { recursive: true, force: true }),
  };
}
