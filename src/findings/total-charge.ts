/**
 * Q, the topological charge of a region: the sum over its plaquettes, and the whole number it stands for where the region is closed.
 *
 * A region is closed where it has no boundary (a periodic grid), or where all directions on its boundary are within an angle of their mean m and nothing within was left out.
 * Its boundary can then be filled with triangles from m, which lie in that cap; with their solid angle Q is whole to rounding, and only then is it rounded.
 * The sign is that of topology.ts: core down in up, m = 1: −1.
 * What this is not: σ of Q, which takes draws; nor a count of skyrmions, of which opposite ones cancel.
 */

import { fail } from '../core/errors.ts';
import type { ScalarMap } from './scalar-map.ts';
import { solidAngle } from './solid-angle.ts';
import type { LatticeCharges } from './topology.ts';

/** Largest angle between a direction on a uniform boundary and their mean. */
const UNIFORM_DEG = 15;

export interface TotalCharge {
  /** Sum over plaquettes; 0 where there is none to sum. */
  readonly value: number;
  /** The whole number, where the region is closed. */
  readonly integer?: number | undefined;
  /** Plaquettes that were summed. */
  readonly n: number;
  /** Plaquettes of the region that were not: a corner without direction, or exceptional. Their charge is unknown, not 0. */
  readonly leftOut: number;
  /** Largest angle between a direction on the boundary and their mean [°], which says how uniform it is; 0 where there is no boundary. */
  readonly boundary_deg: number;
}

export interface ChargeOptions {
  /** 1 at positions of the region: [ny][nx]. A plaquette belongs to it with all four corners. Default: all. */
  readonly region?: Uint8Array | undefined;
  /** A boundary is uniform within so many degrees, 0 … 89, default 15. */
  readonly uniform_deg?: number | undefined;
}

/** Q of a region on the lattice. @throws 'shape' for a region of another size, 'range' for an angle that is not from 0 to below 90° */
export function totalCharge(lattice: LatticeCharges, options: ChargeOptions = {}): TotalCharge {
  const { region, uniform_deg = UNIFORM_DEG } = options;
  const { directions, shape, charges } = lattice;
  const [ny, nx] = directions.shape;
  if (region && region.length !== ny * nx) {
    fail('shape', `A region of ${region.length} positions for ${ny} × ${nx}.`, 'Fill [ny][nx] row by row.');
  }
  if (!(uniform_deg >= 0 && uniform_deg < 90)) {
    fail('range', `A boundary within ${uniform_deg}° is not uniform.`, 'Give an angle from 0 to below 90°.');
  }
  const [rows, columns] = shape;
  const inside = new Uint8Array(charges.length);
  let [value, n, leftOut] = [0, 0, 0];
  for (let j = 0; j < rows; j++) {
    const low = j * nx;
    const high = ((j + 1) % ny) * nx;
    for (let i = 0; i < columns; i++) {
      const next = (i + 1) % nx;
      if (region && !(region[low + i]! & region[low + next]! & region[high + next]! & region[high + i]!)) continue;
      const charge = charges[j * columns + i]!;
      if (Number.isNaN(charge)) {
        leftOut++;
        continue;
      }
      inside[j * columns + i] = 1;
      value += charge;
      n++;
    }
  }
  const { fill, boundary_deg } = closing(lattice, inside);
  const closed = n > 0 && leftOut === 0 && boundary_deg <= uniform_deg;
  return { value, ...(closed && { integer: Math.round(value + fill) + 0 }), n, leftOut, boundary_deg };
}

