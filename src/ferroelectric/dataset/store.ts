/**
 * The runs of a dataset in a store. Its root states the identity of the work; each run that is done is a group `run-0001`, whole, with what the run collected and
 * its frames as `frames.extxyz`. While a run goes on, `run-0001.unfinished` holds its state, replaced whole at each checkpoint.
 */

import * as z from 'zod';
import { fail } from '../../core/errors.ts';
import { type Identity, identify } from '../../core/identity.ts';
import type { Store } from '../../core/store.ts';
import {
  type ArrayInfo,
  evenSteps,
  GroupFiles,
  hasArray,
  rawAttributes,
  readArray,
  readAttributes,
} from '../../core/zarr.ts';
import { cellCount } from '../../crystal/structure.ts';
import { type CollectedArrays, type RunResult, SERIES_COLUMNS, SERIES_NAMES } from './collected.ts';
import { BIN_UC_CM2, BINS, columnLengths, WINDOWS_PS } from './magnitudes.ts';
import type { DynamicsInputs, DynamicsPlan, DynamicsRun } from './plan.ts';
import type { RunState } from './run.ts';

/** Version of the layout. */
const SCHEMA = 1;
export const ROOT_ATTRIBUTES: { readonly format: string } = { format: `ferroscope-trajectory/${SCHEMA}` };
const HINT = 'Remove that folder, and run again.';

/** Frames of u in a chunk file are no more than this [bytes], or one. */
const CHUNK_BYTES = 2 ** 26;

/**
 * What runs and their frames follow from.
 * @param seed of the A sites: of the stream that the plan was made with
 */
export function trajectoryIdentity(
  { crystal, structures, dynamics }: DynamicsInputs,
  seed: number,
  program: string,
): Identity {
  // Thermal motion is that of a library's patterns.
  const { u2_A2: _, ...heeded } = crystal;
  const { cells, jitter_pm } = structures;
  const settings = { crystal: heeded, structures: { cells, jitter_pm }, dynamics, a_sites: { seed } };
  return identify({ kind: 'trajectory', schema: SCHEMA, program, settings, inputs: {} });
}

const unfinished = ({ name }: DynamicsRun): string => `${name}.unfinished`;

type ResultArray = 'u_A' | 'strain' | 'field_V_per_A' | 'series' | 'magnitudes';

/** How the arrays of a run's results lie. */
function layout({ cells, frames }: DynamicsPlan, rows: number): Readonly<Record<ResultArray, ArrayInfo>> {
  const field = [cells[2], cells[1], cells[0], 3];
  const chunk = Math.min(frames, Math.max(1, Math.floor(CHUNK_BYTES / (24 * cellCount(cells)))));
  return {
    u_A: {
      shape: [frames, ...field],
      chunk: [chunk, ...field],
      dimensions: ['frame', 'z', 'y', 'x', 'component'],
      attributes: { units: 'angstrom', long_name: 'soft mode, mean over the frame’s window' },
    },
    strain: {
      shape: [frames, 6],
      dimensions: ['frame', 'voigt'],
      attributes: {
        units: '1',
        long_name: 'homogeneous strain xx, yy, zz, yz, zx, xy against a0, mean over the frame’s window',
      },
    },
    field_V_per_A: {
      shape: [frames, 3],
      dimensions: ['frame', 'component'],
      attributes: { units: 'V/angstrom', long_name: 'field applied, or what held P, mean over the frame’s window' },
    },
    series: {
      shape: [rows, SERIES_COLUMNS],
      dimensions: ['row', 'quantity'],
      attributes: { long_name: 'the block in time', quantities: SERIES_NAMES },
    },
    magnitudes: {
      shape: [WINDOWS_PS.length, columnLengths(cells).length, BINS],
      dimensions: ['window', 'column', 'bin'],
      attributes: {
        units: '1',
        long_name: 'how many |P|',
        windows_ps: WINDOWS_PS,
        column_cells: columnLengths(cells),
        bin_uC_cm2: BIN_UC_CM2,
      },
    },
  };
}

async function putResults(
  group: GroupFiles,
  plan: DynamicsPlan,
  arrays: Readonly<Record<ResultArray, Float64Array>>,
): Promise<void> {
  const infos = layout(plan, arrays.series.length / SERIES_COLUMNS);
  for (const name of Object.keys(infos) as ResultArray[]) await group.put(name, { ...infos[name], data: arrays[name] });
}

const outcome = z.object({ mean_temperature_K: z.number(), mean_u2_A2: z.number() });

