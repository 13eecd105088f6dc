import { expect, test } from 'vitest';
import { AMU_EV_FS2_PER_A2, BOLTZMANN_EV_PER_K } from '../core/constants.ts';
import { problem } from '../core/test-problem.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';
import { dynamicsState, restoreDynamics } from './checkpoint.ts';
import { Dynamics } from './dynamics.ts';
import { ReferenceHamiltonian } from './energy.ts';
import { normals } from './normals.ts';
import { BARIUM_TITANATE } from './parameters.ts';
import { FREE } from './strain.ts';
import type { ForceField } from './system.ts';
import { disordered, HELD } from './test-systems.ts';
import { Langevin, maxwellVelocities, NoseHoover, type Thermostat } from './thermostats.ts';

const CELLS: Vec3 = [3, 2, 2];
const MASS = BARIUM_TITANATE.mass_amu;

/** A crystal of independent oscillators, force −stiffness·u. */
function springs(cells: Vec3, stiffness: number): ForceField {
  const u_A = new Float64Array(3 * cellCount(cells));
  const force = new Float64Array(u_A.length);
  const noise = new Float64Array(u_A.length);
  return {
    system: { parameters: BARIUM_TITANATE, cells },
    conditions: { held: FREE },
    u_A,
    force,
    evaluate() {
      let energy_eV = 0;
      for (let i = 0; i < u_A.length; i++) {
        force[i] = -stiffness * u_A[i]!;
        energy_eV += (stiffness * u_A[i]! ** 2) / 2;
      }
      return { energy_eV, strain: [0, 0, 0, 0, 0, 0], stress_eV: [0, 0, 0, 0, 0, 0] };
    },
    normals(seed, step) {
      normals(noise, seed, step);
      return noise;
    },
  };
}

/** A crystal at about 300 K, a few hundred steps from its start. */
function warm(timestep_fs: number, thermostat?: Thermostat, held = FREE): Dynamics {
  const run = new Dynamics(new ReferenceHamiltonian(disordered(CELLS, 1), { held, field_V_per_A: [0, 0, 0.01] }), {
    timestep_fs,
    ...(thermostat ? { thermostat } : {}),
  });
  maxwellVelocities(run.velocity_A_fs, run.forces.system.parameters.mass_amu, 600, 2);
  return run;
}

/** Standard deviation of the conserved energy over 400 fs [eV], and its mean over the second half minus the first. */
function fluctuation(run: Dynamics): { deviation: number; drift: number } {
  const energies: number[] = [];
  for (let t = 0; t < 400; t += run.timestep_fs) {
    run.advance(1);
    energies.push(run.energy_eV);
  }
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const half = energies.length / 2;
  return {
    deviation: Math.sqrt(mean(energies.map((e) => (e - mean(energies)) ** 2))),
    drift: mean(energies.slice(half)) - mean(energies.slice(0, half)),
  };
}

test.each([
  ['constant energy', (): Thermostat | undefined => undefined],
  ['a Nosé–Hoover chain', () => new NoseHoover(300, 20)],
] as const)('the conserved energy errs with the square of the time step: %s', (_, thermostat) => {
  const [coarse, fine] = [4, 2].map((dt) => fluctuation(warm(dt, thermostat()))) as [
    { deviation: number; drift: number },
    { deviation: number; drift: number },
  ];
  expect(coarse.deviation / fine.deviation).toBeGreaterThan(3.4);
  expect(coarse.deviation / fine.deviation).toBeLessThan(4.6);
  // At 2 fs, in the whole crystal of 36 components: a tenth of the kT of one.
  expect(fine.deviation).toBeLessThan(2e-3);
  expect(Math.abs(fine.drift)).toBeLessThan(fine.deviation);
});

test('held films conserve energy too', () => {
  expect(fluctuation(warm(2, undefined, HELD['film along x'])).deviation).toBeLessThan(2e-3);
});

test('velocity Verlet is time-reversible', () => {
  const run = warm(2);
  run.advance(50);
  for (let i = 0; i < run.velocity_A_fs.length; i++) run.velocity_A_fs[i]! *= -1;
  run.advance(50);
  expect(Math.max(...run.forces.u_A.map(Math.abs))).toBeLessThan(1e-12);
});

test("Langevin's thermostat samples a harmonic crystal exactly, at a quarter of the longest stable time step", () => {
  // Two averages with known errors: each of n independent squares deviates by √(2/n) of its mean.
  const stiffness = 10;
  const forces = springs([20, 20, 20], stiffness);
  const timestep_fs = 0.5 * Math.sqrt((MASS * AMU_EV_FS2_PER_A2) / stiffness);
  const run = new Dynamics(forces, { timestep_fs, thermostat: new Langevin(300, 5, 2 * timestep_fs) });
  run.advance(60);
  let [u, samples] = [0, 0];
  for (let i = 0; i < 40; i++) {
    run.advance(6);
    u += forces.u_A.reduce((sum, value) => sum + value * value, 0);
    samples += forces.u_A.length;
  }
  // Samples 6 steps apart overlap a little: 4 errors of the mean, taken as if only half of them were independent.
  const want = (BOLTZMANN_EV_PER_K * 300) / stiffness;
  expect(Math.abs(u / samples / want - 1)).toBeLessThan(4 * Math.sqrt(4 / samples));
});

