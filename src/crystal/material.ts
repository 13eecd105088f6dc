/**
 * Soft mode and Born effective charges of a perovskite ABO3: how atoms move with the local mode amplitude u [Å], and how much polarization that makes. Here those
 * of BaTiO3, SrTiO3 and Ba0.5Sr0.5TiO3, whose effective Hamiltonians are known; others are in `perovskites.ts`, or given by a recipe.
 *
 *     v_τα = ξ_τ u_α        P = (e/Ω) Σ_τ Z_τ v_τ = (e/Ω) Z* u        Z* = Z_A ξ_A + Z_Ti ξ_Ti + Z_∥ ξ_∥ + 2 Z_⊥ ξ_⊥
 *
 * Ti stands for whatever is on the B sites. O∥ is the oxygen whose Ti–O bond lies along the component α, O⊥ the other two. e/Å² = 1602.18 µC/cm²; Ω is the volume
 * of the cell in use, so that 'µC/cm² per Å' belongs to one lattice parameter (BST: 256.2 at 3.9435 Å, 255.0 at 3.95 Å).
 *
 * Sources: the BaTiO3 numbers go with the parameter set of Nishimatsu et al., PRB 82, 134106 (2010), Z* and a0 of BST with
 * JPSJ 85, 114714 (2016); each number's standing is in `status`. BST's eigenvector and charges are its parents' means.
 *
 * What this is not: an energy; nothing here says how large u is. Strain, tilts and other modes are left out.
 */

import { E_PER_A2_IN_UC_CM2 } from '../core/constants.ts';

/** One number per kind of atom; O by its bond's direction relative to the displacement. */
export interface PerKind {
  readonly A: number;
  readonly Ti: number;
  readonly Opar: number;
  readonly Operp: number;
}

export interface Material {
  /** Formula. */
  readonly name: string;
  /** Soft-mode eigenvector ξ, dimensionless. */
  readonly mode: PerKind;
  /** Born charges as published [e]. Their sum misses zero by up to 0.005 e. */
  readonly bornPublished: PerKind;
  /**
   * Born charges in use [e]: the published ones less a fifth of their sum, so that A + Ti + O∥ + 2 O⊥ = 0 and a rigid
   * shift of the cell carries no polarization. The same as measuring displacements from the mean of the five atoms.
   */
  readonly born: PerKind;
  /** Z* = Σ Z ξ of the vectors above [e], in use. */
  readonly zStar: number;
  /** Where the numbers come from. */
  readonly status: string;
}

/** Materials with an effective Hamiltonian. */
export type TitanateName = '(Ba,Sr)TiO3' | 'BaTiO3' | 'SrTiO3';

export interface Titanate extends Material {
  readonly name: TitanateName;
  /** Z* in the published parameter set [e]; agrees with `zStar` to 0.05 %. */
  readonly zStarPublished: number;
  /** Lattice parameter of that parameter set [Å]; not the one a recipe uses. */
  readonly a0_A: number;
}

/** Sum over the five atoms of a cell of a quantity given per kind. */
export function cellSum(value: PerKind): number {
  return value.A + value.Ti + value.Opar + 2 * value.Operp;
}

/** The charges less a fifth of their sum over the cell: a rigid shift then carries no polarization. */
export function neutral(born: PerKind): PerKind {
  const excess = cellSum(born) / 5;
  return { A: born.A - excess, Ti: born.Ti - excess, Opar: born.Opar - excess, Operp: born.Operp - excess };
}

/** Charges in use and Z* of what is published. */
export function material<T extends Omit<Material, 'born' | 'zStar'>>(given: T): T & Pick<Material, 'born' | 'zStar'> {
  const { mode } = given;
  const born = neutral(given.bornPublished);
  const zStar = born.A * mode.A + born.Ti * mode.Ti + born.Opar * mode.Opar + 2 * born.Operp * mode.Operp;
  return { ...given, born, zStar };
}

const TITANATES: { readonly [Name in TitanateName]: Titanate } = {
  BaTiO3: material({
    name: 'BaTiO3',
    mode: { A: 0.166, Ti: 0.77, Opar: -0.546, Operp: -0.202 },
    bornPublished: { A: 2.742, Ti: 7.493, Opar: -5.932, Operp: -2.149 },
    zStarPublished: 10.33,
    a0_A: 3.98597,
    status: 'published',
  }),
  SrTiO3: material({
    name: 'SrTiO3',
    mode: { A: 0.457, Ti: 0.63, Opar: -0.354, Operp: -0.366 },
    bornPublished: { A: 2.567, Ti: 7.266, Opar: -5.707, Operp: -2.063 },
    zStarPublished: 9.28448,
    a0_A: 3.90103,
    status: 'charges published; eigenvector recomputed; Z* and a0 extrapolated as 2·BST − BTO',
  }),
  '(Ba,Sr)TiO3': material({
    name: '(Ba,Sr)TiO3',
    mode: { A: 0.312, Ti: 0.7, Opar: -0.45, Operp: -0.284 },
    bornPublished: { A: 2.6545, Ti: 7.3795, Opar: -5.8195, Operp: -2.106 },
    zStarPublished: 9.807238756,
    a0_A: 3.9435,
    status: 'eigenvector (rounded; its norm is 0.975) and charges are means of BTO and STO; Z* and a0 published',
  }),
};

export function isTitanate(name: string): name is TitanateName {
  return Object.hasOwn(TITANATES, name);
}

export function materialOf(name: TitanateName): Titanate {
  return TITANATES[name];
}

/** P per u [µC/cm² per Å] in a cell of the given volume [Å³], for a uniform u. */
export function polarizationPerDisplacement(of: Material, volume_A3: number): number {
  return (E_PER_A2_IN_UC_CM2 * of.zStar) / volume_A3;
}

/** Displacement of the centre of the O6 octahedron per u, for a uniform u: one bond lies along it, two across. */
function octahedronPerDisplacement({ mode }: Material): number {
  return (mode.Opar + 2 * mode.Operp) / 3;
}

/** δTi per u: Ti relative to the centroid of its six O, for a uniform u (BST 1.04). */
export function dTiPerDisplacement(of: Material): number {
  return of.mode.Ti - octahedronPerDisplacement(of);
}
