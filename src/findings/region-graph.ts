/**
 * Regions of a map and the borders between them, merged until no two neighbours are alike enough: the two that score lowest first. What this is not: a rule of what is
 * alike; that is the score's.
 *
 * A merge changes the scores of all neighbours. Those of a region with many are looked at again only when their turn comes: a border may so come later than by its score
 * of now, never sooner, and never above the limit.
 */

import { PairTable } from './pair-table.ts';
import { isWall, type Partition, partitionOf } from './partition.ts';
import { ScoreHeap } from './score-heap.ts';

/** Neighbours of a region up to which all are scored anew after each merge. */
const FEW = 16;

export interface MergeRule {
  /** Of neighbours `one` and `two` across a border of so many links between positions, whose weights sum to `weight`: low where they are alike. */
  readonly score: (one: number, two: number, links: number, weight: number) => number;
  /** Region `from` becomes part of `into`: sums over regions are to be updated. */
  readonly merge: (into: number, from: number) => void;
  /** Neighbours that score this or more stay apart. */
  readonly limit: number;
}

export interface Merged {
  readonly partition: Partition;
  /** Highest score among what was merged; −∞ where nothing was. */
  readonly highest: number;
}

/** Borders of regions; each is in the list of its two regions, as 'halves' 2e and 2e + 1. */
interface Borders {
  readonly count: number;
  readonly one: Int32Array;
  readonly two: Int32Array;
  readonly links: Float64Array;
  readonly weight: Float64Array;
  readonly table: PairTable;
}

/** @param between what the link between neighbouring positions i and j weighs; 0 where not given */
export function mergeRegions(
  partition: Partition,
  between: ((i: number, j: number) => number) | undefined,
  { score, merge, limit }: MergeRule,
): Merged {
  const { shape, labels, count } = partition;
  const borders = bordersOf(partition, between);
  const { one, two, links, weight, table } = borders;
  const alive = new Uint8Array(borders.count).fill(1);
  const degree = new Int32Array(count);
  const [first, last] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)];
  const next = new Int32Array(2 * borders.count).fill(-1);
  const append = (region: number, half: number) => {
    if (last[region]! < 0) first[region] = half;
    else next[last[region]!] = half;
    last[region] = half;
  };
  /** Borders to be scored anew. */
  const anew = new Int32Array(2 * borders.count);
  const heap = new ScoreHeap(borders.count);
  const place = (e: number) => {
    const value = score(one[e]!, two[e]!, links[e]!, weight[e]!);
    // What is above the limit comes back when a merge scores it anew.
    if (value < limit) heap.set(value, e);
    else heap.delete(e);
  };
  for (let e = 0; e < borders.count; e++) {
    append(one[e]!, 2 * e);
    append(two[e]!, 2 * e + 1);
    degree[one[e]!]!++;
    degree[two[e]!]!++;
    place(e);
  }
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  let highest = Number.NEGATIVE_INFINITY;
  while (heap.pop()) {
    const e = heap.item;
    const value = score(one[e]!, two[e]!, links[e]!, weight[e]!);
    if (!(value < limit)) continue;
    if (value > heap.score) {
      heap.set(value, e);
      continue;
    }
    if (value > highest) highest = value;
    const more = degree[one[e]!]! >= degree[two[e]!]!;
    const into = more ? one[e]! : two[e]!;
    const from = more ? two[e]! : one[e]!;
    merge(into, from);
    parent[from] = into;
    alive[e] = 0;
    table.delete(one[e]!, two[e]!);
    degree[into]!--;
    let changed = 0;
    for (let half = first[from]!; half >= 0; ) {
      const after = next[half]!;
      const f = half >> 1;
      if (alive[f]) {
        const other = one[f] === from ? two[f]! : one[f]!;
        table.delete(from, other);
        const same = table.get(into, other);
        if (same >= 0) {
          links[same]! += links[f]!;
          weight[same]! += weight[f]!;
          alive[f] = 0;
          heap.delete(f);
          degree[other]!--;
          anew[changed++] = same;
        } else {
          if (one[f] === from) one[f] = into;
          else two[f] = into;
          table.set(into, other, f);
          next[half] = -1;
          append(into, half);
          degree[into]!++;
          anew[changed++] = f;
        }
      }
      half = after;
    }
    if (degree[into]! <= FEW) changed = liveOf(into, first, last, next, alive, anew);
    for (let k = 0; k < changed; k++) place(anew[k]!);
  }
  const root = (label: number): number => {
    let at = label;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  return {
    partition: partitionOf(
      shape,
      labels.map((label) => (label < 0 ? -1 : root(label))),
    ),
    highest,
  };
}

/** Borders of a region that still are, into `found`, with the list freed of those that are not. @returns how many */
function liveOf(
  region: number,
  first: Int32Array,
  last: Int32Array,
  next: Int32Array,
  alive: Uint8Array,
  found: Int32Array,
): number {
  let before = -1;
  let count = 0;
  for (let half = first[region]!; half >= 0; half = next[half]!) {
    if (!alive[half >> 1]) continue;
    if (before < 0) first[region] = half;
    else next[before] = half;
    before = half;
    found[count++] = half >> 1;
  }
  if (before < 0) first[region] = -1;
  else next[before] = -1;
  last[region] = before;
  return count;
}

function bordersOf({ shape: [ny, nx], labels }: Partition, between?: (i: number, j: number) => number): Borders {
  let most = 0;
  const each = (visit: (i: number, j: number) => void) => {
    for (let row = 0, i = 0; row < ny; row++) {
      for (let column = 0; column < nx; column++, i++) {
        if (column + 1 < nx && isWall(labels[i]!, labels[i + 1]!)) visit(i, i + 1);
        if (row + 1 < ny && isWall(labels[i]!, labels[i + nx]!)) visit(i, i + nx);
      }
    }
  };
  each(() => most++);
  const table = new PairTable(most);
  const [one, two] = [new Int32Array(most), new Int32Array(most)];
  const [links, weight] = [new Float64Array(most), new Float64Array(most)];
  let count = 0;
  each((i, j) => {
    let e = table.get(labels[i]!, labels[j]!);
    if (e < 0) {
      e = count++;
      one[e] = labels[i]!;
      two[e] = labels[j]!;
      table.set(labels[i]!, labels[j]!, e);
    }
    links[e]!++;
    if (between) weight[e]! += between(i, j);
  });
  return { count, one, two, links, weight, table };
}
