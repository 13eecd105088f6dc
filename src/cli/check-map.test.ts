import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { detectorOf } from '../library/plan.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { parseRecipe, RECIPE_SCHEMA, recipeToToml } from '../recipe/recipe.ts';
import { checkInputsOf } from './check-map.ts';

const toml = await readFile(new URL('../../examples/demo.toml', import.meta.url), 'utf8');
const recipe = parseRecipe(toml);
/** What the check reads of a model. */
const info = (more: Partial<ModelInfo> = {}) =>
  ({
    recipe: recipeToToml(recipe),
    recipeSchema: RECIPE_SCHEMA,
    detector: detectorOf(recipe),
    scores: { training: [{ name: 'P_x', unit: 'uC/cm2', mae: 1, rmse: 1.3, bias: 0, correlation: 0.9 }] },
    ...more,
  }) as unknown as ModelInfo;

test('the library of a model is that of the recipe in its file', () => {
  const { library, inelastic_hwhm_mrad, error } = checkInputsOf(info());
  expect(library.crystal).toEqual(recipe.crystal);
  expect(library.library).toEqual(recipe.library);
  expect(inelastic_hwhm_mrad).toEqual(recipe.training.inelastic_hwhm_mrad);
  expect(error.P_x).toBe(1.3);
});

test('a model along another zone, whose pixels are no squares, is checked, too', () => {
  const [along110, toml] = [`structures]\nzone = [1, 1, 0]`, recipeToToml(recipe)];
  const other = parseRecipe(
    toml.replace('structures]', along110).replace('pixels_per_order = 8', 'pixels_per_order = [8, 12]'),
  );
  // As a model file states it: arrays of its own.
  const detector = structuredClone(detectorOf(other));
  expect(detector.zone).toEqual([1, 1, 0]);
  expect(checkInputsOf(info({ recipe: recipeToToml(other), detector })).library.structures.zone).toEqual([1, 1, 0]);
  const fewer = { ...detector, pixelsPerOrder: [8, 8] as [number, number] };
  expect(problem(() => checkInputsOf(info({ recipe: recipeToToml(other), detector: fewer }))).message).toMatch(
    /pixels per order 8 × 8 and 8 × 12/,
  );
});

test('a model without a usable recipe is refused', () => {
  const refused = (more: Partial<ModelInfo>) => problem(() => checkInputsOf(info(more))).tag;
  expect(refused({ recipeSchema: 1 })).toBe('unsupported');
  expect(refused({ recipe: '[crystal]\nmaterial = "Unobtainium"' })).toBe('unsupported');
  expect(refused({ recipe: `${toml.replace('[structures]', '[structures]\nfile = "frames.xyz"')}` })).toBe(
    'unsupported',
  );
  expect(refused({ detector: { ...detectorOf(recipe), pixels: 32 } })).toBe('model-mismatch');
});
