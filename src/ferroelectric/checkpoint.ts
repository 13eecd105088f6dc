/**
 * The state of a run as plain data, to keep and to go on from: u, velocities, the thermostat's memory, the A sites, the count of steps, and the settings that a
 * run must share to go on from it. A resumed run is the unbroken one to the last bit. Temperature and conditions are the caller's: not kept.
 */

import { fail } from '../core/errors.ts';
import { hashOf } from '../core/hash.ts';
import type { Dynamics } from './dynamics.ts';

export interface DynamicsState {
  /** [Å] and [Å/fs], [nz][ny][nx][3]. */
  readonly u_A: Float64Array;
  readonly velocity_A_fs: Float64Array;
  /** Empty where it has no memory. */
  readonly thermostat: Float64Array;
  /** [nz][ny][nx], +1 Ba, −1 Sr; empty where the crystal has no disorder. */
  readonly a_sites: Int8Array;
  readonly steps: number;
  /** JSON-like. */
  readonly settings: Readonly<Record<string, unknown>>;
}

function settingsOf({ forces, timestep_fs, thermostat }: Dynamics): DynamicsState['settings'] {
  const { parameters, cells, screening_per_A } = forces.system;
  return { parameters, cells, screening_per_A, timestep_fs, thermostat: thermostat?.name ?? 'none' };
}

/** The state now, copied. */
export function dynamicsState(dynamics: Dynamics): DynamicsState {
  const { forces, velocity_A_fs, thermostat, steps } = dynamics;
  return {
    u_A: forces.u_A.slice(),
    velocity_A_fs: velocity_A_fs.slice(),
    thermostat: thermostat?.state.slice() ?? new Float64Array(0),
    a_sites: forces.system.aSites?.slice() ?? new Int8Array(0),
    steps,
    settings: settingsOf(dynamics),
  };
}

/**
 * Puts a run where the state was taken. Set conditions and temperature before.
 * @throws 'stale' where `dynamics` has another system, time step or thermostat
 */
export function restoreDynamics(dynamics: Dynamics, state: DynamicsState): void {
  const now = dynamicsState(dynamics);
  const same =
    hashOf(state.settings) === hashOf(now.settings) &&
    state.a_sites.length === now.a_sites.length &&
    state.a_sites.every((site, i) => site === now.a_sites[i]) &&
    (['u_A', 'velocity_A_fs', 'thermostat'] as const).every((name) => state[name].length === now[name].length);
  if (!same) {
    fail('stale', 'The run was begun with other settings.', 'Take those settings again, or begin anew.', {
      saved: state.settings,
      now: now.settings,
    });
  }
  dynamics.forces.u_A.set(state.u_A);
  dynamics.velocity_A_fs.set(state.velocity_A_fs);
  dynamics.thermostat?.state.set(state.thermostat);
  dynamics.steps = state.steps;
  dynamics.refresh();
}
