/** The demo's scan: what is on it, what its truth says, and what it follows from. */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { experimentIdentity, experimentScan } from './experiment.ts';

const recipeOf = (more = '') =>
  parseRecipe(`[structures]\ncells = [8, 8, 1]\ndepth_blocks = 2\n[experiment]\nshape = [2, 3]\nthickness_nm = 4\nwedge_nm = 4\ndetector_pixels = 32
mrad_per_pixel = 0.9\nhot_pixels = 0\ndose_e = 1e5\n${more}`);

test('a scan has its dose on every pattern, its structure under it and a truth beside it', async () => {
  const recipe = recipeOf();
  const seen: number[] = [];
  const task = { ...quietTask, progress: (done: number) => seen.push(done) };
  const { scan, truth, identity } = await experimentScan(
    recipe,
    { program: 'test', host: nodeWorkers, workers: 2 },
    task,
  );
  expect(scan.shape).toEqual([2, 3, 32, 32]);
  expect(seen.at(-1)).toBe(6);
  const pattern = scan.patterns as (index: number) => Uint16Array;
  const sums = [0, 1, 2, 3, 4, 5].map((index) => pattern(index).reduce((a, b) => a + b, 0));
  // 14 mrad hold most of what three orders of reflections take; the thick row has scattered more out of them.
  for (const sum of sums) expect(sum).toBeGreaterThan(0.8e5);
  for (const sum of sums) expect(sum).toBeLessThan(1.01e5);
  expect(sums[0]! + sums[1]! + sums[2]!).toBeGreaterThan(sums[3]! + sums[4]! + sums[5]!);
  expect(pattern(4)).toEqual(pattern(4));
  expect(pattern(4)).not.toEqual(pattern(5));
  const { channels } = truth;
  expect([...channels.thickness!].map((t) => Math.round(t))).toEqual([2, 2, 2, 6, 6, 6]);
  expect(channels.P_x!.every(Number.isFinite)).toBe(true);
  expect(new Set(channels.P_x!).size).toBe(6);
  expect(identity).toEqual(experimentIdentity(recipe, 'test'));
  // Again: the same electrons.
  const again = await experimentScan(recipe, { program: 'test', host: nodeWorkers, workers: 1 }, quietTask);
  // The same before counting: Poisson's scatter about it, hot pixels aside.
  const expected = (again.expected.patterns as (index: number) => Float32Array)(4);
  const chi2 = pattern(4).reduce(
    (sum, n, i) => sum + (expected[i]! > 5 ? (n - expected[i]!) ** 2 / expected[i]! : 0),
    0,
  );
  const counted = expected.filter((mean) => mean > 5).length;
  expect(Math.abs(chi2 / counted - 1)).toBeLessThan(5 * Math.sqrt(2 / counted));
  for (const name of ['dTi_x_column', 'dO_y_column']) expect(channels[name]!.every(Number.isFinite)).toBe(true);
  expect((again.scan.patterns as typeof pattern)(5)).toEqual(pattern(5));
});

test('its identity holds what it heeds, and nothing else', () => {
  const id = (more: string) => experimentIdentity(recipeOf(more), 'test').id;
  const plain = id('');
  // Sections are merged with the head's, which has [experiment] last.
  for (const heeded of [
    'seed = 8',
    '[library]\nfactors = "kirkland"',
    '[library]\nband_limit = 0.8',
    '[microscope]\nvoltage_kV = 200',
    '[crystal]\nba_fraction = 0.3',
  ]) {
    expect(id(heeded), heeded).not.toBe(plain);
  }
  for (const not of [
    '[library]\npixels = 32',
    '[microscope]\nsource_fwhm_A = 1',
    '[training]\nepochs = 3',
    '[network]\nlatent = 16',
  ])
    expect(id(not), not).toBe(plain);
});
