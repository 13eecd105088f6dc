/**
 * The likeliest parameters θ of an instrument (camera-model.ts), given for each pattern x of a scan what it was before the instrument, E; and how well they are known:
 *
 *     χ² = Σ_i Σ_pixels (√x − √m(E_i, θ))²/(v/dose + κ m) + Σ_k ((θ_k − prior_k)/deviation_k)²,
 *
 * v = E(√N − √μ)² of counting (domain.ts), κ what the E leave of bright pixels, from the residuals themselves. Gauss and Newton with bounds. Covariance from pattern to pattern is the
 * sandwich H⁻¹(Σ g gᵀ)H⁻¹ over the patterns' own gradients g; the spread over the scan is that of four parts of it, beyond their errors.
 */

import { cholesky, inverseOfLower } from '../core/cholesky.ts';
import { BACKGROUND, bounded, CAMERA, type CameraModel } from './camera-model.ts';
import { rootVariance } from './domain.ts';
import { at } from './match.ts';

const PARTS = 4;
/** By which θ is moved for a derivative. */
const STEP: readonly number[] = [1e-3, 1e-2, 1e-3, 1e-5, 1e-3, 1e-3, 1e-3, 1e-5, 1e-5, 1e-5, 1e-5];
const P = CAMERA.length;

export interface Problem {
  readonly camera: CameraModel;
  readonly patterns: Float32Array;
  readonly size: number;
  readonly count: number;
  readonly dose_e: number;
}

/** Of some patterns: H without the prior, each pattern's gradient −½∂χ²/∂θ, and what is left. */
interface Linearised {
  readonly theta: Float64Array;
  readonly hessian: Float64Array;
  readonly gradients: readonly Float64Array[];
  /** Σ(√x − √m)² − Σ v/dose, over Σ m. */
  readonly left: number;
}

export function linearised(
  { camera, patterns, size, dose_e }: Problem,
  clean: readonly Float32Array[],
  theta: Float64Array,
  kappa: number,
  which = clean.map((_, i) => i),
): Linearised {
  const hessian = new Float64Array(P * P);
  const gradients: Float64Array[] = [];
  const runs = STEP.length + 1;
  const thetas = Array.from({ length: runs }, (_, k) => {
    const moved = theta.slice();
    if (k > 0) moved[k - 1]! += STEP[k - 1]!;
    return moved;
  });
  let [left, total] = [0, 0];
  const row = new Float64Array(P);
  for (const i of which) {
    const models = thetas.map(() => clean[i]!.slice());
    for (let k = 0; k < runs; k += 2) camera.pair(models[k]!, thetas[k]!, models[k + 1]!, thetas[k + 1]!);
    const m = models[0]!;
    const x = at(patterns, i, size);
    const gradient = new Float64Array(P);
    const sum = m.reduce((a, b) => a + b, 0);
    for (let p = 0; p < size; p++) {
      const here = m[p]! + 1e-7 * sum;
      const counting = Number.isFinite(dose_e) ? rootVariance(dose_e * here) / dose_e : 0;
      const weight = 1 / (counting + kappa * here);
      const root = Math.sqrt(here);
      const residual = Math.sqrt(Math.max(0, x[p]!)) - root;
      left += residual * residual - counting;
      total += here;
      const slope = 0.5 / root;
      for (let k = 0; k < STEP.length; k++) row[k] = (slope * (models[k + 1]![p]! - m[p]!)) / STEP[k]!;
      for (let k = BACKGROUND; k < P; k++) row[k] = slope * camera.background[k - BACKGROUND]![p]!;
      for (let a = 0; a < P; a++) {
        const weighted = weight * row[a]!;
        gradient[a]! += weighted * residual;
        for (let b = 0; b <= a; b++) hessian[a * P + b]! += weighted * row[b]!;
      }
    }
    gradients.push(gradient);
  }
  for (let a = 0; a < P; a++) for (let b = 0; b < a; b++) hessian[b * P + a] = hessian[a * P + b]!;
  return { theta, hessian, gradients, left: left / total };
}

