/**
 * A sweep over temperature, heating or cooling: at each temperature the crystal settles, then is averaged. The order parameter is the mean over cells of u; its
 * components' absolute values, sorted and then averaged over time, tell the phases apart whichever of the equivalent directions it takes: (0, 0, 0) cubic,
 * (a, 0, 0) tetragonal, (a, a, 0) orthorhombic, (a, a, a) rhombohedral. In a small supercell the zeros are fluctuations of the order of 1/√N.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, quietTask, type Task } from '../core/task.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { Dynamics } from './dynamics.ts';
import type { Voigt } from './strain.ts';

export interface SweepOptions {
  /** In the order in which they are visited [K]. */
  readonly temperatures_K: readonly number[];
  readonly settling_fs: number;
  readonly averaging_fs: number;
  readonly task?: Task;
}

export interface SweepPoint {
  readonly temperature_K: number;
  /** Time average of the kinetic temperature [K]. */
  readonly kinetic_K: number;
  /** Time averages of |mean u_α|, largest first [Å]. */
  readonly order_A: Vec3;
  /** Time average of the homogeneous strain against a0. */
  readonly strain: Voigt;
  /** Time average of the potential energy [eV per cell]. */
  readonly energy_eV: number;
}

/** Steps between samples: 10 of 2 fs are a small part of a soft mode’s period. */
const SAMPLE_STEPS = 10;
/** Samples between two looks at the task, and at whatever else waits for the thread. */
const BREATH = 10;

/** The mean over cells of a field, [cells][3]. */
function meanVector(field: Float64Array): Vec3 {
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < field.length; i += 3) {
    sum[0] += field[i]!;
    sum[1] += field[i + 1]!;
    sum[2] += field[i + 2]!;
  }
  return sum.map((value) => (3 * value) / field.length) as unknown as Vec3;
}

/**
 * Yields each temperature's averages as it is done; the run goes on from where it was, and its thermostat's temperature is set.
 * @throws 'range' without a thermostat; 'aborted'; 'not-finite' as `Dynamics.advance`
 */
export async function* sweep(run: Dynamics, options: SweepOptions): AsyncGenerator<SweepPoint> {
  const { temperatures_K, settling_fs, averaging_fs, task = quietTask } = options;
  const { thermostat, forces } = run;
  if (!thermostat) fail('range', 'A sweep over temperature needs a thermostat.', 'Give the dynamics one.');
  const samplesOf = (time_fs: number) => Math.ceil(time_fs / (run.timestep_fs * SAMPLE_STEPS));
  const [settling, averaging] = [samplesOf(settling_fs), Math.max(1, samplesOf(averaging_fs))];
  for (const [done, temperature_K] of temperatures_K.entries()) {
    thermostat.temperature_K = temperature_K;
    const sums = { kinetic: 0, order: [0, 0, 0], strain: [0, 0, 0, 0, 0, 0], energy: 0 };
    for (let sample = 0; sample < settling + averaging; sample++) {
      run.advance(SAMPLE_STEPS);
      if (sample >= settling) {
        const order = meanVector(forces.u_A).map(Math.abs);
        order.sort((a, b) => b - a);
        order.forEach((value, i) => {
          sums.order[i]! += value;
        });
        run.last.strain.forEach((value, l) => {
          sums.strain[l]! += value;
        });
        sums.kinetic += run.temperature_K;
        sums.energy += run.last.energy_eV;
      }
      if (sample % BREATH === 0) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        checkAborted(task);
        task.progress(done + sample / (settling + averaging), temperatures_K.length, 'temperatures');
      }
    }
    yield {
      temperature_K,
      kinetic_K: sums.kinetic / averaging,
      order_A: sums.order.map((value) => value / averaging) as unknown as Vec3,
      strain: sums.strain.map((value) => value / averaging) as unknown as Voigt,
      energy_eV: (3 * sums.energy) / (averaging * forces.u_A.length),
    };
  }
}
