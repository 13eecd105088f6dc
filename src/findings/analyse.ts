/** From the maps of a series to all that is found in them. */

import type { Task } from '../core/task.ts';
import { runJobs, type WorkerHost } from '../core/threads.ts';
import type { Finding } from './finding.ts';
import type { FindingsOptions } from './options.ts';
import { type MeanPole, meanPole } from './poles.ts';
import { regionMask } from './regions.ts';
import { type Series, type StateMap, seriesOf } from './series.ts';
import { joined, type StateFindings } from './state-findings.ts';
import type { StateJob, StateResult } from './state-worker.ts';
import { type Change, type Constancy, changesOf, constancyOf, type Reluctance } from './switching.ts';
import { restrict } from './vector-field.ts';

/** The direction of a region in a state. */
export interface RegionPole {
  readonly region: string;
  readonly bias_V: number;
  readonly pole: MeanPole;
}

export interface Analysis {
  /** What was asked for. */
  readonly options: FindingsOptions;
  readonly series: Series;
  /** Where the film is, [ny][nx]; all of the map where no region is named. */
  readonly film: Uint8Array;
  /** By name, within the film and without it. */
  readonly regions: Readonly<Record<string, Uint8Array>>;
  /** In the order of the series. */
  readonly states: readonly StateFindings[];
  /** Each state against the reference; none for a single map. */
  readonly changes: readonly Change[];
  readonly reluctance?: Reluctance | undefined;
  readonly constancy: readonly Constancy[];
  readonly poles: readonly RegionPole[];
  /** Of the series as a whole. */
  readonly findings: readonly Finding[];
}

export interface AnalyseRun {
  readonly register: 'affine' | 'none';
  readonly host: WorkerHost;
  readonly workers?: number | undefined;
}

/** Fields of each null: enough for a 95% interval; of walls and domains, which take longest, fewer. */
const DRAWS = 40;
const WALL_DRAWS = 10;
/** Of the smoothing that null 'noise' starts from, in steps. */
const SMOOTH_STEPS = 1.5;

/**
 * @param maps one or more; by bias
 * @throws as `seriesOf` and `regionMask`; 'aborted'
 */
export async function analyse(
  maps: readonly StateMap[],
  options: FindingsOptions,
  { register, host, workers }: AnalyseRun,
  task: Task,
): Promise<Analysis> {
  const { seed, values, across, pairs } = options;
  const noise = { length_nm: options.correlation_nm };
  const series = seriesOf(maps, { register });
  const { shape, step_nm, states, reference } = series;
  const { channels } = maps.find(({ bias_V }) => bias_V === states[reference]!.bias_V)!.map;
  const regions = Object.fromEntries(
    Object.entries(options.regions).map(([name, region]) => [
      name,
      regionMask(name, region, { shape, step_nm, channels }),
    ]),
  );
  const film = options.film === undefined ? new Uint8Array(shape[0] * shape[1]).fill(1) : regions[options.film]!;
  const smooth_nm = SMOOTH_STEPS * step_nm;
  const keep = film.map((mark, i) => mark & series.common[i]!);
  const nulls = { noise, values, smooth_nm, draws: DRAWS };
  const half = (part: 'walls' | 'fields') =>
    states.map(
      ({ field, bias_V }): StateJob => ({
        part,
        field: restrict(field, film),
        options: { ...nulls, across, pairs, wallDraws: WALL_DRAWS },
        seed,
        bias_V,
      }),
    );
  // What takes longest first: cores then end together.
  const jobs: StateJob[] = [
    ...half('walls'),
    ...half('fields'),
    ...(states.length > 1 ? [{ part: 'series', series, across, keep, options: nulls, seed } as const] : []),
  ];
  const results = await runJobs<StateJob, StateResult>(host, 'findings', jobs, task, {
    workers,
    onProgress: (done) => task.progress(Math.floor(done), jobs.length, 'parts of states'),
  });
  const walls = results.flatMap((one) => (one.part === 'walls' ? [one.found] : []));
  const fields = results.flatMap((one) => (one.part === 'fields' ? [one.found] : []));
  const related = results.flatMap((one) => (one.part === 'series' ? [one.found] : []))[0];
  const parts = Object.keys(regions).filter((name) => name !== options.film);
  const poles = states.flatMap(({ bias_V, field }) =>
    [['film', film] as const, ...parts.map((name) => [name, regions[name]!.map((mark, i) => mark & film[i]!)] as const)]
      .filter(([, mask]) => mask.some((mark, i) => mark && field.valid[i]))
      .map(([region, mask]): RegionPole => ({ region, bias_V, pole: meanPole(field, mask, options.correlation_nm) })),
  );
  return {
    options,
    series,
    film,
    regions,
    states: fields.map((one, i) => joined(one, walls[i]!)),
    changes: changesOf(series, keep),
    reluctance: related,
    constancy: constancyOf(series, keep),
    poles,
    findings: related?.findings ?? [],
  };
}
