/**
 * Place and size of a point defect: where P_∥ is zero, and how far from there it is half of its surroundings. Lengths in steps, places from the first position.
 * Not here: what is a defect (defects.ts).
 */

import type { VectorField } from './vector-field.ts';

export interface Place {
  readonly place: readonly [y: number, x: number];
  readonly fitted: boolean;
  /** [nm] */
  readonly sigma_nm?: readonly [y: number, x: number] | undefined;
}

/** A plane through P_x or P_y: value and slopes. */
interface Surface {
  readonly level: number;
  readonly dx: number;
  readonly dy: number;
}

/**
 * Where P_∥ is zero: within one plaquette of P_x and P_y interpolated bilinearly, over more of the planes through them by least squares over the corners. Errors of P go to
 * first order into the place by δplace = −J⁻¹ Σ h_p δP_p, h_p the weight of a position in the value there and J the slopes.
 */
export function placeOf(field: VectorField, columns: number, members: readonly number[], winding: number): Place {
  const { shape, valid } = field;
  const nx = shape[1];
  const corners = new Set<number>();
  let [y, x] = [0, 0];
  let [top, bottom, left, right] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (const at of members) {
    const [j, i] = [Math.floor(at / columns), at % columns];
    y += (j + 0.5) / members.length;
    x += (i + 0.5) / members.length;
    [top, bottom, left, right] = [Math.min(top, j), Math.max(bottom, j + 1), Math.min(left, i), Math.max(right, i + 1)];
    for (const corner of [j * nx + i, j * nx + i + 1, (j + 1) * nx + i + 1, (j + 1) * nx + i]) corners.add(corner);
  }
  const positions = [...corners];
  const centre: Place = { place: [y, x], fitted: false };
  if (Math.abs(winding) !== 1 || !positions.every((p) => valid[p])) return centre;
  const found = members.length === 1 ? zeroWithin(field, positions) : zeroOfPlanes(field, positions);
  if (!found || !((found.px.dx * found.py.dy - found.px.dy * found.py.dx) * winding > 0)) return centre;
  const [v, u] = found.place;
  if (v < top - 0.5 || v > bottom + 0.5 || u < left - 0.5 || u > right + 0.5) return centre;
  return { place: found.place, fitted: true, sigma_nm: sigmaOf(field, positions, found) };
}

interface Zero {
  readonly place: readonly [y: number, x: number];
  /** Slopes there. */
  readonly px: Omit<Surface, 'level'>;
  readonly py: Omit<Surface, 'level'>;
  /** Of the positions in a value there. */
  readonly weights: readonly number[];
}

