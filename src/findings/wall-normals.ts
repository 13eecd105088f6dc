/**
 * The normal of a wall at each of its links, fitted over the wall's own neighbourhood.
 *
 * Links of one wall (the same two domains, the same order of sides) follow each other around corners of positions: a contour. Its normal at a link is the mean of the links' own
 * directions, which point along x or y, over the contour as far as `REACH` = 9 steps away to both sides, weighted by 1 − (r/9)²: 18 to 36 links, hence as many positions on either
 * side. A straight wall at any angle is a staircase whose mean direction over whole stairs is its normal; the weight leaves within 2° of what the ends cut through.
 *
 * Where the contour turns by more than `TURN` = 60° the neighbourhood ends, and at the same distance on the other side, so that a curve's normal is not pulled to one side: around a
 * disc of radius 3 a few links are left. Where a wall ends (an edge, a third domain) the other side stands alone.
 *
 * σ of the angle is that of a line's direction by the scatter of the links' middles about it, errors of neighbours within `SHARED` steps taken for one: staircase, roughness by
 * noise and curvature are all in it.
 */

import type { Partition } from './partition.ts';

/** Of the neighbourhood [steps]. */
const REACH = 9;
/** The same on one side where the other ends at once. */
const WIDE = 15;
/** Cosine of the angle at which it ends. */
const TURN = 0.5;
/** Links to each side for the direction that says how far a contour turns. */
const COARSE = 4;
/** Links that err alike. */
const SHARED = 3;
/** Least variance of a middle about the line: between two positions it lies anywhere [steps²]. */
const LEAST = 1 / 12;
/** Links of a neighbourhood, about: normals so far apart err independently. */
export const LINKS = 18;
/** σ of an angle of which only the quadrant is known: uniform over 90° [rad]. */
export const QUADRANT = Math.PI / 2 / Math.sqrt(12);

/** Links as wall-links.ts has them, without normals. */
export interface BareLinks {
  readonly count: number;
  readonly i: Int32Array;
  readonly j: Int32Array;
}

export interface Normals {
  /** Unit vector from `one` to `two`; NaN where there is none, as around a single position. */
  readonly nx: Float64Array;
  readonly ny: Float64Array;
  /** σ of its angle in the plane [rad]; NaN with it. */
  readonly angle_sigma: Float64Array;
}

export function wallNormals(partition: Partition, { count, i, j }: BareLinks): Normals {
  const nx = partition.shape[1];
  const { next, before } = contours(partition, { count, i, j });
  // Middles, and directions from `one` to `two`.
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const ex = new Int8Array(count);
  const ey = new Int8Array(count);
  for (let k = 0; k < count; k++) {
    const step = j[k]! - i[k]!;
    const first = Math.min(i[k]!, j[k]!);
    if (step === 1 || step === -1) ex[k] = step;
    else ey[k] = Math.sign(step);
    x[k] = (first % nx) + (ex[k] === 0 ? 0 : 0.5);
    y[k] = Math.floor(first / nx) + (ey[k] === 0 ? 0 : 0.5);
  }
  const coarse = coarseDirections(count, next, before, ex, ey);
  const found = { nx: new Float64Array(count), ny: new Float64Array(count), angle_sigma: new Float64Array(count) };

  /** Of one side: how far the contour goes before it turns, and before it ends; WIDE where it does not. */
  const room = { turn: 0, end: 0 };
  const look = (k: number, side: Int32Array): void => {
    room.turn = room.end = WIDE;
    let m = k;
    let r = 0;
    for (let n = 0; n < 4 * WIDE; n++) {
      if (side[m]! < 0) {
        room.end = r + 0.5;
        return;
      }
      m = side[m]!;
      if (m === k) return;
      r = Math.hypot(x[m]! - x[k]!, y[m]! - y[k]!);
      if (r >= WIDE) return;
      if (coarse.x[m]! * coarse.x[k]! + coarse.y[m]! * coarse.y[k]! < TURN) {
        room.turn = r;
        return;
      }
    }
  };
  for (let k = 0; k < count; k++) {
    if (Number.isNaN(coarse.x[k]!)) {
      found.nx[k] = found.ny[k] = found.angle_sigma[k] = Number.NaN;
      continue;
    }
    look(k, before);
    const { turn, end } = room;
    look(k, next);
    // Wide enough for the neighbouring links.
    const even = Math.max(2, Math.min(REACH, turn, room.turn));
    const back = Math.min(even, end);
    const ahead = Math.min(even, room.end);
    // Where one side ends the other makes up for two thirds of it.
    const low = Math.min(end, turn, back + (2 * (even - ahead)) / 3);
    const high = Math.min(room.end, room.turn, ahead + (2 * (even - back)) / 3);
    let [w1, w2, sx, sy, mx, my, xx, xy, yy] = [1, 1, ex[k]!, ey[k]!, 0, 0, 0, 0, 0] as number[] as Nine;
    for (let side = 0; side < 2; side++) {
      const to = side === 0 ? next : before;
      const [near, far] = side === 0 ? [high, low] : [low, high];
      let m = to[k]!;
      for (let n = 0; m >= 0 && m !== k && n < 4 * REACH; n++, m = to[m]!) {
        const dx = x[m]! - x[k]!;
        const dy = y[m]! - y[k]!;
        const r = Math.sqrt(dx * dx + dy * dy);
        const w = (1 - r / near) * (1 + r / far);
        if (w <= 0) break;
        w1 += w;
        w2 += w * w;
        sx += w * ex[m]!;
        sy += w * ey[m]!;
        mx += w * dx;
        my += w * dy;
        xx += w * dx * dx;
        xy += w * dx * dy;
        yy += w * dy * dy;
      }
    }
    const size = Math.sqrt(sx * sx + sy * sy);
    if (size < 1e-9) {
      found.nx[k] = found.ny[k] = found.angle_sigma[k] = Number.NaN;
      continue;
    }
    const a = sx / size;
    const b = sy / size;
    found.nx[k] = a;
    found.ny[k] = b;
    // Variances across and along the line through the mean middle.
    const [vx, vxy, vy] = [xx / w1 - (mx / w1) ** 2, xy / w1 - (mx * my) / w1 ** 2, yy / w1 - (my / w1) ** 2];
    const across = Math.max(LEAST, a * a * vx + 2 * a * b * vxy + b * b * vy);
    const along = b * b * vx - 2 * a * b * vxy + a * a * vy;
    const alone = (w1 * w1) / w2 / SHARED;
    found.angle_sigma[k] = Math.min(QUADRANT, Math.sqrt(across / (along * Math.max(1, alone))));
  }
  return found;
}

