/**
 * From trained weights to a model's file: scored, with its domain and the factors of its σ, all on held-out structures altered as in training. Calibration is part of making a
 * model, whether it was trained from nothing or adapted to a scan. A label whose answers are worth no more than its mean is answered with its mean: what a network has learned
 * by heart of P along the beam is worse than that, and looks like a measurement.
 */

import type { Identity } from '../core/identity.ts';
import type { Task } from '../core/task.ts';
import type { PatternDataset } from '../library/dataset.ts';
import { type Answers, answersOf } from './answers.ts';
import type { Architecture } from './architecture.ts';
import { scaledDoses } from './dose-scale.ts';
import { evaluate, measureDomain, scoresOf } from './evaluate.ts';
import { exportModel, type LabelScaling } from './export.ts';
import { openModel } from './infer.ts';
import { infoToMetadata, type LabelScore, type ModelInfo, type ModelScores } from './model-info.ts';
import type { TrainingOptions } from './options.ts';
import { priorsOf } from './prior.ts';
import type { OnnxRuntime } from './session.ts';
import { sharingOf } from './sharing.ts';
import type { InputScaling } from './step-graphs.ts';
import { gainsOf, isGain } from './told.ts';
import { calibrateSigma } from './uncertainty.ts';

/** At most this many held-out patterns score the finished model, three times, as a map is made. */
const SCORE_LIMIT = 1024;

/** Up to `limit` of the items, evenly spaced. */
export function spread(items: readonly number[], limit: number): number[] {
  if (items.length <= limit) return [...items];
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)]!);
}

export interface TrainedParts {
  readonly architecture: Architecture;
  /** Flat parameters and batch-norm statistics. */
  readonly p: Float32Array;
  readonly s: Float32Array;
  readonly input: InputScaling;
  readonly labels: LabelScaling;
  readonly training: TrainingOptions;
  readonly identity: Identity;
  /** The study that the training belongs to, for people. */
  readonly recipe: { readonly toml: string; readonly hash: string; readonly schema: number };
  /** Version of the program. */
  readonly program: string;
  readonly data: PatternDataset;
  /** Patterns that score the model, and those that it was trained on. */
  readonly heldOut: readonly number[];
  readonly trained: readonly number[];
  /** What the model was adapted to. */
  readonly adaptation?: ModelInfo['adaptation'];
}

/** The bytes of the model's .onnx file. @throws 'aborted' when stopped */
export async function finishModel(parts: TrainedParts, runtime: OnnxRuntime, task: Task): Promise<Uint8Array> {
  const { architecture: a, p, s, input, labels, training: t, data, heldOut, recipe, adaptation } = parts;
  const write = (
    told: readonly boolean[] | undefined,
    scores: ModelScores,
    found?: Pick<ModelInfo, 'domain' | 'uncertainty'>,
  ): Uint8Array => {
    const info: ModelInfo = {
      identity: parts.identity,
      recipe: recipe.toml,
      recipeHash: recipe.hash,
      recipeSchema: recipe.schema,
      seed: t.seed,
      labels: data.labels,
      detector: data.detector,
      normalisation:
        'Input: intensity per pixel as a fraction of the incident beam; the graph takes ' +
        `${input.transform === 'sqrt' ? 'its square root' : 'it as it is'} and standardises it per pixel.`,
      input: input.transform,
      dose_e: t.dose_e ? [t.dose_e[0], t.dose_e[1]] : null,
      adapts: a.adapts,
      scores,
      ...(adaptation && { adaptation }),
      ...(data.notes && data.notes.length > 0 && { notes: [...data.notes] }),
      ...found,
    };
    const metadata = infoToMetadata(info);
    return exportModel({ architecture: a, p, s, input, labels, told, metadata, version: parts.program });
  };
  const none: LabelScore[] = [];
  const unscored = { training: none, noiseFree: none, dose1e6: none };
  const stride = Math.ceil(heldOut.length / SCORE_LIMIT);
  const some = heldOut.filter((_, i) => i % stride === 0);
  const { seed } = t;
  const altered = { seed, training: t, camera: adaptation?.camera, reconstruct: true };
  const { labels: trained } = await data.read(spread(parts.trained, SCORE_LIMIT));
  // What is drawn as augmentation is known of labels, whether or not weights are shared.
  const names = data.labels.map(({ name }) => name);
  const alike = a.sharing ?? (t.symmetry ? sharingOf(data.detector, names) : undefined);
  const priors = priorsOf(trained, labels, alike);
  const network = openModel(write(undefined, unscored), runtime);
  let own: Answers;
  try {
    own = await answersOf(network, data, some, altered, task);
  } finally {
    await network.close();
  }
  const gains = a.variance ? gainsOf(own, priors, a.sharing) : [];
  const told = gains.map(isGain);
  const model = openModel(write(told, unscored), runtime);
  try {
    const asTrained = told.includes(false) ? await answersOf(model, data, some, altered, task) : own;
    const training = scoresOf(asTrained, data.labels);
    const scores = {
      training,
      noiseFree: await evaluate(model, data, some, { seed }, task),
      dose1e6: await evaluate(model, data, some, { seed, dose: 1e6 }, task),
    };
    const range: ModelInfo['dose_e'] = t.dose_e ? [t.dose_e[0], t.dose_e[1]] : null;
    const atDoses: Answers[] = [];
    for (const dose_e of scaledDoses(range)) {
      const noise = { ...altered, training: { ...t, dose_e: [dose_e, dose_e] as const }, reconstruct: false };
      atDoses.push(await answersOf(model, data, some, noise, task));
    }
    return write(told, scores, {
      domain: measureDomain(asTrained, data.labels, trained),
      uncertainty: calibrateSigma(asTrained, training, priors, gains, { range, atDoses }),
    });
  } finally {
    await model.close();
  }
}
