/**
 * Energy of a crystal whose cells all carry the same soft mode u: a polynomial of u once the homogeneous strain is eliminated. Per formula unit,
 *
 *     E(u, η) = κu² + [V_self(u) − κ₂u²] + ½ηᵀBη + ηᵀ(Cq + π) − Z* E·u,        q = (u_x², u_y², u_z², u_yu_z, u_zu_x, u_xu_y)
 *
 * V_self and the coupling Cq are those of local.ts, B the elastic constants, π = p a0³ on the three normal strains. κ collects κ₂, the short range and the
 * dipoles at k = 0: the cubic lattice's Lorentz field, without the macroscopic field (a crystal between shorted electrodes).
 *
 * Strains that are free follow u linearly in q, η = η⁰ + Lq, so that E = (terms without strain) + hᵀq + ½qᵀMq with h = Cᵀη⁰ and M = CᵀL: one form whatever
 * is held. Energies count from the paraelectric u = 0 under the same conditions. Units eV, Å; strains in Voigt order with engineering shear.
 * Sources: Zhong, Vanderbilt and Rabe, PRB 52, 6301 (1995); terms beyond u⁴: Nishimatsu et al., PRB 82, 134106 (2010).
 *
 * What this is not: domains, walls or temperature. Every cell moves alike.
 */

import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { dot, type Mat3 } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { selfEnergy, selfGradient } from './local.ts';
import { dipoleStrength, type HamiltonianParameters } from './parameters.ts';
import { FREE, relaxedStrain, type Voigt } from './strain.ts';
import { type Conditions, pressureWork, withPressure } from './system.ts';

export interface UniformEnergy {
  readonly parameters: HamiltonianParameters;
  /** E(u) − E(0) under the same conditions [eV per formula unit]. */
  energy(u_A: Vec3): number;
  /** ∂E/∂u [eV/Å]. */
  gradient(u_A: Vec3): Vec3;
  /** ∂²E/∂u∂u [eV/Å²]. */
  hessian(u_A: Vec3): Mat3;
  /** The strain at u, against a0. */
  strain(u_A: Vec3): Voigt;
}

/**
 * The zone-centre κ [eV/Å²]: κu² is the whole quadratic energy of a uniform u without strain. The short range is half the sum of J over the 6 first, 12
 * second and 8 third neighbours, where off-diagonal parts cancel; the dipoles see the Lorentz field 4πP/3.
 */
export function zoneCentreKappa(parameters: HamiltonianParameters): number {
  const [j1, j2, j3, j4, , j6] = parameters.j;
  const shortRange = 2 * j1 + j2 + 4 * j3 + 2 * j4 + 4 * j6;
  const dipoles = -((2 * Math.PI) / 3) * dipoleStrength(parameters);
  return parameters.kappa2 + shortRange + dipoles;
}

/** P of a uniform mode per u [µC/cm² per Å], 1602.18 Z* u / Ω, where Ω = a0³ is the parameter set's cubic cell, not the strained one. */
export function polarizationPerMode({ zStar, a0_A }: HamiltonianParameters): number {
  return (E_PER_A2_IN_UC_CM2 * zStar) / a0_A ** 3;
}

/**
 * Pressure [GPa] that stands for another composition in the Ba0.5Sr0.5TiO3 parameter set: (0.5 − x)·6.0, x the share of barium (Nishimatsu et al., JPSJ 85,
 * 114714). More strontium is more pressure.
 */
export function compositionPressure_GPa(ba_fraction: number): number {
  return (0.5 - ba_fraction) * 6;
}

/** Each normal strain of the free paraelectric crystal under pressure, against a0: −p a0³ / (B11 + 2 B12). */
export function paraelectricStrain(parameters: HamiltonianParameters, pressure_GPa: number): number {
  const { B11, B12 } = parameters;
  return -pressureWork(parameters, { held: FREE, pressure_GPa }) / (B11 + 2 * B12);
}

