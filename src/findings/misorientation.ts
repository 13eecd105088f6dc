/**
 * Angles between the vectors on both sides of walls. The paper: "measured at domain boundaries by measuring the angle between two representative vectors".
 *
 * Representative here: the mean over the positions of a side's own domain that lie from `near` to `far` steps from the link's middle along the wall's normal and within
 * `ASIDE` steps of that normal, in the plane. By default 1 to 3 steps: beside a straight wall along an axis six positions, without those next to the wall.
 *
 * Angles of links are as measured, noise and all. Those of walls (pairs of domains) are between the means of the representatives along the wall, weighted by length, and
 * corrected for noise (angle-noise.ts) where the field states σ; a wall along which vectors turn is told too small by that.
 *
 * Variances of means are those of errors that correlate as the noise model says, on one side; between both sides they are taken for independent.
 */

import { type AngleNoise, angleBetween, angleNoise, type CorrectedAngle, correctedAngle } from './angle-noise.ts';
import { linksByWall } from './domains.ts';
import type { NoiseModel } from './draws.ts';
import type { Partition } from './partition.ts';
import { AXES, type VectorField } from './vector-field.ts';
import type { WallLinks } from './wall-links.ts';

/** Where representative vectors are taken from, along the normal [steps from the wall]. */
export interface Band {
  readonly near: number;
  readonly far: number;
}

export const BAND: Band = { near: 1, far: 3 };
/** Beside the normal [steps]. */
const ASIDE = 1.5;

type Vector = readonly [x: number, y: number, z: number];

/** Positions that represent one side of each link: those of link k are at[start[k]] … at[start[k + 1] − 1]. */
export interface Side {
  readonly start: Int32Array;
  readonly at: Int32Array;
  /** Mean vector, [links][3], and the variance of its components (0 where no σ is stated); NaN where a side has no position in the band. */
  readonly vector: Float64Array;
  readonly variance: Float64Array;
}

export interface Representatives {
  readonly one: Side;
  readonly two: Side;
}

export interface WallAngle {
  readonly one: number;
  readonly two: number;
  /** Links that have vectors on both sides, and their length. */
  readonly links: number;
  readonly length_nm: number;
  /** Mean vectors beside the wall, and their σ (undefined where the field states none) [unit of the field]. */
  readonly vectorOne: Vector;
  readonly vectorTwo: Vector;
  readonly sigmaOne: Vector | undefined;
  readonly sigmaTwo: Vector | undefined;
  /** Between them, as measured [degrees]. */
  readonly angle_deg: number;
  /** Without what noise does to it; undefined where the field states no σ or a vector is not told from 0. */
  readonly corrected: CorrectedAngle | undefined;
  readonly noise: AngleNoise | undefined;
}

export function representatives(
  field: VectorField,
  { labels }: Partition,
  links: WallLinks,
  noise: NoiseModel,
  { near, far }: Band = BAND,
): Representatives {
  const [ny, nx] = field.shape;
  const around = { x: discAround(0.5, 0, Math.hypot(far, ASIDE)), y: discAround(0, 0.5, Math.hypot(far, ASIDE)) };
  const [one, two] = [new SideList(field, links.count, noise), new SideList(field, links.count, noise)];
  for (let k = 0; k < links.count; k++) {
    const p = Math.min(links.i[k]!, links.j[k]!);
    const disc = Math.max(links.i[k]!, links.j[k]!) === p + 1 ? around.x : around.y;
    const [labelOne, labelTwo] = [links.one[k]!, links.two[k]!];
    const row = Math.floor(p / nx);
    const column = p % nx;
    const normalX = links.nx[k]!;
    const normalY = links.ny[k]!;
    // A link without a normal has no sides.
    const size = Number.isNaN(normalX) ? 0 : disc.x.length;
    for (let m = 0; m < size; m++) {
      const r = row + disc.row[m]!;
      const c = column + disc.column[m]!;
      if (r < 0 || c < 0 || r >= ny || c >= nx) continue;
      const i = r * nx + c;
      const label = labels[i]!;
      if (label !== labelOne && label !== labelTwo) continue;
      const dx = disc.x[m]!;
      const dy = disc.y[m]!;
      // The normal goes from `one` to `two`.
      const ahead = label === labelTwo ? dx * normalX + dy * normalY : -(dx * normalX + dy * normalY);
      // The slack keeps what lies on a bound the same whichever way the map is turned.
      if (!(ahead >= near - 1e-9 && ahead <= far + 1e-9)) continue;
      if (Math.abs(dx * normalY - dy * normalX) > ASIDE + 1e-9) continue;
      (label === labelTwo ? two : one).at.push(i);
    }
    one.end(k);
    two.end(k);
  }
  return { one: one.side(), two: two.side() };
}

