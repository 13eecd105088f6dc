/** Structures from recipes: reproducible, distinct, labelled from their atoms. */

import { expect, test } from 'vitest';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { buildStructure, labelFields, structureStream } from './build.ts';
import { perovskiteOf } from './crystal-perovskite.ts';
import { dTiPerDisplacement, polarizationPerDisplacement } from './material.ts';
import { drawTexture, textureKind } from './texture.ts';

const RECIPE = (extra: string): Recipe => parseRecipe(`[structures]\ncells = [6, 4, 2]\n${extra}`);
const build = (recipe: Recipe, index: number, heldOut: boolean) =>
  buildStructure(recipe, index, structureStream(recipe.library.seed, index, heldOut));

test('a structure depends on seed, set and index alone', () => {
  const recipe = RECIPE('');
  const first = build(recipe, 0, false);
  expect(build(recipe, 0, false)).toEqual(first);
  expect(build(recipe, 1, false).positions_A).not.toEqual(first.positions_A);
  expect(build(recipe, 0, true).positions_A).not.toEqual(first.positions_A);
  expect(build(RECIPE('[library]\nseed = 2'), 0, false).positions_A).not.toEqual(first.positions_A);
  expect(first.symbols.filter((symbol) => symbol === 'Ba').length).toBe(24);
});

test('without jitter, labels of a uniform structure are the imposed P', () => {
  const recipe = RECIPE('texture = "uniform"\njitter_pm = 0');
  const { P: imposed } = drawTexture(recipe, 4, structureStream(recipe.library.seed, 4, false));
  const labels = labelFields(build(recipe, 4, false), recipe);
  expect(labels.P.length).toBe(6 * 4 * 3);
  labels.P.forEach((p, n) => {
    expect(p).toBeCloseTo(imposed[n % 3]!, 9);
  });
});

test('the gradient steps δTi of the atoms by gradient_step_pm away from its turning points', () => {
  const recipe = parseRecipe(
    '[structures]\ncells = [16, 16, 2]\ntexture = "gradient"\njitter_pm = 0\np_max_uC_cm2 = 100',
  );
  const { dTi } = labelFields(build(recipe, 3, false), recipe);
  const steps = Array.from({ length: 256 }, (_, cell) => {
    const step = (to: number) => Math.hypot(...[0, 1, 2].map((axis) => dTi[3 * to + axis]! - dTi[3 * cell + axis]!));
    return Math.max(step(cell - (cell % 16) + ((cell + 1) % 16)), step((cell + 16) % 256));
  });
  expect(Math.max(...steps)).toBeCloseTo(2, 9);
  expect(steps.filter((step) => Math.abs(step - 2) < 1e-9).length).toBeGreaterThan(150);
});

test('structures take turns at several textures, and every material and order builds', () => {
  const mixed = RECIPE('texture = ["smooth", "gradient"]');
  expect([0, 1, 2].map((index) => textureKind(mixed.structures, index))).toEqual(['smooth', 'gradient', 'smooth']);
  for (const material of ['(Ba,Sr)TiO3', 'BaTiO3', 'SrTiO3']) {
    const order = material === '(Ba,Sr)TiO3' ? 'a_order = "checkerboard"' : '';
    const recipe = parseRecipe(
      `[crystal]\nmaterial = "${material}"\n${order}\n[structures]\ntexture = ["smooth", "gradient"]\njitter_pm = 0`,
    );
    const labels = labelFields(build(recipe, 1, false), recipe);
    const of = perovskiteOf(recipe.crystal).material;
    const ratio = polarizationPerDisplacement(of, recipe.crystal.a_A ** 3) / (100 * dTiPerDisplacement(of));
    // sharing by neighbours changes P and δTi differently, but not by much
    const norm = (values: Float64Array) => Math.hypot(...values);
    expect(norm(labels.P) / norm(labels.dTi) / ratio).toBeGreaterThan(0.95);
    expect(norm(labels.P) / norm(labels.dTi) / ratio).toBeLessThan(1.05);
  }
});
