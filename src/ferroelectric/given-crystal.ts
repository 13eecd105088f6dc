/** What [crystal] means for the effective Hamiltonian: parameters, the pressure of its composition, and strains counted from its own cubic cell. */

import { fail } from '../core/errors.ts';
import { isTitanate, type TitanateName } from '../crystal/material.ts';
import type { CrystalOptions } from '../crystal/options.ts';
import {
  BARIUM_STRONTIUM_TITANATE,
  BARIUM_TITANATE,
  type HamiltonianParameters,
  STRONTIUM_TITANATE,
} from './parameters.ts';
import { clamped, epitaxial, FREE, type HeldStrain } from './strain.ts';
import { compositionPressure_GPa, paraelectricStrain } from './uniform.ts';

const PARAMETERS: Readonly<Record<TitanateName, HamiltonianParameters>> = {
  '(Ba,Sr)TiO3': BARIUM_STRONTIUM_TITANATE,
  BaTiO3: BARIUM_TITANATE,
  SrTiO3: STRONTIUM_TITANATE,
};

export interface GivenCrystal {
  readonly name: TitanateName;
  readonly parameters: HamiltonianParameters;
  readonly pressure_GPa: number;
  /** What is held of the strain: nothing, all at the paraelectric cell of the composition, or the xy plane at a misfit [%] from it. */
  held(strain: 'free' | 'clamped' | 'epitaxial', misfit_percent?: number): HeldStrain;
}

/**
 * @param given_GPa pressure, in place of that of the composition
 * @throws 'recipe' for a material without an effective Hamiltonian
 */
export function givenCrystal({ material, ba_fraction }: CrystalOptions, given_GPa?: number): GivenCrystal {
  if (!isTitanate(material)) {
    fail(
      'recipe',
      `There is no effective Hamiltonian of ${material}, only of ${Object.keys(PARAMETERS).join(', ')}.`,
      "Set crystal.material to one of these, or make textures of it: texture = 'domains' or 'smooth'.",
      { material },
    );
  }
  const parameters = PARAMETERS[material];
  const pressure_GPa = given_GPa ?? (material === '(Ba,Sr)TiO3' ? compositionPressure_GPa(ba_fraction) : 0);
  const cubic = paraelectricStrain(parameters, pressure_GPa);
  return {
    name: material,
    parameters,
    pressure_GPa,
    held(strain, misfit_percent = 0) {
      if (strain === 'free') return FREE;
      if (strain === 'clamped') return clamped([cubic, cubic, cubic, 0, 0, 0]);
      return epitaxial((1 + cubic) * (1 + misfit_percent / 100) - 1, 'z');
    },
  };
}
