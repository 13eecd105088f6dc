/** What a run leaves behind, collected step by step: its frames, a time series, and sums. All of it is arrays, so that a run that was stopped goes on from a file. */

import { fail } from '../../core/errors.ts';
import { readBytes, writeWhole } from '../../core/files.ts';
import { readNpz, writeNpz } from '../../core/npy.ts';
import { cellCount, type Vec3 } from '../../crystal/structure.ts';
import type { Voigt } from '../strain.ts';
import { polarizationPerMode } from '../uniform.ts';
import { blockMean } from './held-mean.ts';
import { Magnitudes } from './magnitudes.ts';
import { type DynamicsPlan, runSteps } from './plan.ts';

/** Rows of the time series at most. */
const ROWS = 400;
/** Columns of a row: t [ps], T [K], mean P [µC/cm²], field [V/Å]. */
export const SERIES_COLUMNS = 8;

/** The state of a run at one step. */
export interface Instant {
  readonly u_A: Float64Array;
  readonly temperature_K: number;
  readonly strain: Voigt;
  readonly field_V_per_A: Vec3;
}

/** A run's results; fields are [nz][ny][nx][3]. */
export interface RunResult {
  /** Mean of u over each frame's window [Å], [frames][cells][3]. */
  readonly u_A: Float64Array;
  /** Mean homogeneous strain over each window, [frames][6], and mean field [V/Å], [frames][3]. */
  readonly strain: Float64Array;
  readonly field_V_per_A: Float64Array;
  /** [rows][SERIES_COLUMNS], from the start of the run. */
  readonly series: Float64Array;
  /** `Magnitudes.counts`. */
  readonly magnitudes: Float64Array;
  /** After equilibration, over all steps: T [K], mean of u² per component [Å²]. */
  readonly temperature_K: number;
  readonly u2_A2: number;
}

export class Collected {
  readonly #plan: DynamicsPlan;
  readonly #magnitudes: Magnitudes;
  readonly #arrays: Readonly<Record<string, Float64Array>>;
  /** Steps done; sums of T and of u² after equilibration. */
  readonly #state: Float64Array = new Float64Array(3);
  readonly #u: Float64Array;
  readonly #strain: Float64Array;
  readonly #field: Float64Array;
  readonly #series: Float64Array;

  constructor(plan: DynamicsPlan) {
    this.#plan = plan;
    this.#magnitudes = new Magnitudes(plan.cells, polarizationPerMode(plan.parameters), plan.timestep_fs);
    this.#u = new Float64Array(plan.frames * 3 * cellCount(plan.cells));
    this.#strain = new Float64Array(6 * plan.frames);
    this.#field = new Float64Array(3 * plan.frames);
    this.#series = new Float64Array(SERIES_COLUMNS * Math.floor(runSteps(plan) / seriesEvery(plan)));
    this.#arrays = {
      state: this.#state,
      u_A: this.#u,
      strain: this.#strain,
      field_V_per_A: this.#field,
      series: this.#series,
      magnitudes: this.#magnitudes.counts,
      magnitude_sums: this.#magnitudes.sums,
    };
  }

  get steps(): number {
    return this.#state[0]!;
  }

  /** Takes the state after one more step. */
  add({ u_A, temperature_K, strain, field_V_per_A }: Instant): void {
    const plan = this.#plan;
    const step = ++this.#state[0]!;
    const every = seriesEvery(plan);
    if (step % every === 0 && step / every <= this.#series.length / SERIES_COLUMNS) {
      const perMode = polarizationPerMode(plan.parameters);
      const P = blockMean(u_A).map((u) => perMode * u);
      const t_ps = (step * plan.timestep_fs) / 1000;
      this.#series.set([t_ps, temperature_K, ...P, ...field_V_per_A], (step / every - 1) * SERIES_COLUMNS);
    }
    const after = step - plan.equilibrate;
    if (after <= 0) return;
    this.#state[1]! += temperature_K;
    let square = 0;
    for (let i = 0; i < u_A.length; i++) square += u_A[i]! * u_A[i]!;
    this.#state[2]! += square / u_A.length;
    this.#magnitudes.add(u_A, after);
    const frame = Math.ceil(after / plan.interval) - 1;
    if (after <= (frame + 1) * plan.interval - plan.average) return;
    accumulate(this.#u, frame, u_A, plan.average);
    accumulate(this.#strain, frame, strain, plan.average);
    accumulate(this.#field, frame, field_V_per_A, plan.average);
  }

  result(): RunResult {
    const after = this.steps - this.#plan.equilibrate;
    return {
      u_A: this.#u,
      strain: this.#strain,
      field_V_per_A: this.#field,
      series: this.#series,
      magnitudes: this.#magnitudes.counts,
      temperature_K: this.#state[1]! / after,
      u2_A2: this.#state[2]! / after,
    };
  }

  /** Replaces the file, or leaves it as it was. @throws 'disk-full', 'file-unreadable' */
  async write(path: string): Promise<void> {
    const { cells, frames } = this.#plan;
    const shapes: Readonly<Record<string, readonly number[]>> = {
      u_A: [frames, cells[2], cells[1], cells[0], 3],
      strain: [frames, 6],
      field_V_per_A: [frames, 3],
      series: [this.#series.length / SERIES_COLUMNS, SERIES_COLUMNS],
    };
    const entries = Object.entries(this.#arrays).map(
      ([name, data]) => [name, { data, shape: shapes[name] ?? [data.length] }] as const,
    );
    await writeWhole(path, writeNpz(Object.fromEntries(entries)));
  }

  /** @throws 'model-mismatch' for the file of a run of another length or size; 'file-missing'; 'format' */
  async read(path: string): Promise<void> {
    const archive = readNpz(await readBytes(path), path);
    for (const [name, array] of Object.entries(this.#arrays)) {
      const saved = archive[name]?.data;
      if (saved?.length !== array.length) {
        fail('model-mismatch', `${path} comes from a run with other settings.`, 'Remove it, and run again.', { name });
      }
      array.set(saved as Float64Array);
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
