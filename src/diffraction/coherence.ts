/**
 * Partial coherence: what the beam's energy spread and the source's size do. Both add intensities, never amplitudes (Nellist and Rodenburg, Ultramicroscopy
 * 54 (1994) 61):
 *
 * - defocus spread: defocus is normal with standard deviation δ = Cc·√((ΔE/E)² + (ΔV/V)² + (2ΔI/I)²), all of them rms; patterns are averaged over it by
 *   Gauss–Hermite quadrature. Interference of k1 and k2 is damped by exp(−½(πλδ)²(k1² − k2²)²).
 * - source size: the image of the source on the specimen is a round Gaussian of standard deviation s per axis; scans are convolved with it, single patterns
 *   summed over positions. A fringe of frequency g in the scan is damped by exp(−2π²s²g²).
 *
 * All widths are rms; `rmsFromFwhm` converts. What it is not: a mutual coherence function, or a source that is no Gaussian.
 */

import { fail } from '../core/errors.ts';
import type { ProbeOptions } from './probe.ts';

/** Standard deviation of a Gaussian of full width at half maximum `fwhm`: fwhm/√(8 ln 2). */
export function rmsFromFwhm(fwhm: number): number {
  return fwhm / Math.sqrt(8 * Math.LN2);
}

export interface Node {
  /** In standard deviations. */
  readonly at: number;
  /** Weights sum to 1. */
  readonly weight: number;
}

/**
 * Gauss–Hermite nodes and weights for a standard normal deviate, exact for polynomials to degree 2·order − 1: roots of He_n, weights n!/(n·He_{n−1})²
 * (Abramowitz and Stegun 25.4.46, rescaled). cos(tx) is averaged well while t²/2 < order. @throws 'range' for an order outside 1 … 64
 */
export function gaussHermite(order: number): Node[] {
  if (!(Number.isInteger(order) && order >= 1 && order <= 64)) {
    fail('range', `A quadrature cannot have ${order} nodes.`, 'Give a whole number from 1 to 64.', { order });
  }
  /** He_n(x)/√n! and the one before it: the recurrence of orthonormal polynomials. */
  const hermite = (n: number, x: number): [last: number, before: number] => {
    let [p, q] = [1, 0];
    for (let i = 0; i < n; i++) [p, q] = [(x * p - Math.sqrt(i) * q) / Math.sqrt(i + 1), p];
    return [p, q];
  };
  let roots: number[] = [];
  for (let n = 1; n <= order; n++) {
    // Roots interlace with those of one order less.
    const bounds = [-2 * Math.sqrt(n) - 1, ...roots, 2 * Math.sqrt(n) + 1];
    roots = Array.from({ length: n }, (_, i) => {
      let [low, high] = [bounds[i]!, bounds[i + 1]!];
      const rising = hermite(n, high)[0] > 0;
      for (let step = 0; step < 80; step++) {
        const middle = (low + high) / 2;
        if (hermite(n, middle)[0] > 0 === rising) high = middle;
        else low = middle;
      }
      return (low + high) / 2;
    });
  }
  return roots.map((at) => ({ at, weight: 1 / (order * hermite(order, at)[1] ** 2) }));
}

export interface Coherence {
  /** Standard deviation of the source's image per axis [Å]; 0 where absent. */
  readonly sourceRms_A?: number;
  /** Standard deviation of defocus [nm]; 0 where absent. */
  readonly defocusRms_nm?: number;
  /** Nodes of each quadrature (per axis); 7 where absent. */
  readonly sourceOrder?: number;
  readonly defocusOrder?: number;
}

/** One coherent probe of an incoherent sum. */
export interface CoherentPart {
  readonly probe: ProbeOptions;
  readonly position_A: readonly [x: number, y: number];
  readonly weight: number;
}

