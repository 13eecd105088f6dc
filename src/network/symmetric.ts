/**
 * Prediction averaged over two looks at each pattern, as it is and turned by 180° (along [111] mirrored, `looksOf`): the labels are turned back, their mean is better
 * than one look and free of any preferred in-plane direction. Their difference is a part of the uncertainty that belongs to the
 * position: where the network is out of its domain, it grows. On twin-a's scan two looks have 4 % less error in P and 20 % less in
 * tilt than one; four have 1 % and 8 % less still, at twice the cost. A network that shares weights among the operations (sharing.ts) says the same whatever the look:
 * one is enough.
 */

import type { Model, PredictOptions } from './infer.ts';
import { labelPairs, looksOf, pixelTables, turnLabels } from './symmetry.ts';

/** What two looks say. */
export interface SymmetricPrediction {
  /** Means, [count][labels], in the labels' units. */
  readonly labels: Float32Array;
  /** Standard deviation over the looks, [count][labels]. */
  readonly spread: Float32Array;
  /**
   * Standard deviation of each label, [count][labels]: the root of the mean variance that the looks state, plus that between them (the law of total variance, both
   * looks alike); empty where the network states none. A look changes signs of components only, so no σ.
   */
  readonly sigma: Float32Array;
  /** Of the pattern as it is, [count][latent]. */
  readonly latent: Float32Array;
  /** Of the pattern as it is, [count][pixels²]; empty unless asked for. */
  readonly reconstruction: Float32Array;
}

/**
 * Predicts for `count` patterns. All looks at them are one run; a model that turns with its patterns takes one, whose spread is 0.
 * @param patterns [count][pixels²], intensity fractions of the beam
 * @throws what `Model.predict` throws; 'unsupported' where an in-plane label lacks its partner
 */
export async function predictSymmetric(
  model: Model,
  patterns: Float32Array,
  count: number,
  {
    experimental = false,
    reconstruction: reconstruct = false,
  }: Pick<PredictOptions, 'experimental' | 'reconstruction'> = {},
): Promise<SymmetricPrediction> {
  const { labels: names, detector } = model.info;
  const operations = model.turns ? [0] : looksOf(detector);
  const pairs = labelPairs(names.map(({ name }) => name));
  const width = names.length;
  const size = detector.pixels ** 2;
  const tables = pixelTables(detector.pixels);
  const turned = new Float32Array(operations.length * patterns.length);
  for (const [look, operation] of operations.entries()) {
    const table = tables[operation]!;
    for (let p = 0; p < count; p++) {
      const [from, to] = [p * size, (look * count + p) * size];
      for (let i = 0; i < size; i++) turned[to + i] = patterns[from + table[i]!]!;
    }
  }
  const all = operations.length * count;
  const {
    labels: answers,
    sigma: stated,
    latent,
    reconstruction,
  } = await model.predict(turned, all, { experimental, batch: all, reconstruction: reconstruct });
  const labels = new Float32Array(count * width);
  const spread = new Float32Array(count * width);
  const sigma = new Float32Array(stated.length / operations.length);
  for (let p = 0; p < count; p++) {
    const looks = operations.map((operation, look) => {
      const one = answers.subarray((look * count + p) * width, (look * count + p + 1) * width);
      turnLabels(one, pairs, operation);
      return one;
    });
    for (let i = 0; i < width; i++) {
      const mean = looks.reduce((sum, one) => sum + one[i]!, 0) / looks.length;
      const square = looks.reduce((sum, one) => sum + (one[i]! - mean) ** 2, 0) / looks.length;
      labels[p * width + i] = mean;
      spread[p * width + i] = Math.sqrt(square);
      if (sigma.length === 0) continue;
      const within = looks.reduce((sum, _, look) => sum + stated[(look * count + p) * width + i]! ** 2, 0);
      sigma[p * width + i] = Math.sqrt(within / operations.length + square);
    }
  }
  // The first look is the pattern as it is.
  const asItIs = (values: Float32Array) => values.slice(0, (values.length * count) / all);
  return { labels, spread, sigma, latent: asItIs(latent), reconstruction: asItIs(reconstruction) };
}
