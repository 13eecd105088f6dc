/**
 * Perovskites that textures can be made of: what is on their sites, soft mode and Born charges, lattice, thermal motion, and their polar phase at room temperature.
 *
 * Soft modes of PbTiO3, Pb(Zr,Ti)O3, BiFeO3 and KNbO3 are the displacements of their refined structures; refinements and charges stand beside each. What was read
 * for this, and what is from memory of the literature, is in `status`; `perovskites.test.ts` holds each to neutrality and to the accepted polarization.
 *
 * What this is not: an energy. No number here says whether a phase is stable.
 */

import { bariumTitanate, strontiumTitanate } from './known-crystals.ts';
import { determinant } from './lattice.ts';
import { type Material, materialOf, type PerKind } from './material.ts';
import { materialOfPattern, modeNorm, type PolarPhase, phaseVolume, scaled, type Tilt, withoutShift } from './phase.ts';
import type { Shares } from './site-elements.ts';
import type { Crystal } from './unit-cell.ts';

export interface Perovskite {
  readonly material: Material;
  /** Share of the A and of the B sites that each element holds. */
  readonly A: Shares;
  readonly B: Shares;
  /** Pseudo-cubic edge at room temperature [Å]. */
  readonly edge_A: number;
  /** Mean-square displacement per axis, by element [Å²]. */
  readonly u2_A2: Readonly<Record<string, number>>;
  /**
   * What u² was refined about: the average cubic cell, so that the off-centrings of a texture are part of it; or the sites of the polar phase, which leaves only
   * the jitter as its part.
   */
  readonly u2About: 'cubic' | 'polar';
  /** The polar phase; undefined where none is built in. */
  readonly phase?: PolarPhase | undefined;
  /** Turned octahedra; undefined where they are not. */
  readonly tilt?: Tilt | undefined;
  /** What the user is to know of these numbers. */
  readonly notes: readonly string[];
}

const cubeRoot = (crystal: Crystal) => Number(Math.cbrt(determinant(crystal.lattice_A)).toFixed(4));
/** Of (Ba,Sr)TiO3, in every titanate's recipe from the start; `known-crystals.ts` has their sources. */
const TITANATE_U2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };

/** Displacements of the phase of `known-crystals.ts` (Kwei et al. 1993) along c [Å], and its part along the soft mode. */
function bariumTitanatePhase(): PolarPhase {
  const c = 4.0352;
  const { mode } = materialOf('BaTiO3');
  const d = withoutShift({ A: 0, Ti: 0.0224 * c, Opar: -0.0244 * c, Operp: -0.0105 * c });
  const u_A = mode.A * d.A + mode.Ti * d.Ti + mode.Opar * d.Opar + 2 * mode.Operp * d.Operp;
  return { axis: '001', u_A, along_A: c, across_A: 3.991 };
}

/** @param ba share of the A sites that hold Ba; the rest hold Sr */
export function bariumStrontiumTitanate(ba: number): Perovskite {
  return {
    material: materialOf('(Ba,Sr)TiO3'),
    A: { Ba: ba, Sr: 1 - ba },
    B: { Ti: 1 },
    // Of Ba0.5Sr0.5TiO3, that of the paper.
    edge_A: 3.95,
    u2_A2: TITANATE_U2,
    u2About: 'cubic',
    notes: [],
  };
}

export function bariumTitanatePerovskite(): Perovskite {
  return {
    ...bariumStrontiumTitanate(1),
    material: materialOf('BaTiO3'),
    edge_A: cubeRoot(bariumTitanate()),
    phase: bariumTitanatePhase(),
  };
}

export function strontiumTitanatePerovskite(): Perovskite {
  return { ...bariumStrontiumTitanate(0), material: materialOf('SrTiO3'), edge_A: cubeRoot(strontiumTitanate()) };
}

/** What a refined phase gives: displacements along each axis of P from a common origin [Å], of any sign. */
interface Refined {
  readonly d_A: PerKind;
  readonly phase: Omit<PolarPhase, 'u_A'>;
}

function phaseOf({ d_A, phase }: Refined): PolarPhase {
  return { ...phase, u_A: modeNorm(withoutShift(d_A)) };
}

const edgeOf = (phase: PolarPhase) => Number(Math.cbrt(phaseVolume(phase)).toFixed(4));

/**
 * Tetragonal PbTiO3, P4mm, near 295 K: a, c and z (Ti 0.5377, O on the bond along c 0.1118, the others 0.6174, Pb at 0) of Nelmes and Kuhs, Solid State Commun. 54,
 * 721 (1985); P points along −c in this setting.
 */
const LEAD_TITANATE: Refined = {
  d_A: scaled({ A: 0, Ti: 0.0377, Opar: 0.1118, Operp: 0.1174 }, 4.156),
  phase: { axis: '001', along_A: 4.156, across_A: 3.902 },
};

