/** What training and evaluation read: labelled patterns, fetched in any order, never all in memory. */

import { fail } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import { detectorDifference, type LatticeDetector } from '../diffraction/detector.ts';

export interface LabelInfo {
  /** Such as 'P_x', 'dTi_x', 'dO_x', 'tilt_x', 'thickness'; '…_column' marks the single-column value. */
  readonly name: string;
  /** 'uC/cm2', 'pm', 'mrad', 'nm'. */
  readonly unit: string;
}

export interface PatternDataset {
  /** Of the library, its content included. */
  readonly identity: Identity;
  readonly count: number;
  readonly detector: LatticeDetector;
  readonly labels: readonly LabelInfo[];
  /** What reading the file of its structures had to assume or to change. */
  readonly notes?: readonly string[] | undefined;
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

/** Refuses patterns of another detector than a model's: it would take them for its own. @throws 'model-mismatch' naming what differs */
export function requireDetector({ detector }: Pick<PatternDataset, 'detector'>, model: LatticeDetector, hint: string) {
  const off = detectorDifference(detector, model);
  if (off) fail('model-mismatch', `The library and the model are of different detectors: ${off}.`, hint);
}

/** The dataset with only the labels named, in that order. @throws 'shape' if one is not there */
export function selectLabels(data: PatternDataset, wanted: readonly LabelInfo[]): PatternDataset {
  const from = wanted.map(({ name }) => {
    const at = data.labels.findIndex((label) => label.name === name);
    if (at < 0) fail('shape', `The library has no label '${name}'.`, 'Simulate it again with this version.');
    return at;
  });
  const width = data.labels.length;
  return {
    ...data,
    labels: wanted,
    structureOf: (index) => data.structureOf(index),
    isHeldOut: (index) => data.isHeldOut(index),
    read: async (indices) => {
      const { patterns, labels } = await data.read(indices);
      const out = new Float32Array(indices.length * from.length);
      for (let i = 0; i < indices.length; i++) {
        for (const [j, at] of from.entries()) out[i * from.length + j] = labels[i * width + at]!;
      }
      return { patterns, labels: out };
    },
  };
}