type Nine = [number, number, number, number, number, number, number, number, number];

/** The link after and before each along its contour, `one` on the same hand; −1 where the wall ends. */
function contours({ shape: [ny, nx], labels }: Partition, { count, i, j }: BareLinks) {
  // Links by their first position, along x and along y.
  const right = new Int32Array(ny * nx).fill(-1);
  const down = new Int32Array(ny * nx).fill(-1);
  for (let k = 0; k < count; k++) {
    const first = Math.min(i[k]!, j[k]!);
    if (Math.abs(j[k]! - i[k]!) === 1) right[first] = k;
    else down[first] = k;
  }
  // With a single column the neighbours along y are one apart: they are found as such all the same.
  const linkOf = (a: number, b: number): number => (Math.abs(a - b) === 1 ? right : down)[Math.min(a, b)]!;
  const next = new Int32Array(count).fill(-1);
  const before = new Int32Array(count).fill(-1);
  for (let k = 0; k < count; k++) {
    const [one, two] = [i[k]!, j[k]!];
    const step = two - one;
    // The direction from `one` to `two`, turned by a right angle.
    const along = step === 1 || step === -1;
    const forward = along ? step * nx : -Math.sign(step);
    const column = one % nx;
    if (along ? one + forward < 0 || one + forward >= ny * nx : column + forward < 0 || column + forward >= nx)
      continue;
    const [a, b] = [labels[one + forward]!, labels[two + forward]!];
    let to = -1;
    if (a === labels[two]) to = linkOf(one, one + forward);
    else if (b === labels[one]) to = linkOf(two, two + forward);
    else if (a === labels[one] && b === labels[two]) to = linkOf(one + forward, two + forward);
    if (to < 0) continue;
    next[k] = to;
    before[to] = k;
  }
  return { next, before };
}

/** Mean direction of `COARSE` links to each side, of length 1, around a small domain of a quarter of its contour; NaN around a single position. */
function coarseDirections(count: number, next: Int32Array, before: Int32Array, ex: Int8Array, ey: Int8Array) {
  const found = { x: new Float64Array(count).fill(Number.NaN), y: new Float64Array(count).fill(Number.NaN) };
  for (let k = 0; k < count; k++) {
    let around = 1;
    for (let m = next[k]!; m !== k; around++, m = next[m]!) {
      if (m < 0 || around > 4 * COARSE) {
        around = Number.POSITIVE_INFINITY;
        break;
      }
    }
    if (around <= 4) continue;
    const most = Math.min(COARSE, Math.floor((around - 1) / 4));
    let sx = ex[k]!;
    let sy = ey[k]!;
    for (const side of [next, before]) {
      for (let n = 0, m = side[k]!; n < most && m >= 0; n++, m = side[m]!) {
        sx += ex[m]!;
        sy += ey[m]!;
      }
    }
    const size = Math.sqrt(sx * sx + sy * sy);
    if (size === 0) continue;
    found.x[k] = sx / size;
    found.y[k] = sy / size;
  }
  return found;
}
