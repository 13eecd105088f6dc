/**
 * Thermostats: what happens to the velocities in the middle of a time step (`dynamics.ts`). Temperatures in K, times in fs, velocities in Å/fs.
 */

import { AMU_EV_FS2_PER_A2, BOLTZMANN_EV_PER_K } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { ForceField } from './system.ts';

/** Deviates of a step (system.ts). */
export type Normals = ForceField['normals'];

export interface Thermostat {
  /** Names the method and whatever else must be the same for a run to resume, such as a seed. */
  readonly name: string;
  /** May change from step to step. */
  temperature_K: number;
  /**
   * Changes the velocities over one whole time step.
   * @param mass_amu of every component
   * @param step counts the steps of the run from 0
   * @param normals the engine's normal deviates, for thermostats that are random
   */
  apply(velocity_A_fs: Float64Array, mass_amu: number, timestep_fs: number, step: number, normals: Normals): void;
  /** What a checkpoint has to keep; empty where the thermostat has no memory. */
  readonly state: Float64Array;
  /** Energy [eV] that makes up, with the crystal's, the extended system's constant, for so many velocity components; 0 where there is no such constant. */
  energy(components: number): number;
}

function requirePositive(value: number, what: string): void {
  if (!(value > 0)) fail('range', `${what} is ${value}.`, 'Give a positive number.');
}

/** Standard deviation of one velocity component [Å/fs]. */
function thermalVelocity(temperature_K: number, mass_amu: number): number {
  return Math.sqrt((BOLTZMANN_EV_PER_K * temperature_K) / (mass_amu * AMU_EV_FS2_PER_A2));
}

/** Fills `out` with Maxwell's velocities [Å/fs]. */
export function maxwellVelocities(out: Float64Array, mass_amu: number, temperature_K: number, seed: number): void {
  const stream = new RandomStream(seed, 'velocities');
  const width = thermalVelocity(temperature_K, mass_amu);
  for (let i = 0; i < out.length; i++) out[i] = width * stream.normal();
}

/** Kinetic energy [eV]. */
export function kineticEnergy(velocity_A_fs: Float64Array, mass_amu: number): number {
  let sum = 0;
  for (let i = 0; i < velocity_A_fs.length; i++) sum += velocity_A_fs[i]! * velocity_A_fs[i]!;
  return 0.5 * mass_amu * AMU_EV_FS2_PER_A2 * sum;
}

/**
 * Langevin's friction and noise, exact over a step: v ← c v + √((1 − c²)kT/m) ξ, c = exp(−Δt/τ). In the middle of the step this is BAOAB (Leimkuhler and
 * Matthews, Appl. Math. Res. Express 2013, 34): configurations of a harmonic crystal have no error of the time step. The noise of step s is a
 * function of (seed, s): a resumed run draws what an unbroken one would.
 */
export class Langevin implements Thermostat {
  readonly name: string;
  temperature_K: number;
  readonly state: Float64Array = new Float64Array(0);
  readonly #seed: number;
  readonly #time_fs: number;

  /** @param time_fs τ, the inverse of the friction @throws 'range' unless temperature and τ are positive */
  constructor(temperature_K: number, seed: number, time_fs = 100) {
    requirePositive(temperature_K, 'The temperature');
    requirePositive(time_fs, "The thermostat's time");
    this.temperature_K = temperature_K;
    this.#seed = seed;
    this.#time_fs = time_fs;
    this.name = `Langevin, ${time_fs} fs, seed ${seed}`;
  }

  energy(): number {
    return 0;
  }

  apply(velocity_A_fs: Float64Array, mass_amu: number, timestep_fs: number, step: number, normals: Normals): void {
    const keep = Math.exp(-timestep_fs / this.#time_fs);
    const width = thermalVelocity(this.temperature_K, mass_amu) * Math.sqrt(1 - keep * keep);
    const noise = normals(this.#seed, step);
    for (let i = 0; i < velocity_A_fs.length; i++) velocity_A_fs[i] = keep * velocity_A_fs[i]! + width * noise[i]!;
  }
}

/** Length of the chain. */
const LINKS = 3;

/**
 * A Nosé–Hoover chain (Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635 (1992)), deterministic and time-reversible:
 *
 *     v̇ = F/m − ζ₁v,   Q₁ζ̇₁ = mv² − N kT − Q₁ζ₁ζ₂,   Qᵢζ̇ᵢ = Qᵢ₋₁ζᵢ₋₁² − kT − Qᵢζᵢζᵢ₊₁,   Q₁ = N kT τ²,   Qᵢ = kT τ²
 *
 * with N the number of velocity components. Conserved: H + Σ ½Qᵢζᵢ² + N kT s₁ + kT Σᵢ₌₂ sᵢ, ṡᵢ = ζᵢ, while the temperature stands still.
 */
export class NoseHoover implements Thermostat {
  readonly name: string;
  temperature_K: number;
  /** ζ of the chain, then s. */
  readonly state: Float64Array;
  readonly #time_fs: number;

  /** @param time_fs τ @throws 'range' unless temperature and τ are positive */
  constructor(temperature_K: number, time_fs = 50) {
    requirePositive(temperature_K, 'The temperature');
    requirePositive(time_fs, "The thermostat's time");
    this.temperature_K = temperature_K;
    this.#time_fs = time_fs;
    this.state = new Float64Array(2 * LINKS);
    this.name = `Nosé–Hoover chain of ${LINKS}, ${time_fs} fs`;
  }

  energy(components: number): number {
    const kT = BOLTZMANN_EV_PER_K * this.temperature_K;
    let sum = 0;
    for (let i = 0; i < LINKS; i++) {
      const weight = i === 0 ? components : 1;
      sum += weight * kT * (0.5 * (this.#time_fs * this.state[i]!) ** 2 + this.state[LINKS + i]!);
    }
    return sum;
  }

  apply(velocity_A_fs: Float64Array, mass_amu: number, timestep_fs: number): void {
    const n = LINKS;
    const zeta = this.state;
    const kT = BOLTZMANN_EV_PER_K * this.temperature_K;
    const inverse = 1 / this.#time_fs ** 2;
    const components = velocity_A_fs.length;
    /** Q₁ζ₁² over kT is this many times τ²ζ₁². */
    const weight = (i: number) => (i === 0 ? components : 1);
    let twice = (2 * kineticEnergy(velocity_A_fs, mass_amu)) / kT;
    const kick = (i: number) => {
      const drive = i === 0 ? twice / components - 1 : (weight(i - 1) * zeta[i - 1]! ** 2) / inverse - 1;
      const drag = i + 1 < n ? Math.exp((-timestep_fs / 4) * zeta[i + 1]!) : 1;
      zeta[i] = (zeta[i]! * drag + (timestep_fs / 2) * drive * inverse) * drag;
    };
    for (let i = n - 1; i >= 0; i--) kick(i);
    const scale = Math.exp(-timestep_fs * zeta[0]!);
    for (let i = 0; i < n; i++) zeta[n + i]! += timestep_fs * zeta[i]!;
    twice *= scale * scale;
    for (let i = 0; i < n; i++) kick(i);
    for (let i = 0; i < velocity_A_fs.length; i++) velocity_A_fs[i]! *= scale;
  }
}
