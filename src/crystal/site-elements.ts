/** Which element sits where on the A or B sites of a block: shares of each, drawn at random. */

import type { RandomStream } from '../core/random.ts';
import { cellCount, type Vec3 } from './structure.ts';

/** Share of the sites that each element holds; they add up to 1. */
export type Shares = Readonly<Record<string, number>>;

/**
 * Elements [nz][ny][nx], exactly as many of each as its share comes to (largest remainder, the first named wins a tie), shuffled: the count never fluctuates
 * from structure to structure.
 */
export function drawElements(shares: Shares, cells: Vec3, stream: RandomStream): string[] {
  const sites = cellCount(cells);
  const exact = Object.entries(shares).map(([element, share]) => ({ element, wanted: share * sites }));
  const counts = exact.map(({ wanted }) => Math.floor(wanted + 1e-9));
  const order = exact
    .map(({ wanted }, i) => ({ i, rest: wanted - counts[i]! }))
    .toSorted((a, b) => b.rest - a.rest || a.i - b.i);
  let left = sites - counts.reduce((sum, n) => sum + n, 0);
  for (const { i } of order) if (left-- > 0) counts[i]!++;
  const which = Uint8Array.from(counts.flatMap((n, i) => new Array<number>(n).fill(i)));
  return Array.from(stream.shuffle(which), (i) => exact[i]!.element);
}
