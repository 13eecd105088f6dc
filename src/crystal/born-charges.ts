/**
 * Born charges for the polarization of imported structures: those of a built-in material with the structure's elements, mixed by its composition, or given ones.
 *
 *     const fields = localFields(block, bornCharges(block));
 *     const fields = localFields(block, bornCharges(block, { A: 3.9, B: 7.1, O_parallel: -5.8, O_perpendicular: -2.6 }));
 *
 * One number per site, the same in every cell. What this is not: full tensors, or charges that depend on the neighbours.
 */

import { fail } from '../core/errors.ts';
import { type BornOptions, MOST_EXCESS } from './given-perovskite.ts';
import { cellSum, materialOf, neutral, type PerKind } from './material.ts';
import { bismuthFerrite, leadZirconateTitanate, potassiumNiobate } from './perovskites.ts';
import { requireSites, SITE, type Structure } from './structure.ts';

/** Born charges [e]; O_parallel for displacements along the B–O bond, O_perpendicular for those across it. */
export type GivenCharges = BornOptions;

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
  const [A, B] = [siteElements(structure, SITE.A), siteElements(structure, SITE.Ti)];
  const only = (on: ReadonlyMap<string, number>, ...allowed: string[]) =>
    [...on.keys()].every((s) => allowed.includes(s));
  if (only(B, 'Ti') && only(A, 'Ba', 'Sr')) return { born: bariumStrontium(A.get('Ba') ?? 0) };
  if (only(A, 'Pb') && only(B, 'Zr', 'Ti')) return leadZirconateTitanate(B.get('Zr') ?? 0).material;
  if (only(A, 'Bi') && only(B, 'Fe')) return bismuthFerrite().material;
  if (only(A, 'K') && only(B, 'Nb')) return potassiumNiobate().material;
  const [onA, onB] = [A, B].map((on) => [...on.keys()].sort());
  return fail(
    'unsupported',
    `No Born charges are built in for A = ${onA!.join(', ')}, B = ${onB!.join(', ')}; only for (Ba,Sr)TiO3, Pb(Zr,Ti)O3, BiFeO3 and KNbO3.`,
    'Give them in e: A, B, O_parallel (along the B–O bond) and O_perpendicular, from a linear-response calculation or the literature.',
    { A: onA, B: onB },
  );
}

/** Of BaTiO3 and SrTiO3 mixed. @param ba share of Ba */
function bariumStrontium(ba: number): PerKind {
  const [bto, sto] = [materialOf('BaTiO3').born, materialOf('SrTiO3').born];
  const mean = (site: keyof PerKind) => ba * bto[site] + (1 - ba) * sto[site];
  return { A: mean('A'), Ti: mean('Ti'), Opar: mean('Opar'), Operp: mean('Operp') };
}

/** Share of each element on a sort of sites. @throws 'unsupported' without sites */
function siteElements(structure: Structure, site: number): Map<string, number> {
  const { kind } = requireSites(structure);
  const on = structure.symbols.filter((_, atom) => kind[atom] === site);
  const counts = new Map<string, number>();
  for (const symbol of on) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  return new Map([...counts].map(([symbol, n]) => [symbol, n / on.length]));
}
