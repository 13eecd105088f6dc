import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { checkMicroscope, detectorOf, thicknessCells } from '../library/plan.ts';
import { architecture } from '../network/architecture.ts';
import { sizeOf } from '../network/graph.ts';
import { parameters, statistics } from '../network/parameters.ts';
import { listedRecipes } from './model-recipes.ts';
import { modelsPage } from './models-page.ts';

const root = join(import.meta.dirname, '../..');

test('docs/models.md is what the recipes and the models say (npm run models -- --page)', async () => {
  expect(await readFile(join(root, 'docs/models.md'), 'utf8')).toBe(modelsPage(await listedRecipes(root)));
});

test('the recipes make libraries, for 10 to 80 nm, and models of at most 15 MB', async () => {
  for (const { name, recipe } of await listedRecipes(root)) {
    checkMicroscope(recipe);
    expect(name).toContain(`-${recipe.microscope.voltage_kV}kV`);
    const cells = thicknessCells(recipe);
    expect((cells[0]! * recipe.crystal.a_A) / 10).toBeCloseTo(10, 0);
    expect((cells.at(-1)! * recipe.crystal.a_A) / 10).toBeCloseTo(80, 0);
    const sizes = architecture(recipe.network, { detector: detectorOf(recipe), labels: PREDICTED_LABELS }, false);
    const weights = [...parameters(sizes), ...statistics(sizes)].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // Float32, and what the file says of itself: 0.1 MB.
    expect(4 * weights + 0.2e6).toBeLessThan(15e6);
  }
});

test('they differ where they say, and nowhere else', async () => {
  const folder = join(root, 'examples/models');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.toml'));
  const common = await Promise.all(
    files.map(async (name) => {
      const tree = parse(await readFile(join(folder, name), 'utf8')) as Record<string, Record<string, unknown>>;
      const { crystal, structures, microscope, ...rest } = tree;
      expect(Object.keys(crystal!)).toEqual(['material']);
      const { grid_per_cell, ...library } = rest.library!;
      // Their files say why.
      expect(grid_per_cell).toBe(name === 'bst-300kV.toml' ? 28 : undefined);
      const { inelastic_fraction, background_fraction, blur_mrad, ...training } = rest.training!;
      const earlier = name === 'pbtio3-300kV.toml';
      expect(inelastic_fraction).toEqual(earlier ? [0.02, 0.18] : [0, 0.2]);
      expect(background_fraction).toEqual(earlier ? [0, 0.06] : [0, 0.1]);
      expect(blur_mrad).toEqual(earlier ? [0.1, 0.3] : [0, 0.4]);
      return {
        ...rest,
        library,
        training,
        structures: { ...structures, p_max_uC_cm2: 0 },
        microscope: { ...microscope, voltage_kV: 0 },
      };
    }),
  );
  for (const one of common) expect(one).toEqual(common[0]);
});
