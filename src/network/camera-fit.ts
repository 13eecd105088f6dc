/**
 * What the instrument did to a scan, fitted to some of its patterns x: with E_i a mixture of clean library patterns that looks like x_i once the instrument has been at
 * it (match.ts), the θ of camera-model.ts that is likeliest (camera-solve.ts). Mixtures and θ in turn.
 *
 * Standard errors have two parts: that from pattern to pattern, and half of the difference between fits to mixtures of either half of the library's structures. The spread over the
 * scan is beside them. What every library pattern lacks alike (other absorption, other thickness) is in neither: it goes into whatever parameter resembles it most.
 */

import { cholesky } from '../core/cholesky.ts';
import { RandomStream } from '../core/random.ts';
import { breathe, checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { CameraFit } from './camera-fit-info.ts';
import { CAMERA, CameraModel, noCamera, VARIANCE } from './camera-model.ts';
import { linearised, type Problem, sandwich, solve, spreadOverScan } from './camera-solve.ts';
import { countingMisfit, quantile, rootVariance } from './domain.ts';
import { at, distances, type Mixture, mixed, nearestMixture } from './match.ts';
import { addNoise } from './noise.ts';

/** Patterns of the library that mixtures are made of; rounds of matching; steps of Gauss and Newton in a round. */
const LIBRARY = 2000;
const ROUNDS = 4;
const STEPS = 4;
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
