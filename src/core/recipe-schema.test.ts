import { expect, test } from 'vitest';
import { parseRecipe, recipeHash, recipeToToml } from './recipe-schema.ts';
import { problem as thrown } from './test-problem.ts';

const problem = (text: string) => thrown(() => parseRecipe(text));

test('an empty recipe is the default study, and survives a round trip', () => {
  const recipe = parseRecipe('');
  expect(recipe.microscope.voltage_kV).toBe(300);
  expect(parseRecipe(recipeToToml(recipe))).toEqual(recipe);
  expect(recipeHash(parseRecipe(recipeToToml(recipe)))).toBe(recipeHash(recipe));
});

test('an unknown key names the nearest one', () => {
  const error = problem('[microscope]\nvoltage_kv = 300\n');
  expect(error.tag).toBe('recipe');
  expect(error.message).toContain("[microscope] has no key 'voltage_kv'");
  expect(error.hint).toContain('voltage_kV');
});

test('a wrong unit suffix suggests the right key', () => {
  expect(problem('[library.thickness_A]\nmin = 3\n').hint).toContain('thickness_nm');
});

test('a value out of range says where, what and the bound', () => {
  const error = problem('[microscope]\nvoltage_kV = 3e5\n');
  expect(error.message).toContain('microscope.voltage_kV');
  expect(error.message).toContain('1500');
});

test('text that is not TOML gives line and column', () => {
  expect(problem('[library\nseed=1').message).toMatch(/line 1/);
});
