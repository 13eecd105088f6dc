/**
 * Regions of a map and the borders between them, merged until no two neighbours are alike enough: the two that score lowest first. What this is not: a rule of what is
 * alike; that is the score's.
 *
 * A merge changes the scores of all neighbours. Those of a region with many are looked at again only when their turn comes: a border may so come later than by its score
 * of now, never sooner, and never above the limit.
 */

import { BorderLists, type BorderSet, bordersOf } from './borders.ts';
import { type Partition, partitionOf } from './partition.ts';
import { ScoreHeap } from './score-heap.ts';

/** Neighbours of a region up to which all are scored anew after each merge. */
const FEW = 16;

export interface MergeRule {
  /**
   * Scores of the first n borders of `which`, low where their two regions are alike, into `into`. Many at once: a number that a function returns is an object of its own.
   */
  readonly score: (borders: BorderSet, which: Int32Array, n: number, into: Float64Array) => void;
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

/** @param between what the link between neighbouring positions i and j weighs; 0 where not given */
export function mergeRegions(
  partition: Partition,
  between: ((i: number, j: number) => number) | undefined,
  { score, merge, limit }: MergeRule,
): Merged {
  const { shape, labels, count } = partition;
  const borders = bordersOf(partition, between);
  const lists = new BorderLists(borders, count);
  const { one, two } = borders;
  /** Borders to be scored anew, and their scores. */
  const anew = Int32Array.from({ length: borders.count }, (_, e) => e);
  const scores = new Float64Array(borders.count);
  const heap = new ScoreHeap(borders.count);
  const place = (n: number): void => {
    score(borders, anew, n, scores);
    for (let k = 0; k < n; k++) {
      // What is above the limit comes back when a merge scores it anew.
      if (scores[k]! < limit) heap.set(scores[k]!, anew[k]!);
      else heap.delete(anew[k]!);
    }
  };
  place(borders.count);
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  let highest = Number.NEGATIVE_INFINITY;
  while (heap.pop()) {
    const e = heap.item;
    anew[0] = e;
    score(borders, anew, 1, scores);
    const value = scores[0]!;
    if (!(value < limit)) continue;
    if (value > heap.score) {
      heap.set(value, e);
      continue;
    }
    if (value > highest) highest = value;
    const more = lists.degree[one[e]!]! >= lists.degree[two[e]!]!;
    const into = more ? one[e]! : two[e]!;
    const from = more ? two[e]! : one[e]!;
    merge(into, from);
    parent[from] = into;
    const changed = lists.join(e, into, from, anew, heap);
    place(lists.degree[into]! <= FEW ? lists.of(into, anew) : changed);
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
