/**
 * Robust plane through the centres of many patterns: c(ry, rx) = c₀ + a·(ry − mid) + b·(rx − mid), by iteratively
 * reweighted least squares with Tukey's biweight (rejects beyond 4.685 robust sigmas). Units px.
 */

import type { DescanPlane, Pair } from './calibration.ts';
import { median, NormalEquations, robustSigma } from './linear.ts';

export interface MeasuredCentre {
  /** Scan position. */
  readonly ry: number;
  readonly rx: number;
  /** Centre [y, x]. */
  readonly centre: Pair;
}

export interface PlaneFit {
  readonly plane: DescanPlane;
  /** Standard errors of the centre, per axis. */
  readonly centre_se: Pair;
  /** Residual per axis, rms over the centres kept. */
  readonly rms: number;
  readonly outliers: number;
}

export function fitPlane(centres: readonly MeasuredCentre[], scan: Pair, smallest_sigma = 1e-3): PlaneFit {
  const middle: Pair = [(scan[0] - 1) / 2, (scan[1] - 1) / 2];
  const fits = ([0, 1] as const).map((axis) => fitAxis(centres, axis, middle, scan, smallest_sigma));
  const [fy, fx] = fits as [AxisFit, AxisFit];
  let kept = 0;
  let sum = 0;
  for (const [i] of centres.entries()) {
    if (fy.weights[i]! <= 0 || fx.weights[i]! <= 0) continue;
    kept++;
    sum += fy.residuals[i]! ** 2 + fx.residuals[i]! ** 2;
  }
  return {
    plane: {
      centre_px: [fy.x[0]!, fx.x[0]!],
      per_ry_px: [fy.x[1]!, fx.x[1]!],
      per_rx_px: [fy.x[2]!, fx.x[2]!],
      middle,
    },
    centre_se: [fy.se, fx.se],
    rms: Math.sqrt(sum / (2 * Math.max(1, kept))),
    outliers: 1 - kept / Math.max(1, centres.length),
  };
}

interface AxisFit {
  readonly x: readonly number[];
  readonly se: number;
  readonly weights: Float64Array;
  readonly residuals: Float64Array;
}

function fitAxis(centres: readonly MeasuredCentre[], axis: 0 | 1, middle: Pair, scan: Pair, smallest: number): AxisFit {
  // A scan of one row says nothing about a slope along y.
  const slopes = [scan[0] > 1, scan[1] > 1];
  let x = [median(centres.map((c) => c.centre[axis])), 0, 0];
  const weights = new Float64Array(centres.length).fill(1);
  const residuals = new Float64Array(centres.length);
  let se = Number.NaN;
  for (let pass = 0; pass < 12; pass++) {
    const equations = new NormalEquations(3);
    for (const [i, c] of centres.entries()) {
      const row = [1, slopes[0] ? c.ry - middle[0] : 0, slopes[1] ? c.rx - middle[1] : 0];
      equations.add(row, c.centre[axis], weights[i]!);
    }
    if (!slopes[0]) equations.add([0, 1, 0], 0, 1);
    if (!slopes[1]) equations.add([0, 0, 1], 0, 1);
    const solved = equations.solve();
    if (!solved) break;
    x = [...solved.x];
    for (const [i, c] of centres.entries()) {
      residuals[i] = c.centre[axis] - (x[0]! + x[1]! * (c.ry - middle[0]) + x[2]! * (c.rx - middle[1]));
    }
    const sigma = Math.max(smallest, robustSigma(residuals, 0));
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const u = residuals[i]! / (4.685 * sigma);
      weights[i] = Math.abs(u) < 1 ? (1 - u * u) ** 2 : 0;
      total += weights[i]!;
    }
    se = sigma * Math.sqrt(solved.inverse[0]! > 0 ? 1 / Math.max(1, total) : 0);
  }
  return { x, se, weights, residuals };
}