/** Of each link, as measured [degrees]; NaN where a side has no representative. */
export function linkAngles({ one, two }: Representatives): Float64Array {
  const count = one.start.length - 1;
  const angles = new Float64Array(count);
  for (let k = 0; k < count; k++) angles[k] = angleBetween(vectorAt(one.vector, k), vectorAt(two.vector, k));
  return angles;
}

/** Walls (pairs of domains) with representatives on both sides, ordered by (one, two). */
export function wallAngles(
  field: VectorField,
  links: WallLinks,
  { one, two }: Representatives,
  noise: NoiseModel,
): WallAngle[] {
  const share = new Float64Array(field.valid.length);
  return linksByWall(links).flatMap((all): WallAngle[] => {
    const list = all.filter((k) => !Number.isNaN(one.vector[3 * k]!) && !Number.isNaN(two.vector[3 * k]!));
    const length_nm = list.reduce((sum, k) => sum + links.length_nm[k]!, 0);
    const [first] = list;
    if (first === undefined || !(length_nm > 0)) return [];
    const [a, b] = [
      meanOf(field, links, list, one, length_nm, share, noise),
      meanOf(field, links, list, two, length_nm, share, noise),
    ];
    const angle_deg = angleBetween(a.vector, b.vector);
    const spread = field.sigma && angleNoise(a.vector, a.variance, b.vector, b.variance);
    const sigma = (v: Vector): Vector | undefined => field.sigma && [Math.sqrt(v[0]), Math.sqrt(v[1]), Math.sqrt(v[2])];
    return [
      {
        one: links.one[first]!,
        two: links.two[first]!,
        links: list.length,
        length_nm,
        vectorOne: a.vector,
        vectorTwo: b.vector,
        sigmaOne: sigma(a.variance),
        sigmaTwo: sigma(b.variance),
        angle_deg,
        corrected: spread && correctedAngle(angle_deg, spread),
        noise: spread,
      },
    ];
  });
}

export function vectorAt(vectors: Float64Array, k: number): Vector {
  return [vectors[3 * k]!, vectors[3 * k + 1]!, vectors[3 * k + 2]!];
}

/** Mean over a wall's links, weighted by length; a position that stands for several links counts once in the variance, with its whole weight. @param share zeros, [ny][nx] */
function meanOf(
  field: VectorField,
  links: WallLinks,
  list: readonly number[],
  side: Side,
  length_nm: number,
  share: Float64Array,
  noise: NoiseModel,
): { readonly vector: Vector; readonly variance: Vector } {
  const { values } = field;
  const used: number[] = [];
  for (const k of list) {
    const [from, to] = [side.start[k]!, side.start[k + 1]!];
    const weight = links.length_nm[k]! / length_nm / (to - from);
    for (let m = from; m < to; m++) {
      const i = side.at[m]!;
      if (share[i] === 0) used.push(i);
      share[i]! += weight;
    }
  }
  const weights = used.map((i) => share[i]!);
  const vector: [number, number, number] = [0, 0, 0];
  for (const [k, i] of used.entries()) {
    vector[0] += weights[k]! * values.x[i]!;
    vector[1] += weights[k]! * values.y[i]!;
    vector[2] += weights[k]! * values.z[i]!;
    share[i] = 0;
  }
  return { vector, variance: varianceOf(field, used, weights, noise) };
}

