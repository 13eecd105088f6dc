/** What a run leaves behind, collected step by step: its frames, a time series, and sums. All of it is arrays, so that a run that was stopped goes on from them. */

import { fail } from '../../core/errors.ts';
import { cellCount, type Vec3 } from '../../crystal/structure.ts';
import type { Voigt } from '../strain.ts';
import { polarizationPerMode } from '../uniform.ts';
import { blockMean } from './held-mean.ts';
import { Magnitudes } from './magnitudes.ts';
import { type DynamicsPlan, runSteps } from './plan.ts';

/** Rows of the time series at most. */
const ROWS = 400;
/** Columns of a row. */
export const SERIES_NAMES = [
  'time_ps',
  'temperature_K',
  'P_x_uC_cm2',
  'P_y_uC_cm2',
  'P_z_uC_cm2',
  'field_x_V_per_A',
  'field_y_V_per_A',
  'field_z_V_per_A',
] as const;
export const SERIES_COLUMNS = SERIES_NAMES.length;

/** The state of a run at one step. */
export interface Instant {
  readonly u_A: Float64Array;
  readonly temperature_K: number;
  readonly strain: Voigt;
  readonly field_V_per_A: Vec3;
}

/** What runs collect; fields are [nz][ny][nx][3]. */
interface RunArrays {
  /** Mean of u over each frame's window [Å], [frames][cells][3]. */
  readonly u_A: Float64Array;
  /** Mean homogeneous strain over each window, [frames][6], and mean field [V/Å], [frames][3]. */
  readonly strain: Float64Array;
  readonly field_V_per_A: Float64Array;
  /** [rows][SERIES_COLUMNS], from the start of the run. */
  readonly series: Float64Array;
  /** `Magnitudes.counts`. */
  readonly magnitudes: Float64Array;
}

/** A run's results. */
export interface RunResult extends RunArrays {
  /** After equilibration, over all steps: T [K], mean of u² per component [Å²]. */
  readonly temperature_K: number;
  readonly u2_A2: number;
}

/** The same on the way. */
export interface CollectedArrays extends RunArrays {
  /** `Magnitudes.sums`. */
  readonly magnitude_sums: Float64Array;
  /** Steps done; sums of T and of u² after equilibration. */
  readonly totals: Float64Array;
}

export class Collected {
  readonly #plan: DynamicsPlan;
  readonly #magnitudes: Magnitudes;
  /** Changed in place. */
  readonly arrays: CollectedArrays;

  constructor(plan: DynamicsPlan) {
    this.#plan = plan;
    this.#magnitudes = new Magnitudes(plan.cells, polarizationPerMode(plan.parameters), plan.timestep_fs);
    this.arrays = {
      u_A: new Float64Array(plan.frames * 3 * cellCount(plan.cells)),
      strain: new Float64Array(6 * plan.frames),
      field_V_per_A: new Float64Array(3 * plan.frames),
      series: new Float64Array(SERIES_COLUMNS * Math.floor(runSteps(plan) / seriesEvery(plan))),
      magnitudes: this.#magnitudes.counts,
      magnitude_sums: this.#magnitudes.sums,
      totals: new Float64Array(3),
    };
  }

  /** Takes the state after one more step. */
  add({ u_A, temperature_K, strain, field_V_per_A }: Instant): void {
    const plan = this.#plan;
    const { series, totals, u_A: means, strain: strains, field_V_per_A: fields } = this.arrays;
    const step = ++totals[0]!;
    const every = seriesEvery(plan);
    if (step % every === 0 && step / every <= series.length / SERIES_COLUMNS) {
      const perMode = polarizationPerMode(plan.parameters);
      const P = blockMean(u_A).map((u) => perMode * u);
      const t_ps = (step * plan.timestep_fs) / 1000;
      series.set([t_ps, temperature_K, ...P, ...field_V_per_A], (step / every - 1) * SERIES_COLUMNS);
    }
    const after = step - plan.equilibrate;
    if (after <= 0) return;
    totals[1]! += temperature_K;
    let square = 0;
    for (let i = 0; i < u_A.length; i++) square += u_A[i]! * u_A[i]!;
    totals[2]! += square / u_A.length;
    this.#magnitudes.add(u_A, after);
    const frame = Math.ceil(after / plan.interval) - 1;
    if (after <= (frame + 1) * plan.interval - plan.average) return;
    accumulate(means, frame, u_A, plan.average);
    accumulate(strains, frame, strain, plan.average);
    accumulate(fields, frame, field_V_per_A, plan.average);
  }

  result(): RunResult {
    const { totals, magnitude_sums: _, ...arrays } = this.arrays;
    const [steps, temperature, square] = totals as unknown as readonly [number, number, number];
    const after = steps - this.#plan.equilibrate;
    return { ...arrays, temperature_K: temperature / after, u2_A2: square / after };
  }

  /** Goes on from what was collected. @throws 'stale' for a run of another length or size */
  restore(saved: CollectedArrays): void {
    for (const name of Object.keys(this.arrays) as (keyof CollectedArrays)[]) {
      if (saved[name].length !== this.arrays[name].length) {
        fail('stale', 'The run was begun with another length or size.', 'Take those settings again, or begin anew.', {
          name,
        });
      }
      this.arrays[name].set(saved[name]);
    }
  }
}

/** Time steps between the rows of the series. */
function seriesEvery(plan: DynamicsPlan): number {
  return Math.max(1, Math.ceil(runSteps(plan) / ROWS));
}

/** Adds 1/count of `values` to row `row` of `sums`. */
function accumulate(sums: Float64Array, row: number, values: ArrayLike<number>, count: number): void {
  const at = row * values.length;
  for (let i = 0; i < values.length; i++) sums[at + i]! += values[i]! / count;
}
