/**
 * The films of a [bias] study and the scans across them: soft modes under each bias, then patterns by direct multislice, both in units that are kept as they are
 * done, then a scan and its truth for each state.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Identity, identify } from '../core/identity.ts';
import { resumable } from '../core/resumable.ts';
import type { Task } from '../core/task.ts';
import { runJobs } from '../core/threads.ts';
import { GroupFiles, readArray } from '../core/zarr.ts';
import { type FilmProfile, filmIdentity, filmPlan } from '../ferroelectric/film-series.ts';
import type { FilmJob } from '../ferroelectric/film-worker.ts';
import { writeEmd } from '../node/emd.ts';
import { fileIdentity } from '../node/files.ts';
import { folderStore, placeOf } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { encodeMapZarr, readMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { biasPlan } from '../simulation/bias-plan.ts';
import { sectionTruth } from '../simulation/bias-truth.ts';
import type { BandJob, BiasData } from '../simulation/bias-worker.ts';
import { crossSection, type FilmModes } from '../simulation/cross-section.ts';
import { ScanCamera } from '../simulation/scan-camera.ts';
import { truthMap } from './study-experiment.ts';
import { PROGRAM } from './version.ts';

/** Soft modes of the film under each bias: those that `out` holds, and the others made. @throws 'stale' for films of other settings, 'aborted' */
export async function filmsOnce(
  recipe: Recipe,
  out: string,
  workers: number | undefined,
  task: Task,
): Promise<FilmModes[]> {
  const { crystal, film } = recipe;
  const { system, biases } = filmPlan(recipe);
  const store = folderStore(join(out, 'film'));
  const units = biases.map(({ bias_V }, bias) => ({ bias, name: `${bias_V}V` }));
  const [nx, ny, nz] = system.cells;
  await resumable(
    {
      store,
      identity: filmIdentity(recipe, PROGRAM),
      attributes: { format: 'ferroscope-film-modes/1' },
      units,
      key: ({ name }) => name,
      alone: true,
    },
    (missing) =>
      runJobs<FilmJob, FilmProfile, void>(
        nodeWorkers,
        'film',
        missing.map(({ bias }) => ({ bias })),
        task,
        {
          workers,
          data: { crystal, film },
          onProgress: (done) => task.progress(Math.floor(units.length - missing.length + done), units.length, 'films'),
          keep: async ({ mean_u_A, bias_V }, { bias }) => {
            const group = new GroupFiles();
            await group.put('mean_u_A', {
              data: mean_u_A,
              shape: [nz, ny, nx, 3],
              dimensions: ['z', 'y', 'x', 'component'],
            });
            await store.commit(units[bias]!.name, group.finish({ bias_V }));
          },
        },
      ),
  );
  return Promise.all(
    units.map(async ({ name }) => ({
      cells: system.cells,
      u_A: (await readArray(store.within(name), 'mean_u_A', Float64Array)).data,
      aSites: system.aSites!,
    })),
  );
}

/** What the scans follow from. */
function scansIdentity(recipe: Recipe): Identity {
  const { crystal, structures, microscope, experiment, bias, library } = recipe;
  const { factors, band_limit, absorption } = library;
  const { block_cells: _, ...camera } = experiment;
  return identify({
    kind: 'bias-scans',
    schema: 1,
    program: PROGRAM,
    settings: {
      crystal,
      jitter_pm: structures.jitter_pm,
      microscope,
      experiment: camera,
      bias,
      library: { factors, band_limit, absorption },
    },
    inputs: { film: filmIdentity(recipe, PROGRAM) },
  });
}

export interface BiasState {
  readonly bias_V: number;
  /** As paths spell it: '-2V'. */
  readonly name: string;
  readonly scan: string;
  /** At the scan's own positions. */
  readonly truth: PolarizationMap;
  /** At the positions of the state nearest to 0 V. */
  readonly registered: PolarizationMap;
}

const BANDS = 'bands';

/**
 * scan_B.h5, truth_B.zarr and truth-registered_B.zarr of each bias B in `out`, unless they are there already.
 * @throws 'stale' for bands of other settings, 'aborted', what simulating and writing throw
 */
