/** The scan that a study makes itself, of its recipe's [experiment], with its truth beside it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../core/identity.ts';
import type { Task } from '../core/task.ts';
import { writeEmd } from '../node/emd.ts';
import { placeOf } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { encodeMapZarr, readMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { usualUnit } from '../polarization/polarization-map.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { experimentIdentity, experimentScan, type ScanTruth } from '../simulation/experiment.ts';
import { PROGRAM } from './version.ts';

/** Makes scan.h5 and truth.zarr in `out` unless they are there already, and returns the truth. */
export async function experimentOnce(
  recipe: Recipe,
  out: string,
  workers: number | undefined,
  task: Task,
): Promise<PolarizationMap> {
  const scan = join(out, 'scan.h5');
  const { store, folder } = placeOf(join(out, 'truth.zarr'));
  const now = experimentIdentity(recipe, PROGRAM);
  if (existsSync(scan) && existsSync(join(out, folder))) {
    const kept = await readMapZarr(store.within(folder));
    if (kept.meta.identity?.id === now.id) return kept;
  }
  const made = await experimentScan(recipe, { program: PROGRAM, host: nodeWorkers, workers }, task);
  await writeEmd(scan, made.scan, task);
  const truth = truthMap(made.truth, made.identity, recipe.experiment.seed);
  await store.commit(folder, await encodeMapZarr(truth));
  return truth;
}

function truthMap(truth: ScanTruth, identity: Identity, seed: number): PolarizationMap {
  return {
    shape: truth.shape,
    step_nm: truth.step_nm,
    channels: Object.entries(truth.channels).map(([name, values]) => ({ name, unit: usualUnit(name), values })),
    meta: {
      identity,
      recipe_hash: identity.id,
      version: PROGRAM,
      seed,
      source: 'truth of the simulated scan',
      held_out_mae: {},
    },
  };
}
