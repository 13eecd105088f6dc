/**
 * What a model answers for patterns whose truth is known, one by one: means, σ, and how far each pattern is from those that the model was tested on. Patterns are
 * read in batches and altered as a training alters them; what is kept is a few numbers each.
 *
 * What this is not: a score (evaluate.ts), a calibration (conformal.ts).
 */

import { RandomStream } from '../core/random.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { Augmenter } from './augment.ts';
import type { CameraFit } from './camera-fit-info.ts';
import { countingMisfit, misfitOf } from './domain.ts';
import type { Model } from './infer.ts';
import { INSTRUMENT, instrumentOf } from './instrument.ts';
import { addNoise } from './noise.ts';
import type { TrainingOptions } from './options.ts';
import { predictSymmetric } from './symmetric.ts';

/** What is done to patterns before they are predicted. */
export interface EvaluateOptions {
  /** Poisson noise of this dose [electrons per pattern]; none when left out. */
  readonly dose?: number | undefined;
  /** Blur, background and dose drawn as in this training (no symmetry); `dose` is then ignored. */
  readonly training?: TrainingOptions | undefined;
  /** The instrument that the model is adapted to, drawn before what `training` says. */
  readonly camera?: CameraFit | undefined;
  /** Of noise, blur and background. */
  readonly seed: number;
  /** Reconstruct the patterns too, for `misfit`, `counting` and `instrument`. Default false. */
  readonly reconstruct?: boolean;
}

/** Of `count` patterns, in the order asked for. Labels are in their units. */
export interface Answers {
  readonly count: number;
  /** [count] */
  readonly structure: Int32Array;
  /** [count][labels] */
  readonly truth: Float32Array;
  readonly mean: Float32Array;
  /** Standard deviation over two looks, and what the looks state (symmetric.ts); the second is empty where the network states none. */
  readonly spread: Float32Array;
  readonly sigma: Float32Array;
  /** [count][latent] */
  readonly latent: Float32Array;
  /** [count], domain.ts; empty unless asked for. */
  readonly misfit: Float32Array;
  /** The share of it that counting makes, likewise. */
  readonly counting: Float32Array;
  /** [count][INSTRUMENT] amplitudes (instrument.ts), likewise. */
  readonly instrument: Float32Array;
  /** Electrons of each pattern [count]; Infinity without noise. */
  readonly dose_e: Float64Array;
}

/** Patterns in one batch. */
const BATCH = 64;

/**
 * Answers for the patterns at `indices`.
 * @throws 'aborted' when stopped, and what reading the dataset throws
 */
export async function answersOf(
  model: Model,
  data: PatternDataset,
  indices: readonly number[],
  { dose, training, camera, seed, reconstruct = false }: EvaluateOptions,
  task: Task,
): Promise<Answers> {
  const size = data.detector.pixels ** 2;
  const count = indices.length;
  const width = data.labels.length;
  const augmenter =
    training &&
    new Augmenter({
      training: { ...training, seed },
      detector: data.detector,
      labels: data.labels.map(({ name }) => name),
      camera,
    });
  const rows = (columns: number) => new Float32Array(count * columns);
  const out = {
    count,
    structure: Int32Array.from(indices, (index) => data.structureOf(index)),
    truth: rows(width),
    mean: rows(width),
    spread: rows(width),
    sigma: rows(model.statesSigma ? width : 0),
    latent: rows(model.latent),
    misfit: rows(reconstruct ? 1 : 0),
    counting: rows(reconstruct ? 1 : 0),
    instrument: rows(reconstruct ? INSTRUMENT : 0),
    dose_e: new Float64Array(count).fill(dose ?? Number.POSITIVE_INFINITY),
  };
  for (let first = 0; first < count; first += BATCH) {
    checkAborted(task);
    const here = indices.slice(first, first + BATCH);
    const { patterns, labels } = await data.read(here);
    if (augmenter) {
      out.dose_e.set(augmenter.apply({ purpose: 'validate', epoch: 0, indices: here, patterns, labels }), first);
    } else if (dose !== undefined) {
      here.forEach((index, i) => {
        addNoise(patterns.subarray(i * size, (i + 1) * size), dose, new RandomStream(seed, 'noise', index));
      });
    }
    const said = await predictSymmetric(model, patterns, here.length, { reconstruction: reconstruct });
    out.truth.set(labels, first * width);
    out.mean.set(said.labels, first * width);
    out.spread.set(said.spread, first * width);
    if (said.sigma.length > 0) out.sigma.set(said.sigma, first * width);
    out.latent.set(said.latent, first * model.latent);
    if (reconstruct) {
      const { reconstruction } = said;
      for (let i = 0; i < here.length; i++) {
        const at = (array: Float32Array) => array.subarray(i * size, (i + 1) * size);
        out.misfit[first + i] = misfitOf(at(patterns), at(reconstruction));
        const dose_e = out.dose_e[first + i]!;
        out.counting[first + i] = countingMisfit(at(reconstruction), dose_e);
        out.instrument.set(instrumentOf(at(patterns), at(reconstruction), dose_e), (first + i) * INSTRUMENT);
      }
    }
    task.progress(first + here.length, count, 'patterns');
  }
  return out;
}