test.each([
  ['Langevin', () => new Langevin(300, 7, 50)],
  ['Nosé–Hoover', () => new NoseHoover(300, 30)],
] as const)('equipartition of kinetic energy and of the virial: %s', (_, thermostat) => {
  const run = warm(2, thermostat());
  run.advance(500);
  const { u_A, force } = run.forces;
  const values = { kinetic: [] as number[], virial: [] as number[] };
  for (let i = 0; i < 6000; i++) {
    run.advance(1);
    values.kinetic.push(run.temperature_K);
    const virial = -u_A.reduce((sum, u, j) => sum + u * force[j]!, 0);
    // ⟨−u·F⟩ = 3N kT holds for the full potential: the field's and the relaxed strain's parts included.
    values.virial.push(virial / (u_A.length * BOLTZMANN_EV_PER_K));
  }
  for (const [name, list] of Object.entries(values)) {
    // Error of the mean from blocks of 0.6 ps.
    const blocks = Array.from(
      { length: 20 },
      (_, b) => list.slice(300 * b, 300 * (b + 1)).reduce((a, c) => a + c, 0) / 300,
    );
    const mean = blocks.reduce((a, b) => a + b, 0) / 20;
    const error = Math.sqrt(blocks.reduce((sum, b) => sum + (b - mean) ** 2, 0) / (20 * 19));
    expect(Math.abs(mean - 300), name).toBeLessThan(4 * error);
    expect(error, name).toBeLessThan(12);
  }
});

test.each([
  ['none', (): Thermostat | undefined => undefined],
  ['Langevin', () => new Langevin(250, 3)],
  ['Nosé–Hoover', () => new NoseHoover(250)],
] as const)('a resumed run is the unbroken one to the last bit: %s', (_, thermostat) => {
  const unbroken = warm(2, thermostat());
  unbroken.advance(40);
  const first = warm(2, thermostat());
  first.advance(17);
  const { energy_eV } = first;
  const state = dynamicsState(first);
  // It is the run's no more.
  first.advance(1);
  const second = warm(2, thermostat());
  restoreDynamics(second, state);
  expect(second.energy_eV).toBe(energy_eV);
  second.advance(23);
  expect(second.forces.u_A).toEqual(unbroken.forces.u_A);
  expect(second.velocity_A_fs).toEqual(unbroken.velocity_A_fs);
  expect(second.energy_eV).toBe(unbroken.energy_eV);
  expect(second.steps).toBe(40);
});

test('a state goes with its run only', () => {
  const state = dynamicsState(warm(2, new Langevin(300, 1)));
  const refused = (run: Dynamics) => {
    const before = dynamicsState(run);
    expect(problem(() => restoreDynamics(run, state)).tag).toBe('stale');
    expect(dynamicsState(run)).toEqual(before);
  };
  refused(warm(2, new Langevin(300, 2)));
  refused(warm(2, new NoseHoover(300)));
  refused(warm(1, new Langevin(300, 1)));
  for (const system of [
    disordered(CELLS, 9),
    disordered([2, 2, 2], 1),
    { ...disordered(CELLS, 1), screening_per_A: 1 },
  ]) {
    refused(new Dynamics(new ReferenceHamiltonian(system, { held: FREE }), { thermostat: new Langevin(300, 1) }));
  }
  restoreDynamics(warm(2, new Langevin(400, 1)), state);
});

test('refuses cells, temperatures and time steps that cannot be', () => {
  const system = { parameters: BARIUM_TITANATE, cells: [7, 2, 2] as const };
  expect(problem(() => new ReferenceHamiltonian(system, { held: FREE })).tag).toBe('range');
  const aSites = Int8Array.of(1, 0, 1, -1);
  expect(problem(() => new ReferenceHamiltonian({ ...system, cells: [2, 2, 1], aSites }, { held: FREE })).tag).toBe(
    'range',
  );
  expect(problem(() => new ReferenceHamiltonian({ ...system, cells: [2, 2, 2], aSites }, { held: FREE })).tag).toBe(
    'shape',
  );
  expect(problem(() => new Langevin(0, 1)).tag).toBe('range');
  expect(problem(() => new Dynamics(springs([1, 1, 1], 1), { timestep_fs: 0 })).tag).toBe('range');
});
