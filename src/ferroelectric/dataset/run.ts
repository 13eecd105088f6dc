/**
 * One run of a dataset: from a uniform u (zero, or the polarization that is held) and Maxwell's velocities, through equilibration, to the last frame. Now and then
 * it hands out its state; a run that was stopped goes on from there, to the last bit.
 */

import { polarizationPerDisplacement } from '../../crystal/material.ts';
import { cellCount } from '../../crystal/structure.ts';
import { type DynamicsState, dynamicsState, restoreDynamics } from '../checkpoint.ts';
import { Dynamics } from '../dynamics.ts';
import { KernelHamiltonian } from '../kernel.ts';
import type { Conditions, ForceField, System } from '../system.ts';
import { Langevin, maxwellVelocities, NoseHoover } from '../thermostats.ts';
import { Collected, type CollectedArrays, type RunResult } from './collected.ts';
import { HeldMean, removeMean } from './held-mean.ts';
import { type DynamicsPlan, type DynamicsRun, runSteps } from './plan.ts';

export type LoadEngine = (system: System, conditions: Conditions) => Promise<ForceField>;

/** Where a run stands. */
export interface RunState {
  readonly dynamics: DynamicsState;
  readonly collected: CollectedArrays;
}

export interface RunOptions {
  /** Goes on from here. */
  readonly from?: RunState | undefined;
  /** Takes the state at most 20 times. What is collected changes afterwards: to be copied or written before this returns. */
  readonly save?: ((state: RunState) => void) | undefined;
  /** Takes the share done, 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
  /** The engine; the kernel, but in tests. */
  readonly load?: LoadEngine | undefined;
}

/** States handed out at most; each holds all frames. */
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

/**
 * Does the run, or what is left of it, without a pause.
 * @throws 'not-finite' where the time step is too long; 'range' for cells that the engine cannot do; 'stale' for the state of a run with other settings
 */
export async function doRun(
  plan: DynamicsPlan,
  run: DynamicsRun,
  { from, save, progress, load = KernelHamiltonian.load }: RunOptions = {},
): Promise<RunResult> {
  const dynamics = await begin(plan, run, load);
  const collected = new Collected(plan);
  if (from) {
    restoreDynamics(dynamics, from.dynamics);
    collected.restore(from.collected);
  }
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
      save?.({ dynamics: dynamicsState(dynamics), collected: collected.arrays });
    }
    if (dynamics.steps % percent === 0) progress?.(dynamics.steps / total);
  }
  return collected.result();
}
