/** Labels of what a library varies from pattern to pattern, and what its textures cannot be. */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { STORED_LABELS } from './labels.ts';
import { simulateShard } from './shard.ts';
import { checkTextures } from './textured.ts';

const recipeOf = (library: string, structures = '', microscope = '') =>
  parseRecipe(`[structures]
cells = [4, 4, 1]
depth_blocks = 2
correlation_nm = 0.4
${structures}
[microscope]
${microscope}
[library]
thickness_nm = { min = 4, max = 6 }
tilt_max_mrad = 0.5
patterns_per_structure = 6
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 6
${library}`);
const engine = cpuEngine(await SliceKernel.load());
const shardOf = (...parts: Parameters<typeof recipeOf>) =>
  simulateShard(recipeOf(...parts), 0, false, engine, quietTask);
const column = ({ labels }: { labels: Float32Array }, name: string) => {
  const at = STORED_LABELS.findIndex((label) => label.name === name);
  return Array.from({ length: 6 }, (_, i) => labels[i * STORED_LABELS.length + at]!);
};

test('a focus is the same focus whether the lens or the library states it, in patterns and labels', async () => {
  const [drawn, stated] = [await shardOf('defocus_nm = [200, 200]'), await shardOf('', '', 'defocus_nm = 200')];
  expect(drawn.patterns).toEqual(stated.patterns);
  expect(drawn.labels).toEqual(stated.labels);
  expect(column(drawn, 'P_x')).not.toEqual(column(await shardOf(''), 'P_x'));
});

test('a source blurs labels as it blurs patterns', async () => {
  const [point, wide] = [await shardOf(''), await shardOf('source_fwhm_A = [3, 3]')];
  expect(wide.patterns).not.toEqual(point.patterns);
  const apart = column(point, 'P_x').map((p, i) => Math.abs(p - column(wide, 'P_x')[i]!));
  expect(Math.max(...apart)).toBeGreaterThan(0.01);
  expect(Math.max(...apart)).toBeLessThan(5);
  expect(column(wide, 'P_x_column')).toEqual(column(point, 'P_x_column'));
});

test('a layer at the entrance is as thick as asked for, to half a cell, whatever the blocks are', async () => {
  // 1.185 nm are 3 cells at either face, of blocks of 2 cells.
  const one = 'texture = "uniform"\njitter_pm = 0\n';
  const shard = async (dead: string) =>
    column(
      await simulateShard(
        parseRecipe(`[structures]\ncells = [2, 2, 2]\n${one}${dead}\n[library]\nthickness_nm = { min = 7.9, max = 7.9 }\ntilt_max_mrad = 0
patterns_per_structure = 6\npixels = 16\npixels_per_order = 4\ngrid_per_cell = 20\nslices_per_cell = 6`),
        1,
        false,
        engine,
        quietTask,
      ),
      'P_x',
    )[0]!;
  const [bare, covered] = [await shard(''), await shard('dead_layer_nm = [1.185, 1.185]')];
  // 20 cells, of which 14 are left; the cells at the inner faces share atoms with their neighbours.
  expect(covered / bare).toBeGreaterThan(13.4 / 20);
  expect(covered / bare).toBeLessThan(14.6 / 20);
});

test('refused before anything is made', () => {
  for (const [structures, why] of [
    ['dead_layer_nm = [1, 2]', /leave nothing/],
    ['ba_fraction_spread = 0.5', undefined],
  ] as const) {
    const check = () => checkTextures(recipeOf('', structures));
    if (why) expect(check).toThrow(why);
    else expect(check).not.toThrow();
  }
  const crystal = (keys: string) => parseRecipe(`crystal = { ${keys} }\nstructures = { ba_fraction_spread = 0.2 }`);
  expect(() => checkTextures(crystal('ba_fraction = 0.9'))).toThrow(/beyond 0 or 1/);
  expect(() => checkTextures(crystal('a_order = "checkerboard"'))).toThrow(/one composition/);
  expect(() => checkTextures(crystal('material = "BTO"'))).toThrow(/one composition/);
});