/** The energy as a function of u. @throws 'range' for a strain, pressure or field that is not finite */
export function uniformEnergy(parameters: HamiltonianParameters, conditions: Conditions): UniformEnergy {
  const { field_V_per_A = [0, 0, 0] } = conditions;
  const { zeroStrain, response, quadratic, quartic } = eliminateStrain(parameters, conditions);
  const force = field_V_per_A.map((E) => parameters.zStar * E) as unknown as Vec3;
  if (![...quadratic, ...zeroStrain, ...force].every(Number.isFinite)) {
    fail('range', 'A strain, the pressure or the field is not a number.', 'Give finite values.');
  }
  // A uniform mode meets κ where a single cell has κ₂.
  const local = { ...parameters, kappa2: zoneCentreKappa(parameters) };
  /** ∂E/∂q of the part that goes through the strain. */
  const conjugate = (q: Voigt): number[] => quadratic.map((h, i) => h + dot6(quartic[i]!, q));
  return {
    parameters,
    energy(u) {
      const q = products(u);
      const strained = quadratic.reduce((sum, h, i) => sum + q[i]! * (h + 0.5 * dot6(quartic[i]!, q)), 0);
      return selfEnergy(local, ...u) + strained - dot(force, u);
    },
    gradient(u) {
      const f = conjugate(products(u));
      return AXES.map((i) => {
        const own = selfGradient(local, u[i], u[next(i, 1)], u[next(i, 2)]);
        return own + dot6(f, productSlopes(u, i)) - force[i];
      }) as unknown as Vec3;
    },
    hessian(u) {
      const own = selfHessian(local, u);
      const f = conjugate(products(u));
      const slopes = AXES.map((i) => productSlopes(u, i));
      return AXES.map((i) =>
        AXES.map((k) => {
          const bent = slopes[i]!.reduce((sum, d, l) => sum + d * dot6(quartic[l]!, slopes[k]!), 0);
          return own(i, k) + bent + (i === k ? 2 * f[i]! : f[6 - i - k]!);
        }),
      ) as unknown as Mat3;
    },
    strain(u) {
      const q = products(u);
      return zeroStrain.map((value, l) => value + dot6(response[l]!, q)) as unknown as Voigt;
    },
  };
}

const AXES = [0, 1, 2] as const;
const VOIGT = [0, 1, 2, 3, 4, 5] as const;
type Axis = (typeof AXES)[number];

const next = (i: Axis, step: 1 | 2): Axis => ((i + step) % 3) as Axis;
const dot6 = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** q = (u_x², u_y², u_z², u_yu_z, u_zu_x, u_xu_y). */
const products = (u: Vec3): Voigt => [u[0] ** 2, u[1] ** 2, u[2] ** 2, u[1] * u[2], u[2] * u[0], u[0] * u[1]];

/** ∂q/∂u_i. */
function productSlopes(u: Vec3, i: Axis): number[] {
  const out = [0, 0, 0, 0, 0, 0];
  out[i] = 2 * u[i];
  out[3 + next(i, 1)] = u[next(i, 2)];
  out[3 + next(i, 2)] = u[next(i, 1)];
  return out;
}

/** ∂²V_self/∂u_i∂u_k [eV/Å²]. V_self is a polynomial of the squares s_i = u_i²: 4u_iu_k ∂²V/∂s_i∂s_k, and 2 ∂V/∂s_i on the diagonal. */
function selfHessian(p: HamiltonianParameters, u: Vec3): (i: Axis, k: Axis) => number {
  const s: Vec3 = [u[0] ** 2, u[1] ** 2, u[2] ** 2];
  const sum = s[0] + s[1] + s[2];
  const isotropic = 2 * p.alpha + 6 * p.k1 * sum + 12 * p.k4 * sum ** 2;
  return (i, k) => {
    if (i !== k) {
      const third = s[(3 - i - k) as Axis];
      return 4 * u[i] * u[k] * (isotropic + p.gamma + 2 * p.k2 * (s[i] + s[k]) + p.k3 * third);
    }
    const [b, c] = [s[next(i, 1)], s[next(i, 2)]];
    const slope =
      p.kappa2 +
      2 * p.alpha * sum +
      3 * p.k1 * sum ** 2 +
      4 * p.k4 * sum ** 3 +
      p.gamma * (b + c) +
      p.k2 * (2 * s[i] * (b + c) + b * b + c * c) +
      p.k3 * b * c;
    return 4 * s[i] * (isotropic + 2 * p.k2 * (b + c)) + 2 * slope;
  };
}

/** η⁰, L, h [eV/Å²] and M [eV/Å⁴] of this file's header. */
function eliminateStrain(p: HamiltonianParameters, conditions: Conditions) {
  const work = pressureWork(p, conditions);
  const coupling = (l: number, k: number): number =>
    l < 3 && k < 3 ? (l === k ? p.B1xx : p.B1yy) / 2 : l === k ? p.B4yz : 0;
  const under = (source: (l: number) => number): Voigt =>
    relaxedStrain(p, conditions.held, withPressure(VOIGT.map(source) as unknown as Voigt, work));
  const zeroStrain = under(() => 0);
  const columns = VOIGT.map((k) => under((l) => coupling(l, k)).map((value, l) => value - zeroStrain[l]!));
  const response = VOIGT.map((l) => VOIGT.map((k) => columns[k]![l]!));
  return {
    zeroStrain,
    response,
    quadratic: VOIGT.map((k) => VOIGT.reduce<number>((sum, l) => sum + coupling(l, k) * zeroStrain[l]!, 0)),
    quartic: VOIGT.map((i) =>
      VOIGT.map((k) => VOIGT.reduce<number>((sum, l) => sum + coupling(l, i) * columns[k]![l]!, 0)),
    ),
  };
}
