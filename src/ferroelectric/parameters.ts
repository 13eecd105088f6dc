/**
 * Parameters of the effective Hamiltonian of BaTiO3, (Ba,Sr)TiO3 and SrTiO3. Units: eV, Å, elementary charges, atomic mass units.
 * Names are those of the papers: Nishimatsu et al., Phys. Rev. B 82, 134106 (2010) for BaTiO3; Nishimatsu, Grünebohm, Waghmare and Kubo, J. Phys. Soc. Jpn. 85,
 * 114714 (2016) for Ba0.5Sr0.5TiO3; King-Smith and Vanderbilt's form by Zhong, Vanderbilt and Rabe, Phys. Rev. B 52, 6301 (1995).
 */

export interface HamiltonianParameters {
  readonly name: string;
  /** Edge of the cubic cell [Å]. */
  readonly a0_A: number;
  /** Mass of the soft mode [amu], and of the acoustic displacement where it has dynamics of its own. */
  readonly mass_amu: number;
  readonly acousticMass_amu: number;
  /** Born effective charge of the mode [e] and optical dielectric constant. */
  readonly zStar: number;
  readonly epsilonInf: number;
  /** Elastic constants [eV per cell]. */
  readonly B11: number;
  readonly B12: number;
  readonly B44: number;
  /** Strain coupling [eV/Å²]. */
  readonly B1xx: number;
  readonly B1yy: number;
  readonly B4yz: number;
  /** Self energy: κ₂ [eV/Å²], α and γ [eV/Å⁴], k1, k2, k3 [eV/Å⁶], k4 [eV/Å⁸]. */
  readonly kappa2: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly k4: number;
  /** Short range between first (j1, j2), second (j3, j4, j5) and third (j6, j7) neighbours [eV/Å²]. */
  readonly j: readonly [j1: number, j2: number, j3: number, j4: number, j5: number, j6: number, j7: number];
  /** Chemical coupling of a cell's A sites to its volume, c [eV]; 0 where the A sites are all alike. */
  readonly chemical_eV: number;
}

/** Phys. Rev. B 82, 134106, table I. */
export const BARIUM_TITANATE: HamiltonianParameters = {
  name: 'BaTiO3',
  a0_A: 3.98597,
  mass_amu: 38.24,
  acousticMass_amu: 46.64,
  zStar: 10.33,
  epsilonInf: 6.86915,
  B11: 126.731671475652,
  B12: 41.7582963902598,
  B44: 49.2408864348646,
  B1xx: -185.347187551195,
  B1yy: -3.28092949275457,
  B4yz: -14.5501738943852,
  kappa2: 8.53400622096412,
  alpha: 78.9866142426818,
  gamma: -115.484148812672,
  k1: -267.98013991724,
  k2: 197.500718362573,
  k3: 830.199979293529,
  k4: 641.968099408642,
  j: [-2.08403, -1.12904, 0.68946, -0.61134, 0, 0.2769, 0],
  chemical_eV: 0,
};

/** J. Phys. Soc. Jpn. 85, 114714, x = 0.5. */
export const BARIUM_STRONTIUM_TITANATE: HamiltonianParameters = {
  name: 'Ba0.5Sr0.5TiO3',
  a0_A: 3.9435,
  mass_amu: 40.9285,
  acousticMass_amu: 41.67,
  zStar: 9.807238756,
  epsilonInf: 6.663371926,
  B11: 129.0286059,
  B12: 39.00720516,
  B44: 45.26949109,
  B1xx: -143.7185938,
  B1yy: -1.375464746,
  B4yz: -15.02208695,
  kappa2: 9.4250031,
  alpha: 50.68630712,
  gamma: -72.18357441,
  k1: -166.56247,
  k2: 157.2518592,
  k3: 515.9414896,
  k4: 390.6570497,
  j: [-2.048250285, -1.472144446, 0.6396521198, -0.5891190367, 0, 0.2576732039, 0],
  chemical_eV: -0.279,
};

/** The LDA set of Zhong, Vanderbilt and Rabe (1995), for checks: no terms beyond fourth order. */
export const BARIUM_TITANATE_LDA: HamiltonianParameters = {
  name: 'BaTiO3 (LDA, 1995)',
  a0_A: 3.94,
  mass_amu: 38.24,
  acousticMass_amu: 46.64,
  zStar: 9.956,
  epsilonInf: 5.24,
  B11: 126,
  B12: 44.9,
  B44: 50.3,
  B1xx: -211,
  B1yy: -19.3,
  B4yz: -7.75,
  kappa2: 5.502,
  alpha: 110.4,
  gamma: -163.1,
  k1: 0,
  k2: 0,
  k3: 0,
  k4: 0,
  j: [-2.648, 3.894, 0.898, -0.789, 0.562, 0.358, 0.179],
  chemical_eV: 0,
};

/** SrTiO3 by extrapolation, 2·BST − BTO in every number: for scans over composition only, not a model of strontium titanate. */
export const STRONTIUM_TITANATE: HamiltonianParameters = extrapolated();

function extrapolated(): HamiltonianParameters {
  const [bst, bto] = [BARIUM_STRONTIUM_TITANATE, BARIUM_TITANATE];
  const twice = (key: keyof HamiltonianParameters) => 2 * (bst[key] as number) - (bto[key] as number);
  const keys = Object.keys(bto).filter((key) => !['name', 'j', 'chemical_eV'].includes(key));
  return {
    ...bto,
    ...Object.fromEntries(keys.map((key) => [key, twice(key as keyof HamiltonianParameters)])),
    name: 'SrTiO3 (extrapolated)',
    j: bst.j.map((value, i) => 2 * value - bto.j[i]!) as unknown as HamiltonianParameters['j'],
    chemical_eV: 0,
  };
}

/** e²/(4πε₀) [eV·Å] as the papers' sets were made with; CODATA 2018 has 14.39964548. */
const COULOMB_EV_A = 14.399644;

/** Strength of the dipole–dipole interaction, (Z*²/ε∞)·e²/(4πε₀ a0³) [eV/Å²]: the factor of the unitless sums of dipole.ts. */
export function dipoleStrength({ zStar, epsilonInf, a0_A }: HamiltonianParameters): number {
  return (COULOMB_EV_A * zStar ** 2) / (epsilonInf * a0_A ** 3);
}
