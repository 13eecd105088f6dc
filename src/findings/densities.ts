/**
 * How |P| and its components are spread over a field: histograms and kernel densities, −ln of them, and where that is least.
 *
 * The density is of the number |P| itself, per unit of |P|. It holds the volume element: of a cloud ρ(P) without direction it is 2πP·ρ in the plane and 4πP²·ρ in space, 0 at 0.
 * A minimum of −ln at a finite |P| is therefore there without any polarization: noise alone gives it (isotropicMinimum, magnitude-noise.ts). `perVolume` divides the element
 * out again. −ln of a density of positions is 'free-energy-like' at best: no temperature, and noise is in it.
 * Not here: the density without noise (deconvolve.ts); intervals and nulls of the minimum (estimate.ts, nulls.ts on `magnitudeMinimum`).
 */

import { fail } from '../core/errors.ts';
import type { Dimensions } from './magnitude-noise.ts';
import type { Statistic } from './statistic.ts';
import type { Axis, VectorField } from './vector-field.ts';

export interface Histogram {
  /** Ascending, one more than bins. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** Per unit, of all values: its integral is the share inside the edges. */
  readonly density: Float64Array;
  readonly n: number;
  /** Values below and above the edges. */
  readonly outside: number;
}

export interface Density {
  readonly at: Float64Array;
  /** Per unit. */
  readonly density: Float64Array;
  /** Standard deviation of the Gaussian kernel. */
  readonly bandwidth: number;
  readonly n: number;
}

/** |P| where the field is valid: of (x, y) in 2 dimensions, of all three in 3. */
export function lengthsOf({ values: { x, y, z }, valid }: VectorField, dimensions: Dimensions): Float64Array {
  const out = new Float64Array(valid.length);
  let n = 0;
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    const w = dimensions === 3 ? z[i]! : 0;
    out[n++] = Math.sqrt(x[i]! * x[i]! + y[i]! * y[i]! + w * w);
  }
  return out.subarray(0, n);
}

/** One component where the field is valid. */
export function componentOf({ values, valid }: VectorField, axis: Axis): Float64Array {
  return values[axis].filter((_, i) => valid[i] === 1);
}

/** Equal bins. */
export function equalEdges(low: number, high: number, bins: number): Float64Array {
  return Float64Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
}

/** @param edges ascending, equally far apart; a value on an edge belongs to the bin above, on the last to the last @throws 'range' where there is no value */
export function histogram(values: Float64Array, edges: Float64Array): Histogram {
  if (values.length === 0) nothing();
  const bins = edges.length - 1;
  const low = edges[0]!;
  const width = (edges[bins]! - low) / bins;
  const counts = new Float64Array(bins);
  let inside = 0;
  for (const value of values) {
    if (value < low || value > edges[bins]!) continue;
    counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
    inside++;
  }
  return {
    edges,
    counts,
    density: counts.map((c) => c / (values.length * width)),
    n: values.length,
    outside: values.length - inside,
  };
}

/**
 * Silverman's rule (1986, eq. 3.31): 0.9 min(standard deviation, interquartile range/1.34) n^(−1/5). Positions that share their texture count less than n: it is narrow then.
 * @throws 'range' where there is no value
 */
export function silverman(values: Float64Array): number {
  const n = values.length;
  if (n === 0) nothing();
  const sorted = values.toSorted();
  const mean = sorted.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  const quartiles = (sorted[Math.floor(0.75 * (n - 1))]! - sorted[Math.floor(0.25 * (n - 1))]!) / 1.34;
  return 0.9 * Math.min(deviation, quartiles || deviation) * n ** -0.2;
}

/** Points of the grid within one bandwidth: the sum over bins is then within 1e-3 of the sum over values. */
export const FINE = 8;
/** The kernel ends at so many bandwidths. */
const REACH = 5;

/** Half of the Gaussian kernel on a grid FINE points to a bandwidth, its sum over all points 1. */
export const KERNEL: Float64Array = (() => {
  const taps = Float64Array.from({ length: FINE * REACH + 1 }, (_, k) => Math.exp(-((k / FINE) ** 2) / 2));
  const sum = taps.reduce((all, tap, k) => all + (k === 0 ? 1 : 2) * tap, 0);
  return taps.map((tap) => tap / sum);
})();

