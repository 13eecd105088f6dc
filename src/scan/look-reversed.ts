/**
 * Whether an array's axes are the wrong way round, by its numbers. A pattern is bright where its disks are and dark elsewhere, and the sum of all its counts hardly
 * changes over a specimen. Images of the scan, one for each detector pixel, are the other way round: their sums differ from pixel to pixel as the disks do, and
 * their mean is flat. Not here: which of two axes is y.
 */

import { fail } from '../core/errors.ts';
import { percent } from '../core/numbers.ts';
import type { Blocks } from './block-source.ts';
import type { PatternSource } from './pattern-source.ts';

/** Of patterns that are looked at, along each axis of the scan. */
const SIDE = 8;
/** Fewer positions or pixels say nothing. */
const FEWEST = 16;
/** A mean pattern whose pixels differ by more than this (standard deviation over mean) has disks: with sums alike, the first look is enough. */
const DISKS = 1;
/** Sums that differ by more than this (standard deviation over mean), and by this factor more than the mean pattern's pixels do, are no patterns'. */
const LEAST_SPREAD = 0.25;
const FACTOR = 3;

function spread(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / values.length;
  return mean > 0 ? Math.sqrt(Math.max(0, squares / values.length - mean * mean)) / mean : 0;
}

/**
 * @param order of the axes as they are taken: 'ry,rx,qy,qx'
 * @throws 'shape' where scan and pattern look exchanged
 */
export async function refuseReversed(
  blocks: Blocks,
  shape: PatternSource['shape'],
  where: string,
  order: string,
): Promise<void> {
  const [ry, rx, qy, qx] = shape;
  if (ry * rx < FEWEST || qy * qx < FEWEST) return;
  // Evenly over the scan; where positions are read in blocks, within one in its middle.
  const span = (n: number, block: number): readonly [number, number] => {
    if (block === 1) return [0, n];
    const start = Math.floor(n / 2 / block) * block;
    return [start, Math.min(block, n - start)];
  };
  const [[y0, h], [x0, w]] = [span(ry, blocks.block[0]), span(rx, blocks.block[1])];
  /** Of n places; more where there are few along the other axis. */
  const places = (start: number, n: number, other: number): number[] => {
    const count = Math.min(n, Math.ceil(SIDE ** 2 / Math.min(other, SIDE)));
    return Array.from({ length: count }, (_, i) => start + Math.floor(((i + 0.5) * n) / count));
  };
  const mean = new Float64Array(qy * qx);
  const sums: number[] = [];
  const look = async (y: number, x: number) => {
    const pattern = await blocks.read(y * rx + x, 1);
    let sum = 0;
    for (let i = 0; i < pattern.length; i++) {
      const value = pattern[i]!;
      if (!Number.isFinite(value)) continue;
      mean[i]! += value;
      sum += value;
    }
    // A frame that was lost, or exposed without beam, tells nothing.
    if (sum !== 0) sums.push(sum);
  };
  const [ys, xs] = [places(y0, h, w), places(x0, w, h)];
  const all = ys.flatMap((y, i) => xs.map((x, j) => ({ y, x, first: i % 2 === 0 && j % 2 === 0 })));
  for (const { y, x } of all.filter(({ first }) => first)) await look(y, x);
  if (sums.length >= FEWEST && spread(sums) < LEAST_SPREAD && spread(mean) > DISKS) return;
  for (const { y, x } of all.filter(({ first }) => !first)) await look(y, x);
  if (sums.length < FEWEST) return;
  const [between, within] = [spread(sums), spread(mean)];
  if (between < LEAST_SPREAD || between < FACTOR * within) return;
  const exchanged = order.replace(/[rq]/g, (letter) => (letter === 'r' ? 'q' : 'r'));
  fail(
    'shape',
    `${where}, taken as ${ry} × ${rx} positions of ${qy} × ${qx} pixels, looks the wrong way round: the sums of its patterns differ by ${percent(between)} from position to position, and the mean pattern by ${percent(within)} from pixel to pixel, as in images of the scan for each detector pixel.`,
    `Give --order ${exchanged} if they are, or --order ${order} if they are patterns after all.`,
    { shape, order, sums_spread: between, mean_spread: within },
  );
}
