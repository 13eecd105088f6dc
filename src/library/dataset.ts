/** What training and evaluation read: labelled patterns, fetched in any order, never all in memory. */

import type { LatticeDetector } from '../diffraction/detector.ts';

export interface LabelInfo {
  /** Such as 'P_x', 'dTi_x', 'dO_x', 'tilt_x', 'thickness'; '…_column' marks the single-column value. */
  readonly name: string;
  /** 'uC/cm2', 'pm', 'mrad', 'nm'. */
  readonly unit: string;
}

export interface PatternDataset {
  readonly count: number;
  readonly detector: LatticeDetector;
  readonly labels: readonly LabelInfo[];
  /** Structure that pattern `index` came from: training and held-out sets never share one. */
  structureOf(index: number): number;
  isHeldOut(index: number): boolean;
  /**
   * Reads the patterns and labels at `indices` (any order, repeats allowed).
   * patterns: [indices.length][pixels qy][pixels qx], intensity per pixel as a fraction of the incident beam;
   * labels: [indices.length][labels.length], in the labels' units.
   */
  read(indices: ArrayLike<number>): Promise<{ patterns: Float32Array; labels: Float32Array }>;
}
