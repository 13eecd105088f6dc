/** The runs that [crystal], [structures] and [dynamics] describe. */

import { fail } from '../../core/errors.ts';
import { RandomStream } from '../../core/random.ts';
import { type Material, materialOf } from '../../crystal/material.ts';
import type { StructureInputs } from '../../crystal/options.ts';
import { orderA } from '../../crystal/perovskite.ts';
import { cellCount, type Vec3 } from '../../crystal/structure.ts';
import { type GivenCrystal, givenCrystal } from '../given-crystal.ts';
import type { DynamicsOptions, DynamicsStrain } from '../options.ts';
import type { HamiltonianParameters } from '../parameters.ts';
import type { Conditions } from '../system.ts';
import { fibonacciSphere } from './coverage.ts';

export interface DynamicsInputs extends StructureInputs {
  readonly dynamics?: DynamicsOptions | undefined;
}

export interface DynamicsRun {
  /** 'run-0001', …: names the run's files. */
  readonly name: string;
  readonly temperature_K: number;
  /** In words: 'free', 'clamped', 'epitaxial, misfit −1 %'. */
  readonly strain: string;
  readonly conditions: Conditions;
  /** Mean P of the block that is held [µC/cm²], on the recipe's lattice; free where undefined. */
  readonly target_uC_cm2?: Vec3;
  /** As the recipe lists it. */
  readonly seed: number;
  /** Of this run's velocities and noise: from `seed` and the run's conditions, so that no two runs share noise. */
  readonly stream: number;
}

export interface DynamicsPlan {
  readonly parameters: HamiltonianParameters;
  readonly material: Material;
  readonly cells: Vec3;
  /** Lattice parameter of the trajectory [Å]. */
  readonly a_A: number;
  /** Which A sites hold Ba, [nz][ny][nx]; the same in all runs, since frames of a trajectory share their atoms. */
  readonly ba: Uint8Array;
  readonly thermostat: DynamicsOptions['thermostat'];
  readonly timestep_fs: number;
  /** In time steps. */
  readonly equilibrate: number;
  readonly interval: number;
  /** Time steps of a frame's window, at least 1. */
  readonly average: number;
  /** Frames of a run. */
  readonly frames: number;
  /** As the recipe says it: 0 for an instant. */
  readonly average_ps: number;
  /** Residual displacement of every atom and coordinate, rms [pm]. */
  readonly jitter_pm: number;
  /** By seed, temperature, strain, then field or target. */
  readonly runs: readonly DynamicsRun[];
}

/** Time steps of a run. */
export function runSteps({ equilibrate, interval, frames }: DynamicsPlan): number {
  return equilibrate + frames * interval;
}

/** A frame of a run as text: five atoms a cell, 45 bytes each. */
const CELL_BYTES = 5 * 45;

/** What the runs hold at once and leave on disk [bytes]: soft modes and polarization of every frame, and its atoms as text. */
export function dynamicsBytes({ cells, frames, runs }: DynamicsPlan): { memory_bytes: number; disk_bytes: number } {
  const all = runs.length * frames * cellCount(cells);
  return { memory_bytes: 2 * 24 * all, disk_bytes: (24 + CELL_BYTES) * all };
}

/** [] for nothing, [v] for one value, the list for several. */
function listed<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

/**
 * Every run, in order.
 * @param random of the A sites
 * @throws 'recipe' without a [dynamics], for SrTiO3 (its parameters are extrapolated), for a window or an interval of no whole time
 * step, or for more frames to keep than there are
 */
