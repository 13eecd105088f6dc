/**
 * The films that [crystal] and [film] describe: the same film under one bias after the other, each from rest at u = 0. The profile is P_z of the layers,
 * averaged over their cells and over time. Phenomenological (film.ts).
 */

import { fail } from '../core/errors.ts';
import { type Identity, identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import { checkAborted, quietTask, type Task } from '../core/task.ts';
import type { CrystalOptions } from '../crystal/options.ts';
import { orderA } from '../crystal/perovskite.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { Dynamics } from './dynamics.ts';
import { biasField, filmField, layerMeans, tailToTailLayer } from './film.ts';
import { ElectrodedFilm } from './film-electrodes.ts';
import { givenCrystal } from './given-crystal.ts';
import { KernelHamiltonian } from './kernel.ts';
import type { FilmOptions } from './options.ts';
import type { Conditions, System } from './system.ts';
import { Langevin, maxwellVelocities } from './thermostats.ts';
import { polarizationPerMode } from './uniform.ts';

export interface FilmPlan {
  /** Without the image; A sites [nz][ny][nx]. */
  readonly system: System;
  /** But the bias. */
  readonly conditions: Conditions;
  /** Between the electrodes, nz a0 [Å]. */
  readonly thickness_A: number;
  readonly temperature_K: number;
  /** [V], and the field of each in the film [V/Å]. */
  readonly biases: readonly { readonly bias_V: number; readonly field_V_per_A: number }[];
  /** In time steps of 2 fs. */
  readonly equilibrate: number;
  readonly average: number;
  readonly seed: number;
}

export interface FilmProfile {
  readonly bias_V: number;
  /** That the bias makes in the film [V/Å]. */
  readonly field_V_per_A: number;
  /** P_z of each layer [µC/cm²], bottom to top. */
  readonly P_z_uC_cm2: Float64Array;
  /** Mean over the film [µC/cm²]. */
  readonly mean_uC_cm2: number;
  /** Height above the lower electrode at which the tails meet [nm] (film.ts); undefined where they do not. */
  readonly tail_to_tail_nm: number | undefined;
  /** Soft modes [Å], [nz][ny][nx][3]: their mean over the averaging time, and at its end. */
  readonly mean_u_A: Float64Array;
  readonly last_u_A: Float64Array;
}

/** Steps between samples of the average. */
const SAMPLE_STEPS = 10;
/** Steps between two looks at the task. */
const BREATH_STEPS = 200;
const TIMESTEP_FS = 2;

export interface FilmInputs {
  readonly crystal: CrystalOptions;
  readonly film?: FilmOptions | undefined;
}

/** What profiles and modes follow from. */
export function filmIdentity({ crystal, film }: FilmInputs, program: string): Identity {
  const { material, ba_fraction, a_order } = crystal;
  const settings = { crystal: { material, ba_fraction, a_order }, film };
  return identify({ kind: 'film', schema: 1, program, settings, inputs: {} });
}

/** @throws 'recipe' without a [film], or for SrTiO3 (its parameters are extrapolated) */
export function filmPlan({ crystal, film }: FilmInputs): FilmPlan {
  if (!film) fail('recipe', 'The recipe has no [film].', 'Add one, as in examples/bst-film.toml.');
  if (crystal.material === 'SrTiO3') {
    fail(
      'recipe',
      'There is no film of STO: its parameters are extrapolated.',
      "Set material = '(Ba,Sr)TiO3' or 'BaTiO3'.",
    );
  }
  const { parameters, pressure_GPa, held } = givenCrystal(crystal);
  const { cells, seed } = film;
  const thickness_A = cells[2] * parameters.a0_A;
  const ba = orderA(crystal, cells, new RandomStream(seed, 'film', 'a-order'));
  const steps = (ps: number) => Math.round((1000 * ps) / (TIMESTEP_FS * SAMPLE_STEPS)) * SAMPLE_STEPS;
  return {
    system: {
      parameters,
      cells,
      aSites: Int8Array.from(ba, (site) => 2 * site - 1),
      screening_per_A: film.screening_per_A,
    },
    conditions: {
      held: held('epitaxial', film.misfit_percent),
      pressure_GPa,
      localField_V_per_A: filmField(cells, film, seed),
    },
    thickness_A,
    temperature_K: film.temperature_K,
    biases: film.biases_V.map((bias_V) => ({
      bias_V,
      field_V_per_A: biasField(bias_V, thickness_A, film.dead_layer),
    })),
    equilibrate: steps(film.equilibrate_ps),
    average: Math.max(SAMPLE_STEPS, steps(film.average_ps)),
    seed,
  };
}

/** Yields each bias's profile as it is done. @throws 'aborted'; 'not-finite' as `Dynamics.advance`; as the engine */
export async function* filmSeries(plan: FilmPlan, task: Task = quietTask): AsyncGenerator<FilmProfile> {
  for (const [i, { bias_V, field_V_per_A }] of plan.biases.entries()) {
    yield await runBias(plan, bias_V, field_V_per_A, (share) => {
      checkAborted(task);
      task.progress(i + share, plan.biases.length, 'biases');
    });
  }
}

async function runBias(
  plan: FilmPlan,
  bias_V: number,
  field_V_per_A: number,
  breathe: (share: number) => void,
): Promise<FilmProfile> {
  const { system, temperature_K, equilibrate, average } = plan;
  const { parameters, cells } = system;
  const conditions = { ...plan.conditions, field_V_per_A: [0, 0, field_V_per_A] as Vec3 };
  const forces = await ElectrodedFilm.load(system, conditions, (doubled, its) => KernelHamiltonian.load(doubled, its));
  // No two biases share noise.
  const noise = new RandomStream(plan.seed, 'film', `bias ${bias_V} V`).bits();
  const run = new Dynamics(forces, { timestep_fs: TIMESTEP_FS, thermostat: new Langevin(temperature_K, noise) });
  maxwellVelocities(run.velocity_A_fs, parameters.mass_amu, temperature_K, noise);

  const mean_u_A = new Float64Array(forces.u_A.length);
  const samples = average / SAMPLE_STEPS;
  while (run.steps < equilibrate + average) {
    run.advance(SAMPLE_STEPS);
    if (run.steps > equilibrate) for (let i = 0; i < mean_u_A.length; i++) mean_u_A[i]! += forces.u_A[i]! / samples;
    if (run.steps % BREATH_STEPS === 0) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      breathe(run.steps / (equilibrate + average));
    }
  }
  const perMode = polarizationPerMode(parameters);
  const P_z_uC_cm2 = layerMeans(mean_u_A, cells, 2).map((u) => perMode * u);
  const layer = tailToTailLayer(P_z_uC_cm2);
  return {
    bias_V,
    field_V_per_A,
    P_z_uC_cm2,
    mean_uC_cm2: P_z_uC_cm2.reduce((a, b) => a + b, 0) / P_z_uC_cm2.length,
    tail_to_tail_nm: layer === undefined ? undefined : ((layer + 0.5) * parameters.a0_A) / 10,
    mean_u_A,
    last_u_A: forces.u_A.slice(),
  };
}
