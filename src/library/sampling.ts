/** How finely a library's crystals are sampled, and the slices that follow. */

import type { Vec3 } from '../crystal/structure.ts';
import { absorbingSlicer } from '../diffraction/absorption.ts';
import { type Atoms, type SliceStack, slicer } from '../diffraction/slices.ts';
import type { LibraryOptions } from './options.ts';

export type Sampling = Pick<
  LibraryOptions,
  'grid_per_cell' | 'slices_per_cell' | 'slicing' | 'absorption' | 'factors' | 'band_limit'
>;

/**
 * Cuts blocks of one size into slices, absorbing where the library absorbs.
 * @param cells of a block, `cell_A` its edges
 * @throws as `slicer`; 'range' where absorption is asked for and nothing vibrates
 */
export function librarySlicer(
  [nx, ny, nz]: Vec3,
  cell_A: Vec3,
  u2_A2: Readonly<Record<string, number>>,
  sampling: Sampling,
): (atoms: Atoms) => SliceStack {
  return (sampling.absorption ? absorbingSlicer : slicer)(cell_A, {
    nx: sampling.grid_per_cell * nx,
    ny: sampling.grid_per_cell * ny,
    nSlices: sampling.slices_per_cell * nz,
    slicing: sampling.slicing,
    factors: sampling.factors,
    bandLimit: sampling.band_limit,
    u2_A2,
  });
}
