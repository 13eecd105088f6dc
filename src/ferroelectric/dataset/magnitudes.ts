/**
 * How large |P| is depends on what it is averaged over: histograms of |P| for windows in time (an instant, 0.2 ps, 1 ps) times columns of 1, 2, 8 and 16
 * cells along z, P = 1602.18 Z* u / a0³ from the soft modes themselves, before atoms share them. Windows tile the time after equilibration; an instant is
 * taken at the end of each 0.2 ps.
 */

import { cellCount, type Vec3 } from '../../crystal/structure.ts';

/** [ps]; 0 is an instant. */
export const WINDOWS_PS: readonly number[] = [0, 0.2, 1];
/** Bins of |P| from 0 [µC/cm²]; what is larger goes into the last. */
export const BIN_UC_CM2 = 0.25;
export const BINS = 400;

/** Column lengths [cells] that fit into a block. */
export function columnLengths(cells: Vec3): number[] {
  return [1, 2, 8, 16].filter((n) => cells[2] % n === 0);
}

/** Adds every column's |P| to `counts`. @param u_A [nz][ny][nx][3] @param perMode P per u [µC/cm² per Å] */
function addMagnitudes(counts: Float64Array, u_A: Float64Array, cells: Vec3, length: number, perMode: number): void {
  const layer = 3 * cells[0] * cells[1];
  for (let k = 0; k < cells[2]; k += length) {
    for (let at = k * layer; at < (k + 1) * layer; at += 3) {
      const P = [0, 0, 0];
      for (let l = 0; l < length; l++) {
        for (let axis = 0; axis < 3; axis++) P[axis]! += u_A[at + l * layer + axis]!;
      }
      const size = (Math.hypot(P[0]!, P[1]!, P[2]!) * perMode) / length;
      counts[Math.min(BINS - 1, Math.floor(size / BIN_UC_CM2))]! += 1;
    }
  }
}

export class Magnitudes {
  /** [window][column length][BINS], as in WINDOWS_PS and columnLengths. */
  readonly counts: Float64Array;
  /** Sums of u over the present windows, [windows but the instant][cells][3]. */
  readonly sums: Float64Array;
  readonly #cells: Vec3;
  readonly #perMode: number;
  /** Time steps of each window. */
  readonly #steps: readonly number[];

  constructor(cells: Vec3, perMode: number, timestep_fs: number) {
    this.#cells = cells;
    this.#perMode = perMode;
    this.#steps = WINDOWS_PS.slice(1).map((ps) => Math.max(1, Math.round((1000 * ps) / timestep_fs)));
    this.counts = new Float64Array(WINDOWS_PS.length * columnLengths(cells).length * BINS);
    this.sums = new Float64Array(this.#steps.length * 3 * cellCount(cells));
  }

  /** @param step counts the steps after equilibration from 1 */
  add(u_A: Float64Array, step: number): void {
    this.#steps.forEach((steps, w) => {
      const sum = this.sums.subarray(w * u_A.length, (w + 1) * u_A.length);
      for (let i = 0; i < u_A.length; i++) sum[i]! += u_A[i]!;
      if (step % steps !== 0) return;
      this.#count(w + 1, sum, this.#perMode / steps);
      sum.fill(0);
      if (w === 0) this.#count(0, u_A, this.#perMode);
    });
  }

  #count(window: number, u_A: Float64Array, perMode: number): void {
    const lengths = columnLengths(this.#cells);
    lengths.forEach((length, l) => {
      const at = (window * lengths.length + l) * BINS;
      addMagnitudes(this.counts.subarray(at, at + BINS), u_A, this.#cells, length, perMode);
    });
  }
}

/**
 * Where |P| peaks [µC/cm²] for columns of 1, 2, 8 and 16 cells, by window: free Ba0.5Sr0.5TiO3 at 300 K, 16³ cells, recomputed independently from the
 * published parameters. Those of an instant are equilibrium's; those of windows in time go with the friction that they were found with, near Langevin's 0.25 ps
 * (here 0.1 ps gives 15.9 and 6.4 for one cell, 0.3 ps 14.1 and 4.6, 1 ps 13.4 and 3.6).
 */
export const REFERENCE_MODES: readonly (readonly number[])[] = [
  [25.1, 19.9, 11.6, 8.6],
  [14.6, 13.1, 9.4, 7.1],
  [4.9, 4.9, 3.4, 3.4],
];

export interface MagnitudeDistribution {
  readonly window_ps: number;
  /** [cells]. */
  readonly column: number;
  /** How many |P|. */
  readonly count: number;
  /** Where the density is largest, mean, and rms [µC/cm²]; NaN without values. */
  readonly mode: number;
  readonly mean: number;
  readonly rms: number;
  /** Probability density at the middle of each bin [cm²/µC], smoothed with a Gaussian of a twelfth of the rms. */
  readonly density: Float64Array;
}

/** The distributions of `Magnitudes.counts`, window by window. */
export function magnitudeDistributions(counts: Float64Array, cells: Vec3): MagnitudeDistribution[] {
  const lengths = columnLengths(cells);
  return WINDOWS_PS.flatMap((window_ps, w) =>
    lengths.map((column, l) => {
      const bins = counts.subarray((w * lengths.length + l) * BINS, (w * lengths.length + l + 1) * BINS);
      const middle = (bin: number) => (bin + 0.5) * BIN_UC_CM2;
      const count = bins.reduce((a, b) => a + b, 0);
      const mean = bins.reduce((sum, n, bin) => sum + n * middle(bin), 0) / count;
      const rms = Math.sqrt(bins.reduce((sum, n, bin) => sum + n * middle(bin) ** 2, 0) / count);
      const density = smoothed(bins, Math.max(0.5, rms / 12 / BIN_UC_CM2)).map((n) => n / (count * BIN_UC_CM2));
      let top = 0;
      density.forEach((value, bin) => {
        if (value > density[top]!) top = bin;
      });
      return { window_ps, column, count, mode: count > 0 ? middle(top) : Number.NaN, mean, rms, density };
    }),
  );
}

/** Convolution with a Gaussian of `width` bins. */
function smoothed(bins: Float64Array, width: number): Float64Array {
  const reach = Math.ceil(4 * width);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * width * width)));
  const norm = kernel.reduce((a, b) => a + b, 0);
  return bins.map((_, bin) => {
    let sum = 0;
    kernel.forEach((weight, i) => {
      sum += (weight / norm) * (bins[bin + i - reach] ?? 0);
    });
    return sum;
  });
}
