/**
 * How much of the crystal's lattice one pattern shows, from its counts alone, without fitting: the mean counts m inside of the disks that a lattice has beside the
 * direct beam, and outside of their edges,
 *
 *     contrast = Σ (m_in − m_out) / Σ (|m_in| + |m_out|),
 *
 * every disk as much as its counts. 0 where the disks are elsewhere, negative where a direct beam alone fades outwards. Pixels are those of the camera, the centre
 * rounded to one. Disks of orders up to {@link ORDERS}. Not here: what stands at the position (positions.ts).
 */

import type { Pair } from './calibration.ts';
import { type DiskGeometry, orderPlace, radius_px } from './disk-edge.ts';

const ORDERS = 3;
/** Edges of the two zones, in radii of the disk; what lies nearer to the edge is blurred. */
const INSIDE = 0.85;
const OUTSIDE: Pair = [1.15, 1.5];
const LEAST_PIXELS = 4;

interface DiskPixels {
  /** Pixels (dy, dx) from the centre, one after the other. */
  readonly inside: Int16Array;
  readonly outside: Int16Array;
}

export interface Contrast {
  readonly value: number;
  /** Standard error by counting. */
  readonly se: number;
}

export interface PatternImage {
  /** Counts [ny][nx], corrected. */
  readonly data: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  readonly counts_per_electron: number;
}

/** The pixels of a lattice's disks about the direct beam. */
export class LatticePixels {
  readonly #disks: DiskPixels[] = [];
  /** The direct beam's. */
  readonly direct: DiskPixels;

  /** @param turn_deg by which the lattice is turned from the one of the geometry's map, about the beam */
  constructor(geometry: DiskGeometry, turn_deg = 0) {
    const { map, spacing_mrad, cell } = geometry;
    const [co, si] = [Math.cos((turn_deg * Math.PI) / 180), Math.sin((turn_deg * Math.PI) / 180)];
    const det = map[0][0] * map[1][1] - map[0][1] * map[1][0];
    const places = new Map<string, Pair>();
    for (let h = -ORDERS - 1; h <= ORDERS + 1; h++) {
      for (let k = -ORDERS - 1; k <= ORDERS + 1; k++) {
        const [u, v] = orderPlace(cell, h, k);
        const [qy, qx] = [spacing_mrad * (co * u - si * v), spacing_mrad * (si * u + co * v)];
        places.set(`${h},${k}`, [qy, qx]);
      }
    }
    const at = ([qy, qx]: Pair): Pair => [map[0][0] * qy + map[0][1] * qx, map[1][0] * qy + map[1][1] * qx];
    const reach = Math.ceil(OUTSIDE[1] * radius_px(geometry) * 1.1);
    let direct: DiskPixels | undefined;
    for (const [key, q] of places) {
      const [h, k] = key.split(',').map(Number) as [number, number];
      if (Math.max(Math.abs(h), Math.abs(k)) > ORDERS) continue;
      const around = [-1, 0, 1].flatMap((i) =>
        [-1, 0, 1].flatMap((j) => (i === 0 && j === 0 ? [] : [places.get(`${h + i},${k + j}`)!])),
      );
      const [cy, cx] = at(q).map(Math.round) as [number, number];
      const [inside, outside]: [number[], number[]] = [[], []];
      for (let dy = cy - reach; dy <= cy + reach; dy++) {
        for (let dx = cx - reach; dx <= cx + reach; dx++) {
          const qy = (map[1][1] * dy - map[0][1] * dx) / det;
          const qx = (-map[1][0] * dy + map[0][0] * dx) / det;
          const own = Math.hypot(qy - q[0], qx - q[1]) / geometry.radius_mrad;
          if (own < INSIDE) inside.push(dy, dx);
          else if (own > OUTSIDE[0] && own < OUTSIDE[1]) {
            const free = around.every(([y, x]) => Math.hypot(qy - y, qx - x) > OUTSIDE[0] * geometry.radius_mrad);
            if (free) outside.push(dy, dx);
          }
        }
      }
      const disk = { inside: Int16Array.from(inside), outside: Int16Array.from(outside) };
      if (h === 0 && k === 0) direct = disk;
      else this.#disks.push(disk);
    }
    this.direct = direct!;
  }

  /** Contrast of the lattice about a centre [y, x]; undefined where too few of its pixels lie on the camera. */
  contrast(image: PatternImage, centre: Pair): Contrast | undefined {
    let [steps, counts, variance, disks] = [0, 0, 0, 0];
    for (const disk of this.#disks) {
      const inside = meanOf(image, disk.inside, centre);
      const outside = meanOf(image, disk.outside, centre);
      if (inside.n < LEAST_PIXELS || outside.n < LEAST_PIXELS) continue;
      disks++;
      steps += inside.mean - outside.mean;
      counts += Math.abs(inside.mean) + Math.abs(outside.mean);
      variance += Math.max(0, inside.mean) / inside.n + Math.max(0, outside.mean) / outside.n;
    }
    if (disks === 0) return undefined;
    if (!(counts > 0)) return { value: 0, se: 1 };
    return { value: steps / counts, se: Math.sqrt(variance * image.counts_per_electron) / counts };
  }
}

/** Mean counts over those of the pixels about a centre that lie on the camera, and their number. */
export function meanOf(
  { data, ny, nx }: PatternImage,
  pixels: Int16Array,
  centre: Pair,
): { readonly mean: number; readonly n: number } {
  const [cy, cx] = [Math.round(centre[0]), Math.round(centre[1])];
  let [sum, n] = [0, 0];
  for (let i = 0; i < pixels.length; i += 2) {
    const y = cy + pixels[i]!;
    const x = cx + pixels[i + 1]!;
    if (y < 0 || x < 0 || y >= ny || x >= nx) continue;
    sum += data[y * nx + x]!;
    n++;
  }
  return { mean: n > 0 ? sum / n : 0, n };
}
