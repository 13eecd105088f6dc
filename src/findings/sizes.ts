/**
 * Domain sizes as the paper measures them: "from one domain boundary to the next along the x and y directions, for each x-pixel and y-pixel in one-dimensional slices".
 *
 * A segment that ends at the map's edge or at a masked position is no size: its other end is not seen. Such are counted apart (`cut_nm`). Long domains are cut more often: of g
 * gaps in a row a domain of l positions has g − l places at which both its walls are in them. The mean therefore weighs each size by 1/(g − l) (Miles and Lantuéjoul's
 * correction of edges), without which it is too small by variance/(length of the slice − mean), a tenth of it for exponential sizes and ten domains in a slice.
 *
 * Neighbouring slices measure the same domains, and straight stripes are the same in all of them: what is independent are domains, not slices. The error of the mean is that of
 * a ratio over domains, each with all of its segments,
 *
 *     s² = C/(C − 1) Σ_d (Σ w(l − mean))² / (Σ w)²,   C = (Σ w)² / Σ_d (Σ w)²,
 *
 * with Student's t of C − 1. Where so few domains hold most segments that C is below `FEW` (a matrix around others), segments of one domain between two and the same
 * neighbours count as one; where that is too few as well (a labyrinth) there is no interval.
 *
 * What this is not: a size of domains as bodies; each counts in as many slices as it is wide, and a chord of a disc is shorter than its diameter.
 */

import { isWall, type Partition } from './partition.ts';
import { t95 } from './statistic.ts';

/** Domains, by their share of the segments, below which nothing is said of how sizes vary. */
const FEW = 5;

export interface Segments {
  /** Wall to wall [nm]. */
  readonly sizes_nm: Float64Array;
  /** Of each in the mean. */
  readonly weights: Float64Array;
  /** Domain that each is in, and the two beside it: [segment][3]. */
  readonly domains: Int32Array;
  /** Segments that end at an edge or a masked position [nm]. */
  readonly cut_nm: Float64Array;
}

export interface SizeStatistics {
  readonly mean_nm: number;
  /** Standard error and 95%, of sizes of the material; absent where too few domains have a size. */
  readonly sigma_nm?: number | undefined;
  readonly interval_nm?: readonly [low: number, high: number] | undefined;
  /** Sizes, and segments that were cut. */
  readonly n: number;
  readonly cut: number;
  /** C: how many domains count. */
  readonly domains: number;
}

/** Segments along an axis: 'x' in each row, 'y' in each column. */
export function wallToWall({ shape: [ny, nx], labels }: Partition, step_nm: number, axis: 'x' | 'y'): Segments {
  const [slices, length, across, along] = axis === 'x' ? [ny, nx, nx, 1] : [nx, ny, 1, nx];
  const sizes: number[] = [];
  const weights: number[] = [];
  const domains: number[] = [];
  const cut: number[] = [];
  for (let s = 0; s < slices; s++) {
    const label = (k: number): number => (k >= 0 && k < length ? labels[s * across + k * along]! : -1);
    /** Where the valid positions around begin, and which of `sizes` are among them. */
    let run = 0;
    let first = sizes.length;
    for (let start = 0, k = 1; k <= length; k++) {
      const [before, here] = [label(k - 1), label(k)];
      if (here === before) continue;
      if (before >= 0) {
        const left = label(start - 1);
        if (isWall(left, before) && isWall(before, here)) {
          sizes.push(k - start);
          domains.push(before, left, here);
        } else cut.push((k - start) * step_nm);
      }
      if (here < 0) {
        const gaps = k - run - 1;
        for (; first < sizes.length; first++) weights.push(1 / (gaps - sizes[first]!));
      }
      if (before < 0) run = k;
      start = k;
    }
  }
  return {
    sizes_nm: Float64Array.from(sizes, (size) => size * step_nm),
    weights: Float64Array.from(weights),
    domains: Int32Array.from(domains),
    cut_nm: Float64Array.from(cut),
  };
}

/** [nm]; NaN where there is no size. */
export function meanSize({ sizes_nm, weights }: Segments): number {
  return sizes_nm.reduce((sum, size, k) => sum + weights[k]! * size, 0) / weights.reduce((sum, w) => sum + w, 0);
}

export function sizeStatistics(segments: Segments): SizeStatistics {
  const { sizes_nm, cut_nm, domains } = segments;
  const mean_nm = meanSize(segments);
  const plain = { mean_nm, n: sizes_nm.length, cut: cut_nm.length };
  const byDomain = spreadOver(segments, mean_nm, (k) => `${domains[3 * k]}`);
  const found =
    byDomain.count >= FEW
      ? byDomain
      : spreadOver(segments, mean_nm, (k) => `${domains[3 * k]} ${domains[3 * k + 1]} ${domains[3 * k + 2]}`);
  if (!(found.count >= FEW)) return { ...plain, domains: found.count };
  const half = t95(found.count - 1) * found.sigma;
  return {
    ...plain,
    sigma_nm: found.sigma,
    interval_nm: [Math.max(0, mean_nm - half), mean_nm + half],
    domains: found.count,
  };
}

/** @param group of each segment */
function spreadOver({ sizes_nm, weights }: Segments, mean: number, group: (k: number) => string) {
  const groups = new Map<string, { weight: number; rest: number }>();
  for (let k = 0; k < sizes_nm.length; k++) {
    const name = group(k);
    const one = groups.get(name) ?? { weight: 0, rest: 0 };
    one.weight += weights[k]!;
    one.rest += weights[k]! * (sizes_nm[k]! - mean);
    groups.set(name, one);
  }
  let [total, squares, rest] = [0, 0, 0];
  for (const one of groups.values()) {
    total += one.weight;
    squares += one.weight ** 2;
    rest += one.rest ** 2;
  }
  const count = total > 0 ? total ** 2 / squares : 0;
  return { count, sigma: Math.sqrt(((count / (count - 1)) * rest) / total ** 2) };
}

/** Sizes along both axes with means and intervals. */
export function domainSizes(partition: Partition, step_nm: number) {
  const one = (axis: 'x' | 'y') => {
    const segments = wallToWall(partition, step_nm, axis);
    return { segments, ...sizeStatistics(segments) };
  };
  return { x: one('x'), y: one('y') };
}
