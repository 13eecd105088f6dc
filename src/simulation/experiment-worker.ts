/** A worker thread, Node only: direct multislice of one row of a simulated scan. Started by `experiment.ts`. */

import { serve } from '../core/pool.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { directPatterns } from '../diffraction/direct.ts';
import { wavelength } from '../diffraction/optics.ts';
import { stackOf } from '../library/shard.ts';
import { experimentStructure } from './experiment-structure.ts';
import type { ExperimentInputs } from './options.ts';

export interface RowJob {
  readonly inputs: ExperimentInputs;
  readonly row: number;
  /** Unit cells of each position's thickness. */
  readonly cells: readonly number[];
  /** Side of the patterns, in steps of 1/window. */
  readonly size: number;
}

let made: { readonly key: string; readonly multislice: Multislice } | undefined;

/** Finer than a library's, since this is what maps are held against. */
const SAMPLING = { slicing: 'smooth', grid_per_cell: 28, slices_per_cell: 16 } as const;

/** Patterns of the row, [positions][size][size]. */
serve<RowJob, Float64Array>(async ({ inputs, row, cells, size }, progress) => {
  const { experiment, microscope, crystal, library } = inputs;
  const key = JSON.stringify(inputs);
  if (made?.key !== key) {
    const stack = stackOf(experimentStructure(inputs), crystal, { ...library, ...SAMPLING });
    made = { key, multislice: new Multislice(await SliceKernel.load(), stack, microscope.voltage_kV, [2, 2]) };
  }
  const { multislice } = made;
  const lambda = wavelength(microscope.voltage_kV);
  const probe = {
    wavelength_A: lambda,
    convergence_mrad: microscope.convergence_mrad,
    defocus_nm: microscope.defocus_nm,
    aberrations: microscope.aberrations,
    edge_mrad: (lambda * 1e3) / multislice.length_A[0],
  };
  const out = new Float64Array(cells.length * size * size);
  for (const [x, n] of cells.entries()) {
    const position: [number, number] = [(x + 0.5) * crystal.a_A, (row + 0.5) * crystal.a_A];
    const exits = [n * SAMPLING.slices_per_cell];
    const [pattern] = directPatterns(multislice, probe, position, [...experiment.tilt_mrad], exits, size);
    out.set(pattern!.intensity, x * size * size);
    progress((x + 1) / cells.length);
  }
  return out;
});
