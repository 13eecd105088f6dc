/**
 * A map flooded from its minima (Vincent and Soille, IEEE Trans. Pattern Anal. 13, 583, 1991): basins whose borders run along its ridges. Positions are taken level by
 * level and, within a level, in the order of their distance from what is flooded already; one between two basins goes to that whose neighbouring vector is nearest to
 * its own, so that a wall two positions wide is cut in its middle, and one of three where the vector says.
 *
 * Levels are the map's values to 1 part in 2³⁰ of the largest: rounding does not tell levels apart. What this is not: a decision which ridge is a wall (walls.ts).
 */

import { type Partition, partitionOf } from './partition.ts';
import type { VectorField } from './vector-field.ts';

const LEVELS = 2 ** 30;

/** Basins of `map` [ny][nx], one for each of its regional minima. Where the map is NaN and the field is valid the position is flooded last. */
export function watershed({ shape: [ny, nx], values: { x, y, z }, valid }: VectorField, map: Float64Array): Partition {
  const count = ny * nx;
  const order = levelsOf(map, valid);
  const labels = new Int32Array(count).fill(-1);
  /** Turn in which a position was flooded; neighbours of the same turn do not see each other. */
  const turn = new Int32Array(count).fill(-1);
  const neighbours = new Int32Array(4);
  const around = (i: number): number => {
    const column = i % nx;
    let n = 0;
    if (column > 0) neighbours[n++] = i - 1;
    if (column < nx - 1) neighbours[n++] = i + 1;
    if (i >= nx) neighbours[n++] = i - nx;
    if (i + nx < count) neighbours[n++] = i + nx;
    return n;
  };
  /** Label of the neighbour flooded before this turn whose vector is nearest; −1 where there is none. */
  const nearestLabel = (i: number): number => {
    let nearest = Number.POSITIVE_INFINITY;
    let label = -1;
    for (let k = around(i) - 1; k >= 0; k--) {
      const j = neighbours[k]!;
      if (labels[j]! < 0 || turn[j] === now) continue;
      const apart = (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2 + (z[i]! - z[j]!) ** 2;
      if (!(apart < nearest)) continue;
      nearest = apart;
      label = labels[j]!;
    }
    return label;
  };
  let basins = 0;
  let now = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const level = Math.floor(order[start]! / count);
    while (end < order.length && Math.floor(order[end]! / count) === level) end++;
    if (end - start === 1) {
      // Nearly all positions are alone at their level.
      const i = order[start]! - level * count;
      turn[i] = ++now;
      const label = nearestLabel(i);
      labels[i] = label < 0 ? basins++ : label;
      continue;
    }
    const here = Array.from(order.subarray(start, end), (item) => item - level * count);
    const inLevel = new Set(here);
    let front = here;
    while (front.length > 0) {
      now++;
      const flooded: number[] = [];
      for (const i of front) {
        if (labels[i]! >= 0) continue;
        const label = nearestLabel(i);
        if (label < 0) continue;
        labels[i] = label;
        turn[i] = now;
        flooded.push(i);
      }
      const after: number[] = [];
      for (const i of flooded) {
        for (let k = around(i) - 1; k >= 0; k--) {
          const j = neighbours[k]!;
          if (labels[j]! < 0 && inLevel.has(j)) after.push(j);
        }
      }
      front = after;
    }
    // What no basin has reached at its level is a minimum.
    for (const seed of here) {
      if (labels[seed]! >= 0) continue;
      const reached = [seed];
      labels[seed] = basins;
      for (let at = reached.pop(); at !== undefined; at = reached.pop()) {
        for (let k = around(at) - 1; k >= 0; k--) {
          const j = neighbours[k]!;
          if (labels[j]! >= 0 || !inLevel.has(j)) continue;
          labels[j] = basins;
          reached.push(j);
        }
      }
      basins++;
    }
  }
  return partitionOf([ny, nx], labels);
}

/** level · positions + position, ascending: valid positions in the order in which they are flooded. */
function levelsOf(map: Float64Array, valid: Uint8Array): Float64Array {
  let most = 0;
  for (let i = 0; i < map.length; i++) if (valid[i] && map[i]! > most) most = map[i]!;
  const order = new Float64Array(valid.reduce((sum, mark) => sum + mark, 0));
  let n = 0;
  for (let i = 0; i < map.length; i++) {
    if (!valid[i]) continue;
    const share = most > 0 ? map[i]! / most : 0;
    order[n++] = (!Number.isNaN(share) ? Math.round(LEVELS * share) : LEVELS + 1) * map.length + i;
  }
  return order.sort();
}
