/**
 * Atomic columns of an image, each a round Gaussian on a background of its own:
 *
 *     λ(r) = b + h exp(−|r − r₀|²/2s²) + Σ others,
 *
 * fitted by maximum likelihood of counted electrons (Fisher scoring: least squares with weights 1/λ, repeated), column after column with the others taken off, in
 * sweeps: overlapping neighbours do not pull each other (van den Broek et al., Ultramicroscopy 109 (2009) 1485, fit all at once). Lengths in pixels, pixel (x, y) at
 * whole numbers, x along the second axis of [ny][nx].
 *
 * What this is not: finding columns (column-lattice.ts), or a model of what an image of a column is: channelling has tails that no Gaussian has, and where neighbours
 * differ they move the maximum. That error is not in σ; nor is that of the neighbours that were taken off, which makes σ a fifth too small where a column is at a tenth
 * of its height half way to the next.
 */

import { fail } from '../core/errors.ts';
import { solveSymmetric } from '../scan/linear.ts';

/** An image [ny][nx] of values not below zero. */
export interface ColumnImage {
  readonly values: ArrayLike<number>;
  readonly shape: readonly [ny: number, nx: number];
  /** Values are counted electrons: σ is then what counting leaves. Otherwise it is scaled by what the fit leaves over. */
  readonly electrons: boolean;
}

export interface FittedColumn {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** s, rms [px]. */
  readonly width: number;
  readonly background: number;
  /** Covariance of (x, y): xx, xy, yy [px²]; of this column, the others held. */
  readonly covariance: readonly [xx: number, xy: number, yy: number];
}

/** b, h, x, y, ln s. */
type Parameters = Float64Array;
const COUNT = 5;
/** Fewest pixels that a column is fitted to. */
const FEWEST = 12;
/** A Gaussian is nothing beyond so many widths. */
const REACH = 5;

function gaussian(
  [, h = 0, x0 = 0, y0 = 0, w = 0]: ArrayLike<number> & Iterable<number>,
  x: number,
  y: number,
): number {
  return h * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * Math.exp(2 * w)));
}

/**
 * Fits a column near each of `guesses`, in their order; undefined where there is none: its disc not all in the image (what of it is in is fitted for its neighbours'
 * sake), without a maximum, or further than `radius` away.
 * @param radius pixels this near to a guess are fitted; half the distance of neighbours is right
 * @throws 'shape' for values that do not fill the image, 'range' for a radius of less than two pixels or a value below zero
 */
export function fitColumns(
  image: ColumnImage,
  guesses: readonly (readonly [x: number, y: number])[],
  radius: number,
  sweeps = 8,
): (FittedColumn | undefined)[] {
  const { values, shape } = image;
  const [ny, nx] = shape;
  if (values.length !== ny * nx) {
    fail('shape', `${values.length} values do not fill an image of ${ny} × ${nx}.`, 'Give [ny][nx].', { shape });
  }
  if (!(radius >= 2)) {
    fail(
      'range',
      `Columns ${(2 * radius).toFixed(1)} pixels apart are too near to each other to be fitted.`,
      'Give an image of finer steps.',
      { radius },
    );
  }
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! >= 0)) {
      fail(
        'range',
        'The image has a value below zero, or one that is not a number.',
        'Take off no background, and mask nothing with NaN.',
        { at: i },
      );
    }
    most = Math.max(most, values[i]!);
  }
  /** Where nothing is expected, something is still counted. */
  const least = 1e-4 * most;
  const pixels = guesses.map(([x, y]) => discOf(shape, x, y, radius));
  const columns = guesses.map(([x, y], c): Parameters | undefined => {
    const at = pixels[c]!;
    if (at.length < FEWEST) return undefined;
    const here = at.map((i) => values[i]!);
    const low = Math.min(...here);
    return Float64Array.of(low, Math.max(...here) - low, x, y, Math.log(radius / 2));
  });
  const near = guesses.map(([x, y], c) =>
    guesses.flatMap(([u, v], other) => (other !== c && Math.hypot(u - x, v - y) < 6 * radius ? [other] : [])),
  );
  const covariances = new Array<FittedColumn['covariance']>(guesses.length);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const [c, own] of columns.entries()) {
      if (!own) continue;
      const others = near[c]!.flatMap((n) => columns[n] ?? []);
      const data = pixels[c]!.map((i) => {
        const [x, y] = [i % nx, Math.floor(i / nx)];
        const rest = others.reduce(
          (sum, other) =>
            sum + (Math.hypot(x - other[2]!, y - other[3]!) < REACH * Math.exp(other[4]!) ? gaussian(other, x, y) : 0),
          0,
        );
        return { x, y, value: values[i]!, rest };
      });
      const fitted = fitOne(own, data, least, image.electrons);
      const [x, y] = guesses[c]!;
      const lost =
        !fitted || !(fitted.column[1]! > 0) || Math.hypot(fitted.column[2]! - x, fitted.column[3]! - y) > radius;
      columns[c] = lost ? undefined : fitted.column;
      if (fitted) covariances[c] = fitted.covariance;
    }
  }
  const whole = ([x, y]: readonly [number, number]) =>
    Math.min(x, y) - radius >= -0.5 && x + radius <= nx - 0.5 && y + radius <= ny - 0.5;
  return columns.map((column, c) => {
    if (!column || !whole(guesses[c]!)) return undefined;
    const [background, height, x, y, width] = column as unknown as [number, number, number, number, number];
    return { background, height, x, y, width: Math.exp(width), covariance: covariances[c]! };
  });
}

