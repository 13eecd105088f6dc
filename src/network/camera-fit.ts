/**
 * What the instrument did to a scan, fitted to some of its patterns x: with E_i a mixture of clean library patterns that looks like x_i once the instrument has been at
 * it (match.ts), the θ of camera-model.ts that is likeliest,
 *
 *     χ² = Σ_i Σ_pixels (√x − √m(E_i, θ))²/(v/dose + κ m) + Σ_k ((θ_k − prior_k)/deviation_k)²,
 *
 * v = E(√N − √μ)² of counting (domain.ts), κ what mixtures leave of bright pixels, from the residuals themselves. Gauss and Newton with bounds; mixtures and θ in turn.
 *
 * Standard errors have two parts: that from pattern to pattern (the sandwich H⁻¹(Σ g gᵀ)H⁻¹ over the patterns' own gradients g), and half of the difference between fits
 * to mixtures of either half of the library's structures. The spread over the scan is that of four parts of it, beyond their errors. What every library pattern lacks alike (other absorption,
 * other thickness) is in neither: it goes into whatever parameter resembles it most.
 */

import * as z from 'zod';
import { cholesky, inverseOfLower, triangle } from '../core/cholesky.ts';
import { RandomStream } from '../core/random.ts';
import type { Options } from '../core/schema.ts';
import { breathe, checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { BACKGROUND, bounded, CAMERA, CameraModel, noCamera, VARIANCE } from './camera-model.ts';
import { countingMisfit, quantile, rootVariance } from './domain.ts';
import { at, distances, type Mixture, mixed, nearestMixture } from './match.ts';
import { addNoise } from './noise.ts';

/** As a model file states it. */
export const cameraFitSchema = z.object({
  /** In the order of CAMERA (camera-model.ts): value, standard error from pattern to pattern, half of the difference between halves of the library, spread over the scan beyond the errors. */
  parameters: z
    .array(
      z.object({
        name: z.string(),
        unit: z.string(),
        what: z.string(),
        value: z.number(),
        error: z.number(),
        library_error: z.number(),
        spread: z.number(),
      }),
    )
    .refine(
      (list) => list.map(({ name }) => name).join() === CAMERA.map(({ name }) => name).join(),
      'are not the parameters of an instrument as this version knows them',
    ),
  /** Lower triangle L, row by row, of the covariance LLᵀ that errors and spread make. */
  covariance_root: z.array(z.number()).length(triangle(CAMERA.length)),
  /** What no smooth camera explains of single pixels of the mean, relative, rms: an upper bound of the gain's texture on this detector. */
  gain_rms: z.number(),
  /** Median Σ(√x − √m)²/Σx of the scan's patterns: mixtures as the library has them, after the fit, and what counting makes. */
  misfit_library: z.number(),
  misfit: z.number(),
  misfit_counting: z.number(),
  /** Median misfit beside counting after the fit; and of held-out library patterns under the same instrument and dose, matched alike: half of them leave less than the median, nine of ten less than `high`. */
  left: z.number(),
  left_reference: z.object({ median: z.number(), high: z.number() }),
  patterns: z.number(),
  library_patterns: z.number(),
  /** Electrons per pattern by the scan's calibration, and times the fitted scale: as the library would have it. */
  dose_e: z.number(),
  /** Parameters that ended at a bound: their errors are not errors. */
  at_bound: z.array(z.string()),
});
export type CameraFit = Options<typeof cameraFitSchema>;

/** Sum of the parameters whose names begin so, with the root of its variance, errors and spread over the scan in one; parts of a background trade with each other. */
export function fittedSum(
  { parameters, covariance_root }: CameraFit,
  start: string,
): { readonly value: number; readonly error: number } {
  const n = parameters.length;
  // The variance of a sum is |Lᵀ1|² over its members.
  const columns = new Float64Array(n);
  let value = 0;
  let at = 0;
  parameters.forEach((one, row) => {
    const counts = one.name.startsWith(start);
    if (counts) value += one.value;
    for (let column = 0; column <= row; column++, at++) if (counts) columns[column]! += covariance_root[at]!;
  });
  return { value, error: Math.hypot(...columns) };
}

/** Patterns of the library that mixtures are made of; rounds of matching; steps of Gauss and Newton in a round. */
const LIBRARY = 2000;
const ROUNDS = 4;
const STEPS = 4;
const PARTS = 4;
const STEP: readonly number[] = [1e-3, 1e-2, 1e-3, 1e-5, 1e-3, 1e-3, 1e-3, 1e-5, 1e-5, 1e-5, 1e-5];
const P = CAMERA.length;

export interface FitInput {
  /** Of the scan, on the library's detector, in the order of the scan [count][pixels²], fractions of the beam. */
  readonly patterns: Float32Array;
  readonly dose_e: number;
  readonly data: PatternDataset;
}

/** A fit with what the patterns matched. */
export interface FittedCamera {
  readonly fit: CameraFit;
  readonly theta: Float64Array;
  /** Labels of the mixtures [count][labels], in the dataset's units: what looks like the pattern says of it. */
  readonly labels: Float32Array;
  /** Mean of the patterns, and of the fitted model [pixels²]. */
  readonly mean: Float32Array;
  readonly model: Float32Array;
}

/** @throws 'aborted', and what reading the dataset throws */
export async function fitCamera({ patterns, dose_e, data }: FitInput, task: Task): Promise<FittedCamera> {
  const size = data.detector.pixels ** 2;
  const count = patterns.length / size;
  const all = Array.from({ length: data.count }, (_, i) => i).filter((i) => !data.isHeldOut(i));
  const chosen = all.filter(
    (_, i) => Math.floor((i * LIBRARY) / all.length) !== Math.floor(((i - 1) * LIBRARY) / all.length),
  );
  const library = await data.read(chosen);
  const structures = [...new Set(chosen.map((index) => data.structureOf(index)))];
  const half = chosen.map((index) => structures.indexOf(data.structureOf(index)) % 2);
  const camera = new CameraModel(data.detector);
  const problem = { camera, patterns, size, count, dose_e };

  const altered = (theta: Float64Array) => {
    const out = library.patterns.slice();
    const spare = new Float32Array(size);
    for (let i = 0; i < chosen.length; i += 2) {
      camera.pair(at(out, i, size), theta, i + 1 < chosen.length ? at(out, i + 1, size) : spare, theta);
    }
    return out;
  };
  const everything = () => true;
  const match = async (models: Float32Array, to: Float32Array, keep: (member: number) => boolean) => {
    await breathe(task);
    const table = distances(to, models, size);
    await breathe(task);
    return Array.from({ length: to.length / size }, (_, i) =>
      nearestMixture(at(to, i, size), models, table.subarray(i * chosen.length, (i + 1) * chosen.length), keep),
    );
  };
  const elastic = (mixtures: readonly Mixture[]) => mixtures.map((one) => mixed(one, library.patterns, size));

  let theta = noCamera();
  const plain = await match(library.patterns, patterns, everything);
  // Resampling has blurred the patterns in any case.
  theta[VARIANCE] = CAMERA[VARIANCE]!.prior[0];
  let mixtures = plain;
  let models = library.patterns;
  let kappa = 0.02;
  for (let round = 0; round < ROUNDS; round++) {
    checkAborted(task);
    ({ theta, kappa } = solve(problem, elastic(mixtures), theta, kappa, STEPS));
    task.progress(round + 1, ROUNDS + 1, 'rounds', 'fitting the instrument');
    models = altered(theta);
    mixtures = await match(models, patterns, everything);
  }
  const clean = elastic(mixtures);
  ({ theta, kappa } = solve(problem, clean, theta, kappa, STEPS));
  const last = linearised(problem, clean, theta, kappa);
  const statistical = sandwich(last);
  const byHalf = async (which: number) => {
    const own = await match(models, patterns, (member) => half[member] === which);
    return solve(problem, elastic(own), theta, kappa, STEPS).theta;
  };
  const [one, two] = [await byHalf(0), await byHalf(1)];
  const systematic = one.map((value, k) => (value - two[k]!) / 2);
  const spread = spreadOverScan(problem, clean, theta, kappa, statistical);
  task.progress(ROUNDS + 1, ROUNDS + 1, 'rounds', 'fitting the instrument');

  const covariance = new Float64Array(P * P);
  for (let a = 0; a < P; a++) {
    for (let b = 0; b < P; b++) {
      covariance[a * P + b] = statistical[a * P + b]! + systematic[a]! * systematic[b]!;
    }
    covariance[a * P + a]! += spread[a]! ** 2 + (1e-6 * CAMERA[a]!.prior[1]) ** 2;
  }
  const root = cholesky(covariance, P);
  const left = (found: readonly Mixture[]) =>
    found.map((own) => own.misfit - countingMisfit(mixed(own, models, size), dose_e));
  const reference = await match(models, await heldOutUnder(problem, data, theta), everything);
  const { mean, model, gain_rms, counting } = summary(problem, clean, theta);
  const width = data.labels.length;
  const labels = new Float32Array(count * width);
  mixtures.forEach(({ members, weights }, i) => {
    members.forEach((member, j) => {
      for (let k = 0; k < width; k++) labels[i * width + k]! += weights[j]! * library.labels[member * width + k]!;
    });
  });
  const fit: CameraFit = {
    parameters: CAMERA.map(({ name, unit, what }, k) => ({
      name,
      unit,
      what,
      value: theta[k]!,
      error: Math.sqrt(statistical[k * P + k]!),
      library_error: Math.abs(systematic[k]!),
      spread: spread[k]!,
    })),
    covariance_root: Array.from({ length: P }, (_, a) => [...root.subarray(a * P, a * P + a + 1)]).flat(),
    gain_rms,
    misfit_library: quantile(
      plain.map(({ misfit }) => misfit),
      0.5,
    ),
    misfit: quantile(
      mixtures.map(({ misfit }) => misfit),
      0.5,
    ),
    misfit_counting: counting,
    left: quantile(left(mixtures), 0.5),
    left_reference: { median: quantile(left(reference), 0.5), high: quantile(left(reference), 0.9) },
    patterns: count,
    library_patterns: chosen.length,
    dose_e,
    at_bound: CAMERA.filter(({ min, max }, k) => theta[k]! <= min || theta[k]! >= max).map(({ name }) => name),
  };
  return { fit, theta, labels, mean, model };
}

/** Held-out patterns, as many as the scan's, under the fitted instrument, counted. */
async function heldOutUnder({ camera, size, count, dose_e }: Problem, data: PatternDataset, theta: Float64Array) {
  const all = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
  const n = Math.min(count, all.length);
  const some = Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);
  const { patterns } = await data.read(some);
  const spare = new Float32Array(size);
  for (let i = 0; i < some.length; i += 2) {
    camera.pair(at(patterns, i, size), theta, i + 1 < some.length ? at(patterns, i + 1, size) : spare, theta);
  }
  if (Number.isFinite(dose_e)) {
    some.forEach((index, i) => {
      addNoise(at(patterns, i, size), dose_e, new RandomStream(1, 'held out under the camera', index));
    });
  }
  return patterns;
}

