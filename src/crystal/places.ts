/** Which points of a periodic cell lie near a place: bins on fractional coordinates, so that a thousand atoms take no million distances. */

import { type Mat3, nearestImage, norm, planeSpacings, times } from './lattice.ts';
import type { Vec3 } from './structure.ts';

/** Points of a periodic cell, found by place. The radius must be less than half of every plane spacing. */
export class Places {
  readonly points: Vec3[] = [];
  readonly #lattice: Mat3;
  readonly #radius: number;
  /** The radius as a fraction of each axis, and bins along it. */
  readonly #reach: readonly number[];
  readonly #bins: readonly number[];
  readonly #members: Map<number, number[]> = new Map();

  constructor(lattice: Mat3, radius_A: number) {
    this.#lattice = lattice;
    this.#radius = radius_A;
    const spacings = planeSpacings(lattice);
    this.#reach = spacings.map((spacing) => radius_A / spacing);
    this.#bins = spacings.map((spacing) => Math.max(1, Math.min(100, Math.floor(spacing / radius_A))));
  }

  /** Numbers of the bins that meet f ± margin. */
  #keys(f: Vec3, margin: 0 | 1): number[] {
    let keys = [0];
    for (let axis = 0; axis < 3; axis++) {
      const n = this.#bins[axis]!;
      const bin = (x: number) => Math.floor(x * n);
      const low = bin(f[axis]! - margin * this.#reach[axis]!);
      const high = Math.min(low + n - 1, bin(f[axis]! + margin * this.#reach[axis]!));
      const along: number[] = [];
      for (let b = low; b <= high; b++) along.push(((b % n) + n) % n);
      keys = keys.flatMap((key) => along.map((b) => key * n + b));
    }
    return keys;
  }

  add(f: Vec3): void {
    const key = this.#keys(f, 0)[0]!;
    const members = this.#members.get(key);
    if (members) members.push(this.points.length);
    else this.#members.set(key, [this.points.length]);
    this.points.push(f);
  }

  /** Indices of the points within the radius of f, ascending. */
  near(f: Vec3): number[] {
    const close = (i: number) => norm(times(nearestImage(this.points[i]!, f), this.#lattice)) < this.#radius;
    const found = this.#keys(f, 1).flatMap((key) => (this.#members.get(key) ?? []).filter(close));
    return found.sort((i, j) => i - j);
  }
}
