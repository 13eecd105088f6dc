/** The natural cubic spline through points of a curve in three dimensions, by length along it. Lengths in the points' unit. */

import { norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { apart, plus } from './landscape.ts';

export interface Spline {
  /** Length from the first point to each point, by chords. */
  readonly length_A: readonly number[];
  /** Unit tangent at each point. */
  readonly tangents: readonly Vec3[];
  /** `count` points at even lengths, the first and the last point exactly. */
  evenly(count: number): Vec3[];
}

/** The spline through two points or more, no two neighbours alike. */
export function splineThrough(points: readonly Vec3[]): Spline {
  const length_A = [0];
  for (let i = 1; i < points.length; i++) length_A.push(length_A[i - 1]! + apart(points[i]!, points[i - 1]!));
  const bends = secondDerivatives(points, length_A);
  const last = points.length - 1;
  const total = length_A[last]!;
  return {
    length_A,
    tangents: points.map((_, i) => {
      // From the segment that begins here; at the last point from the one that ends there.
      const k = Math.min(i, last - 1);
      const h = length_A[k + 1]! - length_A[k]!;
      const chord = scaled(plus(points[k + 1]!, points[k]!, -1), 1 / h);
      const [own, other] = i === k ? [bends[k]!, bends[k + 1]!] : [bends[k + 1]!, bends[k]!];
      const sign = i === k ? -1 : 1;
      const slope = plus(plus(chord, own, (sign * h) / 3), other, (sign * h) / 6);
      return scaled(slope, 1 / norm(slope));
    }),
    evenly(count) {
      let k = 0;
      return Array.from({ length: count }, (_, i) => {
        if (i === 0 || i === count - 1) return points[i === 0 ? 0 : last]!;
        const s = (i * total) / (count - 1);
        while (k < last - 1 && length_A[k + 1]! <= s) k++;
        const h = length_A[k + 1]! - length_A[k]!;
        const b = (s - length_A[k]!) / h;
        const a = 1 - b;
        const straight = plus(scaled(points[k]!, a), points[k + 1]!, b);
        const bent = plus(scaled(bends[k]!, a ** 3 - a), bends[k + 1]!, b ** 3 - b);
        return plus(straight, bent, h ** 2 / 6);
      });
    },
  };
}

const scaled = (u: Vec3, factor: number): Vec3 => plus([0, 0, 0], u, factor);

/** Second derivatives at the points, zero at both ends: the tridiagonal system by elimination. */
function secondDerivatives(points: readonly Vec3[], s: readonly number[]): Vec3[] {
  const last = points.length - 1;
  const slope = (i: number): Vec3 => scaled(plus(points[i + 1]!, points[i]!, -1), 1 / (s[i + 1]! - s[i]!));
  const out: Vec3[] = points.map(() => [0, 0, 0]);
  const upper: number[] = [0];
  for (let i = 1; i < last; i++) {
    const [h0, h1] = [s[i]! - s[i - 1]!, s[i + 1]! - s[i]!];
    const pivot = 2 * (h0 + h1) - h0 * upper[i - 1]!;
    upper.push(h1 / pivot);
    const right = scaled(plus(slope(i), slope(i - 1), -1), 6);
    out[i] = scaled(plus(right, out[i - 1]!, -h0), 1 / pivot);
  }
  for (let i = last - 1; i > 0; i--) out[i] = plus(out[i]!, out[i + 1]!, -upper[i]!);
  return out;
}
