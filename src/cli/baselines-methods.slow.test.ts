/** Null of the dark field's columns: no displacement frozen into the crystal, all atoms vibrating. */

import { expect, test } from 'vitest';
import { memoryStore } from '../core/store.ts';
import { quietTask } from '../core/task.ts';
import { testHost } from '../core/test-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { exposeHaadf, haadfImage } from '../simulation/haadf.ts';
import { haadfWorker } from '../simulation/haadf-worker.ts';
import { byColumns } from './baselines-methods.ts';

test('SrTiO3, 8 nm: the vibration that is in an image leaves its columns where they are', async () => {
  // Small angles: a small grid.
  const recipe = parseRecipe(`[crystal]\nmaterial = "SrTiO3"
[structures]\ncells = [8, 8, 2]\ntexture = "diverging"\ngradient_step_pm = 0\njitter_pm = 0
[experiment]\nshape = [1, 3]\nthickness_nm = 8\ntilt_mrad = [0, 0]
[haadf]\ninner_mrad = 40\nouter_mrad = 80\npositions_per_cell = 10`);
  const haadf = recipe.haadf!;
  const run = { program: 'test', host: testHost(haadfWorker), workers: 1 };
  const image = await haadfImage({ ...recipe, haadf }, memoryStore(), run, quietTask);
  const { expected } = exposeHaadf(image, haadf, 1);
  const { delta_pm, notes } = byColumns(image, expected, false, recipe);
  const rms = Math.sqrt(delta_pm.reduce((sum, x) => sum + x * x, 0) / delta_pm.length);
  console.log(
    `δ of ${delta_pm.length / 2} cells at rest: ${[...delta_pm].map((x) => x.toFixed(2)).join(' ')} pm, rms ${rms.toFixed(2)} pm`,
  );
  expect(notes).toEqual([]);
  // A third of √(u²/20 cells), by which the mean over the depth moves a Ti column in one snapshot.
  expect(rms).toBeLessThan(0.56);
});