/** Charge of triangles from the mean direction of the boundary of `inside` to its edges, and the largest angle to that mean. */
function closing({ directions, boundary, shape }: LatticeCharges, inside: Uint8Array) {
  const { u } = directions;
  const [ny, nx] = directions.shape;
  const [rows, columns] = shape;
  const wrap = boundary === 'periodic';
  const within = (j: number, i: number): boolean =>
    wrap
      ? inside[((j + rows) % rows) * columns + ((i + columns) % columns)] === 1
      : j >= 0 && i >= 0 && j < rows && i < columns && inside[j * columns + i] === 1;
  /** Start and end of each edge, the region on its left: turning from x to y. */
  const edges: number[] = [];
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      if (!inside[j * columns + i]) continue;
      const [low, high, next] = [j * nx, ((j + 1) % ny) * nx, (i + 1) % nx];
      const [a, b, c, d] = [low + i, low + next, high + next, high + i];
      if (!within(j - 1, i)) edges.push(a, b);
      if (!within(j, i + 1)) edges.push(b, c);
      if (!within(j + 1, i)) edges.push(c, d);
      if (!within(j, i - 1)) edges.push(d, a);
    }
  }
  if (edges.length === 0) return { fill: 0, boundary_deg: 0 };
  // Mean direction, start of an edge, its end.
  const corners = { x: new Float64Array(3), y: new Float64Array(3), z: new Float64Array(3) };
  for (const at of edges) for (const axis of ['x', 'y', 'z'] as const) corners[axis][0]! += u[axis][at]!;
  const length = Math.hypot(corners.x[0]!, corners.y[0]!, corners.z[0]!);
  // Directions that cancel have no mean, and are as far apart as can be.
  if (!(length > 1e-9 * edges.length)) return { fill: 0, boundary_deg: 180 };
  for (const axis of ['x', 'y', 'z'] as const) corners[axis][0]! /= length;
  const [mx, my, mz] = [corners.x[0]!, corners.y[0]!, corners.z[0]!];
  let furthest = 0;
  let solid = 0;
  for (let e = 0; e < edges.length; e += 2) {
    for (const k of [0, 1] as const) {
      for (const axis of ['x', 'y', 'z'] as const) corners[axis][1 + k] = u[axis][edges[e + k]!]!;
    }
    const [x, y, z] = [corners.x[1]!, corners.y[1]!, corners.z[1]!];
    const sine = Math.hypot(my * z - mz * y, mz * x - mx * z, mx * y - my * x);
    furthest = Math.max(furthest, Math.atan2(sine, mx * x + my * y + mz * z));
    solid += solidAngle(corners, 0, 2, 1);
  }
  return { fill: solid / (4 * Math.PI), boundary_deg: (furthest * 180) / Math.PI };
}

/** Q of a density map: its sum over the positions of a region times the area of one. @param region 1 at positions that count, [ny][nx] */
export function integratedCharge(
  { values, step_nm }: ScalarMap,
  region?: Uint8Array,
): Pick<TotalCharge, 'value' | 'n' | 'leftOut'> {
  let [sum, n, leftOut] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (region && !region[i]) continue;
    if (Number.isNaN(values[i]!)) leftOut++;
    else {
      sum += values[i]!;
      n++;
    }
  }
  return { value: sum * step_nm ** 2, n, leftOut };
}

/**
 * Charge of the plaquettes of an open lattice whose centres are within a radius of a place, and how many of these were left out. A disc that reaches over the edge of the
 * grid is cut there, which `n` shows.
 * @param place [nm] from the first position; @param radius_nm above zero
 */
export function chargeWithin(
  { directions, shape: [rows, columns], charges }: LatticeCharges,
  [y, x]: readonly [y: number, x: number],
  radius_nm: number,
): Pick<TotalCharge, 'value' | 'n' | 'leftOut'> {
  const [v, u, r] = [y / directions.step_nm - 0.5, x / directions.step_nm - 0.5, radius_nm / directions.step_nm];
  let [value, n, leftOut] = [0, 0, 0];
  for (let j = Math.max(0, Math.ceil(v - r)); j <= Math.min(rows - 1, v + r); j++) {
    for (let i = Math.max(0, Math.ceil(u - r)); i <= Math.min(columns - 1, u + r); i++) {
      if ((j - v) ** 2 + (i - u) ** 2 > r * r) continue;
      const charge = charges[j * columns + i]!;
      if (Number.isNaN(charge)) leftOut++;
      else {
        value += charge;
        n++;
      }
    }
  }
  return { value, n, leftOut };
}
