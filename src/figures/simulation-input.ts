/** What figures and report of a simulated specimen are drawn from. */

import type { PatternFigureOptions } from './pattern-figure.ts';
import type { ReportWarning } from './report.ts';

export interface SimulatedDetector {
  readonly name: string;
  readonly inner_mrad: number;
  readonly outer_mrad: number;
}

/** Means over the scan, or those of the one position. */
export interface SimulatedPatterns {
  /** [thickness][qy][qx], any unit; direct beam at index pixels/2. */
  readonly data: Float32Array;
  readonly shape: readonly [qy: number, qx: number];
  readonly mrad_per_pixel: number;
  /** Disks of the zero-order Laue zone, where the crystal's lattice is known. */
  readonly spots?: PatternFigureOptions['spots'];
}

/** How the simulation was set up and what it took. */
export interface SimulationSettings {
  /** Pixels of the real-space grid, their size [Å] and the extent of the periodic window [Å]. */
  readonly grid: readonly [x: number, y: number];
  readonly pixel_A: readonly [x: number, y: number];
  readonly window_A: readonly [x: number, y: number];
  /** Slices through the thickest specimen, and the thickest of them [Å]. */
  readonly slices: number;
  readonly slice_A: number;
  /** Largest scattering angle that the grid carries [mrad]. */
  readonly largest_mrad: number;
  /** In words: 'Einstein snapshots, 8 averaged'. */
  readonly thermal: string;
  readonly engine: string;
  /** Wall time [s]. */
  readonly wall_s: number;
}

export interface SimulationReportInput {
  readonly title: string;
  /** What the beam went through, a phrase: 'SrTiO3 along [001]'. */
  readonly specimen: string;
  readonly voltage_kV: number;
  /** Convergence semi-angle [mrad]. */
  readonly convergence_mrad: number;
  /** Positions, and the steps between them [Å]; [1, 1] is one position. */
  readonly scan: {
    readonly shape: readonly [ry: number, rx: number];
    readonly step_A: readonly [x: number, y: number];
  };
  /** Increasing [nm]. */
  readonly thicknesses_nm: readonly number[];
  readonly detectors: readonly SimulatedDetector[];
  /** [thickness][detector][ry][rx]: electrons where there is a dose, otherwise fractions of the beam. */
  readonly images: Float32Array;
  readonly patterns?: SimulatedPatterns | undefined;
  /** Electrons per position. */
  readonly dose_e?: number | undefined;
  readonly settings: SimulationSettings;
  readonly warnings: readonly ReportWarning[];
  readonly recipe_toml: string;
  readonly recipe_hash: string;
  readonly seed: number;
  readonly version: string;
}
