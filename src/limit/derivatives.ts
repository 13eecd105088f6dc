/**
 * How the pattern of a uniform crystal changes with what a map measures: ∂I/∂x for thickness, tilt and P, by central differences
 *
 *     ∂I/∂x ≈ (I(x + h) − I(x − h)) / 2h,
 *
 * each with a second, doubled step: their disagreement grows as h² where h is small enough, and with 1/h where rounding shows. Patterns are the library's own: its
 * slices, absorption, engine and detector (library/uniform-crystal.ts).
 *
 * What this is not: of a crystal with disorder, whose atoms are more unknowns.
 */

import { breathe, type Task } from '../core/task.ts';
import type { PatternEngine } from '../diffraction/engine.ts';
import type { LibraryInputs } from '../library/options.ts';
import { UniformCrystal, type UniformState } from '../library/uniform-crystal.ts';

/** What is taken for unknown, in the order of every matrix here. */
export const PARAMETERS = ['thickness', 'tilt_x', 'tilt_y', 'P_x', 'P_y', 'P_z'] as const;
export type Parameter = (typeof PARAMETERS)[number];

export interface LimitState extends UniformState {
  readonly thickness_nm: number;
}

export interface Derivative {
  readonly name: Parameter;
  /** Of the parameter: 'nm', 'mrad', 'uC/cm2'. */
  readonly unit: string;
  /** h [unit]. */
  readonly step: number;
  /** ∂I/∂x, fraction of the incident beam per pixel and unit, [pixels²]. */
  readonly values: Float64Array;
  /** Σ|D(h) − D(2h)| / Σ|D(h)|: what a doubled step changes. */
  readonly disagreement: number;
}

export interface Derivatives {
  /** Of whole cells, the nearest to what was asked for. */
  readonly state: LimitState;
  /** I of the state, fraction of the incident beam per pixel, [pixels²]. */
  readonly pattern: Float32Array;
  /** A row for each of PARAMETERS. */
  readonly derivatives: readonly Derivative[];
  /** δTi of the soft mode per polarization [pm per µC/cm²]. */
  readonly dTiPerP: number;
}

/**
 * h of each parameter [mrad, µC/cm²]; thickness steps by whole cells, whose patterns need no interpolation. Along the beam P changes patterns a hundred times less than
 * across it: a small step would be lost in the rounding of float32.
 */
const STEPS: Readonly<Record<Exclude<Parameter, 'thickness'>, number>> = {
  tilt_x: 0.02,
  tilt_y: 0.02,
  P_x: 1,
  P_y: 1,
  P_z: 8,
};

/** A step of one parameter, from the state. */
function stepped(state: UniformState, name: Parameter, by: number): UniformState {
  const P_uC_cm2 = [...state.P_uC_cm2] as [number, number, number];
  const tilt_mrad = [...state.tilt_mrad] as [number, number];
  const axis = 'xyz'.indexOf(name.at(-1)!);
  if (name.startsWith('P_')) P_uC_cm2[axis]! += by;
  else tilt_mrad[axis]! += by;
  return { P_uC_cm2, tilt_mrad };
}

/** D(h), with D(2h) beside it, of patterns at −2h, −h, h, 2h. */
export function centralDifference(
  [far, near, next, farther]: readonly [Float32Array, Float32Array, Float32Array, Float32Array],
  step: number,
): Pick<Derivative, 'values' | 'disagreement'> {
  const values = Float64Array.from(near, (value, i) => (next[i]! - value) / (2 * step));
  let [apart, all] = [0, 0];
  values.forEach((value, i) => {
    apart += Math.abs(value - (farther[i]! - far[i]!) / (4 * step));
    all += Math.abs(value);
  });
  return { values, disagreement: apart / all };
}

/**
 * ∂I/∂x of one state, for all PARAMETERS: 22 patterns.
 * @throws 'unsupported' as `requireUniform`, 'range' for a state that cannot be simulated, or thinner than three cells; 'aborted'
 */
export async function patternDerivatives(
  inputs: LibraryInputs,
  { P_uC_cm2, tilt_mrad, thickness_nm }: LimitState,
  engine: PatternEngine,
  task: Task,
): Promise<Derivatives> {
  const crystal = new UniformCrystal(inputs);
  const { cell_nm, dTiPerP } = crystal;
  const state = { P_uC_cm2, tilt_mrad };
  const cells = Math.round(thickness_nm / cell_nm);
  const whole = cells * cell_nm;
  const total = 1 + 4 * (PARAMETERS.length - 1);
  let done = 0;
  const simulate = async (of: UniformState, nm: readonly number[]): Promise<Float32Array[]> => {
    await breathe(task);
    const made = await crystal.patterns(of, nm, engine, task);
    task.progress(++done, total, 'states');
    const size = made.length / nm.length;
    return nm.map((_, i) => made.slice(i * size, (i + 1) * size));
  };
  type Four = [Float32Array, Float32Array, Float32Array, Float32Array];
  const places = [-2, -1, 1, 2] as const;
  const [pattern, ...along] = await simulate(
    state,
    [0, ...places].map((by) => (cells + by) * cell_nm),
  );
  const derivatives: Derivative[] = [
    { name: 'thickness', unit: 'nm', step: cell_nm, ...centralDifference(along as Four, cell_nm) },
  ];
  for (const name of PARAMETERS) {
    if (name === 'thickness') continue;
    const step = STEPS[name];
    const unit = name.startsWith('P_') ? 'uC/cm2' : 'mrad';
    const four: Float32Array[] = [];
    for (const by of places) four.push((await simulate(stepped(state, name, by * step), [whole]))[0]!);
    derivatives.push({ name, unit, step, ...centralDifference(four as Four, step) });
  }
  return { state: { ...state, thickness_nm: whole }, pattern: pattern!, derivatives, dTiPerP };
}