/** The coherent probes whose weighted patterns make the pattern of a partially coherent one at `position_A`. @throws 'range' for a negative width */
export function coherentParts(
  probe: ProbeOptions,
  position_A: readonly [x: number, y: number],
  coherence: Coherence,
): CoherentPart[] {
  const { sourceRms_A = 0, defocusRms_nm = 0, sourceOrder = 7, defocusOrder = 7 } = coherence;
  if (!(sourceRms_A >= 0 && defocusRms_nm >= 0)) {
    fail('range', 'A source size or defocus spread is negative.', 'Give standard deviations of 0 or more.', {
      ...coherence,
    });
  }
  const nodes = (width: number, order: number) => (width === 0 ? [{ at: 0, weight: 1 }] : gaussHermite(order));
  const source = nodes(sourceRms_A, sourceOrder);
  return nodes(defocusRms_nm, defocusOrder).flatMap((focus) =>
    source.flatMap((y) =>
      source.map((x) => ({
        probe: { ...probe, defocus_nm: probe.defocus_nm + defocusRms_nm * focus.at },
        position_A: [position_A[0] + sourceRms_A * x.at, position_A[1] + sourceRms_A * y.at] as const,
        weight: focus.weight * x.weight * y.weight,
      })),
    ),
  );
}

/**
 * A scan [ny][nx][inner] (an image with inner = 1, or whole patterns) convolved over its positions with the source, a Gaussian of standard deviation
 * `sourceRms_A`. The transfer function exp(−2π²s²g²) is applied exactly at the scan's frequencies, so a step that resolves the image serves, however
 * narrow the source. Beyond its edges the scan repeats ('periodic') or keeps its outermost values ('edge').
 * @throws 'shape' where the values do not fill the scan; 'range' for a negative size or no step
 */
export function blurScan(
  values: ArrayLike<number>,
  shape: readonly [ny: number, nx: number],
  step_A: readonly [x: number, y: number],
  sourceRms_A: number,
  edges: 'periodic' | 'edge',
): Float64Array {
  const [ny, nx] = shape;
  const inner = values.length / (nx * ny);
  if (!Number.isInteger(inner) || inner < 1) {
    fail('shape', `${values.length} values do not fill a scan of ${ny} × ${nx}.`, 'Give [ny][nx][inner].', { shape });
  }
  if (!(sourceRms_A >= 0 && step_A[0] > 0 && step_A[1] > 0)) {
    fail('range', 'The source size is negative or a scan step is not positive.', 'Give both in Å.', {
      sourceRms_A,
      step_A,
    });
  }
  const out = Float64Array.from(values);
  const along = (count: number, step: number, stride: number, start: (line: number) => number): void => {
    if (count === 1 && edges === 'edge') return;
    const pad = edges === 'edge' ? Math.ceil((6 * sourceRms_A) / step) + 8 : 0;
    const length = count + 2 * pad;
    const kernel = sourceKernel(length, step, sourceRms_A);
    const line = new Float64Array(length);
    for (let l = 0; l < out.length / count; l++) {
      const from = start(l);
      for (let i = 0; i < length; i++) line[i] = out[from + Math.min(count - 1, Math.max(0, i - pad)) * stride]!;
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let j = 0; j < length; j++) sum += kernel[(i + pad - j + length) % length]! * line[j]!;
        out[from + i * stride] = sum;
      }
    }
  };
  along(nx, step_A[0], inner, (l) => Math.floor(l / inner) * nx * inner + (l % inner));
  along(ny, step_A[1], nx * inner, (l) => l);
  return out;
}

/** Inverse transform of exp(−2π²s²g²) at the frequencies of `length` steps; sums to 1. */
function sourceKernel(length: number, step_A: number, rms_A: number): Float64Array {
  return Float64Array.from({ length }, (_, j) => {
    let sum = 0;
    for (let f = 0; f < length; f++) {
      const g = (f <= length / 2 ? f : f - length) / (length * step_A);
      sum += Math.exp(-2 * Math.PI * Math.PI * rms_A * rms_A * g * g) * Math.cos((2 * Math.PI * f * j) / length);
    }
    return sum / length;
  });
}
