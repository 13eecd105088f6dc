/** The landscape that [crystal] and [landscape] describe. */

import { fail } from '../core/errors.ts';
import { type Identity, identify } from '../core/identity.ts';
import type { CrystalOptions } from '../crystal/options.ts';
import { givenCrystal } from './given-crystal.ts';
import type { LandscapeOptions } from './options.ts';
import type { Conditions } from './system.ts';
import { type UniformEnergy, uniformEnergy } from './uniform.ts';

export interface LandscapeInputs {
  readonly crystal: CrystalOptions;
  readonly landscape?: LandscapeOptions | undefined;
}

/** What a landscape follows from. Nothing is drawn: it has no seed. */
export function landscapeIdentity({ crystal, landscape }: LandscapeInputs, program: string): Identity {
  const { material, ba_fraction } = crystal;
  const settings = { crystal: { material, ba_fraction }, landscape };
  return identify({ kind: 'landscape', schema: 1, program, settings, inputs: {} });
}

/** The energy that the recipe asks for, and its conditions. @throws 'recipe' without a [landscape] */
export function givenLandscape({ crystal, landscape }: LandscapeInputs): { of: UniformEnergy; conditions: Conditions } {
  if (!landscape) fail('recipe', 'The recipe has no [landscape].', 'Add one, as in examples/bst.toml.');
  const { parameters, pressure_GPa, held } = givenCrystal(crystal, landscape.pressure_GPa);
  const strain = landscape.strain === 'relaxed' ? 'free' : landscape.strain;
  const conditions = {
    held: held(strain, landscape.misfit_percent),
    pressure_GPa,
    field_V_per_A: landscape.field_V_per_A,
  };
  return { of: uniformEnergy(parameters, conditions), conditions };
}
