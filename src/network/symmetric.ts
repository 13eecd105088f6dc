/**
 * Prediction averaged over the eight symmetry operations of the square lattice: each pattern is shown to the network in all its
 * orientations, the labels are turned back, and their mean is better than one look and free of any preferred direction. Their
 * spread is a part of the uncertainty that belongs to the position: where the network is out of its domain, it grows.
 */

import type { Model, PredictOptions } from './infer.ts';
import { labelPairs, OPERATION_COUNT, pixelTables, turnLabels } from './symmetry.ts';

/** Operation that undoes operation 0 … 7: a quarter turn left undoes one right, the others undo themselves. */
const INVERSE = [0, 3, 2, 1, 4, 5, 6, 7];

export interface SymmetricPrediction {
  /** Means, [count][labels], in the labels' units. */
  readonly labels: Float32Array;
  /** Standard deviation over the orientations, [count][labels]. */
  readonly spread: Float32Array;
}

/** Predicts for `count` patterns [count][pixels²], intensity fractions of the beam. */
export async function predictSymmetric(
  model: Model,
  patterns: Float32Array,
  count: number,
  options: Pick<PredictOptions, 'experimental' | 'batch'> = {},
): Promise<SymmetricPrediction> {
  const { labels: names, detector } = model.info;
  const pairs = labelPairs(names.map(({ name }) => name));
  const width = names.length;
  const size = detector.pixels ** 2;
  const tables = pixelTables(detector.pixels);
  const sum = new Float64Array(count * width);
  const squares = new Float64Array(count * width);
  const turned = new Float32Array(patterns.length);
  for (let operation = 0; operation < OPERATION_COUNT; operation++) {
    const table = tables[operation]!;
    for (let p = 0; p < count; p++) {
      for (let i = 0; i < size; i++) turned[p * size + i] = patterns[p * size + table[i]!]!;
    }
    const { labels } = await model.predict(turned, count, { ...options, reconstruction: false });
    for (let p = 0; p < count; p++) {
      const one = labels.subarray(p * width, (p + 1) * width);
      turnLabels(one, pairs, INVERSE[operation]!);
      for (let i = 0; i < width; i++) {
        sum[p * width + i]! += one[i]!;
        squares[p * width + i]! += one[i]! ** 2;
      }
    }
  }
  const labels = Float32Array.from(sum, (value) => value / OPERATION_COUNT);
  const spread = Float32Array.from(squares, (value, i) =>
    Math.sqrt(Math.max(0, value / OPERATION_COUNT - (sum[i]! / OPERATION_COUNT) ** 2)),
  );
  return { labels, spread };
}
