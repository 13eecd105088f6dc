/** Domains of a partition: area, vector, place, and which are neighbours. */

import type { Partition } from './partition.ts';
import type { VectorField } from './vector-field.ts';
import type { WallLinks } from './wall-links.ts';

type Vector = readonly [x: number, y: number, z: number];

export interface Domain {
  readonly label: number;
  readonly positions: number;
  readonly area_nm2: number;
  /** [nm] from the position in the map's first row and column. */
  readonly centroid_nm: readonly [x: number, y: number];
  /** Mean of P over the domain [unit of the field]. */
  readonly mean: Vector;
  /** σ of that mean by the σ of positions, errors taken for independent; undefined where the field states none. */
  readonly sigma: Vector | undefined;
  /** Standard deviation of P within the domain, noise and all. */
  readonly spread: Vector;
}

export interface Neighbours {
  readonly one: number;
  readonly two: number;
  readonly links: number;
  readonly length_nm: number;
}

/** By label. */
export function domainsOf(field: VectorField, { labels, count }: Partition): Domain[] {
  const [, nx] = field.shape;
  const { step_nm, values, sigma } = field;
  const axes = [values.x, values.y, values.z] as const;
  const errors = sigma && ([sigma.x, sigma.y, sigma.z] as const);
  const n = new Float64Array(count);
  const place = new Float64Array(2 * count);
  const sums = new Float64Array(3 * count);
  const variances = new Float64Array(3 * count);
  const squares = new Float64Array(3 * count);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    n[label]!++;
    place[2 * label]! += i % nx;
    place[2 * label + 1]! += Math.floor(i / nx);
    for (let k = 0; k < 3; k++) {
      sums[3 * label + k]! += axes[k]![i]!;
      if (errors) variances[3 * label + k]! += errors[k]![i]! ** 2;
    }
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    for (let k = 0; k < 3; k++) {
      squares[3 * label + k]! += (axes[k]![i]! - sums[3 * label + k]! / n[label]!) ** 2;
    }
  }
  return Array.from(n, (positions, label): Domain => {
    const vector = (f: (at: number) => number): Vector => [f(3 * label), f(3 * label + 1), f(3 * label + 2)];
    return {
      label,
      positions,
      area_nm2: positions * step_nm ** 2,
      centroid_nm: [(step_nm * place[2 * label]!) / positions, (step_nm * place[2 * label + 1]!) / positions],
      mean: vector((at) => sums[at]! / positions),
      sigma: errors && vector((at) => Math.sqrt(variances[at]!) / positions),
      spread: vector((at) => Math.sqrt(squares[at]! / Math.max(1, positions - 1))),
    };
  });
}

/** Pairs of domains that share a wall, ordered by (one, two), one < two. */
export function neighboursOf(links: WallLinks): Neighbours[] {
  return linksByWall(links).map((list) => ({
    one: links.one[list[0]!]!,
    two: links.two[list[0]!]!,
    links: list.length,
    length_nm: list.reduce((sum, k) => sum + links.length_nm[k]!, 0),
  }));
}

/** Links of each wall (pair of domains), ordered by (one, two). */
export function linksByWall({ count, one, two }: WallLinks): number[][] {
  const walls = new Map<number, number[]>();
  for (let k = 0; k < count; k++) {
    const key = one[k]! * 2 ** 24 + two[k]!;
    const list = walls.get(key);
    if (list) list.push(k);
    else walls.set(key, [k]);
  }
  return [...walls].toSorted(([a], [b]) => a - b).map(([, list]) => list);
}
