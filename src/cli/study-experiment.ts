/** The scan that a study makes itself, of its recipe's [experiment], with its truth beside it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../core/identity.ts';
import { writeEmd } from '../node/emd.ts';
import { fileIdentity } from '../node/files.ts';
import { placeOf } from '../node/folder-store.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { encodeMapZarr, readMapZarr } from '../polarization/map-files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { usualUnit } from '../polarization/polarization-map.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { experimentIdentity, experimentScan, type ScanTruth } from '../simulation/experiment.ts';
import type { Console } from './console.ts';
import { PROGRAM } from './version.ts';

/**
 * Makes scan.h5 and truth.zarr in `out` unless they are there already, and returns the truth. They are one pair only where the truth is of these settings and
 * names, as its identity's `content`, the bytes of this scan: a scan of another experiment would be scored against a truth that is not its own.
 * @param expected name of a second scan beside it, of the same patterns before they are counted; none where left out
 */
export async function experimentOnce(
  recipe: Recipe,
  out: string,
  workers: number | undefined,
  console: Pick<Console, 'task' | 'note'>,
  expected?: string,
): Promise<PolarizationMap> {
  const scan = join(out, 'scan.h5');
  const { store, folder } = placeOf(join(out, 'truth.zarr'));
  const now = experimentIdentity(recipe, PROGRAM);
  const whole = [scan, ...(expected ? [join(out, expected)] : []), join(out, folder)].every((file) => existsSync(file));
  if (whole) {
    const kept = await readMapZarr(store.within(folder));
    if (kept.meta.identity?.id === now.id) {
      if (kept.meta.identity.content === (await fileIdentity(scan)).content) return kept;
      console.note(`${scan} is not the scan that ${folder} is the truth of: both are made anew.`);
    }
  }
  const made = await experimentScan(recipe, { program: PROGRAM, host: nodeWorkers, workers }, console.task);
  if (expected) await writeEmd(join(out, expected), made.expected, console.task);
  await writeEmd(scan, made.scan, console.task);
  const identity = { ...made.identity, content: (await fileIdentity(scan)).content };
  const truth = truthMap(made.truth, identity, recipe.experiment.seed);
  await store.commit(folder, await encodeMapZarr(truth));
  return truth;
}

/** A scan's truth as a map. */
export function truthMap(truth: ScanTruth, identity: Identity, seed: number): PolarizationMap {
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
