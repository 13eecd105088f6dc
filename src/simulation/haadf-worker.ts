/**
 * What a worker thread of a dark-field image does: direct multislice of the positions of one group of cells after another, the mean of a mirrored pair of frozen phonons
 * (thermal-pair.ts). Positions of each 2 × 2 see four different pairs, so that a column, which is fitted to many positions, sees the mean of eight snapshots.
 *
 *     signal = 1 − what is left within the detector's inner edge,
 *
 * the potential's frequencies cut at the outer edge: what would be scattered past it stays where it is. So the grid need not hold the wave that is detected: what is
 * scattered past its Nyquist frequency N folds back, a probe's electron to no less than 2N − (α + outer) ≥ inner, and is counted all the same. That a wave at high angles
 * goes on at a wrong one is of no account. What N leaves out within the outer edge is missing; frequencies beyond it would send more of what comes nearest to a nucleus past
 * the outer edge. The two offset each other: columns of (Ba,Sr)TiO3 are within 5% of a grid that holds and loses everything rightly (docs/verification.md).
 */

import { quietTask } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import { annularScan, scanArea } from '../diffraction/annular-scan.ts';
import { fastSize } from '../diffraction/cpu/fft-plan.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { wavelength } from '../diffraction/optics.ts';
import { scatteringFactor } from '../diffraction/scattering-factor.ts';
import { slicer } from '../diffraction/slices.ts';
import { GROUP, haadfSpecimen, haadfWindow, WINDOW_CELLS } from './haadf-window.ts';
import type { HaadfInputs } from './options.ts';
import { thermalPair } from './thermal-pair.ts';

export type GroupJob = readonly [gx: number, gy: number];

/** An AO and a TiO2 plane: what a plane scatters along the beam is of no account in the dark field. */
const SLICES_PER_CELL = 2;

/** Nyquist frequency of the grid in units of the detector's outer edge, at least. */
const NYQUIST_PER_OUTER = 0.79;

/** Pairs of snapshots, of the positions of each 2 × 2. */
const PAIRS = 4;

/** Signals of a group's positions [positions][positions], fraction of the beam. */
export async function haadfWorker(inputs: HaadfInputs): Promise<Worker<GroupJob, Float64Array>> {
  const { haadf, microscope, library, experiment } = inputs;
  const { convergence_mrad, inner_mrad, outer_mrad } = haadf;
  const specimen = haadfSpecimen(inputs);
  const { layers, block, high, depth } = specimen;
  const lambda = wavelength(microscope.voltage_kV);
  const first = layers.blocks[0]!;
  const a = first.cell_A[0] / block;
  const side = WINDOW_CELLS * a;
  const perInvA = 1e3 * lambda;
  const nyquist_mrad = Math.max(NYQUIST_PER_OUTER * outer_mrad, (convergence_mrad + inner_mrad + outer_mrad) / 2);
  const n = fastSize((2 * nyquist_mrad * side) / perInvA);
  const cut = slicer([side, side, first.cell_A[2] * layers.order.length], {
    nx: n,
    ny: n,
    nSlices: SLICES_PER_CELL * high * layers.order.length,
    slicing: 'whole-atom',
    form: (symbol) => {
      const f = scatteringFactor(symbol, library.factors);
      return (k2) => (Math.sqrt(k2) * perInvA < outer_mrad ? f(k2) : 0);
    },
  });
  const kernel = await SliceKernel.load();
  const mark = kernel.mark();
  const probe = { wavelength_A: lambda, convergence_mrad, defocus_nm: 0, edge_mrad: perInvA / side };
  const pairs = Array.from({ length: PAIRS }, (_, number) => thermalPair(specimen, experiment.seed, number));
  const count = GROUP * haadf.positions_per_cell;
  // From half a cell before the group's first A column on, which is the window's second.
  const positions = scanArea([a / 2, a / 2], [GROUP * a, GROUP * a], [count, count]);
  return {
    async run(group, progress) {
      const signals = new Float64Array(count * count);
      let done = 0;
      for (const [number, pair] of pairs.entries()) {
        const its = [...positions.keys()].filter((i) => (i & 1) + 2 * (Math.floor(i / count) & 1) === number);
        const scan = {
          positions_A: its.map((i) => positions[i]!),
          detectors: [{ inner_mrad: 0, outer_mrad: inner_mrad }],
          exits: [SLICES_PER_CELL * depth],
          tilt_mrad: experiment.tilt_mrad,
        };
        for (const snapshot of pair) {
          // Each takes the last one's place in the kernel's memory.
          kernel.release(mark);
          const multislice = new Multislice(kernel, cut(haadfWindow(snapshot, block, group)), microscope.voltage_kV);
          const left = annularScan(multislice, probe, scan, {
            ...quietTask,
            progress: (position, total) => progress((done + position / total) / (2 * PAIRS)),
          });
          for (const [j, i] of its.entries()) signals[i]! += (1 - left[j]!) / 2;
          done++;
        }
      }
      return signals;
    },
    handOver: (signals) => [signals.buffer as ArrayBuffer],
  };
}
