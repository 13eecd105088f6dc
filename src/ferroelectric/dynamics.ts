/**
 * Molecular dynamics of the soft modes. One step of Δt (2 fs by default): half a kick, half a drift, the thermostat, half a drift, half a kick. Without a
 * thermostat that is velocity Verlet; with Langevin's, BAOAB. Strain and acoustic displacements have no inertia: they follow u (system.ts).
 *
 *     m ü = F,  m in amu, F in eV/Å, u in Å, t in fs
 *
 * A run is a function of its start, the thermostat's seed and the number of steps, to the last bit: `checkpoint.ts` relies on it.
 */

import { AMU_EV_FS2_PER_A2, BOLTZMANN_EV_PER_K } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import type { Evaluation, ForceField } from './system.ts';
import { kineticEnergy, type Normals, type Thermostat } from './thermostats.ts';

export interface DynamicsOptions {
  /** Default 2 fs. */
  readonly timestep_fs?: number;
  /** Default: none, constant energy. */
  readonly thermostat?: Thermostat;
}

export class Dynamics {
  readonly forces: ForceField;
  readonly timestep_fs: number;
  readonly thermostat: Thermostat | undefined;
  /** [Å/fs], [nz][ny][nx][3]. */
  readonly velocity_A_fs: Float64Array;
  /** Steps done since the run began. */
  steps = 0;
  /** Energy, strain and stress at the present u. */
  last: Evaluation;

  /** Starts from the engine's present u and zero velocities (`maxwellVelocities` fills them). @throws 'range' for a time step that is not positive */
  constructor(forces: ForceField, { timestep_fs = 2, thermostat }: DynamicsOptions = {}) {
    if (!(timestep_fs > 0)) fail('range', `A time step of ${timestep_fs} fs.`, 'Give a positive time step, such as 2.');
    this.forces = forces;
    this.timestep_fs = timestep_fs;
    this.thermostat = thermostat;
    this.velocity_A_fs = new Float64Array(forces.u_A.length);
    this.last = forces.evaluate();
  }

  /** To be called after u or the conditions have been changed from outside. */
  refresh(): void {
    this.last = this.forces.evaluate();
  }

  /** @throws 'not-finite' where the time step is too long for the forces */
  advance(steps: number): void {
    const { forces, velocity_A_fs: v, timestep_fs: dt, thermostat } = this;
    const { u_A: u, force } = forces;
    const mass = forces.system.parameters.mass_amu;
    const half = dt / 2;
    const normals: Normals = (seed, step) => forces.normals(seed, step);
    const kick = half / (mass * AMU_EV_FS2_PER_A2);
    for (let s = 0; s < steps; s++) {
      for (let i = 0; i < u.length; i++) {
        const moved = v[i]! + kick * force[i]!;
        v[i] = moved;
        u[i]! += half * moved;
      }
      thermostat?.apply(v, mass, dt, this.steps, normals);
      for (let i = 0; i < u.length; i++) u[i]! += half * v[i]!;
      this.last = forces.evaluate();
      for (let i = 0; i < u.length; i++) v[i]! += kick * force[i]!;
      this.steps++;
    }
  }

  get kinetic_eV(): number {
    return kineticEnergy(this.velocity_A_fs, this.forces.system.parameters.mass_amu);
  }

  /**
   * Instantaneous temperature [K]: two thirds of the kinetic energy per cell over Boltzmann's constant. Under Langevin's thermostat its mean lies below the
   * thermostat's by a share (ωΔt)²/4, 0.5% at 2 fs: velocities bear the error of the time step there, configurations do not.
   */
  get temperature_K(): number {
    return (2 * this.kinetic_eV) / (this.velocity_A_fs.length * BOLTZMANN_EV_PER_K);
  }

  /** Energy of crystal and thermostat [eV]: constant but for the error of the time step, except under Langevin's thermostat, where it is the crystal's. */
  get energy_eV(): number {
    return this.last.energy_eV + this.kinetic_eV + (this.thermostat?.energy(this.velocity_A_fs.length) ?? 0);
  }
}
