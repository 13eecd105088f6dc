import { expect, test } from 'vitest';
import { knownCrystal } from '../crystal/known-crystals.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { describeMode } from './describe-mode.ts';

test('what info prints of a polar perovskite is a recipe once the Born charges are in it', () => {
  const { lines } = describeMode(knownCrystal('BaTiO3'))!;
  const toml = lines.slice(1).join('\n');
  expect(() => parseRecipe(toml, 'printed')).toThrow(/Born|born/);
  const filled = toml.replace(
    /# born = .*/,
    'born = { A = 2.74, B = 7.49, O_parallel = -5.93, O_perpendicular = -2.15 }',
  );
  const { crystal } = parseRecipe(filled, 'printed');
  expect(crystal.a_A).toBeCloseTo(Math.cbrt(3.991 ** 2 * 4.0352), 4);
  expect(crystal.u2_A2).toMatchObject({ Ba: 0.0057, Ti: 0.0056 });
  // Ti 0.0224 c from the middle of its Ba, O −0.0244 c and −0.0105 c from theirs; as refined, to the printed 10⁻⁴ Å.
  const { mode } = crystal.given!;
  expect(mode.B - mode.A).toBeCloseTo(0.0224 * 4.0352, 3);
  expect(mode.O_parallel - mode.A).toBeCloseTo(-0.0244 * 4.0352, 3);
  expect(mode.O_perpendicular - mode.A).toBeCloseTo(-0.0105 * 4.0352, 3);
  expect(describeMode(knownCrystal('SrTiO3'))).toBeUndefined();
  expect(describeMode(knownCrystal('Si'))).toBeUndefined();
});
