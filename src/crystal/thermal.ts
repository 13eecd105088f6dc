/**
 * Disorder beyond the texture: a Gaussian shift of every coordinate ('jitter'), and the Debye–Waller factor that is left
 * once the displacements frozen into the block are taken out of the total, so that none is counted twice:
 *
 *     u²_residual(species) = max(0, U(species) − var(displacements of that species in the block))      [Å² per axis]
 *
 * The choice: the block's displacements (soft mode and jitter alike) are frozen in and repeat through the thickness; U is
 * the total mean-square displacement of a diffraction refinement, which holds frozen and moving parts alike; what remains
 * goes into exp(−2π²u²k²), B = 8π²u². The variance is taken about the mean of each sublattice (Ba on A, Sr on A, Ti and
 * each of the three O) and axis: a uniform polarization shifts sublattices and makes no disorder. Where U was refined about the sites of a polar phase
 * (`sites.rest_A`), its displacements and turned octahedra are no part of U, and only what is beyond them, the jitter, is taken off.
 *
 * What this is not: frozen phonons. No dynamics, no correlated thermal motion.
 */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { displacements, requireSites, type Structure } from './structure.ts';

/** The structure with every coordinate of every atom shifted by a normal deviate. @param rms_pm its rms [pm] */
export function withJitter(structure: Structure, rms_pm: number, stream: RandomStream): Structure {
  if (rms_pm === 0) return structure;
  return { ...structure, positions_A: structure.positions_A.map((x) => x + (rms_pm / 100) * stream.normal()) };
}

/**
 * Variance per axis [Å²] of the displacements frozen into the block, by species: the mean over the atoms and the three
 * axes of the square about the mean of the atom's sublattice and axis. @throws 'unsupported' without sites
 */
function frozenVariance(structure: Structure): Map<string, number> {
  const { kind, rest_A } = requireSites(structure);
  const d = displacements(structure, rest_A);
  const groups = new Map<string, { species: string; n: number; sum: number; square: number }>();
  structure.symbols.forEach((species, atom) => {
    for (let axis = 0; axis < 3; axis++) {
      const key = `${species} ${kind[atom]} ${axis}`;
      const group = groups.get(key) ?? { species, n: 0, sum: 0, square: 0 };
      const value = d[3 * atom + axis]!;
      group.n++;
      group.sum += value;
      group.square += value * value;
      groups.set(key, group);
    }
  });
  const totals = new Map<string, { n: number; square: number }>();
  for (const { species, n, sum, square } of groups.values()) {
    const total = totals.get(species) ?? { n: 0, square: 0 };
    totals.set(species, { n: total.n + n, square: total.square + Math.max(0, square - (sum * sum) / n) });
  }
  return new Map([...totals].map(([species, { n, square }]) => [species, square / n]));
}

/**
 * Debye–Waller u² per species [Å²] for the diffraction of this block; a species that the block lacks keeps its total.
 * @param u2_A2 total mean-square displacement per axis, `recipe.crystal.u2_A2`
 * @throws 'recipe' as `requireU2`; 'unsupported' without sites
 */
export function residualU2<U2 extends Readonly<Record<string, number>>>(structure: Structure, u2_A2: U2): U2 {
  requireU2(structure, u2_A2);
  const frozen = frozenVariance(structure);
  const left = Object.entries(u2_A2).map(([species, u2]) => [species, Math.max(0, u2 - (frozen.get(species) ?? 0))]);
  return Object.fromEntries(left);
}

/** Elements of which the displacements frozen into the block use up all the motion that `u2_A2` states: none is left to damp or to absorb. */
export function withoutMotion(structure: Structure, u2_A2: Readonly<Record<string, number>>): string[] {
  const left = residualU2(structure, u2_A2);
  return [...new Set(structure.symbols)].filter((symbol) => u2_A2[symbol]! > 0 && left[symbol] === 0).sort();
}

/** @throws 'recipe' naming the elements whose thermal motion nobody gave */
export function requireU2({ symbols }: Pick<Structure, 'symbols'>, u2_A2: Readonly<Record<string, number>>): void {
  const unknown = [...new Set(symbols)].filter((symbol) => u2_A2[symbol] === undefined).sort();
  if (unknown.length === 0) return;
  fail(
    'recipe',
    `The thermal motion of ${unknown.join(', ')} is not known.`,
    `Give crystal.u2_A2 = { ${unknown.map((symbol) => `${symbol} = 0.006`).join(', ')} } in Å², per axis; 0 for atoms at rest.`,
    { unknown },
  );
}
