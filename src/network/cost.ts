/** What a training holds at once and leaves on disk, from its sizes alone: an estimate, to refuse what cannot be before it begins. */

import type { Architecture } from './architecture.ts';
import { sizeOf } from './graph.ts';
import { fullParameters, parameters, statistics } from './parameters.ts';

/**
 * Arrays of a layer's size that a step holds for each pattern: forward, backward, and what ONNX Runtime keeps for itself. From peaks of memory over three steps and a
 * validation, at 64 pixels: 467 and 1543 MB for the paper's network at 16 and 64 patterns, 195 and 834 MB for the default one at 256 and 1024.
 */
const ARRAYS = 20;
/** Where a training stands: parameters, two moments, and the best parameters so far (train.ts). */
const STORED = 4;

/** @param batch patterns in a step */
export function trainingCost(a: Architecture, batch: number): { memory_bytes: number; disk_bytes: number } {
  const count = (list: ReturnType<typeof parameters>) => list.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const weights = count(parameters(a));
  const { trunk } = a;
  let side = a.pixels;
  // What comes in and what comes out again.
  let values = 2 * a.pixels ** 2;
  if (trunk.kind === 'dense') for (const width of [...trunk.widths, a.features]) values += width;
  else {
    trunk.channels.forEach((channels, i) => {
      side /= trunk.strides[i]!;
      // Encoder and decoder alike.
      values += 2 * channels * side ** 2;
    });
  }
  const patterns = batch * (a.adapts ? 2 : 1);
  // As it stands, as it is written, and a gradient. Of shared weights a step makes the full ones and their gradient besides.
  const kept = (2 * STORED + 1) * weights + (a.sharing ? 2 * count(fullParameters(a)) : 0);
  return {
    memory_bytes: 4 * (patterns * ARRAYS * values + kept),
    // A checkpoint stands until the next one is whole.
    disk_bytes: 4 * 2 * (STORED * weights + 2 * count(statistics(a)) + 2 * (a.pixels ** 2 + a.labels)),
  };
}
