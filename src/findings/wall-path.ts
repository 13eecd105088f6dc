/**
 * A straight path across one wall, for what a scan shows there (the paper's Extended Data Fig. 7d–g): through the wall where σ_P is largest, at right angles to it, with the
 * positions beside it that are averaged at each step.
 *
 * Where: the link of the wall with the largest σ_P whose path lies on valid positions and leads from one of the wall's domains into the other, so that one wall is crossed and not a corner of three. Where no
 * path does, one that meets other walls is taken, and `alone` says so. Normal and middle are those of the straight line that fits the links of the same wall within `NEAR`
 * steps best: of straight walls within 4° and 0.3 steps, where the mean of the links' own normals (wall-links.ts) was off by up to 19°.
 * Steps: a position within `BESIDE` steps of the path belongs to the step nearest to it, so that no position stands in two.
 *
 * What this is not: a typical wall. The largest of many is in part what noise makes large.
 */

import type { VectorField } from './vector-field.ts';
import { wallLinks } from './wall-links.ts';
import type { Walls } from './walls.ts';

/** Steps to each side of the wall. */
export const HALF = 4;
/** Half the width of what is averaged [steps]: about three positions at each. */
export const BESIDE = 1.5;
/** Links of the wall that its line is fitted to lie within this of the strongest [steps]; three at least. */
const NEAR = 4;

export interface PathStep {
  /** Mean distance of its positions from the wall along the path, negative before it [nm]. */
  readonly distance_nm: number;
  /** In [ny][nx], rising. */
  readonly positions: readonly number[];
}

export interface WallPath {
  /** Where it crosses the wall, from the map's first position [nm]. */
  readonly centre_nm: readonly [x: number, y: number];
  /** Unit vector along it, normal to the wall. */
  readonly normal: readonly [x: number, y: number];
  /** σ_P of the link that it was chosen by [unit of the field]. */
  readonly variation: number;
  /** Whether it goes from one domain of its wall into the other and meets no other wall. */
  readonly alone: boolean;
  /** From one side to the other, 2 · HALF + 1. */
  readonly steps: readonly PathStep[];
}

/** Undefined where no wall has a path of this length on valid positions. @param walls of that field */
export function strongestPath(
  { shape, step_nm, valid }: VectorField,
  { variation, partition }: Pick<Walls, 'variation' | 'partition'>,
): WallPath | undefined {
  const nx = shape[1];
  const links = wallLinks(partition, step_nm);
  const middles = Array.from(links.i, (i, k): [number, number] => {
    const j = links.j[k]!;
    return [((i % nx) + (j % nx)) / 2, (Math.floor(i / nx) + Math.floor(j / nx)) / 2];
  });
  const strength = Float64Array.from(links.i, (i, k) => 0.5 * (variation[i]! + variation[links.j[k]!]!));
  const ranked = [...strength.keys()]
    .filter((k) => strength[k]! > 0 && Number.isFinite(links.nx[k]!))
    .sort((a, b) => strength[b]! - strength[a]! || a - b);
  const pathOf = (k: number): WallPath | undefined => {
    const [one, two] = [links.one[k]!, links.two[k]!];
    const [x0, y0] = middles[k]!;
    const near = ranked.filter((other) => {
      const [x, y] = middles[other]!;
      return links.one[other] === one && links.two[other] === two && Math.hypot(x - x0, y - y0) <= NEAR;
    });
    if (near.length < 3) return undefined;
    const places = near.map((other) => middles[other]!);
    const mean = (axis: 0 | 1) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
    const [mx, my] = [mean(0), mean(1)];
    const [xx, xy, yy] = places.reduce(
      ([a, b, c], [x, y]) => [a + (x - mx) ** 2, b + (x - mx) * (y - my), c + (y - my) ** 2],
      [0, 0, 0] as [number, number, number],
    );
    // Across the line that fits the links best, from `one` to `two`.
    const turn = 0.5 * Math.atan2(2 * xy, xx - yy) + Math.PI / 2;
    const sign = Math.cos(turn) * links.nx[k]! + Math.sin(turn) * links.ny[k]! < 0 ? -1 : 1;
    const normal = [sign * Math.cos(turn), sign * Math.sin(turn)] as const;
    // Along the normal the mean place of the wall; along the wall where the link is.
    const ahead = (mx - x0) * normal[0] + (my - y0) * normal[1];
    const centre = [x0 + ahead * normal[0], y0 + ahead * normal[1]] as const;
    const steps = stepsOf(shape, valid, centre, normal);
    if (!steps) return undefined;
    return {
      centre_nm: [centre[0] * step_nm, centre[1] * step_nm],
      normal,
      variation: strength[k]!,
      // A wall winds by a step.
      alone: steps.every(
        ({ positions }, n) =>
          Math.abs(n - HALF) < 2 || positions.every((i) => partition.labels[i] === (n < HALF ? one : two)),
      ),
      steps: steps.map(({ distance, positions }) => ({ distance_nm: distance * step_nm, positions })),
    };
  };
  let other: WallPath | undefined;
  for (const k of ranked) {
    const path = pathOf(k);
    if (path?.alone) return path;
    other ??= path;
  }
  return other;
}

/** Where a path begins and ends, from the map's first position [nm]. */
export function endsOf({
  centre_nm,
  normal,
  steps,
}: WallPath): readonly [from: [number, number], to: [number, number]] {
  const at = (distance: number): [number, number] => [
    centre_nm[0] + distance * normal[0],
    centre_nm[1] + distance * normal[1],
  ];
  return [at(steps[0]!.distance_nm), at(steps.at(-1)!.distance_nm)];
}

/** Positions by steps, distances in steps; undefined where the path leaves the map or has a position that is not valid. */
function stepsOf(
  [ny, nx]: readonly [number, number],
  valid: Uint8Array,
  [cx, cy]: readonly [number, number],
  [ax, ay]: readonly [number, number],
): { distance: number; positions: number[] }[] | undefined {
  const steps = Array.from({ length: 2 * HALF + 1 }, () => ({ distance: 0, positions: [] as number[] }));
  const reach = Math.ceil(Math.hypot(HALF + 0.5, BESIDE));
  for (let y = Math.round(cy) - reach; y <= Math.round(cy) + reach; y++) {
    for (let x = Math.round(cx) - reach; x <= Math.round(cx) + reach; x++) {
      const along = (x - cx) * ax + (y - cy) * ay;
      const beside = (y - cy) * ax - (x - cx) * ay;
      const step = steps[Math.round(along) + HALF];
      if (!step || Math.abs(beside) > BESIDE) continue;
      if (x < 0 || y < 0 || x >= nx || y >= ny || !valid[y * nx + x]) return undefined;
      step.positions.push(y * nx + x);
      step.distance += along;
    }
  }
  return steps.map(({ distance, positions }) => ({ distance: distance / positions.length, positions }));
}
