/** What a worker thread of a dark-field image does: direct multislice of the positions of one group of cells after another. */

import { quietTask } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import { annularScan, scanArea } from '../diffraction/annular-scan.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { wavelength } from '../diffraction/optics.ts';
import { sliceStack } from '../diffraction/slices.ts';
import { GROUP, haadfSpecimen, haadfWindow, WINDOW_CELLS } from './haadf-window.ts';
import type { HaadfInputs } from './options.ts';

export type GroupJob = readonly [gx: number, gy: number];

/** An AO and a TiO2 plane: what a plane scatters along the beam is of no account in the dark field. */
const SLICES_PER_CELL = 2;

/** Grid points along an edge `length_A`: the outer angle within Nyquist, in factors that transforms take. */
export function haadfGrid(length_A: number, lambda_A: number, outer_mrad: number): number {
  const smooth = (n: number): boolean => {
    let rest = n;
    for (const p of [2, 3, 5, 7]) while (rest % p === 0) rest /= p;
    return rest === 1;
  };
  let n = 4 * Math.ceil((2 * length_A * outer_mrad * 1e-3) / lambda_A / 4 + 0.5);
  while (!smooth(n)) n += 4;
  return n;
}

/** Signals of a group's positions [positions][positions], fraction of the beam in the detector. */
export async function haadfWorker(inputs: HaadfInputs): Promise<Worker<GroupJob, Float64Array>> {
  const { haadf, microscope, library, experiment } = inputs;
  const specimen = haadfSpecimen(inputs);
  const lambda = wavelength(microscope.voltage_kV);
  const kernel = await SliceKernel.load();
  const mark = kernel.mark();
  return {
    async run(group, progress) {
      // Each window takes the last one's place in the kernel's memory.
      kernel.release(mark);
      const atoms = haadfWindow(specimen, group, experiment.seed);
      const [side] = atoms.cell_A;
      const n = haadfGrid(side, lambda, haadf.outer_mrad);
      const nSlices = SLICES_PER_CELL * specimen.depth;
      const stack = sliceStack(atoms, { nx: n, ny: n, nSlices, slicing: 'whole-atom', factors: library.factors });
      const a = side / WINDOW_CELLS;
      const count = GROUP * haadf.positions_per_cell;
      return annularScan(
        new Multislice(kernel, stack, microscope.voltage_kV),
        {
          wavelength_A: lambda,
          convergence_mrad: haadf.convergence_mrad,
          defocus_nm: 0,
          edge_mrad: (1e3 * lambda) / side,
        },
        {
          // From half a cell before the group's first A column on, which is the window's second.
          positions_A: scanArea([a / 2, a / 2], [GROUP * a, GROUP * a], [count, count]),
          detectors: [{ inner_mrad: haadf.inner_mrad, outer_mrad: haadf.outer_mrad }],
          exits: [nSlices],
          tilt_mrad: experiment.tilt_mrad,
        },
        { ...quietTask, progress: (done, total) => progress(done / total) },
      );
    },
    handOver: (signals) => [signals.buffer as ArrayBuffer],
  };
}
