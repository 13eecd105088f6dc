/** What a training holds at once and leaves on disk, from its sizes alone: an estimate, to refuse what cannot be before it begins. */

import { type Architecture, parameters } from './architecture.ts';
import { sizeOf } from './graph.ts';

/** Arrays of a layer's size that a step keeps for each pattern: what a layer and a norm with its swish gave, and their gradients. */
const ARRAYS = 4;

/** @param batch patterns in a step */
export function trainingCost(a: Architecture, batch: number): { memory_bytes: number; disk_bytes: number } {
  const weights = parameters(a).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const { trunk } = a;
  let side = a.pixels;
  let values = a.pixels ** 2;
  if (trunk.kind === 'dense') for (const width of trunk.widths) values += width;
  else {
    trunk.channels.forEach((channels, i) => {
      side /= trunk.strides[i]!;
      values += channels * side ** 2;
    });
  }
  const patterns = batch * (a.adapts ? 2 : 1);
  // Of a weight its gradient, two moments and the best so far.
  const kept = 4 * 5 * weights;
  // Encoder and decoder alike.
  return { memory_bytes: 4 * patterns * 2 * ARRAYS * values + kept, disk_bytes: kept };
}