/** Indices of the pixels of the image within `radius` of (x, y). */
function discOf([ny, nx]: readonly [number, number], x: number, y: number, radius: number): number[] {
  const list: number[] = [];
  for (let v = Math.max(0, Math.ceil(y - radius)); v <= Math.min(ny - 1, y + radius); v++) {
    for (let u = Math.max(0, Math.ceil(x - radius)); u <= Math.min(nx - 1, x + radius); u++) {
      if (Math.hypot(u - x, v - y) <= radius) list.push(v * nx + u);
    }
  }
  return list;
}

interface Datum {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  /** What the other columns have here. */
  readonly rest: number;
}

/** Normal equations at `p`, and χ² of the weights there. */
function equations(p: Parameters, data: readonly Datum[], least: number) {
  const a = new Float64Array(COUNT * COUNT);
  const b = new Float64Array(COUNT);
  const s2 = Math.exp(2 * p[4]!);
  let chi2 = 0;
  let deviance = 0;
  for (const { x, y, value, rest } of data) {
    const [dx, dy] = [x - p[2]!, y - p[3]!];
    const shape = Math.exp(-(dx * dx + dy * dy) / (2 * s2));
    const g = p[1]! * shape;
    const model = Math.max(least, p[0]! + g + rest);
    const row = [1, shape, (g * dx) / s2, (g * dy) / s2, (g * (dx * dx + dy * dy)) / s2];
    const off = value - model;
    chi2 += (off * off) / model;
    deviance += 2 * (model - value + (value > 0 ? value * Math.log(value / model) : 0));
    for (let i = 0; i < COUNT; i++) {
      b[i]! += (row[i]! * off) / model;
      for (let j = 0; j < COUNT; j++) a[i * COUNT + j]! += (row[i]! * row[j]!) / model;
    }
  }
  return { a, b, chi2, deviance };
}

function fitOne(from: Parameters, data: readonly Datum[], least: number, electrons: boolean) {
  let p = from;
  let here = equations(p, data, least);
  let ridge = 1e-6;
  for (let step = 0; step < 12 && ridge < 1e6; step++) {
    const solved = solveSymmetric(here.a, here.b, ridge);
    if (!solved) return undefined;
    const next = p.map((value, i) => value + solved.x[i]!);
    const there = equations(next, data, least);
    if (there.deviance <= here.deviance) {
      const done = here.deviance - there.deviance <= 1e-9 * (here.deviance + 1e-9);
      [p, here] = [next, there];
      ridge = Math.max(1e-9, ridge / 10);
      if (done) break;
    } else ridge = Math.max(1e-6, 10 * ridge);
  }
  const solved = solveSymmetric(here.a, here.b);
  if (!solved || !p.every(Number.isFinite)) return undefined;
  const scale = electrons ? 1 : here.chi2 / Math.max(1, data.length - COUNT);
  const at = (i: number, j: number) => scale * solved.inverse[i * COUNT + j]!;
  return { column: p, covariance: [at(2, 2), at(2, 3), at(3, 3)] as const };
}
