/**
 * Borders between the regions of a map, and of each region the list of those that it has, as regions become one. What this is not: a decision which do (region-graph.ts).
 *
 * A border stands in two lists, once for each of its regions. One that is gone stays there until somebody comes past it.
 */

import { isWall, type Partition } from './partition.ts';
import type { ScoreHeap } from './score-heap.ts';

/** One entry a border: its two regions, its links between positions, and the sum of what these weigh. */
export interface BorderSet {
  readonly count: number;
  readonly one: Int32Array;
  readonly two: Int32Array;
  readonly links: Float64Array;
  readonly weight: Float64Array;
}

/** Numbered in the order of their first links, row by row. @param between as mergeRegions */
export function bordersOf(
  { shape: [ny, nx], labels, count: regions }: Partition,
  between?: (i: number, j: number) => number,
): BorderSet {
  const most = 2 * ny * nx;
  const [first, second] = [new Int32Array(most), new Int32Array(most)];
  let links = 0;
  for (let row = 0, i = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++, i++) {
      if (column + 1 < nx && isWall(labels[i]!, labels[i + 1]!)) {
        first[links] = i;
        second[links++] = i + 1;
      }
      if (row + 1 < ny && isWall(labels[i]!, labels[i + nx]!)) {
        first[links] = i;
        second[links++] = i + nx;
      }
    }
  }
  // Links in the order of their lower region; those of one region with the same other are one border.
  const start = new Int32Array(regions + 1);
  const lower = (k: number): number => Math.min(labels[first[k]!]!, labels[second[k]!]!);
  for (let k = 0; k < links; k++) start[lower(k) + 1]!++;
  for (let region = 0; region < regions; region++) start[region + 1]! += start[region]!;
  const order = new Int32Array(links);
  const filled = start.slice();
  for (let k = 0; k < links; k++) order[filled[lower(k)]!++] = k;
  /** Of each link: the first of its border. */
  const head = new Int32Array(links);
  const seenBy = new Int32Array(regions).fill(-1);
  const seenAt = new Int32Array(regions);
  for (let region = 0; region < regions; region++) {
    for (let at = start[region]!; at < start[region + 1]!; at++) {
      const k = order[at]!;
      const other = Math.max(labels[first[k]!]!, labels[second[k]!]!);
      if (seenBy[other] !== region) {
        seenBy[other] = region;
        seenAt[other] = k;
      }
      head[k] = seenAt[other]!;
    }
  }
  let count = 0;
  for (let k = 0; k < links; k++) if (head[k] === k) count++;
  const found = {
    count,
    one: new Int32Array(count),
    two: new Int32Array(count),
    links: new Float64Array(count),
    weight: new Float64Array(count),
  };
  const number = new Int32Array(links);
  for (let k = 0, e = 0; k < links; k++) {
    const [i, j] = [first[k]!, second[k]!];
    if (head[k] === k) {
      number[k] = e;
      found.one[e] = labels[i]!;
      found.two[e++] = labels[j]!;
    }
    const at = number[head[k]!]!;
    found.links[at]!++;
    if (between) found.weight[at]! += between(i, j);
  }
  return found;
}

export class BorderLists {
  /** Borders of each region. */
  readonly degree: Int32Array;
  readonly #borders: BorderSet;
  readonly #alive: Uint8Array;
  /** Lists of 'halves', 2e for the list of one[e] and 2e + 1 for that of two[e]: first and last of each region, and what follows each; −1 at the end. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #next: Int32Array;

  /** @param borders changed as regions are joined @param regions 0 … regions − 1 */
  constructor(borders: BorderSet, regions: number) {
    this.#borders = borders;
    this.degree = new Int32Array(regions);
    this.#alive = new Uint8Array(borders.count).fill(1);
    this.#first = new Int32Array(regions).fill(-1);
    this.#last = new Int32Array(regions).fill(-1);
    this.#next = new Int32Array(2 * borders.count).fill(-1);
    for (let e = 0; e < borders.count; e++) {
      this.#append(borders.one[e]!, 2 * e);
      this.#append(borders.two[e]!, 2 * e + 1);
    }
  }

  #append(region: number, half: number): void {
    const last = this.#last[region]!;
    if (last < 0) this.#first[region] = half;
    else this.#next[last] = half;
    this.#next[half] = -1;
    this.#last[region] = half;
    this.degree[region]!++;
  }

  /** Borders of a region, into `found`. @returns how many */
  of(region: number, found: Int32Array): number {
    const [next, alive] = [this.#next, this.#alive];
    let before = -1;
    let count = 0;
    for (let half = this.#first[region]!; half >= 0; half = next[half]!) {
      if (!alive[half >> 1]) continue;
      if (before < 0) this.#first[region] = half;
      else next[before] = half;
      before = half;
      found[count++] = half >> 1;
    }
    if (before < 0) this.#first[region] = -1;
    else next[before] = -1;
    this.#last[region] = before;
    return count;
  }

  /** The border between two regions, looked for in the shorter of their lists; −1 where there is none. */
  between(a: number, b: number): number {
    const { one, two } = this.#borders;
    const [next, alive] = [this.#next, this.#alive];
    const [region, other] = this.degree[a]! <= this.degree[b]! ? [a, b] : [b, a];
    let before = -1;
    for (let half = this.#first[region]!; half >= 0; half = next[half]!) {
      const e = half >> 1;
      if (!alive[e]) continue;
      if (before < 0) this.#first[region] = half;
      else next[before] = half;
      before = half;
      if (one[e] === other || two[e] === other) return e;
    }
    if (before < 0) this.#first[region] = -1;
    else next[before] = -1;
    this.#last[region] = before;
    return -1;
  }

  /**
   * Borders of `from` become borders of `into`, those with the same region become one, and e, between the two, is gone.
   * @param changed takes borders of `into` that are another now
   * @param heap that loses the borders that are gone
   * @returns how many
   */
  join(e: number, into: number, from: number, changed: Int32Array, heap: ScoreHeap): number {
    const { one, two, links, weight } = this.#borders;
    const [next, alive, degree] = [this.#next, this.#alive, this.degree];
    alive[e] = 0;
    degree[into]!--;
    let count = 0;
    for (let half = this.#first[from]!; half >= 0; ) {
      const after = next[half]!;
      const f = half >> 1;
      if (alive[f]) {
        const other = one[f] === from ? two[f]! : one[f]!;
        const same = this.between(into, other);
        if (same >= 0) {
          links[same]! += links[f]!;
          weight[same]! += weight[f]!;
          alive[f] = 0;
          heap.delete(f);
          degree[other]!--;
          changed[count++] = same;
        } else {
          if (one[f] === from) one[f] = into;
          else two[f] = into;
          this.#append(into, half);
          changed[count++] = f;
        }
      }
      half = after;
    }
    this.#first[from] = this.#last[from] = -1;
    degree[from] = 0;
    return count;
  }
}