interface Problem {
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

function linearised(
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

function solve(
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
function sandwich(here: Linearised): Float64Array {
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
function spreadOverScan(
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

/** Means of patterns and models, what is left of single pixels, and the misfit that counting makes. */
function summary(
  { camera, patterns, size, count, dose_e }: Problem,
  clean: readonly Float32Array[],
  theta: Float64Array,
) {
  const n = Math.sqrt(size);
  const mean = new Float32Array(size);
  const model = new Float32Array(size);
  const spare = new Float32Array(size);
  let counting = 0;
  for (let i = 0; i < count; i++) {
    const m = clean[i]!.slice();
    camera.pair(m, theta, spare, theta);
    const x = at(patterns, i, size);
    let [noise, sum] = [0, 0];
    for (let p = 0; p < size; p++) {
      mean[p]! += x[p]! / count;
      model[p]! += m[p]! / count;
      if (Number.isFinite(dose_e)) noise += rootVariance(dose_e * m[p]!) / dose_e;
      sum += m[p]!;
    }
    counting += noise / sum / count;
  }
  // What is smooth over neighbours is not gain.
  const single: number[] = [];
  const noise: number[] = [];
  const bright = quantile(model, 0.5);
  const ratio = (p: number) => mean[p]! / model[p]! - 1;
  for (let y = 1; y < n - 1; y++) {
    for (let x = 1; x < n - 1; x++) {
      const p = y * n + x;
      const near = [p - 1, p + 1, p - n, p + n];
      if ([p, ...near].some((q) => model[q]! < bright)) continue;
      single.push(Math.abs(ratio(p) - near.reduce((sum, q) => sum + ratio(q) / 4, 0)));
      noise.push(Number.isFinite(dose_e) ? 1 / (dose_e * count * model[p]!) : 0);
    }
  }
  // |x| of a Gaussian has the median 0.6745; a pixel and the mean of four have 5/4 of its variance.
  const variance = single.length > 0 ? (quantile(single, 0.5) / 0.6745) ** 2 / 1.25 - quantile(noise, 0.5) : 0;
  return { mean, model, gain_rms: Math.sqrt(Math.max(0, variance)), counting };
}