export function dynamicsPlan(inputs: DynamicsInputs, random: RandomStream): DynamicsPlan {
  const { crystal, structures, dynamics } = inputs;
  if (!dynamics) fail('recipe', 'The recipe has no [dynamics].', 'Add one, as in examples/bst-dynamics.toml.');
  if (crystal.material === 'SrTiO3') {
    fail(
      'recipe',
      'There is no dynamics of STO: its parameters are extrapolated.',
      "Set material = '(Ba,Sr)TiO3' or 'BaTiO3'.",
    );
  }
  const known = givenCrystal(crystal, dynamics.pressure_GPa);
  const material = materialOf(known.name);
  const steps = (ps: number) => Math.round((1000 * ps) / dynamics.timestep_fs);
  const average = Math.max(1, steps(dynamics.average_ps));
  const interval = steps(dynamics.interval_ps);
  if (interval < average) {
    fail('recipe', 'The interval between frames is shorter than a time step.', 'Raise dynamics.interval_ps.');
  }
  const { cells } = structures;
  const runs = [...runsOf(dynamics, known)].map((run, i) => ({
    ...run,
    name: `run-${String(i + 1).padStart(4, '0')}`,
  }));
  const keep = dynamics.sampling?.keep ?? 0;
  if (keep > runs.length * dynamics.frames) {
    fail(
      'recipe',
      `${runs.length} runs of ${dynamics.frames} frames, and sampling.keep is ${keep}.`,
      'Raise dynamics.frames or give more seeds.',
      { runs: runs.length, frames: dynamics.frames, keep },
    );
  }
  return {
    parameters: known.parameters,
    material,
    cells,
    a_A: crystal.a_A,
    ba:
      crystal.ba_fraction === 1
        ? new Uint8Array(cellCount(cells)).fill(1)
        : orderA(crystal, cells, random.fork('dynamics', 'a-order')),
    thermostat: dynamics.thermostat,
    timestep_fs: dynamics.timestep_fs,
    equilibrate: steps(dynamics.equilibrate_ps),
    interval,
    average,
    frames: dynamics.frames,
    average_ps: dynamics.average_ps,
    jitter_pm: structures.jitter_pm,
    runs,
  };
}

function* runsOf(
  dynamics: DynamicsOptions,
  { pressure_GPa, held: heldBy }: GivenCrystal,
): Generator<Omit<DynamicsRun, 'name'>> {
  const misfits = (strain: DynamicsStrain) => (strain === 'epitaxial' ? listed(dynamics.misfit_percent) : [0]);
  const strains = listed(dynamics.strain).flatMap((strain) => misfits(strain).map((misfit) => ({ strain, misfit })));
  const fields = (dynamics.field_V_per_A ?? [0, 0, 0]) as Vec3 | readonly Vec3[];
  const ways: { field?: Vec3; target?: Vec3 }[] = dynamics.sampling
    ? sampleTargets(dynamics.sampling).map((target) => ({ target }))
    : (typeof fields[0] === 'number' ? [fields as Vec3] : (fields as readonly Vec3[])).map((field) => ({ field }));
  for (const seed of dynamics.seeds) {
    for (const temperature_K of listed(dynamics.temperature_K)) {
      for (const { strain, misfit } of strains) {
        const held = heldBy(strain, misfit);
        const words = strain === 'epitaxial' ? `epitaxial, misfit ${String(misfit).replace('-', '−')} %` : strain;
        for (const { field, target } of ways) {
          const key = [temperature_K, words, pressure_GPa, ...(target ?? field!)].join(' ');
          yield {
            temperature_K,
            strain: words,
            conditions: { held, pressure_GPa, ...(field && { field_V_per_A: field }) },
            ...(target && { target_uC_cm2: target }),
            seed,
            stream: new RandomStream(seed, 'dynamics', key).bits(),
          };
        }
      }
    }
  }
}

/** Targets of the block's mean P [µC/cm²]: the middle of each step of |P|, smallest first, along each direction. */
export function sampleTargets({ p_max_uC_cm2, directions, sizes }: NonNullable<DynamicsOptions['sampling']>): Vec3[] {
  const sphere = fibonacciSphere(directions);
  return Array.from({ length: sizes }, (_, i) => ((i + 0.5) / sizes) * p_max_uC_cm2).flatMap((size) =>
    sphere.map(([x, y, z]): Vec3 => [size * x, size * y, size * z]),
  );
}