/**
 * Tetragonal PbZr0.52Ti0.48O3, P4mm, 325 K: a, c and z (Zr and Ti 0.4517, O on the bond along c −0.1027, the others 0.3785, Pb at 0) of Noheda et al., PRB 61, 8687
 * (2000), as the AFLOW prototype A3BC_tP5_99_bc_a_b quotes them. Signs turned, so as to point as PbTiO3's.
 */
const LEAD_ZIRCONATE_TITANATE: Refined = {
  d_A: scaled({ A: 0, Ti: 0.0483, Opar: 0.1027, Operp: 0.1215 }, 4.1394),
  phase: { axis: '001', along_A: 4.1394, across_A: 4.046 },
};
const MORPHOTROPIC = 0.52;
/** Of PbZrO3 [Å]: the cube root of its orthorhombic cell's eighth, 5.882 × 11.784 × 8.228 Å. */
const LEAD_ZIRCONATE_EDGE_A = 4.146;

/** Charges along c of the tetragonal phase, 3 × 3 tensors' zz: those of the cubic one (Pb 3.90, Ti 7.06, O −5.83 and −2.56) make 104 µC/cm² with the same atoms. */
const LEAD_TITANATE_BORN: PerKind = { A: 3.52, Ti: 5.18, Opar: -4.38, Operp: -2.16 };
const LEAD_ZIRCONATE_BORN: PerKind = { A: 3.92, Ti: 5.85, Opar: -4.81, Operp: -2.48 };
const LEAD_BORN_SOURCES = 'tetragonal PbTiO3, Sághi-Szabó, Cohen and Krakauer, PRL 80, 4321 (1998), from memory';
const LEAD_U2_NOTE = (name: string) =>
  `${name}: no measured U_iso is built in; those of crystal.u2_A2 are estimates near room temperature.`;

export function leadTitanate(): Perovskite {
  const phase = phaseOf(LEAD_TITANATE);
  return {
    material: materialOfPattern(LEAD_TITANATE.d_A, {
      name: 'PbTiO3',
      bornPublished: LEAD_TITANATE_BORN,
      status: `mode: displacements of the tetragonal phase, Nelmes and Kuhs 1985, from memory; charges: ${LEAD_BORN_SOURCES}`,
    }),
    A: { Pb: 1 },
    B: { Ti: 1 },
    edge_A: edgeOf(phase),
    u2_A2: { Pb: 0.01, Ti: 0.005, O: 0.0085 },
    u2About: 'polar',
    phase,
    notes: [LEAD_U2_NOTE('PbTiO3')],
  };
}

/**
 * Pb(Zr,Ti)O3. Mode and cell between PbTiO3 and the tetragonal phase at 52 % Zr linearly; beyond it the mode stays, the edge goes on to that of PbZrO3, and no polar
 * phase is built in (rhombohedral, then antiferroelectric). Charges between PbTiO3 and PbZrO3 linearly.
 * @param zr share of the B sites that hold Zr
 */
export function leadZirconateTitanate(zr: number): Perovskite {
  const between = (a: PerKind, b: PerKind, t: number): PerKind => ({
    A: a.A + t * (b.A - a.A),
    Ti: a.Ti + t * (b.Ti - a.Ti),
    Opar: a.Opar + t * (b.Opar - a.Opar),
    Operp: a.Operp + t * (b.Operp - a.Operp),
  });
  const t = Math.min(1, zr / MORPHOTROPIC);
  const [pt, pzt] = [LEAD_TITANATE.phase, LEAD_ZIRCONATE_TITANATE.phase];
  const tetragonal: Refined = {
    d_A: between(withoutShift(LEAD_TITANATE.d_A), withoutShift(LEAD_ZIRCONATE_TITANATE.d_A), t),
    phase: {
      axis: '001',
      along_A: pt.along_A + t * (pzt.along_A - pt.along_A),
      across_A: pt.across_A + t * (pzt.across_A - pt.across_A),
    },
  };
  const phase = phaseOf(tetragonal);
  const beyond = (zr - MORPHOTROPIC) / (1 - MORPHOTROPIC);
  return {
    material: materialOfPattern(tetragonal.d_A, {
      name: 'Pb(Zr,Ti)O3',
      bornPublished: between(LEAD_TITANATE_BORN, LEAD_ZIRCONATE_BORN, zr),
      status: `mode: between PbTiO3 and Pb(Zr0.52Ti0.48)O3 of Noheda et al. 2000 (read second-hand); charges: between ${LEAD_BORN_SOURCES}, and cubic PbZrO3, Zhong, King-Smith and Vanderbilt, PRL 72, 3618 (1994), from memory`,
    }),
    A: { Pb: 1 },
    B: { Zr: zr, Ti: 1 - zr },
    edge_A:
      beyond > 0 ? Number((edgeOf(phase) * (1 - beyond) + beyond * LEAD_ZIRCONATE_EDGE_A).toFixed(4)) : edgeOf(phase),
    u2_A2: { Pb: 0.01, Zr: 0.005, Ti: 0.005, O: 0.0085 },
    u2About: 'polar',
    ...(beyond <= 0 && { phase }),
    notes: [
      LEAD_U2_NOTE('Pb(Zr,Ti)O3'),
      ...(beyond > 0 ? ['Pb(Zr,Ti)O3: above 52 % Zr the soft mode is that of 52 %.'] : []),
    ],
  };
}

