/**
 * What a worker thread of a dark-field image does: direct multislice of the positions of one group of cells after another. Thermal diffuse scattering into the
 * detector's annulus is the only absorption (absorption.ts), so that
 *
 *     signal = 1 − what is left within the detector's inner edge:
 *
 * all that was scattered thermally into the detector, and all that was scattered elastically past its inner edge. It is the mean over all thermal motion: one snapshot of
 * frozen phonons moves columns of this thickness by more than a picometre. Left out: that electrons which are scattered thermally to less than the inner edge leave the
 * columns' channels. At 32 nm the mean of an image is right to 3 % against frozen phonons for that, and A columns are up to twice as bright (docs/verification.md).
 */

import { quietTask } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import { absorbingSlicer } from '../diffraction/absorption.ts';
import { annularScan, scanArea } from '../diffraction/annular-scan.ts';
import { blockStack } from '../diffraction/block-stack.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { wavelength } from '../diffraction/optics.ts';
import { GROUP, haadfSpecimen, haadfWindow, WINDOW_CELLS } from './haadf-window.ts';
import type { HaadfInputs } from './options.ts';

export type GroupJob = readonly [gx: number, gy: number];

/** An AO and a TiO2 plane: what a plane scatters along the beam is of no account in the dark field. */
const SLICES_PER_CELL = 2;
/** Nyquist of the elastic wave, in units of the detector's inner edge: what is scattered thermally needs no pixels. */
const NYQUIST_PER_INNER = 1.4;

/** Grid points along an edge `length_A`: `nyquist_mrad` within, in factors that transforms take. */
function gridPoints(length_A: number, lambda_A: number, nyquist_mrad: number): number {
  const smooth = (n: number): boolean => {
    let rest = n;
    for (const p of [2, 3, 5, 7]) while (rest % p === 0) rest /= p;
    return rest === 1;
  };
  let n = 4 * Math.ceil((2 * length_A * nyquist_mrad * 1e-3) / lambda_A / 4);
  while (!smooth(n)) n += 4;
  return n;
}

/** Signals of a group's positions [positions][positions], fraction of the beam. */
export async function haadfWorker(inputs: HaadfInputs): Promise<Worker<GroupJob, Float64Array>> {
  const { haadf, microscope, library, experiment } = inputs;
  const { inner_mrad, outer_mrad } = haadf;
  const { layers, block, high, depth, u2_A2 } = haadfSpecimen(inputs);
  const lambda = wavelength(microscope.voltage_kV);
  const perInvA = 1e3 * lambda;
  const first = layers.blocks[0]!;
  const a = first.cell_A[0] / block;
  const side = WINDOW_CELLS * a;
  const n = gridPoints(side, lambda, NYQUIST_PER_INNER * inner_mrad);
  const slices = {
    nx: n,
    ny: n,
    nSlices: SLICES_PER_CELL * high,
    slicing: 'whole-atom',
    factors: library.factors,
    u2_A2,
  } as const;
  const cut = absorbingSlicer([side, side, first.cell_A[2]], slices, [inner_mrad / perInvA, outer_mrad / perInvA]);
  const kernel = await SliceKernel.load();
  const mark = kernel.mark();
  const probe = {
    wavelength_A: lambda,
    convergence_mrad: haadf.convergence_mrad,
    defocus_nm: 0,
    edge_mrad: perInvA / side,
  };
  return {
    async run(group, progress) {
      // Each window takes the last one's place in the kernel's memory.
      kernel.release(mark);
      const stacks = layers.blocks.map((structure) => cut(haadfWindow(structure, block, group)));
      const multislice = new Multislice(kernel, blockStack(stacks, layers.order), microscope.voltage_kV);
      const count = GROUP * haadf.positions_per_cell;
      const scan = {
        // From half a cell before the group's first A column on, which is the window's second.
        positions_A: scanArea([a / 2, a / 2], [GROUP * a, GROUP * a], [count, count]),
        detectors: [{ inner_mrad: 0, outer_mrad: inner_mrad }],
        exits: [SLICES_PER_CELL * depth],
        tilt_mrad: experiment.tilt_mrad,
      };
      const left = annularScan(multislice, probe, scan, {
        ...quietTask,
        progress: (done, total) => progress(done / total),
      });
      return left.map((share) => 1 - share);
    },
    handOver: (signals) => [signals.buffer as ArrayBuffer],
  };
}
