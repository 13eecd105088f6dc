/**
 * One run of a dataset, Node only: from a uniform u (zero, or the polarization that is held) and Maxwell's velocities, through equilibration, to the last frame.
 * It leaves `NAME.npz` (dataset-collected.ts); while it goes on, `NAME.checkpoint.npz` beside it. A run that was stopped goes on from there, to the last bit.
 */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { polarizationPerDisplacement } from '../../crystal/material.ts';
import { cellCount } from '../../crystal/structure.ts';
import { readCheckpoint, writeCheckpoint } from '../checkpoint.ts';
import { Dynamics } from '../dynamics.ts';
import { KernelHamiltonian } from '../kernel.ts';
import type { Conditions, ForceField, System } from '../system.ts';
import { Langevin, maxwellVelocities, NoseHoover } from '../thermostats.ts';
import { Collected, type RunResult } from './collected.ts';
import { HeldMean, removeMean } from './held-mean.ts';
import { type DynamicsPlan, type DynamicsRun, runSteps } from './plan.ts';

export type LoadEngine = (system: System, conditions: Conditions) => Promise<ForceField>;

/** Checkpoints of a run at most; each writes all of its frames. */
const CHECKPOINTS = 20;

/** The dynamics of a run at its start. */
async function begin(plan: DynamicsPlan, run: DynamicsRun, load: LoadEngine): Promise<Dynamics> {
  const { parameters, cells, ba, material, a_A, timestep_fs } = plan;
  const aSites = Int8Array.from(ba, (b) => 2 * b - 1);
  const engine = await load({ parameters, cells, aSites }, run.conditions);
  const { target_uC_cm2: target, temperature_K, stream } = run;
  const forces = target ? new HeldMean(engine) : engine;
  if (target) {
    const perMode = polarizationPerDisplacement(material, a_A ** 3);
    for (let i = 0; i < forces.u_A.length; i++) forces.u_A[i] = target[i % 3]! / perMode;
  }
  const thermostat =
    plan.thermostat === 'langevin'
      ? new Langevin(temperature_K, stream)
      : new NoseHoover(temperature_K / freedom(plan, run));
  const dynamics = new Dynamics(forces, { timestep_fs, thermostat });
  maxwellVelocities(dynamics.velocity_A_fs, parameters.mass_amu, temperature_K, stream);
  if (target) removeMean(dynamics.velocity_A_fs);
  return dynamics;
}

/** All components over those that move: a held mean does not. The engine's temperature counts all. */
function freedom({ cells }: DynamicsPlan, { target_uC_cm2 }: DynamicsRun): number {
  const n = cellCount(cells);
  return target_uC_cm2 ? n / (n - 1) : 1;
}

/** The run at its start, or where its files left it. */
async function resume(plan: DynamicsPlan, run: DynamicsRun, load: LoadEngine, file: string, checkpoint: string) {
  const stopped = { dynamics: await begin(plan, run, load), collected: new Collected(plan) };
  if (!existsSync(file) || !existsSync(checkpoint)) return stopped;
  await readCheckpoint(checkpoint, stopped.dynamics);
  await stopped.collected.read(file);
  if (stopped.dynamics.steps === stopped.collected.steps) return stopped;
  // Stopped between the writing of the two files.
  return { dynamics: await begin(plan, run, load), collected: new Collected(plan) };
}

/**
 * Does the run, or what is left of it.
 * @param folder where its files are
 * @param progress gets the share done, 0 to 1
 * @param load the engine; the kernel, but in tests
 * @throws 'not-finite' where the time step is too long; 'range' for cells that the engine cannot do; 'disk-full'
 */
export async function doRun(
  plan: DynamicsPlan,
  run: DynamicsRun,
  folder: string,
  progress: (share: number) => void = () => {},
  load: LoadEngine = KernelHamiltonian.load,
): Promise<RunResult> {
  const file = join(folder, `${run.name}.npz`);
  const checkpoint = join(folder, `${run.name}.checkpoint.npz`);
  if (existsSync(file) && !existsSync(checkpoint)) {
    const done = new Collected(plan);
    await done.read(file);
    return done.result();
  }
  const { dynamics, collected } = await resume(plan, run, load, file, checkpoint);
  const { forces } = dynamics;
  const total = runSteps(plan);
  const scale = freedom(plan, run);
  const every = Math.ceil(plan.frames / CHECKPOINTS) * plan.interval;
  const percent = Math.ceil(total / 100);
  while (dynamics.steps < total) {
    dynamics.advance(1);
    collected.add({
      u_A: forces.u_A,
      temperature_K: scale * dynamics.temperature_K,
      strain: dynamics.last.strain,
      field_V_per_A: forces instanceof HeldMean ? forces.field_V_per_A : (run.conditions.field_V_per_A ?? [0, 0, 0]),
    });
    const after = dynamics.steps - plan.equilibrate;
    if (after > 0 && after % every === 0 && dynamics.steps < total) {
      await writeCheckpoint(checkpoint, dynamics);
      await collected.write(file);
    }
    if (dynamics.steps % percent === 0) progress(dynamics.steps / total);
  }
  await collected.write(file);
  await rm(checkpoint, { force: true });
  return collected.result();
}
