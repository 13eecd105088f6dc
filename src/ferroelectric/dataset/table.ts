/** The runs of a dataset as a table: numbers, and CSV. */

import type { Vec3 } from '../../crystal/structure.ts';
import type { Voigt } from '../strain.ts';
import type { RunResult } from './collected.ts';
import type { DatasetFrame } from './dataset.ts';
import { meanStrain } from './frames.ts';
import { blockMean } from './held-mean.ts';
import type { DynamicsPlan, DynamicsRun } from './plan.ts';

/** A run in numbers; P is that of the atoms, averaged as the frames are. */
export interface RunSummary {
  readonly run: DynamicsRun;
  /** Mean over the run [K]. */
  readonly temperature_K: number;
  readonly strain: Voigt;
  /** Mean over the frames [V/Å]: applied, or what held P. */
  readonly field_V_per_A: Vec3;
  /** Mean P of the block, mean |P| of its cells and of its columns [µC/cm²], over the frames. */
  readonly P_uC_cm2: Vec3;
  readonly cell_uC_cm2: number;
  readonly column_uC_cm2: number;
  /** Mean u [Å] over the frames, and rms per component over all instants [Å]. */
  readonly u_A: Vec3;
  readonly u_rms_A: number;
}

/** @param frames all of `allFrames` */
export function runSummaries(
  plan: DynamicsPlan,
  results: readonly RunResult[],
  frames: readonly DatasetFrame[],
): RunSummary[] {
  return plan.runs.map((run, r) => {
    const own = frames.filter((frame) => frame.run === r);
    const result = results[r]!;
    return {
      run,
      temperature_K: result.temperature_K,
      strain: meanStrain(result),
      field_V_per_A: blockMean(result.field_V_per_A),
      P_uC_cm2: blockMean(Float64Array.from(own.flatMap(({ cells }) => blockMean(cells)))),
      cell_uC_cm2: meanSize(own.map(({ cells }) => cells)),
      column_uC_cm2: meanSize(own.map(({ columns }) => columns)),
      u_A: blockMean(result.u_A),
      u_rms_A: Math.sqrt(result.u2_A2),
    };
  });
}

/** Mean length of the vectors of [n][3] fields. */
function meanSize(fields: readonly Float64Array[]): number {
  let [sum, n] = [0, 0];
  for (const field of fields) {
    for (let i = 0; i < field.length; i += 3) sum += Math.hypot(field[i]!, field[i + 1]!, field[i + 2]!);
    n += field.length / 3;
  }
  return sum / n;
}

/** One line a run, a head above. @param average_ps the window of every frame */
export function runsCsv(summaries: readonly RunSummary[], average_ps: number): string {
  const axes = ['x', 'y', 'z'];
  const head = [
    'run',
    'seed',
    'temperature_K',
    'mean_temperature_K',
    'strain',
    'average_ps',
    ...[1, 2, 3, 4, 5, 6].map((l) => `eta${l}`),
    ...axes.map((c) => `field_${c}_V_per_A`),
    ...axes.map((c) => `target_${c}_uC_cm2`),
    ...axes.map((c) => `P_${c}_uC_cm2`),
    'cell_P_uC_cm2',
    'column_P_uC_cm2',
    ...axes.map((c) => `u_${c}_A`),
    'u_rms_A',
  ];
  const rows = summaries.map(({ run, ...s }) =>
    [
      run.name,
      run.seed,
      run.temperature_K,
      short(s.temperature_K),
      `"${run.strain}"`,
      average_ps,
      ...s.strain.map(short),
      ...s.field_V_per_A.map(short),
      ...(run.target_uC_cm2?.map(short) ?? ['', '', '']),
      ...s.P_uC_cm2.map(short),
      short(s.cell_uC_cm2),
      short(s.column_uC_cm2),
      ...s.u_A.map(short),
      short(s.u_rms_A),
    ].join(','),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

/** Seven digits, and no dust for zero. */
const short = (value: number): string => (Math.abs(value) < 1e-12 ? '0' : String(Number(value.toPrecision(7))));
