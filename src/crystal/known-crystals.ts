/**
 * Crystals for examples, films and tests that need no file, at room temperature. Lengths in Å, U_iso in Å².
 *
 * Perovskites have their AO plane at z = 0 and the BO2 plane at about 1/2, so that blocks of them follow one another along z as A-O, B-O2, A-O …
 *
 * What this is not: a database. Sources stand at each crystal, second-hand ones are called so; `u2_A2` of a recipe wins over U_iso.
 */

import { latticeOf } from './lattice.ts';
import type { Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

/** A fully occupied crystal with right angles. */
function rightAngled(
  name: string,
  edges_A: Vec3,
  atoms: readonly [symbol: string, u2_A2: number, f: Vec3][],
  u2Notes: readonly string[] = [],
): Crystal {
  return {
    u2Notes,
    name,
    lattice_A: latticeOf(edges_A, [90, 90, 90]),
    symbols: atoms.map(([symbol]) => symbol),
    fractional: Float64Array.from(atoms.flatMap(([, , f]) => f)),
    occupancy: new Float64Array(atoms.length).fill(1),
    uIso_A2: Float64Array.from(atoms, ([, u2]) => u2),
  };
}

/** Diamond structure, Fd-3m. a and U_iso at 300 K: IUCrJ 8, 387 (2021), table 2 (reciprocal space). */
export function silicon(): Crystal {
  const corners = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  return {
    name: 'Si',
    lattice_A: latticeOf([5.431302, 5.431302, 5.431302], [90, 90, 90]),
    symbols: new Array<string>(8).fill('Si'),
    fractional: Float64Array.from([...corners, ...corners.map((f) => f + 0.25)]),
    occupancy: new Float64Array(8).fill(1),
    uIso_A2: new Float64Array(8).fill(0.00577),
  };
}

/**
 * 2H-MoS2, P6_3/mmc: Mo on 2c (1/3, 2/3, 1/4), S on 4f (1/3, 2/3, z). a and c: Bronsema, de Boer and Jellinek, Z. Anorg. Allg. Chem. 540, 15 (1986).
 * z = 0.621(4): Dickinson and Pauling, JACS 45, 1466 (1923); with this cell Mo–S is 2.417 Å. (z = 0.629, also seen, makes 2.35 Å.)
 * U_iso: that of 3R-MoS2 (Schönfeld, Huang and Moss, Acta Cryst. B39, 404 (1983), COD 9007661; read second-hand), whose layers are the same.
 */
export function molybdenite2H(): Crystal {
  const z = 0.621;
  const [one, two] = [1 / 3, 2 / 3];
  return {
    name: '2H-MoS2',
    lattice_A: latticeOf([3.16, 3.16, 12.294], [90, 90, 120]),
    symbols: ['Mo', 'Mo', 'S', 'S', 'S', 'S'],
    fractional: Float64Array.of(
      one,
      two,
      0.25,
      two,
      one,
      0.75,
      one,
      two,
      z,
      two,
      one,
      z - 0.5,
      two,
      one,
      1 - z,
      one,
      two,
      1.5 - z,
    ),
    occupancy: new Float64Array(6).fill(1),
    uIso_A2: Float64Array.of(0.0057, 0.0057, 0.0042, 0.0042, 0.0042, 0.0042),
  };
}

/**
 * SrTiO3, cubic, Pm-3m. a: 3.9053 Å at 293 K (Jauch and Reehuis, Acta Cryst. A61, 411 (2005)), here the usual 3.905.
 * U_iso: B = 0.6214 (Sr), 0.4398 (Ti), 0.7323 Å² (O), B = 8π²U, as STEM simulations quote them from Abramov et al., Acta Cryst. B51, 942 (1995);
 * second-hand, from memory, and the values this project's recipes have had from the start. O is the mean over its axes.
 */
export function strontiumTitanate(): Crystal {
  return rightAngled(
    'SrTiO3',
    [3.905, 3.905, 3.905],
    [
      ['Sr', 0.0079, [0, 0, 0]],
      ['Ti', 0.0056, [0.5, 0.5, 0.5]],
      ['O', 0.0093, [0.5, 0.5, 0]],
      ['O', 0.0093, [0.5, 0, 0.5]],
      ['O', 0.0093, [0, 0.5, 0.5]],
    ],
  );
}

/**
 * BaTiO3, tetragonal, P4mm, polarized along +c: Ti stands above its O6. a, c and z: Kwei, Lawson, Billinge and Cheong, J. Phys. Chem. 97, 2368 (1993),
 * near room temperature, with Ba at the origin z = 0.5224 (Ti), −0.0244 (O on the bond along c), 0.4895 (the other O). Second-hand: quoted from memory of
 * how first-principles papers tabulate it; its own table was not at hand. Harada, Pedersen and Barnea, Acta Cryst. A26, 336 (1970), also second-hand,
 * have 0.5215, −0.0233, 0.4900.
 *
 * The origin of P4mm along z is free. Here it lies at the O of the Ba-O plane, which is all above z = 0 then; where blocks meet others of a film, the
 * Ti-O-Ti chains keep their bond lengths.
 *
 * U_iso: stand-ins. Ba is the value of this project's recipes, Ti and O are those of SrTiO3. No measured values were at hand; Ti in BaTiO3 is probably
 * softer than that.
 */
export function bariumTitanate(): Crystal {
  const z = (fromBa: number) => fromBa + 0.0244;
  return rightAngled(
    'BaTiO3',
    [3.991, 3.991, 4.0352],
    [
      ['Ba', 0.0057, [0, 0, z(0)]],
      ['Ti', 0.0056, [0.5, 0.5, z(0.5224)]],
      ['O', 0.0093, [0.5, 0.5, z(-0.0244)]],
      ['O', 0.0093, [0.5, 0, z(0.4895)]],
      ['O', 0.0093, [0, 0.5, z(0.4895)]],
    ],
    ['BaTiO3: no measured U_iso is built in; those of Ti and O are those of SrTiO3.'],
  );
}

/**
 * SrRuO3 as a cubic perovskite: an idealisation. The crystal is orthorhombic (Pbnm, a⁻a⁻c⁺), and the tilts of its octahedra, which move O by some
 * 0.2–0.3 Å, are left out; use a CIF where they matter. a is the cube root of the volume per formula unit, the 'pseudo-cubic 3.93 Å' of the film
 * literature: 6.51 g/cm³ at 300 K (Jones et al., Acta Cryst. C45, 365 (1989), in the ICSD's entry 65691) makes 3.923 Å.
 * U_iso: estimates, not measured. Sr and O are those of SrTiO3, Ru is set to 0.0045.
 */
function strontiumRuthenate(): Crystal {
  return rightAngled(
    'SrRuO3',
    [3.923, 3.923, 3.923],
    [
      ['Sr', 0.0079, [0, 0, 0]],
      ['Ru', 0.0045, [0.5, 0.5, 0.5]],
      ['O', 0.0093, [0.5, 0.5, 0]],
      ['O', 0.0093, [0.5, 0, 0.5]],
      ['O', 0.0093, [0, 0.5, 0.5]],
    ],
    ['SrRuO3: no measured U_iso is built in; those of Sr and O are those of SrTiO3, that of Ru is an estimate.'],
  );
}

/**
 * Platinum, fcc, Fm-3m, the cube of four atoms. a at 25 °C: 3.924(1) Å (Manoun, Saxena and Liermann, J. Am. Ceram. Soc. 2005; second-hand).
 * U_iso: Debye model at 300 K with θ = 232(3) K, the Debye–Waller temperature that Feldman and Horton derived (1965, in Platinum Metals Rev. 9, 125; that
 * of recoilless resonance is 234(6) K); both are for 0 K, so that 0.0042 Å² is good to some 5 %.
 */
export function platinum(): Crystal {
  return rightAngled(
    'Pt',
    [3.924, 3.924, 3.924],
    [
      ['Pt', 0.0042, [0, 0, 0]],
      ['Pt', 0.0042, [0, 0.5, 0.5]],
      ['Pt', 0.0042, [0.5, 0, 0.5]],
      ['Pt', 0.0042, [0.5, 0.5, 0]],
    ],
  );
}

const KNOWN = {
  Si: silicon,
  '2H-MoS2': molybdenite2H,
  SrTiO3: strontiumTitanate,
  BaTiO3: bariumTitanate,
  SrRuO3: strontiumRuthenate,
  Pt: platinum,
} as const;

export type KnownCrystal = keyof typeof KNOWN;
export const knownCrystals = Object.keys(KNOWN) as KnownCrystal[];

/** The crystal of that name: lattice [Å], fractional coordinates [atoms][3], U_iso [Å²] near 300 K. Sources stand at each crystal. */
export function knownCrystal(name: KnownCrystal): Crystal {
  return KNOWN[name]();
}
