/**
 * Walls, link by link: one for each two neighbours of different domains, with the wall's direction and length there.
 *
 * Normal: from domain `one` to domain `two` in the plane, fitted over the wall's neighbourhood (wall-normals.ts), with σ of its angle; the wall's own line, not a gradient of P.
 * Length: step · |normal · link|, by which the links of a straight wall add up to its length whatever its direction (a diagonal has √2 as many).
 *
 * What this is not: a normal in space. Walls are taken to contain z.
 */

import { isWall, type Partition } from './partition.ts';
import { wallNormals } from './wall-normals.ts';

/** One entry a link; all of one length. */
export interface WallLinks {
  readonly count: number;
  /** Positions beside the wall, in [ny][nx]; `i` belongs to domain `one`, `j` to `two`, one < two. */
  readonly i: Int32Array;
  readonly j: Int32Array;
  readonly one: Int32Array;
  readonly two: Int32Array;
  /** Unit vector from `one` to `two`; NaN where there is none, such as around a single position. */
  readonly nx: Float64Array;
  readonly ny: Float64Array;
  /** σ of the normal's angle [rad]; NaN where there is no normal. */
  readonly angle_sigma: Float64Array;
  readonly length_nm: Float64Array;
}

export function wallLinks(partition: Partition, step_nm: number): WallLinks {
  const { shape, labels } = partition;
  const [ny, nx] = shape;
  const found: number[] = [];
  for (let row = 0, i = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++, i++) {
      if (column + 1 < nx && isWall(labels[i]!, labels[i + 1]!)) found.push(i, i + 1);
      if (row + 1 < ny && isWall(labels[i]!, labels[i + nx]!)) found.push(i, i + nx);
    }
  }
  const count = found.length / 2;
  const ints = () => new Int32Array(count);
  const links = { i: ints(), j: ints(), one: ints(), two: ints() };
  for (let k = 0; k < count; k++) {
    const p = found[2 * k]!;
    const q = found[2 * k + 1]!;
    const ordered = labels[p]! < labels[q]!;
    links.i[k] = ordered ? p : q;
    links.j[k] = ordered ? q : p;
    links.one[k] = labels[links.i[k]!]!;
    links.two[k] = labels[links.j[k]!]!;
  }
  const normals = wallNormals(partition, { count, ...links });
  const length_nm = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const share = Math.abs(Math.abs(links.j[k]! - links.i[k]!) === 1 ? normals.nx[k]! : normals.ny[k]!);
    length_nm[k] = step_nm * (Number.isNaN(share) ? 1 : share);
  }
  return { count, ...links, ...normals, length_nm };
}
