import { expect, test } from 'vitest';
import { hashOf } from '../../core/hash.ts';
import { RandomStream } from '../../core/random.ts';
import { problem } from '../../core/test-problem.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { BARIUM_TITANATE } from '../parameters.ts';
import { FREE } from '../strain.ts';
import { paraelectricStrain } from '../uniform.ts';
import { dynamicsPlan, runSteps } from './plan.ts';

const plan = (text: string) => dynamicsPlan(parseRecipe(text), new RandomStream(1));
const refused = (text: string) => problem(() => plan(text)).tag;

test('a recipe without [dynamics] is what it was', () => {
  const recipe = parseRecipe('[library]\nseed = 3\n');
  expect(recipe.dynamics).toBeUndefined();
  const { dynamics: _, ...rest } = recipe;
  expect(hashOf(recipe)).toBe(hashOf(rest));
  expect(problem(() => dynamicsPlan(recipe, new RandomStream(1))).tag).toBe('recipe');
});

test('every combination is a run, by seed first', () => {
  const { runs } = plan(`
[dynamics]
temperature_K = [250, 300]
strain = ["free", "epitaxial"]
misfit_percent = [-1, -0.5]
field_V_per_A = [[0, 0, 0], [0, 0, 0.002]]
seeds = [4, 7]
`);
  expect(runs).toHaveLength(2 * 2 * 3 * 2);
  expect(runs.map(({ seed }) => seed)).toEqual([...new Array(12).fill(4), ...new Array(12).fill(7)]);
  expect(new Set(runs.map(({ name }) => name)).size).toBe(24);
  expect(new Set(runs.map(({ stream }) => stream)).size).toBe(24);
  expect(runs[3]).toMatchObject({ name: 'run-0004', temperature_K: 250, strain: 'epitaxial, misfit −1 %' });
  expect(runs[3]!.conditions.field_V_per_A).toEqual([0, 0, 0.002]);
  expect(runs[0]!.conditions.held).toBe(FREE);
  // A run's noise is its own, whatever other runs there are.
  expect(plan('[dynamics]\nseeds = [4]\ntemperature_K = 250\n').runs[0]!.stream).toBe(
    plan('[dynamics]\nseeds = [4, 9]\ntemperature_K = [300, 250]\n').runs[1]!.stream,
  );
});

test('strains count from the paraelectric cell of the composition, as in a landscape', () => {
  const text = '[crystal]\nba_fraction = 0.7\n[dynamics]\nstrain = ["clamped", "epitaxial"]\nmisfit_percent = -1\n';
  const { runs, parameters } = plan(text);
  const cubic = paraelectricStrain(parameters, -1.2);
  expect(runs[0]!.conditions.pressure_GPa).toBeCloseTo(-1.2, 12);
  expect(runs[0]!.conditions.held[0]).toBeCloseTo(cubic, 12);
  expect((1 + runs[1]!.conditions.held[0]!) / (1 + cubic)).toBeCloseTo(0.99, 12);
  expect(runs[1]!.conditions.held.map((v) => v === undefined)).toEqual([false, false, true, true, true, false]);
  const bto = plan('[crystal]\nmaterial = "BTO"\nba_fraction = 1\n[dynamics]\n');
  expect(bto.parameters).toBe(BARIUM_TITANATE);
  expect(bto.runs[0]!.conditions.pressure_GPa).toBe(0);
  expect([...bto.ba].every((ba) => ba === 1)).toBe(true);
});

test('times in steps, a window of at least one', () => {
  const of = plan('[dynamics]\ntimestep_fs = 1\nequilibrate_ps = 2\ninterval_ps = 0.5\nframes = 4\naverage_ps = 0.2\n');
  expect([of.equilibrate, of.interval, of.average, runSteps(of)]).toEqual([2000, 500, 200, 4000]);
  expect(plan('[dynamics]\n').average).toBe(1);
});

test('targets in place of fields', () => {
  const { runs } = plan('[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 5\nsizes = 4\nkeep = 9\n');
  expect(runs).toHaveLength(20);
  expect(Math.hypot(...runs[0]!.target_uC_cm2!)).toBeCloseTo(2.5, 12);
  expect(Math.hypot(...runs[19]!.target_uC_cm2!)).toBeCloseTo(17.5, 12);
  expect(runs[0]!.conditions.field_V_per_A).toBeUndefined();
});

test.each([
  ['STO has no parameters of its own', '[crystal]\nmaterial = "STO"\n[dynamics]\n'],
  ['an interval of no step', '[dynamics]\ninterval_ps = 0.0005\n'],
  ['a window beyond the interval', '[dynamics]\ninterval_ps = 0.5\naverage_ps = 1\n'],
  ['a film without misfit', '[dynamics]\nstrain = "epitaxial"\n'],
  ['a misfit without film', '[dynamics]\nmisfit_percent = 1\n'],
  ['a seed twice', '[dynamics]\nseeds = [1, 1]\n'],
  ['a temperature twice', '[dynamics]\ntemperature_K = [300, 300]\n'],
  ['more frames kept than made', '[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 4\nsizes = 1\nkeep = 41\n'],
  [
    'field and sampling',
    '[dynamics]\nfield_V_per_A = [0, 0, 0]\n[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 4\nsizes = 1\nkeep = 4\n',
  ],
])('refuses: %s', (_, text) => {
  expect(refused(text)).toBe('recipe');
});
