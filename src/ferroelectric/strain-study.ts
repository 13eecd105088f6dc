/**
 * How strain turns the polarization (the paper's Extended Data Fig. 8): distributions of the components of P/|P|, cell by cell, with a fitted density,
 *
 *     f(t) = exp(κt + βt² + γt⁴) / ∫₋₁¹ exp(κs + βs² + γs⁴) ds,     −1 ≤ t ≤ 1,
 *
 * the least informative one of given ⟨t⟩, ⟨t²⟩ and ⟨t⁴⟩. Every direction alike: all zero (Archimedes). κ: one way along the axis more than the other. β: along
 * the axis, both ways, where positive, or across it; zero on average over x, y, z in a cubic crystal, whose lowest anisotropy is t⁴: γ < 0 < β has two humps,
 * near ±1/√3 where ⟨111⟩ is favoured. (For γ = 0 it is the marginal of the Fisher–Watson distribution: Mardia and Jupp, Directional Statistics, 2000.) Fitted by maximum
 * likelihood, which matches the three moments.
 *
 * What this is not: a test of significance. Neighbouring cells and frames are alike, so that the vectors are fewer independent ones than they are.
 */

import { fail } from '../core/errors.ts';
import { dot, inverse, type Mat3, times } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';

export interface ComponentFit {
  readonly kappa: number;
  readonly beta: number;
  readonly gamma: number;
  /** ⟨t⟩, ⟨t²⟩ and ⟨t⁴⟩, of the data and of the fit. */
  readonly moments: Vec3;
  /** f at t. */
  density(t: number): number;
  /** Largest difference between the cumulative distributions of data and fit (Kolmogorov and Smirnov's D). */
  readonly error: number;
  /** How many values. */
  readonly count: number;
}

/** Intervals of the quadrature over [−1, 1]. */
const INTERVALS = 2000;
/** Largest |κ|, |β| and |γ|: beyond, the density is a spike of a few of the quadrature's steps. */
const MOST = 200;
const POWERS = [1, 2, 4] as const;

/** Simpson's weights at t_i = −1 + 2i/INTERVALS, and the powers of t there. */
const NODES: readonly number[] = Array.from({ length: INTERVALS + 1 }, (_, i) => -1 + (2 * i) / INTERVALS);
const WEIGHTS: readonly number[] = NODES.map(
  (_, i) => ((2 / INTERVALS) * (i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2)) / 3,
);
const powers = (t: number): Vec3 => [t, t * t, t ** 4];
const AT_NODES: readonly Vec3[] = NODES.map(powers);

/** log of the integral, means of the powers, and their covariance. */
function statistics(parameters: Vec3): { log: number; mean: Vec3; covariance: Mat3 } {
  const exponents = AT_NODES.map((t) => dot(parameters, t));
  const top = exponents.reduce((a, b) => Math.max(a, b));
  const weights = exponents.map((x, i) => WEIGHTS[i]! * Math.exp(x - top));
  const norm = weights.reduce((a, b) => a + b, 0);
  const mean = POWERS.map(
    (_, a) => weights.reduce((sum, w, i) => sum + w * AT_NODES[i]![a]!, 0) / norm,
  ) as unknown as Vec3;
  const covariance = POWERS.map((_, a) =>
    POWERS.map((_, b) => {
      const product = weights.reduce((sum, w, i) => sum + w * AT_NODES[i]![a]! * AT_NODES[i]![b]!, 0) / norm;
      return product - mean[a]! * mean[b]!;
    }),
  ) as unknown as Mat3;
  return { log: Math.log(norm) + top, mean, covariance };
}

/**
 * @param values components of unit vectors, −1 to 1
 * @throws 'range' for fewer than 10 values, or for values that are all alike
 */
export function fitComponent(values: Float64Array): ComponentFit {
  const count = values.length;
  const moments = POWERS.map((p) => values.reduce((sum, t) => sum + t ** p, 0) / count) as unknown as Vec3;
  if (!(count >= 10) || !(moments[1] - moments[0] ** 2 > 1e-6)) {
    fail('range', `A density of ${count} values that are alike.`, 'Give more frames.', { count, moments });
  }
  // Newton's method on a concave likelihood, its steps halved until it rises.
  let parameters: Vec3 = [0, 0, 0];
  let now = statistics(parameters);
  for (let iteration = 0; iteration < 100; iteration++) {
    const slope = moments.map((m, a) => m - now.mean[a]!) as unknown as Vec3;
    const step = times(slope, inverse(now.covariance));
    const likelihood = dot(parameters, moments) - now.log;
    let size = 1;
    let next = now;
    for (; size > 1e-12; size /= 2) {
      const tried = parameters.map((value, a) => value + size * step[a]!) as unknown as Vec3;
      if (tried.some((value) => Math.abs(value) > MOST)) continue;
      next = statistics(tried);
      // Less by rounding is no less.
      if (dot(tried, moments) - next.log < likelihood - 1e-13) continue;
      parameters = tried;
      break;
    }
    now = next;
    if (size <= 1e-12 || Math.max(...step.map(Math.abs)) < 1e-9) break;
  }
  const density = (t: number) => Math.exp(dot(parameters, powers(t)) - now.log);
  const [kappa, beta, gamma] = parameters;
  return { kappa, beta, gamma, moments, density, error: largestDifference(values, density), count };
}

function largestDifference(values: Float64Array, density: (t: number) => number): number {
  const sorted = values.toSorted();
  // Cumulative by the trapezoidal rule, at the nodes.
  const cumulative = [0];
  for (let i = 1; i < NODES.length; i++) {
    cumulative.push(cumulative[i - 1]! + (density(NODES[i - 1]!) + density(NODES[i]!)) / INTERVALS);
  }
  let largest = 0;
  sorted.forEach((t, i) => {
    const place = Math.min(INTERVALS - 1e-9, Math.max(0, ((t + 1) * INTERVALS) / 2));
    const at = Math.floor(place);
    const F = cumulative[at]! + (place - at) * (cumulative[at + 1]! - cumulative[at]!);
    largest = Math.max(largest, Math.abs(F - i / sorted.length), Math.abs(F - (i + 1) / sorted.length));
  });
  return largest;
}

export interface StrainState {
  /** What held the crystal, in words. */
  readonly strain: string;
  /** Components of P/|P| of all cells of all frames, x, y, z. */
  readonly components: readonly [Float64Array, Float64Array, Float64Array];
  readonly fits: readonly [ComponentFit, ComponentFit, ComponentFit];
}

/** @param fields P, [n][3] each; cells without P are left out @throws as fitComponent */
export function strainState(strain: string, fields: readonly Float64Array[]): StrainState {
  const lists: number[][] = [[], [], []];
  for (const P of fields) {
    for (let i = 0; i < P.length; i += 3) {
      const size = Math.hypot(P[i]!, P[i + 1]!, P[i + 2]!);
      if (size > 0) lists.forEach((list, axis) => void list.push(P[i + axis]! / size));
    }
  }
  const components = lists.map((list) => Float64Array.from(list)) as unknown as StrainState['components'];
  return { strain, components, fits: components.map(fitComponent) as unknown as StrainState['fits'] };
}
