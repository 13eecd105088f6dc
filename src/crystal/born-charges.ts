/**
 * Born charges for the polarization of imported structures: those built in for (Ba,Sr)TiO3, mixed by composition, or given ones.
 *
 *     const fields = localFields(block, bornCharges(block));
 *     const fields = localFields(block, bornCharges(block, { A: 3.9, B: 7.1, O_parallel: -5.8, O_perpendicular: -2.6 }));
 *
 * One number per site, the same in every cell. What this is not: full tensors, or charges that depend on the neighbours.
 */

import { fail } from '../core/errors.ts';
import { cellSum, materialOf, neutral, type PerKind } from './material.ts';
import { requireSites, SITE, type Structure } from './structure.ts';

/** Born charges [e]; O_parallel for displacements along the B–O bond, O_perpendicular for those across it. */
export interface GivenCharges {
  readonly A: number;
  readonly B: number;
  readonly O_parallel: number;
  readonly O_perpendicular: number;
}

/** Largest |A + B + O∥ + 2 O⊥| [e] that passes for numerical error; first-principles charges miss zero by up to about 0.1. */
const MOST_EXCESS = 0.3;

/**
 * Charges [e] for `localFields`, their sum A + B + O∥ + 2 O⊥ made zero by taking a fifth of it from each atom, as in `material.ts`.
 * @throws 'unsupported' for elements without built-in charges, saying what to give; 'range' for given charges that are far from neutral or not finite
 */
export function bornCharges(structure: Structure, given?: GivenCharges): { readonly born: PerKind } {
  if (given) {
    const born: PerKind = { A: given.A, Ti: given.B, Opar: given.O_parallel, Operp: given.O_perpendicular };
    const excess = cellSum(born);
    if (!(Math.abs(excess) <= MOST_EXCESS)) {
      fail(
        'range',
        `The Born charges add up to ${Number.isFinite(excess) ? `${excess.toFixed(2)} e` : 'no number'} a cell, not to 0.`,
        'Check A + B + O_parallel + 2 O_perpendicular; O charges are negative.',
        { ...given, excess },
      );
    }
    return { born: neutral(born) };
  }
  const { A, B } = siteElements(structure);
  if (B.join() !== 'Ti' || !A.every((symbol) => symbol === 'Ba' || symbol === 'Sr')) {
    fail(
      'unsupported',
      `No Born charges are built in for A = ${A.join(', ')}, B = ${B.join(', ')}; only for Ba, Sr on A and Ti on B.`,
      'Give them in e: A, B, O_parallel (along the B–O bond) and O_perpendicular, from a linear-response calculation or the literature.',
      { A, B },
    );
  }
  const { kind } = requireSites(structure);
  const onA = structure.symbols.filter((_, atom) => kind[atom] === SITE.A);
  const ba = onA.filter((symbol) => symbol === 'Ba').length / onA.length;
  const [bto, sto] = [materialOf('BaTiO3').born, materialOf('SrTiO3').born];
  const mean = (site: keyof PerKind) => ba * bto[site] + (1 - ba) * sto[site];
  return { born: { A: mean('A'), Ti: mean('Ti'), Opar: mean('Opar'), Operp: mean('Operp') } };
}

/** Elements on the A and the B sites, alphabetically. @throws 'unsupported' without sites */
function siteElements(structure: Structure): { readonly A: readonly string[]; readonly B: readonly string[] } {
  const { kind } = requireSites(structure);
  const on = (site: number) => [...new Set(structure.symbols.filter((_, atom) => kind[atom] === site))].sort();
  return { A: on(SITE.A), B: on(SITE.Ti) };
}
