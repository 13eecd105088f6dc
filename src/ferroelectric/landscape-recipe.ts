/** The landscape that a recipe's [crystal] and [landscape] describe. */

import { fail } from '../core/errors.ts';
import type { CrystalRecipe, Recipe } from '../core/recipe.ts';
import {
  BARIUM_STRONTIUM_TITANATE,
  BARIUM_TITANATE,
  type HamiltonianParameters,
  STRONTIUM_TITANATE,
} from './parameters.ts';
import { clamped, epitaxial, FREE, type HeldStrain } from './strain.ts';
import type { Conditions } from './system.ts';
import { compositionPressure_GPa, paraelectricStrain, type UniformEnergy, uniformEnergy } from './uniform.ts';

export const PARAMETERS: Readonly<Record<CrystalRecipe['material'], HamiltonianParameters>> = {
  BST: BARIUM_STRONTIUM_TITANATE,
  BTO: BARIUM_TITANATE,
  STO: STRONTIUM_TITANATE,
};

/** The energy that the recipe asks for, and its conditions. @throws 'recipe' without a [landscape] */
export function recipeLandscape({ crystal, landscape }: Recipe): { of: UniformEnergy; conditions: Conditions } {
  if (!landscape) fail('recipe', 'The recipe has no [landscape].', 'Add one, as in examples/bst.toml.');
  const parameters = PARAMETERS[crystal.material];
  const ofComposition = crystal.material === 'BST' ? compositionPressure_GPa(crystal.ba_fraction) : 0;
  const pressure_GPa = landscape.pressure_GPa ?? ofComposition;
  const cubic = paraelectricStrain(parameters, pressure_GPa);
  const misfit = (landscape.misfit_percent ?? 0) / 100;
  const held: Readonly<Record<typeof landscape.strain, HeldStrain>> = {
    relaxed: FREE,
    clamped: clamped([cubic, cubic, cubic, 0, 0, 0]),
    epitaxial: epitaxial((1 + cubic) * (1 + misfit) - 1, 'z'),
  };
  const conditions = { held: held[landscape.strain], pressure_GPa, field_V_per_A: landscape.field_V_per_A };
  return { of: uniformEnergy(parameters, conditions), conditions };
}
