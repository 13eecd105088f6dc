/**
 * A dark-field image of the structure that [experiment] scans, by direct multislice of frozen phonons (haadf-worker.ts), group of cells by group, resumed where it was
 * stopped; then the source's size and counting. Column (i, j) of A sites lies at x = i·a, y = j·a, as the scan's B columns lie half a cell beyond.
 *
 * What this is not: `ferroscope simulate`, whose specimens are blocks that repeat along the beam or films.
 */

import { type Identity, identify } from '../core/identity.ts';
import { RandomStream } from '../core/random.ts';
import { resumable } from '../core/resumable.ts';
import type { Store } from '../core/store.ts';
import type { Task } from '../core/task.ts';
import { runJobs } from '../core/threads.ts';
import { GroupFiles, readArray } from '../core/zarr.ts';
import { blurScan, rmsFromFwhm } from '../diffraction/coherence.ts';
import type { ExperimentRun } from './experiment.ts';
import { GROUP, groupsAlong, haadfSpecimen } from './haadf-window.ts';
import type { GroupJob } from './haadf-worker.ts';
import type { HaadfInputs } from './options.ts';

/** An image [ny][nx] of a simulated specimen whose lattice is known. */
export interface HaadfImage {
  /** Fraction of the beam in the detector, the source a point. */
  readonly values: Float64Array;
  readonly shape: readonly [ny: number, nx: number];
  readonly step_A: number;
  /** The first position, x and y [Å]: A columns lie at whole multiples of a. */
  readonly origin_A: readonly [x: number, y: number];
}

/** Of all that groups follow from: not what source and counting do to them, nor how many there are, so that an image of more cells goes on with those of fewer. */
export function haadfIdentity(
  { crystal, structures, microscope, experiment, library, haadf }: HaadfInputs,
  program: string,
): Identity {
  const { count, held_out, types, cells, ...texture } = structures;
  const { seed, block_cells, thickness_nm, tilt_mrad } = experiment;
  const { dose_e_A2, source_fwhm_A, ...optics } = haadf;
  return identify({
    kind: 'haadf-simulated',
    schema: 2,
    program,
    settings: {
      crystal,
      structures: { ...texture, cells_z: cells[2] },
      microscope: { voltage_kV: microscope.voltage_kV },
      experiment: { seed, block_cells, thickness_nm, tilt_mrad },
      haadf: optics,
      library: { factors: library.factors },
    },
    inputs: {},
  });
}

/**
 * The image around every cell of the scan, kept in `store` group by group.
 * @throws 'recipe' as `haadfSpecimen`, 'stale' for the image of something else, 'aborted', 'disk-full'
 */
export async function haadfImage(
  inputs: HaadfInputs,
  store: Store,
  { program, host, workers }: ExperimentRun,
  task: Task,
): Promise<HaadfImage> {
  haadfSpecimen(inputs);
  const { experiment, haadf, crystal } = inputs;
  const [gy, gx] = experiment.shape.map(groupsAlong) as [number, number];
  const units: GroupJob[] = Array.from({ length: gx * gy }, (_, i) => [i % gx, Math.floor(i / gx)]);
  const key = ([x, y]: GroupJob) => `${y}-${x}`;
  const side = GROUP * haadf.positions_per_cell;
  const work = {
    store,
    identity: haadfIdentity(inputs, program),
    attributes: { format: 'ferroscope-haadf/1', positions: side },
    units,
    key,
    alone: true,
  };
  await resumable(work, async (missing) => {
    if (missing.length === 0) return;
    const kept = units.length - missing.length;
    const perGroup = side * side;
    await runJobs<GroupJob, Float64Array, void>(host, 'haadf', missing, task, {
      workers,
      data: inputs,
      onProgress: (done) =>
        task.progress(Math.floor((kept + done) * perGroup), units.length * perGroup, 'dark-field positions'),
      keep: async (data, unit) => {
        const group = new GroupFiles();
        await group.put('signals', { data, shape: [side, side], dimensions: ['y', 'x'] });
        await store.commit(key(unit), group.finish({}));
      },
    });
  });
  const [ny, nx] = [gy * side, gx * side];
  const values = new Float64Array(ny * nx);
  for (const unit of units) {
    const { data } = await readArray(store.within(key(unit)), 'signals', Float64Array);
    for (let y = 0; y < side; y++)
      values.set(data.subarray(y * side, (y + 1) * side), (unit[1] * side + y) * nx + unit[0] * side);
  }
  const { a_A } = crystal;
  return { values, shape: [ny, nx], step_A: a_A / haadf.positions_per_cell, origin_A: [-a_A / 2, -a_A / 2] };
}

/** Expected electrons of each position, the source's size in; and one count of them. */
export function exposeHaadf(
  { values, shape, step_A }: HaadfImage,
  { source_fwhm_A, dose_e_A2 }: HaadfInputs['haadf'],
  seed: number,
): { readonly expected: Float64Array; readonly counts: Float64Array } {
  const blurred = blurScan(values, shape, [step_A, step_A], rmsFromFwhm(source_fwhm_A), 'edge');
  const expected = blurred.map((value) => Math.max(0, value) * dose_e_A2 * step_A ** 2);
  const random = new RandomStream(seed, 'haadf', 'counting');
  return { expected, counts: expected.map((mean) => random.poisson(mean)) };
}