/** Puts a run that is done in place of its state. @param frames as extxyz */
export async function writeRun(
  store: Store,
  plan: DynamicsPlan,
  run: DynamicsRun,
  result: RunResult,
  frames: Uint8Array,
): Promise<void> {
  const group = new GroupFiles();
  await putResults(group, plan, result);
  const { timestep_fs, interval, equilibrate } = plan;
  const ps = (steps: number) => (steps * timestep_fs) / 1000;
  const times = evenSteps(plan.frames, ps(interval), ps(equilibrate + interval));
  await group.axis('frame', times, 'ps', 'end of the frame’s window, since the run began');
  const { name, temperature_K, strain, seed, target_uC_cm2, conditions } = run;
  const { pressure_GPa, field_V_per_A } = conditions;
  const settings = { run: name, temperature_K, strain, pressure_GPa, field_V_per_A, target_uC_cm2, seed };
  const means: z.output<typeof outcome> = { mean_temperature_K: result.temperature_K, mean_u2_A2: result.u2_A2 };
  await store.commit(name, [...group.finish({ ...settings, ...means }), ['frames.extxyz', frames]]);
  await dropState(store, run);
}

/** @throws 'format', 'file-missing' for a damaged one */
export async function readRun(store: Store, { name }: DynamicsRun): Promise<RunResult> {
  const folder = store.within(name);
  const { mean_temperature_K, mean_u2_A2 } = await readAttributes(folder, outcome, 'a run', HINT);
  const read = async (array: ResultArray) => (await readArray(folder, array, Float64Array)).data;
  return {
    u_A: await read('u_A'),
    strain: await read('strain'),
    field_V_per_A: await read('field_V_per_A'),
    series: await read('series'),
    magnitudes: await read('magnitudes'),
    temperature_K: mean_temperature_K,
    u2_A2: mean_u2_A2,
  };
}

const stateAttributes = z.object({ steps: z.number(), settings: z.record(z.string(), z.unknown()) });

/** Replaces the state that a run goes on from. */
export async function writeState(
  store: Store,
  plan: DynamicsPlan,
  run: DynamicsRun,
  { dynamics, collected }: RunState,
): Promise<void> {
  const { steps, settings } = dynamics;
  const { magnitude_sums, totals, ...results } = collected;
  const group = new GroupFiles();
  await putResults(group, plan, results);
  const more = {
    magnitude_sums,
    totals,
    now_u_A: dynamics.u_A,
    now_velocity_A_fs: dynamics.velocity_A_fs,
    now_thermostat: dynamics.thermostat,
    now_a_sites: dynamics.a_sites,
  };
  for (const [name, data] of Object.entries(more)) {
    // No array of nothing: zarrita cannot read one.
    if (data.length > 0) await group.put(name, { data, shape: [data.length], dimensions: [`${name}_value`] });
  }
  await store.commit(unfinished(run), group.finish({ steps, settings } satisfies z.output<typeof stateAttributes>));
}

/** The state that a run goes on from; undefined where there is none. @throws 'format' for a damaged one */
export async function readState(store: Store, run: DynamicsRun): Promise<RunState | undefined> {
  const folder = store.within(unfinished(run));
  const attributes = await rawAttributes(folder);
  if (!attributes) return undefined;
  const found = stateAttributes.safeParse(attributes);
  if (!found.success) fail('format', `${folder.name} is damaged.`, HINT, { path: folder.name });
  const read = async (name: string) => (await readArray(folder, name, Float64Array)).data;
  const now = async <T extends Float64Array | Int8Array>(name: string, kind: new (length: number) => T): Promise<T> =>
    (await hasArray(folder, name)) ? (await readArray(folder, name, kind)).data : new kind(0);
  const collected: CollectedArrays = {
    u_A: await read('u_A'),
    strain: await read('strain'),
    field_V_per_A: await read('field_V_per_A'),
    series: await read('series'),
    magnitudes: await read('magnitudes'),
    magnitude_sums: await read('magnitude_sums'),
    totals: await read('totals'),
  };
  return {
    collected,
    dynamics: {
      ...found.data,
      u_A: await now('now_u_A', Float64Array),
      velocity_A_fs: await now('now_velocity_A_fs', Float64Array),
      thermostat: await now('now_thermostat', Float64Array),
      a_sites: await now('now_a_sites', Int8Array),
    },
  };
}

/** Takes the state of a run away, if it is there. */
export function dropState(store: Store, run: DynamicsRun): Promise<void> {
  return store.remove(unfinished(run));
}