/**
 * Rhombohedral BiFeO3, R3c, a⁻a⁻a⁻, 298 K: a, c, z(Fe) 0.22021 and O (0.4469, 0.0181, 0.95183) of Palewicz et al., Acta Cryst. B63, 537 (2007), Bi at 0, and its U_iso.
 * In pseudo-cubic axes, in units of the edge, Fe lies −0.0596 from its ideal site along each, an O −0.0782 along its bond and −0.1054 across it, and besides ±0.0622
 * across it in the sense of a turn. P points along +[111] in this setting.
 */
const BISMUTH_FERRITE_EDGE_A = 3.9644;
const BISMUTH_FERRITE: Refined = {
  d_A: scaled({ A: 0, Ti: -0.0596, Opar: -0.0782, Operp: -0.1054 }, BISMUTH_FERRITE_EDGE_A),
  phase: { axis: '111', along_A: BISMUTH_FERRITE_EDGE_A, across_A: BISMUTH_FERRITE_EDGE_A },
};
/** tan φ = 2 · 0.0622: 7.09° about each axis, 12.2° about [111]. */
const BISMUTH_FERRITE_TILT_DEG = 7.09;

export function bismuthFerrite(): Perovskite {
  const phase = phaseOf(BISMUTH_FERRITE);
  const phi = BISMUTH_FERRITE_TILT_DEG;
  return {
    material: materialOfPattern(BISMUTH_FERRITE.d_A, {
      name: 'BiFeO3',
      bornPublished: { A: 4.37, Ti: 3.49, Opar: -2.61, Operp: -2.61 },
      status:
        'mode and tilt: displacements of the R3c phase, Palewicz et al. 2007, read; charges: R3c, along [111], Neaton et al., PRB 71, 014113 (2005), from memory; O alike along and across its bond',
    }),
    A: { Bi: 1 },
    B: { Fe: 1 },
    edge_A: edgeOf(phase),
    u2_A2: { Bi: 0.0054, Fe: 0.0047, O: 0.0081 },
    u2About: 'polar',
    phase,
    tilt: { angle_deg: [phi, phi, phi], phase: '---' },
    notes: [],
  };
}

/**
 * Orthorhombic KNbO3, Amm2, 295 K: a, b, c and positions of Hewat, J. Phys. C 6, 2559 (1973). From Nb, along c: K 0.0138, the O whose bond lies along a 0.0364, the
 * other O 0.0342 c and −0.0024 b along b, towards Nb's plane. Pseudo-cubic axes lie along b ± c; P points along −c in this setting.
 */
const [POTASSIUM_NIOBATE_B_A, POTASSIUM_NIOBATE_C_A] = [5.695, 5.721];
const POTASSIUM_NIOBATE: Refined = (() => {
  const [b, c] = [POTASSIUM_NIOBATE_B_A / Math.SQRT2, POTASSIUM_NIOBATE_C_A / Math.SQRT2];
  // Across the bond, two O agree within 0.001 Å: one of each sort.
  const across = (0.0342 * c + 0.0024 * b + 0.0364 * c) / 2;
  return {
    d_A: { A: 0.0138 * c, Ti: 0, Opar: 0.0342 * c - 0.0024 * b, Operp: across },
    phase: { axis: '110', along_A: Math.sqrt((POTASSIUM_NIOBATE_B_A * POTASSIUM_NIOBATE_C_A) / 2), across_A: 3.973 },
  };
})();

export function potassiumNiobate(): Perovskite {
  const phase = phaseOf(POTASSIUM_NIOBATE);
  return {
    material: materialOfPattern(POTASSIUM_NIOBATE.d_A, {
      name: 'KNbO3',
      bornPublished: { A: 1.14, Ti: 9.23, Opar: -7.01, Operp: -1.68 },
      status:
        'mode: displacements of the orthorhombic phase, Hewat 1973, from memory; charges: cubic phase, Zhong, King-Smith and Vanderbilt, PRL 72, 3618 (1994), from memory',
    }),
    A: { K: 1 },
    B: { Nb: 1 },
    edge_A: edgeOf(phase),
    u2_A2: { K: 0.01, Nb: 0.0055, O: 0.008 },
    u2About: 'polar',
    phase,
    notes: ['KNbO3: no measured U_iso is built in; those of crystal.u2_A2 are estimates near room temperature.'],
  };
}
