/** The dark field of [experiment]'s structure: whose atoms its windows hold, how they move, and that an image is made once. */

import { expect, test } from 'vitest';
import { memoryStore } from '../core/store.ts';
import { quietTask } from '../core/task.ts';
import { testHost } from '../core/test-host.ts';
import { problem, problemOf } from '../core/test-problem.ts';
import { requireSites } from '../crystal/structure.ts';
import type { Atoms } from '../diffraction/slices.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { exposeHaadf, haadfImage } from './haadf.ts';
import { columnContent, haadfSpecimen, haadfWindow } from './haadf-window.ts';
import { haadfWorker } from './haadf-worker.ts';
import type { HaadfInputs } from './options.ts';

const recipeOf = (experiment = '', haadf = ''): HaadfInputs => {
  const recipe = parseRecipe(`[structures]\ncells = [8, 8, 2]\ndepth_blocks = 3\ntexture = "diverging"\njitter_pm = 2
[experiment]\nshape = [1, 1]\nthickness_nm = 3.2\n${experiment}\n[haadf]\n${haadf}`);
  return { ...recipe, haadf: recipe.haadf! };
};

test('a window holds the atoms of its cells where the crystal has them, around the edges of the block, too', () => {
  const { layers, block, depth } = haadfSpecimen(recipeOf());
  const structure = layers.blocks[0]!;
  expect([block, depth]).toEqual([8, 8]);
  const a = structure.cell_A[0] / block;
  const { cell } = requireSites(structure);
  /** Symbols and places; the window's corner is A column (2g − 1) of each axis. */
  const places = ({ positions_A, symbols }: Atoms, corner: readonly [number, number]) =>
    symbols.map((symbol, i) => {
      const [x, y, z] = positions_A.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
      return [symbol, ...[x + corner[0] * a, y + corner[1] * a, z].map((v) => v.toFixed(6))].join(' ');
    });
  const window = haadfWindow(structure, block, [1, 0]);
  expect(window.cell_A).toEqual([4 * a, 4 * a, structure.cell_A[2]]);
  expect(window.symbols.length).toBe(4 * 4 * 2 * 5);
  const own = new Set(places(window, [1, -1]));
  const all = places(structure, [0, 0]);
  const inside = all.filter((_, i) => [1, 2, 3, 4].includes(cell[3 * i]!) && cell[3 * i + 1]! <= 2);
  expect(inside.length).toBe(4 * 3 * 2 * 5);
  expect(inside.every((place) => own.has(place))).toBe(true);
  // Row −1 is the block's last.
  const last = { ...structure, positions_A: structure.positions_A.map((v, i) => (i % 3 === 1 ? v - block * a : v)) };
  const around = places(last, [0, 0]).filter((_, i) => [1, 2, 3, 4].includes(cell[3 * i]!) && cell[3 * i + 1] === 7);
  expect(around.every((place) => own.has(place))).toBe(true);
});

test('the share of an element in each A column, over the depth', () => {
  const share = columnContent(haadfSpecimen(recipeOf()), 'Ba', [8, 8]);
  expect(share.reduce((sum, one) => sum + one, 0) / 64).toBeCloseTo(0.5, 9);
  for (const one of share) expect(one * 8).toBeCloseTo(Math.round(one * 8), 9);
  expect(columnContent(haadfSpecimen(recipeOf()), 'Sr', [8, 8])).toEqual(share.map((one) => 1 - one));
});

test('an image: A columns brightest, B beside them, made once; source and counting keep the electrons', async () => {
  const inputs = recipeOf('', 'positions_per_cell = 4\nouter_mrad = 100');
  const store = memoryStore();
  const host = testHost(haadfWorker);
  const image = await haadfImage(inputs, store, { program: 'test', host, workers: 1 }, quietTask);
  expect(image.shape).toEqual([8, 8]);
  const at = (x: number, y: number) => image.values[y * 8 + x]!;
  // A columns at two steps from the corner and every four; B between them.
  const [A, B] = [[at(2, 2), at(6, 2), at(2, 6), at(6, 6)], [at(4, 4)]];
  const between = [at(4, 2), at(2, 4), at(6, 4), at(4, 6)];
  expect(Math.min(...A)).toBeGreaterThan(1.5 * Math.max(...B));
  expect(Math.min(...B)).toBeGreaterThan(1.5 * Math.max(...between));
  const idle = { cores: 1, start: () => expect.fail('nothing is left to do') };
  expect(await haadfImage(inputs, store, { program: 'test', host: idle, workers: 1 }, quietTask)).toEqual(image);
  const other = recipeOf('', 'positions_per_cell = 4\nouter_mrad = 90');
  const refused = await problemOf(haadfImage(other, store, { program: 'test', host: idle, workers: 1 }, quietTask));
  expect(refused.tag).toBe('stale');
  expect(refused.message).toContain('haadf.outer_mrad');
  const { expected, counts } = exposeHaadf(image, { ...inputs.haadf, dose_e_A2: 1e6 }, 3);
  const sum = (values: Float64Array) => values.reduce((total, one) => total + one, 0);
  expect(sum(expected) / (sum(image.values) * 1e6 * image.step_A ** 2)).toBeCloseTo(1, 1);
  expect(Math.abs(sum(counts) - sum(expected))).toBeLessThan(4 * Math.sqrt(sum(expected)));
});

test('a wedge or layers at the faces are refused', () => {
  expect(problem(() => haadfSpecimen(recipeOf('wedge_nm = 1'))).tag).toBe('recipe');
});
