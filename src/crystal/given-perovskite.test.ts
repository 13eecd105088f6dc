/** [crystal.given]: what it makes, what is taken out of it, and what is refused. */

import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { parseRecipe, recipeToToml } from '../recipe/recipe.ts';
import { buildStructure, labelFields, structureStream } from './build.ts';
import { perovskiteOf } from './crystal-perovskite.ts';
import { materialOf } from './material.ts';

interface Given {
  readonly A?: string;
  readonly B?: string;
  readonly born?: string;
  readonly mode?: string;
  readonly u2?: string;
}

const BORN = 'A = 2.742, B = 7.493, O_parallel = -5.932, O_perpendicular = -2.149';
const MODE = 'A = 0.166, B = 0.77, O_parallel = -0.546, O_perpendicular = -0.202';

function text({
  A = 'Ba = 1',
  B = 'Ti = 1',
  born = BORN,
  mode = MODE,
  u2 = 'Ba = 0.006, Ti = 0.006, O = 0.009',
}: Given) {
  const charges = born === '' ? '' : `born = { ${born} }\n`;
  return `[crystal]\nmaterial = "given"\na_A = 4\nu2_A2 = { ${u2} }\n[crystal.given]\nA = { ${A} }\nB = { ${B} }\n${charges}mode = { ${mode} }\n`;
}

const refused = (given: Given) => {
  const { tag, message } = problem(() => parseRecipe(text(given)));
  expect(tag).toBe('recipe');
  return message;
};

test('BaTiO3 given by hand is BaTiO3: the same labels from the same stream, whatever the size and sign of the mode', () => {
  const structures = '[structures]\ncells = [4, 4, 2]\njitter_pm = 0\np_max_uC_cm2 = 20\n';
  const own = parseRecipe(`[crystal]\nmaterial = "BTO"\na_A = 4\n${structures}`);
  const want = labelFields(buildStructure(own, 2, structureStream(1, 2, false)), own);
  for (const mode of [MODE, 'A = -0.332, B = -1.54, O_parallel = 1.092, O_perpendicular = 0.404']) {
    const given = parseRecipe(text({ mode }) + structures);
    expect(parseRecipe(recipeToToml(given))).toEqual(given);
    const got = labelFields(buildStructure(given, 2, structureStream(1, 2, false)), given);
    // The published mode's own shift, 0.3 % of u, is taken out of the given one.
    got.P.forEach((p, i) => void expect(p).toBeCloseTo(want.P[i]!, 2));
    got.dTi.forEach((d, i) => void expect(d).toBeCloseTo(want.dTi[i]!, 2));
  }
});

test('a shift of the whole cell is taken out, and said', () => {
  const of = (mode: string) => perovskiteOf(parseRecipe(text({ mode })).crystal);
  const still = of(MODE);
  expect(still.notes).toEqual([]);
  // From A, as refinements have it: every displacement less that of A.
  const fromA = of('A = 0, B = 0.604, O_parallel = -0.712, O_perpendicular = -0.368');
  for (const key of ['A', 'Ti', 'Opar', 'Operp'] as const) {
    expect(fromA.material.mode[key]).toBeCloseTo(still.material.mode[key], 12);
  }
  expect(fromA.notes).toEqual([expect.stringContaining('shifts the whole cell')]);
  expect(fromA.material.zStar).toBeCloseTo(materialOf('BaTiO3').zStar, 1);
});

test('mixed sites: exact counts of each element', () => {
  const given = parseRecipe(
    `${text({ A: 'K = 0.5, Na = 0.3, Li = 0.2', B: 'Nb = 0.9, Ta = 0.1', u2: 'K = 0.01, Na = 0.01, Li = 0.01, Nb = 0.005, Ta = 0.005, O = 0.008' })}[structures]\ncells = [4, 4, 2]\n`,
  );
  const { symbols } = buildStructure(given, 0, structureStream(1, 0, false));
  const count = (symbol: string) => symbols.filter((s) => s === symbol).length;
  // 32 sites: 16, 9.6, 6.4 and 28.8, 3.2, the remainders to the largest.
  expect(['K', 'Na', 'Li', 'Nb', 'Ta', 'O'].map(count)).toEqual([16, 10, 6, 29, 3, 96]);
});

test('what cannot be is refused when the recipe is read', () => {
  expect(refused({ born: '' })).toContain('crystal.given.born: is missing');
  expect(refused({ born: 'A = 2.7, B = 7.4, O_parallel = -5.8, O_perpendicular = -1.1' })).toContain(
    'adds up to 2.10 e',
  );
  expect(refused({ mode: 'A = 1, B = 1, O_parallel = 1, O_perpendicular = 1' })).toContain('moves all atoms alike');
  expect(refused({ mode: 'A = 0, B = 0, O_parallel = 0, O_perpendicular = 0' })).toContain('moves all atoms alike');
  expect(refused({ born: 'A = 0, B = 0, O_parallel = 0, O_perpendicular = 0' })).toContain('carries no polarization');
  expect(refused({ A: 'Xx = 1' })).toContain('crystal.given.A');
  expect(refused({ A: 'ba = 1' })).toContain('crystal.given.A');
  expect(refused({ A: 'O = 1' })).toContain('crystal.given.A');
  expect(refused({ B: 'Ti = 0.7' })).toContain('add up to 1');
  expect(refused({ B: 'Ti = 0.5, Ba = 0.5' })).toContain('one role');
  expect(refused({ u2: 'Ba = 0.006, O = 0.009' })).toContain('crystal.u2_A2: lacks Ti');
  expect(refused({ u2: 'Ba = 0.006, Ti = 0.006, Zr = 0.006, O = 0.009' })).toContain("no key 'Zr'");
  const message = (recipe: string) => problem(() => parseRecipe(recipe)).message;
  expect(message('[crystal]\nmaterial = "given"\na_A = 4\n')).toContain('[crystal.given]');
  expect(message(text({}).replace('a_A = 4\n', ''))).toContain('crystal.a_A');
  expect(message(text({}).replace('"given"', '"BTO"'))).toContain('crystal.given');
  expect(message('[crystal]\nzr_fraction = 0.5\n')).toContain('crystal.zr_fraction');
  expect(message('[crystal]\nmaterial = "PTO"\nba_fraction = 0.5\n')).toContain('crystal.ba_fraction');
});

test('a mode that leaves B in its O6 has no gradient in steps of it', () => {
  const rigid = 'A = 0.8, B = -0.3, O_parallel = -0.3, O_perpendicular = -0.3';
  const gradient = `${text({ mode: rigid })}[structures]\ntexture = "gradient"\n`;
  expect(problem(() => parseRecipe(gradient)).message).toContain('gradient_step_pm');
  expect(parseRecipe(`${text({ mode: rigid })}[structures]\ntexture = "smooth"\n`).crystal.material).toBe('given');
});
