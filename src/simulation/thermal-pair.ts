/**
 * Two snapshots of a vibrating specimen through its whole depth, for an image: displacements u of Einstein's independent atoms (frozen-phonons.ts), and −u. Each cell of
 * the depth has its own, drawn from (seed, number of the pair, atom), so that neighbouring windows see the same crystal.
 *
 * A snapshot moves a column by Σ c·u over its depth, 2 to 3 pm at 32 nm, with weights c of channelling: to take the mean of u off each column does not help. In the mean of
 * the two snapshots all odd orders of u cancel whatever c is; of the second order a column that is its own inverse keeps only what its neighbours do to it: 0.4 pm, on a Ti
 * column 0.8 (docs/verification.md).
 */

import { joined } from '../crystal/layers.ts';
import type { Structure } from '../crystal/structure.ts';
import { frozenPhonon } from '../diffraction/frozen-phonons.ts';
import type { HaadfSpecimen } from './haadf-window.ts';

/** The whole depth as one structure, displaced by u and by −u of pair `number`. @throws as `frozenPhonon` */
export function thermalPair(
  { layers, u2_A2 }: Pick<HaadfSpecimen, 'layers' | 'u2_A2'>,
  seed: number,
  number: number,
): readonly [Structure, Structure] {
  const still = joined(layers);
  const moved = frozenPhonon(still, u2_A2, seed, number).positions_A;
  const mirrored = still.positions_A.map((x, i) => 2 * x - moved[i]!);
  return [
    { ...still, positions_A: moved },
    { ...still, positions_A: mirrored },
  ];
}
