/**
 * Homogeneous strain: which components a crystal's surroundings hold, and the values that the others relax to.
 *
 * Strain η in Voigt order (xx, yy, zz, yz, zx, xy), engineering shear (η4 = 2ε_yz). Elastic energy per cell, in eV:
 * ½B11 Σ₁₋₃η² + B12(η1η2 + η2η3 + η3η1) + ½B44 Σ₄₋₆η² (Zhong, Vanderbilt, Rabe, PRB 52, 6301, Eq. 7). Positive strain is tension.
 */

import type { HamiltonianParameters } from './parameters.ts';

export type Voigt = readonly [number, number, number, number, number, number];

type Held = number | undefined;
/** The components that are held, at their values; `undefined` ones relax. */
export type HeldStrain = readonly [Held, Held, Held, Held, Held, Held];

/** A crystal free to take any homogeneous strain. */
export const FREE: HeldStrain = [undefined, undefined, undefined, undefined, undefined, undefined];

/** A crystal held at one strain. */
export function clamped(strain: Voigt = [0, 0, 0, 0, 0, 0]): HeldStrain {
  return strain;
}

/**
 * A film on a square substrate: both in-plane strains held at `strain`, the in-plane shear at 0; the three components that involve the normal relax.
 * @param strain substrate's lattice parameter over a0, minus 1
 * @param normal axis of the film's normal; z is the electron beam's axis
 */
export function epitaxial(strain: number, normal: 'x' | 'y' | 'z'): HeldStrain {
  const axis = 'xyz'.indexOf(normal);
  const held = [strain, strain, strain, undefined, undefined, undefined] as [Held, Held, Held, Held, Held, Held];
  held[axis] = undefined;
  held[3 + axis] = 0;
  return held;
}

/** The 6×6 elastic constants [eV per cell], element (l, m). */
function elasticConstant(p: HamiltonianParameters, l: number, m: number): number {
  if (l !== m) return l < 3 && m < 3 ? p.B12 : 0;
  return l < 3 ? p.B11 : p.B44;
}

/** ½ η·C·η [eV per cell]. */
export function elasticEnergy(p: HamiltonianParameters, strain: Voigt): number {
  let sum = 0;
  for (let l = 0; l < 6; l++) {
    for (let m = 0; m < 6; m++) sum += elasticConstant(p, l, m) * strain[l]! * strain[m]!;
  }
  return sum / 2;
}

/**
 * The strain that minimises ½η·C·η + load·η with the held components where they are.
 * @param load ∂H/∂η at zero strain, per cell [eV]
 */
export function relaxedStrain(p: HamiltonianParameters, held: HeldStrain, load: Voigt): Voigt {
  const strain = held.map((value) => value ?? 0);
  const loose = [0, 1, 2].filter((l) => held[l] === undefined);
  // C on the loose normal components is (B11 − B12)·1 + B12·J: with S the sum of their strains, each is (−load − B12(S + held))/(B11 − B12).
  const heldSum = strain[0]! + strain[1]! + strain[2]!;
  const loadSum = loose.reduce((sum, l) => sum + load[l]!, 0);
  const n = loose.length;
  const sum = -(loadSum + n * p.B12 * heldSum) / (p.B11 + (n - 1) * p.B12);
  for (const l of loose) strain[l] = -(load[l]! + p.B12 * (heldSum + sum)) / (p.B11 - p.B12);
  for (const l of [3, 4, 5]) if (held[l] === undefined) strain[l] = -load[l]! / p.B44;
  return strain as unknown as Voigt;
}
