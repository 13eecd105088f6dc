import { expect, test } from 'vitest';
import { parseRecipe } from '../recipe/recipe.ts';
import { describeMaterial } from './describe-material.ts';

test('a recipe’s material: elements, edges, spontaneous P, where its numbers come from, and what is a guess', () => {
  const of = (crystal: string) => describeMaterial(parseRecipe(`[crystal]\n${crystal}\n`));
  const { lines, json } = of('material = "PTO"\na_A = 3.91\nc_A = 4.15');
  expect(lines[0]).toBe(
    '  textures of PbTiO3 (Pb, Ti, O), 3.91 Å across, 4.15 Å along the beam; spontaneous P 84.3 µC/cm² along ⟨001⟩',
  );
  expect(lines.slice(1)).toEqual([expect.stringContaining('from memory'), expect.stringContaining('U_iso')]);
  expect(json).toMatchObject({ name: 'PbTiO3', p_uC_cm2: expect.closeTo(84.3, 1) });
  expect(of('material = "STO"').lines[0]).toBe('  textures of SrTiO3 (Sr, Ti, O), 3.905 Å');
  expect(of('material = "STO"\na_A = 4.1').json.notes).toEqual([
    expect.stringMatching(/crystal\.a_A = 4\.1 is \+5\.0% .*3\.905 Å/),
  ]);
  expect(of('material = "PTO"\n[structures]\ntexture = "domains"\np_max_uC_cm2 = 10').json.notes).toEqual([
    expect.stringContaining('U_iso'),
    expect.stringContaining('p_max_uC_cm2 = 10 is not heeded'),
  ]);
});