/** Adds `weight` for a value, shared between its two grid points; beyond the last point it is lost. @param place of the value in steps of the grid */
export function addShare(shares: Float64Array, place: number, weight: number, from = 0, points = shares.length): void {
  const at = Math.floor(place);
  if (at + 1 >= points) return;
  shares[from + at] = shares[from + at]! + weight * (1 - (place - at));
  shares[from + at + 1] = shares[from + at + 1]! + weight * (place - at);
}

/** Shares on a grid, each spread by the kernel. @param reflect as kernelDensity, the grid beginning at 0 */
export function spread(shares: Float64Array, reflect: boolean): Float64Array {
  const points = shares.length;
  const reach = KERNEL.length - 1;
  const density = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    const weight = shares[i]!;
    if (weight === 0) continue;
    for (let k = -reach; k <= reach; k++) {
      const to = reflect && i + k < 0 ? -i - k : i + k;
      if (to >= 0 && to < points) density[to] = density[to]! + weight * KERNEL[Math.abs(k)]!;
    }
  }
  // At 0 each kernel meets its own image.
  if (reflect) density[0] = 2 * density[0]!;
  return density;
}

/**
 * Gaussian kernel density on a grid an eighth of the bandwidth apart, values shared between their two grid points.
 * @param bandwidth in the values' unit; Silverman's where it is not given
 * @param reflect values are not negative: what the kernel spreads below 0 is turned back, so that the integral from 0 is 1
 * @throws 'range' where there is no value, or all are the same and no bandwidth is given
 */
export function kernelDensity(values: Float64Array, { bandwidth = silverman(values), reflect = false } = {}): Density {
  if (values.length === 0) nothing();
  if (bandwidth === 0) {
    fail(
      'range',
      `All ${values.length} values are the same: they have no density.`,
      'Look at the map, or choose another region.',
    );
  }
  if (!(bandwidth > 0))
    fail('range', `A bandwidth of ${bandwidth}.`, 'Give one above zero, in the unit of the values.');
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  // By index: what iterates over arrays makes an object for each number.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = bandwidth / FINE;
  const start = reflect ? 0 : low - REACH * bandwidth;
  const shares = new Float64Array(Math.ceil((high - start) / step) + KERNEL.length + 1);
  for (let i = 0; i < values.length; i++) addShare(shares, (values[i]! - start) / step, 1 / (step * values.length));
  const density = spread(shares, reflect);
  return { at: density.map((_, i) => start + i * step), density, bandwidth, n: values.length };
}

/** −ln of a density; NaN where it is 0. */
export function potentialOf(density: Float64Array): Float64Array {
  return density.map((rho) => (rho > 0 ? -Math.log(rho) : Number.NaN));
}

/** A density of |P| over the volume element: per unit of area or volume of P. NaN at 0. */
export function perVolume(at: Float64Array, density: Float64Array, dimensions: Dimensions): Float64Array {
  return density.map((rho, i) => {
    const p = at[i]!;
    const element = dimensions === 2 ? 2 * Math.PI * p : 4 * Math.PI * p * p;
    return element > 0 ? rho / element : Number.NaN;
  });
}

/** Where a density on an equal grid is greatest, −ln of it least: the vertex of the parabola through −ln at the greatest point and its neighbours. */
export function minimumOf(at: Float64Array, density: Float64Array): number {
  let top = 0;
  for (let i = 1; i < density.length; i++) if (density[i]! > density[top]! || Number.isNaN(density[top]!)) top = i;
  const [a, b, c] = [density[top - 1], density[top], density[top + 1]];
  if (!(a! > 0 && b! > 0 && c! > 0)) return at[top]!;
  const [la, lb, lc] = [Math.log(a!), Math.log(b!), Math.log(c!)];
  const curvature = la - 2 * lb + lc;
  return at[top]! + (curvature < 0 ? ((la - lc) / (2 * curvature)) * (at[1]! - at[0]!) : 0);
}

/** The |P| at which −ln of its kernel density is least, as a statistic. @param bandwidth Silverman's of each field where it is not given */
export function magnitudeMinimum(dimensions: Dimensions, bandwidth?: number): Statistic {
  return (field) => {
    const lengths = lengthsOf(field, dimensions);
    const { at, density } = kernelDensity(lengths, { reflect: true, ...(bandwidth !== undefined && { bandwidth }) });
    return minimumOf(at, density);
  };
}

function nothing(): never {
  fail('range', 'There is no value to make a density of.', 'Choose a region with valid positions.');
}
