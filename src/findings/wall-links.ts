/**
 * Walls, link by link: one for each two neighbours of different domains, with the wall's direction and length there.
 *
 * Normal: from domain `one` to domain `two` in the plane, Σ ± d over the positions of the two within `REACH` steps of the link's middle (+ in `two`, − in `one`), taken in
 * pairs opposite each other so that the map's edge does not turn it; the wall's own line, not a gradient of P.
 * Length: step · |normal · link|, by which the links of a straight wall add up to its length whatever its direction (a diagonal has √2 as many).
 *
 * What this is not: a normal in space. Walls are taken to contain z.
 */

import { isWall, type Partition } from './partition.ts';

/** Of positions that make the normal [steps]. */
const REACH = 3.5;
/** Rows and columns from a link's first position that such may be away. */
const FURTHEST = 5;

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
  readonly length_nm: Float64Array;
}

export function wallLinks({ shape: [ny, nx], labels }: Partition, step_nm: number): WallLinks {
  const found: number[] = [];
  for (let row = 0, i = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++, i++) {
      if (column + 1 < nx && isWall(labels[i]!, labels[i + 1]!)) found.push(i, i + 1);
      if (row + 1 < ny && isWall(labels[i]!, labels[i + nx]!)) found.push(i, i + nx);
    }
  }
  const count = found.length / 2;
  const ints = () => new Int32Array(count);
  const floats = () => new Float64Array(count);
  const links = { i: ints(), j: ints(), one: ints(), two: ints(), nx: floats(), ny: floats(), length_nm: floats() };
  const offsets = { x: halfDisc(0.5, 0), y: halfDisc(0, 0.5) };
  for (let k = 0; k < count; k++) {
    const [p, q] = [found[2 * k]!, found[2 * k + 1]!];
    const along = q === p + 1 ? 'x' : 'y';
    const [i, j] = labels[p]! < labels[q]! ? [p, q] : [q, p];
    const [one, two] = [labels[i]!, labels[j]!];
    const [row, column] = [Math.floor(p / nx), p % nx];
    const list = offsets[along];
    const inside = row >= FURTHEST && column >= FURTHEST && row < ny - FURTHEST && column < nx - FURTHEST;
    let x = 0;
    let y = 0;
    for (let m = 0; m < list.length; m += 4) {
      const r = row + list[m]!;
      const c = column + list[m + 1]!;
      const r2 = row + list[m + 2]!;
      const c2 = column + list[m + 3]!;
      if (!inside && (Math.min(r, c, r2, c2) < 0 || Math.max(r, r2) >= ny || Math.max(c, c2) >= nx)) continue;
      const a = labels[r * nx + c]!;
      const b = labels[r2 * nx + c2]!;
      const sign = (a === two ? 1 : a === one ? -1 : 0) - (b === two ? 1 : b === one ? -1 : 0);
      x += sign * (c - c2);
      y += sign * (r - r2);
    }
    const size = Math.hypot(x, y);
    links.i[k] = i;
    links.j[k] = j;
    links.one[k] = one;
    links.two[k] = two;
    links.nx[k] = size > 0 ? x / size : Number.NaN;
    links.ny[k] = size > 0 ? y / size : Number.NaN;
    links.length_nm[k] = step_nm * (size > 0 ? Math.abs(along === 'x' ? links.nx[k]! : links.ny[k]!) : 1);
  }
  return { count, ...links };
}

/** Rows and columns, from the link's first position on, of positions within reach of its middle (at cx, cy), each beside its opposite: [row, column, row, column] … */
function halfDisc(cx: number, cy: number): Int32Array {
  const found: number[] = [];
  for (let r = -FURTHEST; r <= FURTHEST; r++) {
    for (let c = -FURTHEST; c <= FURTHEST; c++) {
      const [dx, dy] = [c - cx, r - cy];
      if (Math.hypot(dx, dy) > REACH || dy < 0 || (dy === 0 && dx < 0)) continue;
      found.push(r, c, Math.round(2 * cy - r), Math.round(2 * cx - c));
    }
  }
  return Int32Array.from(found);
}
