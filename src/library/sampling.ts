/** How finely a library's crystals are sampled, and the slices that follow. */

import type { Vec3 } from '../crystal/structure.ts';
import { type BlockCells, zoneOf } from '../crystal/zone.ts';
import { absorbingSlicer } from '../diffraction/absorption.ts';
import { fastSize } from '../diffraction/cpu/fft-plan.ts';
import { type Atoms, type SliceStack, slicer } from '../diffraction/slices.ts';
import type { LibraryOptions } from './options.ts';

export type Sampling = Pick<
  LibraryOptions,
  'grid_per_cell' | 'slices_per_cell' | 'slicing' | 'absorption' | 'factors' | 'band_limit'
>;

/** Slices from one cell of a column to the next. */
export function slicesPerCell(zone: Vec3 | undefined, { slices_per_cell }: Pick<Sampling, 'slices_per_cell'>): number {
  return Math.ceil(slices_per_cell * zoneOf(zone).steps[2] - 1e-9);
}

/** The real-space grid of a block: at least grid_per_cell points for each a, as many as a fast transform takes. */
export function gridOf(
  {
    cells,
    zone,
  }: { readonly cells: readonly [x: number, y: number, ...rest: number[]]; readonly zone?: Vec3 | undefined },
  { grid_per_cell }: Pick<Sampling, 'grid_per_cell'>,
): readonly [nx: number, ny: number] {
  const { steps } = zoneOf(zone);
  const points = (axis: 0 | 1) => fastSize(Math.ceil(grid_per_cell * cells[axis] * steps[axis] - 1e-9));
  return [points(0), points(1)];
}

/**
 * Cuts blocks of one size into slices, absorbing where the library absorbs.
 * @param cell_A edges of a block
 * @throws as `slicer`; 'range' where absorption is asked for and nothing vibrates
 */
export function librarySlicer(
  block: BlockCells,
  cell_A: Vec3,
  u2_A2: Readonly<Record<string, number>>,
  sampling: Sampling,
): (atoms: Atoms) => SliceStack {
  const [nx, ny] = gridOf(block, sampling);
  return (sampling.absorption ? absorbingSlicer : slicer)(cell_A, {
    nx,
    ny,
    nSlices: slicesPerCell(block.zone, sampling) * block.cells[2],
    slicing: sampling.slicing,
    factors: sampling.factors,
    bandLimit: sampling.band_limit,
    u2_A2,
  });
}
