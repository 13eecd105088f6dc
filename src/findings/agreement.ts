/**
 * How far two partitions of one map agree: the adjusted Rand index (Hubert and Arabie, J. Classification 2, 193, 1985) of positions, and the share of wall that the other has
 * too. What this is not: a judgement which of the two is right.
 */

import { fail } from '../core/errors.ts';
import { type Partition, wallPositions } from './partition.ts';

export interface Agreement {
  /** 1: the same domains; about 0: as alike as by chance. Both one domain: 1. */
  readonly adjustedRand: number;
  /** Share of positions beside walls of the first that are within one step (diagonals too) of one beside a wall of the second, and the other way; NaN without walls. */
  readonly oneInTwo: number;
  readonly twoInOne: number;
  /** Positions that both have. */
  readonly n: number;
}

/** @throws 'shape' where the maps differ in shape */
export function agreement(one: Partition, two: Partition): Agreement {
  const [ny, nx] = one.shape;
  if (two.shape[0] !== ny || two.shape[1] !== nx) {
    fail(
      'shape',
      `One map has ${ny} × ${nx} positions, the other ${two.shape[0]} × ${two.shape[1]}.`,
      'Compare domains of one map.',
    );
  }
  const both = new Map<number, number>();
  const ones = new Float64Array(one.count);
  const twos = new Float64Array(two.count);
  let n = 0;
  for (let i = 0; i < one.labels.length; i++) {
    const [a, b] = [one.labels[i]!, two.labels[i]!];
    if (a < 0 || b < 0) continue;
    n++;
    ones[a]!++;
    twos[b]!++;
    const key = a * two.count + b;
    both.set(key, (both.get(key) ?? 0) + 1);
  }
  const pairs = (counts: Iterable<number>) => {
    let sum = 0;
    for (const c of counts) sum += (c * (c - 1)) / 2;
    return sum;
  };
  const [together, a, b] = [pairs(both.values()), pairs(ones), pairs(twos)];
  const chance = n > 1 ? (a * b) / ((n * (n - 1)) / 2) : 0;
  const most = (a + b) / 2;
  const [wallsOne, wallsTwo] = [wallPositions(one), wallPositions(two)];
  return {
    adjustedRand: most === chance ? 1 : (together - chance) / (most - chance),
    oneInTwo: shareNear(wallsOne, wallsTwo, nx),
    twoInOne: shareNear(wallsTwo, wallsOne, nx),
    n,
  };
}

function shareNear(of: Uint8Array, to: Uint8Array, nx: number): number {
  let [n, near] = [0, 0];
  for (let i = 0; i < of.length; i++) {
    if (!of[i]) continue;
    n++;
    const column = i % nx;
    let found = 0;
    for (let r = i - nx; r <= i + nx; r += nx) {
      for (let c = Math.max(-1, -column); c <= Math.min(1, nx - 1 - column); c++) found |= to[r + c] ?? 0;
    }
    near += found;
  }
  return near / n;
}