/** H with the prior, inverted over the parameters that are free; rows and columns of the others are zero. */
function inverse({ hessian }: Linearised, free: readonly boolean[]): Float64Array {
  const places = free.flatMap((is, k) => (is ? [k] : []));
  const n = places.length;
  const own = Float64Array.from(
    { length: n * n },
    (_, i) =>
      hessian[places[Math.floor(i / n)]! * P + places[i % n]!]! +
      (Math.floor(i / n) === i % n ? 1 / CAMERA[places[i % n]!]!.prior[1] ** 2 : 0),
  );
  const l = inverseOfLower(cholesky(own, n), n);
  const out = new Float64Array(P * P);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      let sum = 0;
      for (let k = Math.max(a, b); k < n; k++) sum += l[k * n + a]! * l[k * n + b]!;
      out[places[a]! * P + places[b]!] = sum;
    }
  }
  return out;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  return Float64Array.from({ length: P }, (_, a) => {
    let sum = 0;
    for (let b = 0; b < P; b++) sum += matrix[a * P + b]! * vector[b]!;
    return sum;
  });
}

/** The step of Gauss and Newton: what would leave its bounds stays there. */
function stepOf(at: Linearised): { readonly step: Float64Array; readonly free: readonly boolean[] } {
  const total = Float64Array.from({ length: P }, (_, k) => {
    const [value, deviation] = CAMERA[k]!.prior;
    return at.gradients.reduce((sum, own) => sum + own[k]!, 0) + (value - at.theta[k]!) / deviation ** 2;
  });
  const free = CAMERA.map(() => true);
  for (;;) {
    const step = times(
      inverse(at, free),
      total.map((value, k) => (free[k] ? value : 0)),
    );
    const held = CAMERA.findIndex(
      ({ min, max }, k) => free[k] && ((at.theta[k]! <= min && step[k]! < 0) || (at.theta[k]! >= max && step[k]! > 0)),
    );
    if (held < 0) return { step, free };
    free[held] = false;
  }
}

export function solve(
  problem: Problem,
  clean: readonly Float32Array[],
  from: Float64Array,
  kappa: number,
  steps: number,
  which?: number[],
): { readonly theta: Float64Array; readonly kappa: number } {
  let theta = from;
  let now = kappa;
  for (let i = 0; i < steps; i++) {
    const here = linearised(problem, clean, theta, now, which);
    now = Math.max(1e-4, here.left);
    const { step } = stepOf(here);
    // Far from the solution the model is not linear: no further than the prior's deviation at once.
    const most = Math.max(1, ...step.map((value, k) => Math.abs(value) / CAMERA[k]!.prior[1]));
    theta = bounded(theta.map((value, k) => value + step[k]! / most));
  }
  return { theta, kappa: now };
}

/** Covariance of θ from the patterns' own gradients. */
export function sandwich(here: Linearised): Float64Array {
  const { free } = stepOf(here);
  const h = inverse(here, free);
  const n = here.gradients.length;
  const mean = Float64Array.from({ length: P }, (_, k) => here.gradients.reduce((sum, own) => sum + own[k]! / n, 0));
  const out = new Float64Array(P * P);
  for (const own of here.gradients) {
    const moved = times(
      h,
      own.map((value, k) => value - mean[k]!),
    );
    for (let a = 0; a < P; a++) {
      for (let b = 0; b < P; b++) out[a * P + b]! += (moved[a]! * moved[b]! * n) / Math.max(1, n - 1);
    }
  }
  return out;
}

/** Standard deviation of θ over parts of the scan, beyond the parts' own errors. */
export function spreadOverScan(
  problem: Problem,
  clean: readonly Float32Array[],
  theta: Float64Array,
  kappa: number,
  statistical: Float64Array,
): Float64Array {
  const parts = Math.min(PARTS, Math.floor(problem.count / 4));
  if (parts < 2) return new Float64Array(P);
  const found = Array.from({ length: parts }, (_, part) => {
    const own = clean.map((_, i) => i).filter((i) => Math.floor((i * parts) / clean.length) === part);
    return solve(problem, clean, theta, kappa, 2, own).theta;
  });
  return Float64Array.from({ length: P }, (_, k) => {
    const mean = found.reduce((sum, own) => sum + own[k]! / parts, 0);
    const variance = found.reduce((sum, own) => sum + (own[k]! - mean) ** 2 / (parts - 1), 0);
    return Math.sqrt(Math.max(0, variance - parts * statistical[k * P + k]!));
  });
}
