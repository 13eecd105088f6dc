/**
 * What noise does to an angle between two vectors, and the angle corrected for it. An angle cannot be below 0° or above 180°, so noise moves small ones up and large ones
 * down: two equal vectors of length 10 with σ = 2 on each component measure 20° on average.
 *
 * The one vector is displaced against the other by δ in the plane of both and ε across it, normal with variances s² and q² (σ²/|P|² of each, summed). To second order in
 * σ/|P| the measured angle θ of a true one ν is
 *
 *     cos θ = cos(ν + δ) cos ε,
 *
 * from which P(θ ≤ θ_measured | ν) follows, by Φ over δ and a sum over ε. It falls as ν grows: where it is ½ lies the corrected angle (as often too large as too small), where
 * it is 97.5% and 2.5% the 95% interval, which may end at 0° or 180°.
 *
 * What this is not: a correction of a histogram; each angle is corrected by itself. Error of the two vectors is taken for independent.
 */

import { normalCdf } from './normal.ts';

/** Nodes of the sum over ε, from −4q to 4q. */
const NODES = 17;
const REACH = 4;
/** Halvings of 180° until an angle is found: 4e-5°. */
const HALVINGS = 22;
const DEGREE = Math.PI / 180;

export interface CorrectedAngle {
  /** Median-unbiased [degrees]. */
  readonly angle_deg: number;
  /** 95% [degrees]. */
  readonly interval_deg: readonly [low: number, high: number];
}

/** Standard deviations of an angle [radians]: in the plane of both vectors, and across it. */
export interface AngleNoise {
  readonly inPlane: number;
  readonly across: number;
}

type Vector = readonly [number, number, number];

/** Angle between two vectors [degrees], 0 … 180; NaN where one has no length. */
export function angleBetween(a: Vector, b: Vector): number {
  const [x, y, z] = cross(a, b);
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const sine = Math.sqrt(x * x + y * y + z * z);
  return sine === 0 && dot === 0 ? Number.NaN : Math.atan2(sine, dot) / DEGREE;
}

/**
 * Of the angle between a and b whose components have these variances. Lengths are taken without what noise adds to them; undefined where noise is all there is of one
 * (|a|² below twice the sum of its variances).
 */
export function angleNoise(a: Vector, varianceA: Vector, b: Vector, varianceB: Vector): AngleNoise | undefined {
  const [lengthA, lengthB] = [trueSquare(a, varianceA), trueSquare(b, varianceB)];
  if (!(lengthA > 0 && lengthB > 0)) return undefined;
  const normal = unit(cross(a, b)) ?? anyAcross(a);
  const along = (t: Vector, v: Vector) => t[0] ** 2 * v[0] + t[1] ** 2 * v[1] + t[2] ** 2 * v[2];
  const turn = (p: Vector): Vector => unit(cross(normal, p)) ?? normal;
  return {
    inPlane: Math.sqrt(along(turn(a), varianceA) / lengthA + along(turn(b), varianceB) / lengthB),
    across: Math.sqrt(along(normal, varianceA) / lengthA + along(normal, varianceB) / lengthB),
  };
}

/** @param measured_deg 0 … 180 */
export function correctedAngle(measured_deg: number, noise: AngleNoise): CorrectedAngle {
  const reached = reachOf(measured_deg * DEGREE, noise);
  const at = (share: number): number => {
    let [low, high] = [0, Math.PI];
    if (below(reached, low, noise) <= share) return 0;
    if (below(reached, high, noise) >= share) return 180;
    for (let k = 0; k < HALVINGS; k++) {
      const middle = (low + high) / 2;
      if (below(reached, middle, noise) > share) low = middle;
      else high = middle;
    }
    return (low + high) / 2 / DEGREE;
  };
  return {
    angle_deg: at(0.5),
    // Twice the work of the angle, and seldom asked for.
    get interval_deg() {
      return [at(0.975), at(0.025)] as const;
    },
  };
}

/** cos(ν + δ) ≥ cos θ/cos ε where ν + δ is within ψ of 0 or of 2π (as far as δ reaches): ψ and weight of each ε, weights summing to 1; ε without such δ is left out. */
function reachOf(measured: number, { across }: AngleNoise): { psi: number; weight: number }[] {
  // ±ε are alike.
  const half = Array.from({ length: (NODES + 1) / 2 }, (_, k) => {
    const t = (REACH * 2 * k) / (NODES - 1);
    const bound = Math.cos(measured) / Math.cos(Math.min(1.5, t * across));
    return { psi: bound < -1 ? Math.PI : Math.acos(bound), weight: (k === 0 ? 1 : 2) * Math.exp(-0.5 * t * t) };
  });
  const total = half.reduce((sum, { weight }) => sum + weight, 0);
  return half.flatMap(({ psi, weight }) => (psi >= 0 ? [{ psi, weight: weight / total }] : []));
}

/** P(θ ≤ measured | ν) [radians]. @param reached of the measured angle */
function below(reached: ReturnType<typeof reachOf>, nu: number, { inPlane }: AngleNoise): number {
  const s = Math.max(inPlane, 1e-9);
  let sum = 0;
  for (const { psi, weight } of reached) {
    for (let round = 0; round < 7; round += 2 * Math.PI) {
      if (round - psi - nu > 8 * s) continue;
      sum += weight * (normalCdf((round + psi - nu) / s) - normalCdf((round - psi - nu) / s));
    }
  }
  return sum;
}

function trueSquare(a: Vector, variance: Vector): number {
  const square = a[0] ** 2 + a[1] ** 2 + a[2] ** 2;
  const noise = variance[0] + variance[1] + variance[2];
  return square > 2 * noise ? square - noise : 0;
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a: Vector): Vector | undefined {
  const size = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  return size > 0 ? [a[0] / size, a[1] / size, a[2] / size] : undefined;
}

function anyAcross(a: Vector): Vector {
  const least = Math.min(...a.map(Math.abs));
  const axis: Vector = Math.abs(a[0]) === least ? [1, 0, 0] : Math.abs(a[1]) === least ? [0, 1, 0] : [0, 0, 1];
  return unit(cross(a, axis)) ?? [1, 0, 0];
}
