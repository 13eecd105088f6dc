/** What a worker thread of the demo's scan does: direct multislice of one row after another. */

import type { Worker } from '../core/threads.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { directPatterns } from '../diffraction/direct.ts';
import { wavelength } from '../diffraction/optics.ts';
import { stackOf } from '../library/shard.ts';
import { experimentStructure, repeatsOf } from './experiment-structure.ts';
import type { ExperimentInputs } from './options.ts';

export interface RowJob {
  readonly row: number;
  /** Unit cells of each position's thickness. */
  readonly cells: readonly number[];
  /** Side of the patterns, in steps of 1/window. */
  readonly size: number;
}

/** Finer than a library's, since this is what maps are held against. */
const SAMPLING = { slicing: 'smooth', grid_per_cell: 28, slices_per_cell: 16 } as const;

/** Patterns of a row, [positions][size][size]. */
export async function experimentWorker(inputs: ExperimentInputs): Promise<Worker<RowJob, Float64Array>> {
  const { experiment, microscope, crystal, library } = inputs;
  const stack = stackOf(experimentStructure(inputs), crystal, { ...library, ...SAMPLING });
  const repeats = repeatsOf(experiment);
  const multislice = new Multislice(await SliceKernel.load(), stack, microscope.voltage_kV, [repeats, repeats]);
  const lambda = wavelength(microscope.voltage_kV);
  const probe = {
    wavelength_A: lambda,
    convergence_mrad: microscope.convergence_mrad,
    defocus_nm: microscope.defocus_nm,
    aberrations: microscope.aberrations,
    edge_mrad: (lambda * 1e3) / multislice.length_A[0],
  };
  return {
    async run({ row, cells, size }, progress) {
      const out = new Float64Array(cells.length * size * size);
      for (const [x, n] of cells.entries()) {
        const position: [number, number] = [(x + 0.5) * crystal.a_A, (row + 0.5) * crystal.a_A];
        const exits = [n * SAMPLING.slices_per_cell];
        const [pattern] = directPatterns(multislice, probe, position, [...experiment.tilt_mrad], exits, size);
        out.set(pattern!.intensity, x * size * size);
        progress((x + 1) / cells.length);
      }
      return out;
    },
    handOver: (patterns) => [patterns.buffer as ArrayBuffer],
  };
}
