import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { checkModelFits, crystalName, differences, differenceText, type ModelScope } from './model-scope.ts';

const SCOPE: ModelScope = {
  material: 'BaTiO3',
  crystal: 'BaTiO3',
  a_A: 4.0064,
  voltage_kV: 300,
  convergence_mrad: 2.2,
  dose_e: null,
};
const whats = (facts: Parameters<typeof differences>[1]) => differences(SCOPE, facts).map(({ what }) => what);

test('a scan of which nothing is known differs in nothing', () => {
  expect(whats({})).toEqual([]);
});

test('tolerances: 1% in voltage, 5% in convergence, 1.5% in the lattice parameter', () => {
  expect(whats({ voltage_kV: 302.9, convergence_mrad: 2.3, a_A: 3.95 })).toEqual([]);
  expect(whats({ voltage_kV: 303.1 })).toEqual(['voltage']);
  expect(whats({ convergence_mrad: 2.32 })).toEqual(['convergence semi-angle']);
  // SrTiO3.
  expect(whats({ a_A: 3.905 })).toEqual(['lattice parameter']);
});

test('who says that the scan is of the model’s material is believed before the file’s scale', () => {
  expect(whats({ material: 'BaTiO3', a_A: 3.905 })).toEqual([]);
  expect(whats({ material: 'SrTiO3', a_A: 4.0064 })).toEqual(['material']);
  // A model that does not state its material is of none that anybody says.
  const { material: _, ...unstated } = SCOPE;
  expect(differences(unstated, { material: 'BaTiO3' })).toHaveLength(1);
});

test('differences say what, how much and in which direction', () => {
  expect(differences(SCOPE, { voltage_kV: 200 }).map(differenceText)).toEqual([
    'voltage 300 kV (the scan has 200.0 kV, 33 % less)',
  ]);
  const refused = problem(() => checkModelFits(SCOPE, { a_A: 3.905 }));
  expect(refused.tag).toBe('model-mismatch');
  expect(refused.message).toContain('lattice parameter of 4.0064 Å; the scan has 3.905 Å');
  expect(refused.hint).toContain('--material "BaTiO3"');
});

test('solid solutions are named with their composition, compounds without', () => {
  expect(crystalName({ material: '(Ba,Sr)TiO3', ba_fraction: 0.5 })).toBe('(Ba,Sr)TiO3, 50 % Ba');
  expect(crystalName({ material: 'Pb(Zr,Ti)O3', ba_fraction: 0.5, zr_fraction: 0.52 })).toBe('Pb(Zr,Ti)O3, 52 % Zr');
  expect(crystalName({ material: 'BaTiO3', ba_fraction: 1 })).toBe('BaTiO3');
});