export async function scansOnce(
  recipe: Recipe,
  out: string,
  modes: readonly FilmModes[],
  workers: number | undefined,
  task: Task,
): Promise<BiasState[]> {
  const plan = biasPlan(recipe);
  const identity = scansIdentity(recipe);
  const kept = await Promise.all(plan.biases_V.map((bias_V) => keptState(out, bias_V, identity)));
  if (kept.every((state) => state !== undefined)) return kept;
  const store = folderStore(join(out, BANDS));
  const units = plan.biases_V.flatMap((_, state) =>
    kept[state] ? [] : plan.bands.map((_, band): BandJob => ({ state, band })),
  );
  const key = ({ state, band }: BandJob) => `${plan.biases_V[state]}V-${band}`;
  const n = recipe.experiment.detector_pixels;
  const [ry, rx] = plan.shape;
  const data: BiasData = { inputs: recipe, modes };
  await resumable(
    { store, identity, attributes: { format: 'ferroscope-bias-bands/1' }, units, key, alone: true },
    (missing) =>
      runJobs<BandJob, Float32Array, void>(nodeWorkers, 'bias', missing, task, {
        workers,
        data,
        onProgress: (done) =>
          task.progress(
            Math.floor(((units.length - missing.length + done) / units.length) * ry * rx * plan.biases_V.length),
            ry * rx * plan.biases_V.length,
            'scan positions',
          ),
        keep: async (expected, job) => {
          const group = new GroupFiles();
          const count = expected.length / (n * n);
          await group.put('expected', {
            data: expected,
            shape: [count, n, n],
            dimensions: ['position', 'qy', 'qx'],
          });
          await store.commit(key(job), group.finish({}));
        },
      }),
  );
  const states: BiasState[] = [];
  for (const [state, bias_V] of plan.biases_V.entries()) {
    const whole = kept[state];
    if (whole) {
      states.push(whole);
      continue;
    }
    const bands = await Promise.all(
      plan.bands.map(
        async (_, band) => (await readArray(store.within(key({ state, band })), 'expected', Float32Array)).data,
      ),
    );
    const firsts = plan.bands.map(([from]) => from * rx);
    const at = (index: number) => {
      const band = firsts.findLastIndex((first) => first <= index);
      const from = (index - firsts[band]!) * n * n;
      return Float64Array.from(bands[band]!.subarray(from, from + n * n));
    };
    const camera = new ScanCamera(recipe, plan.shape, plan.sampling, `${bias_V}V`);
    const { scan, truths } = placesOf(out, bias_V);
    await writeEmd(scan, camera.emd(at, plan.step_nm), task);
    const content = (await fileIdentity(scan)).content;
    const section = crossSection(recipe, modes[state]!, plan.section);
    const of = (reference: number): PolarizationMap =>
      truthMap(
        sectionTruth(recipe, plan, section, plan.positions[reference]!),
        { ...identity, content },
        recipe.experiment.seed,
      );
    const truth = of(state);
    const maps = { truth, registered: state === plan.reference ? truth : of(plan.reference) };
    // The own truth last: it says that the state is whole.
    for (const which of ['registered', 'truth'] as const) {
      const { store: place, folder } = placeOf(truths[which]);
      await place.commit(folder, await encodeMapZarr(maps[which]));
    }
    states.push({ bias_V, name: `${bias_V}V`, scan, ...maps });
  }
  await folderStore(out).remove(BANDS);
  return states;
}

function placesOf(out: string, bias_V: number) {
  const name = `${bias_V}V`;
  return {
    scan: join(out, `scan_${name}.h5`),
    truths: { truth: join(out, `truth_${name}.zarr`), registered: join(out, `truth-registered_${name}.zarr`) },
  };
}

/** A state that is whole and of these settings. */
async function keptState(out: string, bias_V: number, identity: Identity): Promise<BiasState | undefined> {
  const { scan, truths } = placesOf(out, bias_V);
  if (![scan, truths.truth, truths.registered].every((path) => existsSync(path))) return undefined;
  const { content } = await fileIdentity(scan);
  const read = async (path: string) => {
    const { store, folder } = placeOf(path);
    return readMapZarr(store.within(folder));
  };
  const maps = { truth: await read(truths.truth), registered: await read(truths.registered) };
  const same = Object.values(maps).every(
    ({ meta }) => meta.identity?.id === identity.id && meta.identity.content === content,
  );
  return same ? { bias_V, name: `${bias_V}V`, scan, ...maps } : undefined;
}