/** Of Σ wP over some positions, by component; 0 where no σ is stated. */
function varianceOf(
  { sigma, shared, shape: [, nx], step_nm }: VectorField,
  used: readonly number[],
  weights: readonly number[],
  { length_nm }: NoiseModel,
): Vector {
  if (!sigma) return [0, 0, 0];
  const reach = (3 * length_nm) / step_nm;
  const rows = used.map((i) => Math.floor(i / nx));
  const [x, y, z] = AXES.map((axis) => {
    const errors = used.map((i, k) => weights[k]! * sigma[axis][i]!);
    let own = errors.reduce((sum, error) => sum + error * error, 0);
    for (let k = 0; reach >= 1 && k < used.length; k++) {
      for (let m = 0; m < k; m++) {
        const dy = rows[k]! - rows[m]!;
        const dx = (used[k]! % nx) - (used[m]! % nx);
        if (Math.abs(dy) > reach || Math.abs(dx) > reach) continue;
        own += 2 * errors[k]! * errors[m]! * Math.exp((-(dy * dy + dx * dx) * step_nm ** 2) / (2 * length_nm ** 2));
      }
    }
    const all = errors.reduce((sum, error) => sum + error, 0);
    const common = shared?.[axis] ?? 0;
    return common * all * all + (1 - common) * own;
  });
  return [x!, y!, z!];
}

/** One side of links as it is found, link by link. */
class SideList {
  /** Positions so far. */
  readonly at: number[] = [];
  readonly #start: Int32Array;
  readonly #vector: Float64Array;
  readonly #variance: Float64Array;
  readonly #field: VectorField;
  readonly #noise: NoiseModel;

  constructor(field: VectorField, links: number, noise: NoiseModel) {
    this.#field = field;
    this.#noise = noise;
    this.#start = new Int32Array(links + 1);
    this.#vector = new Float64Array(3 * links).fill(Number.NaN);
    this.#variance = new Float64Array(3 * links).fill(Number.NaN);
  }

  /** Positions since the last link's end are those of link k. */
  end(k: number): void {
    const { x, y, z } = this.#field.values;
    const at = this.at;
    const from = this.#start[k]!;
    const n = at.length - from;
    this.#start[k + 1] = at.length;
    if (n === 0) return;
    let [sx, sy, sz] = [0, 0, 0];
    for (let m = from; m < at.length; m++) {
      const i = at[m]!;
      sx += x[i]!;
      sy += y[i]!;
      sz += z[i]!;
    }
    this.#vector[3 * k] = sx / n;
    this.#vector[3 * k + 1] = sy / n;
    this.#vector[3 * k + 2] = sz / n;
    if (!this.#field.sigma) {
      this.#variance.fill(0, 3 * k, 3 * k + 3);
      return;
    }
    const used = at.slice(from);
    const weights = used.map(() => 1 / n);
    this.#variance.set(varianceOf(this.#field, used, weights, this.#noise), 3 * k);
  }

  side(): Side {
    return { start: this.#start, at: new Int32Array(this.at), vector: this.#vector, variance: this.#variance };
  }
}

/** Positions no further than `reach` from a link's middle, which is at (mx, my) of its first position: row and column from that position, x and y from the middle [steps]. */
function discAround(mx: number, my: number, reach: number) {
  const found: { row: number; column: number }[] = [];
  const most = Math.ceil(reach) + 1;
  for (let row = -most; row <= most; row++) {
    for (let column = -most; column <= most; column++) {
      if (Math.hypot(column - mx, row - my) <= reach + 1e-6) found.push({ row, column });
    }
  }
  return {
    row: Int32Array.from(found, ({ row }) => row),
    column: Int32Array.from(found, ({ column }) => column),
    x: Float64Array.from(found, ({ column }) => column - mx),
    y: Float64Array.from(found, ({ row }) => row - my),
  };
}
