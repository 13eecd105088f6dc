/**
 * The lattice of an image of a perovskite along a zone of square or rectangular cells: maxima of the smoothed image, the brightest of which is taken for an A column, and
 * the lattice of the A columns by least squares, from there outwards. B columns lie in the middle of its cells. x along the second axis of the image, pixels at whole
 * numbers.
 *
 * What this is not: a search for a lattice that nobody knows, or for one that bends: `near` must be right to a few per cent and degrees.
 */

import { fail } from '../core/errors.ts';
import { NormalEquations } from '../scan/linear.ts';
import type { ColumnImage } from './columns.ts';

type Vector = readonly [x: number, y: number];

/** Position of lattice point (u, v): origin + u·a + v·b [px]. */
export interface ColumnLattice {
  readonly origin: Vector;
  readonly a: Vector;
  readonly b: Vector;
}

export function latticePoint({ origin, a, b }: ColumnLattice, u: number, v: number): Vector {
  return [origin[0] + u * a[0] + v * b[0], origin[1] + u * a[1] + v * b[1]];
}

/** (u, v) of a difference of positions [px], in units of the edges. */
export function inEdges({ a, b }: Pick<ColumnLattice, 'a' | 'b'>, [x, y]: Vector): Vector {
  const area = a[0] * b[1] - a[1] * b[0];
  return [(x * b[1] - y * b[0]) / area, (a[0] * y - a[1] * x) / area];
}

/** Furthest that an A column may lie from its place, in edges. */
const ASTRAY = 0.2;
/** Fewest columns that a lattice is fitted to. */
const FEWEST = 6;

/**
 * Least squares of the lattice over points whose (u, v) are known.
 * @throws 'range' for fewer than six, or all on one line
 */
export function fitLattice(points: readonly { readonly at: Vector; readonly uv: Vector }[]): ColumnLattice {
  const solved = [0, 1].map((axis) => {
    const equations = new NormalEquations(3);
    for (const { at, uv } of points) equations.add([1, ...uv], at[axis]!, 1);
    return points.length < FEWEST ? undefined : equations.solve();
  });
  const [x, y] = solved;
  if (!x || !y) {
    fail(
      'range',
      `${points.length} A columns are no lattice.`,
      'Give an image of several unit cells, and the lattice that is expected in it.',
      { columns: points.length },
    );
  }
  const part = (i: number): Vector => [x.x[i]!, y.x[i]!];
  return { origin: part(0), a: part(1), b: part(2) };
}

/**
 * The lattice of the A columns; its origin is the A column nearest to the image's middle.
 * @param near edges that are expected [px]
 * @throws 'range' where there is none like it
 */
export function findLattice(image: ColumnImage, near: Pick<ColumnLattice, 'a' | 'b'>): ColumnLattice {
  const edge = Math.min(Math.hypot(...near.a), Math.hypot(...near.b));
  const peaks = maxima(smoothed(image, edge / 8), image.shape, edge / 4);
  const first = peaks.toSorted((p, q) => q.value - p.value)[0];
  if (!first) fail('range', 'The image has no columns.', 'Give a dark-field image of atomic resolution.');
  let lattice: ColumnLattice = { origin: first.at, ...near };
  const [ny, nx] = image.shape;
  const furthest = Math.ceil(Math.hypot(nx, ny) / edge);
  for (let reach = 2; ; reach *= 2) {
    lattice = fitLattice(
      peaks.flatMap(({ at }) => {
        const place = inEdges(lattice, [at[0] - lattice.origin[0], at[1] - lattice.origin[1]]);
        const uv: Vector = [Math.round(place[0]), Math.round(place[1])];
        const near = Math.max(...uv.map(Math.abs)) <= reach && Math.hypot(place[0] - uv[0], place[1] - uv[1]) < ASTRAY;
        return near ? [{ at, uv }] : [];
      }),
    );
    const stretch = Math.max(
      ...(['a', 'b'] as const).map((edge) =>
        Math.hypot(lattice[edge][0] - near[edge][0], lattice[edge][1] - near[edge][1]),
      ),
    );
    if (stretch > ASTRAY * edge) {
      fail(
        'range',
        'The image has no lattice like the one that is expected.',
        'Check its pixel size and orientation.',
        { found: lattice, near },
      );
    }
    if (reach > furthest) break;
  }
  const middle = inEdges(lattice, [(nx - 1) / 2 - lattice.origin[0], (ny - 1) / 2 - lattice.origin[1]]);
  return { ...lattice, origin: latticePoint(lattice, Math.round(middle[0]), Math.round(middle[1])) };
}

/** Convolved with a Gaussian of rms `sigma` [px]; the image keeps its outermost values beyond its edges. */
function smoothed({ values, shape: [ny, nx] }: ColumnImage, sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  const clamp = (i: number, n: number) => Math.max(0, Math.min(n - 1, i));
  const along = (from: ArrayLike<number>, at: (x: number, y: number, step: number) => number) =>
    Float64Array.from({ length: ny * nx }, (_, i) => {
      let sum = 0;
      for (let step = -reach; step <= reach; step++)
        sum += weights[step + reach]! * from[at(i % nx, Math.floor(i / nx), step)]!;
      return sum / total;
    });
  const rows = along(values, (x, y, step) => y * nx + clamp(x + step, nx));
  return along(rows, (x, y, step) => clamp(y + step, ny) * nx + x);
}

interface Peak {
  readonly at: Vector;
  readonly value: number;
}

/** Largest values within `radius`, to a fraction of a pixel by the parabola through their neighbours; none at the edge. */
function maxima(values: Float64Array, [ny, nx]: readonly [number, number], radius: number): Peak[] {
  const reach = Math.max(1, Math.floor(radius));
  const list: Peak[] = [];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const value = values[y * nx + x]!;
      let largest = true;
      for (let v = Math.max(0, y - reach); largest && v <= Math.min(ny - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); largest && u <= Math.min(nx - 1, x + reach); u++) {
          largest = (u === x && v === y) || values[v * nx + u]! < value;
        }
      }
      if (!largest) continue;
      const off = (step: number) => {
        const [before, after] = [values[y * nx + x - step]!, values[y * nx + x + step]!];
        return (0.5 * (before - after)) / (before - 2 * value + after);
      };
      list.push({ at: [x + off(1), y + off(nx)], value });
    }
  }
  return list;
}