/** The zero of both bilinear interpolations within a plaquette of corners a, b, c, d: two equations whose xy terms leave a quadratic. */
function zeroWithin({ shape: [, nx], values }: VectorField, corners: readonly number[]): Zero | undefined {
  const [a, b, c, d] = corners as [number, number, number, number];
  const surface = (p: Float64Array) => ({
    level: p[a]!,
    dx: p[b]! - p[a]!,
    dy: p[d]! - p[a]!,
    dxy: p[c]! - p[b]! - p[d]! + p[a]!,
  });
  const [px, py] = [surface(values.x), surface(values.y)];
  // P_x = 0 gives y = −(level + dx x)/(dy + dxy x); into P_y = 0.
  const square = py.dx * px.dxy - py.dxy * px.dx;
  const linear = py.level * px.dxy - py.dxy * px.level + py.dx * px.dy - py.dy * px.dx;
  const rest = py.level * px.dy - py.dy * px.level;
  const half = -0.5 * (linear + Math.sign(linear || 1) * Math.sqrt(Math.max(0, linear * linear - 4 * square * rest)));
  for (const x of [rest / half, half / square]) {
    // Of the two equations the one that hangs more on y.
    const [p, q] = [px.dy + px.dxy * x, py.dy + py.dxy * x];
    const y = Math.abs(p) > Math.abs(q) ? -(px.level + px.dx * x) / p : -(py.level + py.dx * x) / q;
    if (!(x >= -1e-9 && x <= 1 + 1e-9 && y >= -1e-9 && y <= 1 + 1e-9)) continue;
    return {
      place: [Math.floor(a / nx) + y, (a % nx) + x],
      px: { dx: px.dx + px.dxy * y, dy: p },
      py: { dx: py.dx + py.dxy * y, dy: q },
      weights: [(1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y],
    };
  }
  return undefined;
}

/** The zero of the planes through P_x and P_y at some positions, by least squares; undefined where it is at no one place. */
function zeroOfPlanes({ shape: [, nx], values }: VectorField, positions: readonly number[]): Zero | undefined {
  const count = positions.length;
  const points = positions.map((p) => ({ p, y: Math.floor(p / nx), x: p % nx }));
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / count;
  const [ym, xm] = [mean(({ y }) => y), mean(({ x }) => x)];
  const [syy, sxx] = [mean(({ y }) => (y - ym) ** 2), mean(({ x }) => (x - xm) ** 2)];
  const sxy = mean(({ x, y }) => (x - xm) * (y - ym));
  const spread = sxx * syy - sxy * sxy;
  /** Weights (over `count`) of a value in the slopes along x and y. */
  const alongX = (x: number, y: number) => (syy * (x - xm) - sxy * (y - ym)) / spread;
  const alongY = (x: number, y: number) => (sxx * (y - ym) - sxy * (x - xm)) / spread;
  const plane = (array: Float64Array): Surface => ({
    level: mean(({ p }) => array[p]!),
    dx: mean(({ p, x, y }) => array[p]! * alongX(x, y)),
    dy: mean(({ p, x, y }) => array[p]! * alongY(x, y)),
  });
  const [px, py] = [plane(values.x), plane(values.y)];
  const det = px.dx * py.dy - px.dy * py.dx;
  if (det === 0) return undefined;
  const dx = (px.dy * py.level - py.dy * px.level) / det;
  const dy = (py.dx * px.level - px.dx * py.level) / det;
  const weights = points.map(({ x, y }) => (1 + dx * alongX(x, y) + dy * alongY(x, y)) / count);
  return { place: [ym + dy, xm + dx], px, py, weights };
}

function sigmaOf({ step_nm, sigma }: VectorField, positions: readonly number[], { px, py, weights }: Zero) {
  if (!sigma) return undefined;
  const variance = (array: Float64Array) => positions.reduce((sum, p, k) => sum + (weights[k]! * array[p]!) ** 2, 0);
  const [vx, vy] = [variance(sigma.x), variance(sigma.y)];
  const scale = step_nm / Math.abs(px.dx * py.dy - px.dy * py.dx);
  return [
    scale * Math.sqrt(py.dx ** 2 * vx + px.dx ** 2 * vy),
    scale * Math.sqrt(py.dy ** 2 * vx + px.dy ** 2 * vy),
  ] as const;
}

/** Radius at which P_∥ reaches half of the largest ring's [nm]; P_∥ is 0 at the place itself. Lengths in steps. */
export function sizeOf(
  { shape: [ny, nx], step_nm, values, sigma, valid }: VectorField,
  [y, x]: readonly [number, number],
  radius: number,
): number | undefined {
  const count = Math.floor(radius) + 1;
  const [sum, far, n] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let j = Math.max(0, Math.ceil(y - radius)); j <= Math.min(ny - 1, y + radius); j++) {
    for (let i = Math.max(0, Math.ceil(x - radius)); i <= Math.min(nx - 1, x + radius); i++) {
      const at = j * nx + i;
      const distance = Math.sqrt((j - y) ** 2 + (i - x) ** 2);
      const ring = Math.floor(distance);
      if (!valid[at] || distance > radius || ring >= count) continue;
      sum[ring]! += values.x[at]! ** 2 + values.y[at]! ** 2;
      if (sigma) sum[ring]! -= sigma.x[at]! ** 2 + sigma.y[at]! ** 2;
      far[ring]! += distance;
      n[ring]!++;
    }
  }
  const level = sum.map((square, ring) => Math.sqrt(Math.max(0, n[ring] ? square / n[ring]! : 0)));
  const half = Math.max(...level) / 2;
  if (!(half > 0)) return undefined;
  let [r0, level0] = [0, 0];
  for (let ring = 0; ring < count; ring++) {
    if (n[ring] === 0) continue;
    const r1 = far[ring]! / n[ring]!;
    const level1 = level[ring]!;
    if (level1 >= half) return (r0 + ((half - level0) / (level1 - level0)) * (r1 - r0)) * step_nm;
    [r0, level0] = [r1, level1];
  }
  return undefined;
}
