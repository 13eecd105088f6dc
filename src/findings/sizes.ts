/**
 * Domain sizes as the paper measures them: "from one domain boundary to the next along the x and y directions, for each x-pixel and y-pixel in one-dimensional slices".
 *
 * A segment that ends at the map's edge or at a masked position is no size: its other end is not seen. Such are counted apart (`cut_nm`); as long domains are cut more
 * often, the mean of what is left is too small where domains are not small beside the map.
 *
 * Neighbouring slices measure the same domains. The interval of the mean is by a circular block bootstrap over slices (Politis and Romano 1992): blocks twice as long as a
 * domain is across them (the mean size along the other axis, rounded up): with blocks of one domain the variance comes out a third too small.
 * Quantiles' distances from the mean are widened for few blocks B, by √(B/(B − 1)) and by Student's t beside the normal deviate, 1 + 1.21/(B − 1).
 *
 * What this is not: a size of domains as bodies; each counts in as many slices as it is wide, and a chord of a disc is shorter than its diameter.
 */

import type { RandomStream } from '../core/random.ts';
import { isWall, type Partition } from './partition.ts';

/** Resamplings of the interval. */
const DRAWS = 1000;

export interface Segments {
  /** Wall to wall [nm], and the slice that each is in. */
  readonly sizes_nm: Float64Array;
  readonly slice: Int32Array;
  /** Segments that end at an edge or a masked position [nm]. */
  readonly cut_nm: Float64Array;
  readonly slices: number;
}

export interface SizeStatistics {
  readonly mean_nm: number;
  /** 95%; NaN where there is no size or one block only. */
  readonly interval_nm: readonly [low: number, high: number];
  /** Sizes, and segments that were cut. */
  readonly n: number;
  readonly cut: number;
  /** Slices of a block. Below about five the interval is a guess. */
  readonly block: number;
  readonly blocks: number;
}

/** Segments along an axis: 'x' in each row, 'y' in each column. */
export function wallToWall({ shape: [ny, nx], labels }: Partition, step_nm: number, axis: 'x' | 'y'): Segments {
  const [slices, length, across, along] = axis === 'x' ? [ny, nx, nx, 1] : [nx, ny, 1, nx];
  const sizes: number[] = [];
  const slice: number[] = [];
  const cut: number[] = [];
  for (let s = 0; s < slices; s++) {
    let start = 0;
    let open = false;
    for (let k = 1; k <= length; k++) {
      const before = labels[s * across + (k - 1) * along]!;
      const here = k < length ? labels[s * across + k * along]! : -1;
      if (here === before) continue;
      const wall = isWall(before, here);
      if (before >= 0) {
        if (open && wall) {
          sizes.push((k - start) * step_nm);
          slice.push(s);
        } else cut.push((k - start) * step_nm);
      }
      start = k;
      open = wall;
    }
  }
  return { sizes_nm: Float64Array.from(sizes), slice: Int32Array.from(slice), cut_nm: Float64Array.from(cut), slices };
}

/** [nm]; NaN where there is no size. */
export function meanSize({ sizes_nm }: Segments): number {
  return sizes_nm.reduce((sum, size) => sum + size, 0) / sizes_nm.length;
}

/** @param block slices of a block, ≥ 1 */
export function sizeStatistics(segments: Segments, block: number, random: RandomStream): SizeStatistics {
  const { sizes_nm, slice, cut_nm, slices } = segments;
  const sums = new Float64Array(slices);
  const counts = new Float64Array(slices);
  for (let k = 0; k < sizes_nm.length; k++) {
    sums[slice[k]!]! += sizes_nm[k]!;
    counts[slice[k]!]!++;
  }
  const n = sizes_nm.length;
  const blocks = Math.ceil(slices / block);
  const means: number[] = [];
  for (let draw = 0; n > 0 && draw < DRAWS; draw++) {
    let [sum, count] = [0, 0];
    for (let b = 0, taken = 0; b < blocks; b++) {
      const start = random.integer(slices);
      for (let k = 0; k < block && taken < slices; k++, taken++) {
        sum += sums[(start + k) % slices]!;
        count += counts[(start + k) % slices]!;
      }
    }
    if (count > 0) means.push(sum / count);
  }
  const sorted = Float64Array.from(means).sort();
  const quantile = (p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
  const mean = meanSize(segments);
  const few = blocks > 1 ? Math.sqrt(blocks / (blocks - 1)) * (1 + 1.21 / (blocks - 1)) : Number.NaN;
  return {
    mean_nm: mean,
    interval_nm: [mean + few * (quantile(0.025) - mean), mean + few * (quantile(0.975) - mean)],
    n,
    cut: cut_nm.length,
    block,
    blocks,
  };
}

/** Sizes along both axes with means and intervals. Where there are none along the other axis blocks are √(slices) long. */
export function domainSizes(partition: Partition, step_nm: number, random: RandomStream) {
  const both = { x: wallToWall(partition, step_nm, 'x'), y: wallToWall(partition, step_nm, 'y') };
  const one = (axis: 'x' | 'y', other: 'x' | 'y') => {
    const { slices } = both[axis];
    const mean = meanSize(both[other]) / step_nm;
    const block = Math.max(1, Math.min(slices, Math.ceil(mean > 0 ? 2 * mean : Math.sqrt(slices))));
    return { segments: both[axis], ...sizeStatistics(both[axis], block, random.fork(axis)) };
  };
  return { x: one('x', 'y'), y: one('y', 'x') };
}
