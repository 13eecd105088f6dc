/** What a worker thread of a [bias] study does: direct multislice of one band of a state's scan after another. */

import type { Worker } from '../core/threads.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { widePatterns } from '../diffraction/wide-scan.ts';
import type { BiasInputs } from './bias-options.ts';
import { biasPlan, GRID_PER_CELL, SLICES_PER_CELL, VACUUM_CELLS, WINDOW_CELLS } from './bias-plan.ts';
import { bandAtoms, type CrossSection, crossSection, type FilmModes } from './cross-section.ts';
import { ScanCamera } from './scan-camera.ts';

export interface BandJob {
  readonly state: number;
  readonly band: number;
}

export interface BiasData {
  readonly inputs: BiasInputs;
  /** Of each bias. */
  readonly modes: readonly FilmModes[];
}

/** What the camera may expect at each position of a band, [positions][n][n], fraction of the beam. */
export async function bandWorker({ inputs, modes }: BiasData): Promise<Worker<BandJob, Float32Array>> {
  const { crystal, microscope, library, experiment } = inputs;
  const plan = biasPlan(inputs);
  const { a_A } = crystal;
  const [, rx] = plan.shape;
  const n = experiment.detector_pixels;
  const kernel = await SliceKernel.load();
  const camera = new ScanCamera(inputs, plan.shape, plan.sampling);
  let made: { readonly state: number; readonly section: CrossSection } | undefined;
  return {
    async run({ state, band }, progress) {
      if (made?.state !== state) made = { state, section: crossSection(inputs, modes[state]!, plan.section) };
      const { section } = made;
      const [from, to] = plan.bands[band]!;
      const positions = plan.positions[state]!.slice(from * rx, to * rx);
      const ys = positions.map(({ at_A }) => at_A[1] / a_A);
      const first = Math.floor(Math.min(...ys) - WINDOW_CELLS / 2) - 1;
      const rows = Math.ceil(Math.max(...ys) + WINDOW_CELLS / 2) + 1 - first;
      const atoms = bandAtoms(section, [first, rows], VACUUM_CELLS * a_A);
      const patterns = widePatterns(
        kernel,
        {
          atoms,
          u2_A2: section.u2_A2,
          grid: [section.cells[0] * GRID_PER_CELL, rows * GRID_PER_CELL],
          nSlices: Math.round((atoms.cell_A[2] / a_A) * SLICES_PER_CELL),
          window: [WINDOW_CELLS * GRID_PER_CELL, WINDOW_CELLS * GRID_PER_CELL],
          voltage_kV: microscope.voltage_kV,
          bandLimit: library.band_limit,
          factors: library.factors,
          absorption: library.absorption,
          probe: plan.probe,
          size: plan.sampling.size,
        },
        positions.map(({ at_A: [x, y], tilt_mrad }) => ({ position_A: [x, y - first * a_A], tilt_mrad })),
        progress,
      );
      const out = new Float32Array(positions.length * n * n);
      for (const [i, pattern] of patterns.entries()) out.set(camera.expected(pattern, from * rx + i), i * n * n);
      return out;
    },
    handOver: (patterns) => [patterns.buffer as ArrayBuffer],
  };
}
