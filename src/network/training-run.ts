/**
 * The epochs of a training, from its first step or its checkpoint to the best model.
 *
 * The best model has the lowest validation error of labels (`labelScore` in validate.ts); where no labels are taught, of the reconstruction. Where `patience` is given, training stops after so many epochs without a better one, or with a diverged validation MMD: an MMD estimated from
 * batches is too noisy, times λ = 100, to choose between models, but not to see a divergence.
 */

import { fail } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Store } from '../core/store.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { ahead, type WorkerHost } from '../core/threads.ts';
import type { PatternDataset } from '../library/dataset.ts';
import type { Architecture } from './architecture.ts';
import {
  type AugmentThread,
  BATCHES_AHEAD,
  type BatchPlan,
  type ExperimentSource,
  epochOrder,
  makeBatch,
} from './batches.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { LabelScaling } from './export.ts';
import { finishModel } from './finish.ts';
import type { LearningInputs } from './options.ts';
import { initialValues, parameters, statistics } from './parameters.ts';
import { measureScaling, symmetricScaling } from './scaling.ts';
import type { OnnxRuntime } from './session.ts';
import { type StateArrays, Trainer } from './step.ts';
import { combine, type InputScaling, type LossValues, NO_LOSS } from './step-graphs.ts';
import { validate } from './validate.ts';

/** How an epoch went. */
export interface EpochRecord {
  /** 0, 1, … */
  readonly epoch: number;
  /** Steps done since training began. */
  readonly steps: number;
  /** At the end of the epoch. */
  readonly learningRate: number;
  /** Mean over the epoch's steps. */
  readonly training: LossValues;
  /** Over held-out patterns. */
  readonly validation: LossValues;
  /** Whether this is the best model so far. */
  readonly best: boolean;
}

/** What a training needs beside its recipe and patterns. */
export interface TrainOptions {
  /** Version of the program, for the model's identity. */
  readonly program: string;
  readonly host: WorkerHost;
  readonly runtime: OnnxRuntime;
  /** Patterns to adapt to; the network then has domain-adaptation layers. */
  readonly experiment?: ExperimentSource | undefined;
  /** Holds the state of the training; it is written at every epoch, once a minute and when stopped. Whoever keeps the model removes it. */
  readonly checkpoint: Store;
  /** The study that the training belongs to, for people: every default written out, its hash, and the version of its keys. */
  readonly recipe: { readonly toml: string; readonly hash: string; readonly schema: number };
}

/** What came out. */
export interface TrainResult {
  /** The bytes of the best model's .onnx file. */
  readonly model: Uint8Array;
  readonly history: EpochRecord[];
}

/** Time between checkpoints [ms]. */
const CHECKPOINT_EVERY_ms = 60e3;
interface Progress {
  transform: 'sqrt' | 'linear';
  epoch: number;
  /** Steps done in this epoch, and since training began. */
  stepInEpoch: number;
  steps: number;
  sums: LossValues;
  bestScore: number;
  bestMmd: number;
  /** Epochs since the best one. */
  stale: number;
  finished: boolean;
  history: EpochRecord[];
}

export interface TrainingParts {
  readonly a: Architecture;
  readonly thread: AugmentThread;
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  readonly identity: Identity;
}

/** A training that is begun or gone on with. */
export class TrainingRun {
  readonly #inputs: LearningInputs;
  readonly #data: PatternDataset;
  readonly #options: TrainOptions;
  readonly #task: Task;
  readonly #parts: TrainingParts;

  constructor(inputs: LearningInputs, data: PatternDataset, options: TrainOptions, task: Task, parts: TrainingParts) {
    this.#inputs = inputs;
    this.#data = data;
    this.#options = options;
    this.#task = task;
    this.#parts = parts;
  }

  /** @param begun there is a checkpoint */
  async run(begun: boolean): Promise<TrainResult> {
    const { training: t } = this.#inputs;
    const { progress, scaling, trainer, best } = await this.#begin(begun);
    const { a, thread, heldOut } = this.#parts;
    const plan: BatchPlan = {
      data: this.#data,
      thread,
      seed: t.seed,
      batch: t.batch,
      latent: a.latent,
      scaling: scaling.labels,
      experiment: this.#options.experiment,
    };
    let saved = performance.now();
    const save = async (): Promise<void> => {
      const { p, m, v, s } = trainer.state;
      const { mean, deviation } = scaling.input;
      const { mean: labelMean, deviation: labelDeviation } = scaling.labels;
      const arrays = { p, m, v, s, bestP: best.p, bestS: best.s, mean, deviation, labelMean, labelDeviation };
      await writeCheckpoint(this.#options.checkpoint, { header: progress, arrays });
      saved = performance.now();
    };
    const stopHere = async (): Promise<void> => {
      if (!this.#task.signal.aborted) return;
      await save();
      checkAborted(this.#task);
    };
    try {
      while (progress.epoch < t.epochs && !progress.finished) {
        const { epoch } = progress;
        const order = epochOrder(this.#parts.training, t.seed, epoch, t.batch);
        const perEpoch = order.length / t.batch;
        const total = perEpoch * t.epochs;
        const offset = epoch * perEpoch;
        const make = (i: number) =>
          makeBatch(plan, 'augment', epoch, offset + i, Array.from(order.subarray(i * t.batch, (i + 1) * t.batch)));
        for await (const batch of ahead(progress.stepInEpoch, perEpoch, BATCHES_AHEAD, make)) {
          await stopHere();
          const loss = await trainer.step(batch, this.#rate(progress.steps, total), progress.steps + 1);
          if (!Number.isFinite(loss.total)) {
            fail('not-finite', 'The training loss is no longer finite.', 'Lower training.learning_rate.', { ...loss });
          }
          progress.sums = combine(progress.sums, loss, (x, y) => x + y);
          progress.stepInEpoch++;
          progress.steps++;
          const note = `epoch ${epoch + 1}/${t.epochs}, label loss ${loss.prediction.toPrecision(3)}`;
          this.#task.progress(progress.steps, total, 'steps', note);
          if (performance.now() - saved > CHECKPOINT_EVERY_ms) await save();
        }
        const { validation, score } = await validate(trainer, plan, heldOut, stopHere);
        const mean = combine(progress.sums, NO_LOSS, (x) => x / perEpoch);
        const improved = this.#judge(progress, validation, score);
        if (improved) {
          best.p.set(trainer.state.p);
          best.s.set(trainer.state.s);
        }
        progress.history.push({
          epoch,
          steps: progress.steps,
          learningRate: this.#rate(progress.steps, total),
          training: mean,
          validation,
          best: improved,
        });
        Object.assign(progress, { sums: NO_LOSS, stepInEpoch: 0, epoch: epoch + 1 });
        progress.finished = progress.stale >= (t.patience ?? Infinity);
        await save();
      }
    } finally {
      await trainer.close();
    }
    return { model: await this.#finish(best, scaling), history: progress.history };
  }

  /** Cosine from the first to the final learning rate; `step` steps are done of `total`. */
  #rate(step: number, total: number): number {
    const { learning_rate: rate, learning_rate_final: final } = this.#inputs.training;
    return rate * (final + 0.5 * (1 - final) * (1 + Math.cos((Math.PI * step) / total)));
  }

  /** Counts the epoch as better, stale or diverged. */
  #judge(progress: Progress, validation: LossValues, labels: number): boolean {
    const { weights } = this.#inputs.training;
    const score = weights.prediction > 0 ? labels : validation.reconstruction;
    const diverged = weights.mmd > 0 && validation.mmd > 0.05 + 3 * Math.max(0, progress.bestMmd);
    progress.bestMmd = Math.min(progress.bestMmd, validation.mmd);
    const improved = !diverged && score < progress.bestScore;
    progress.stale = improved ? 0 : progress.stale + 1;
    if (improved) progress.bestScore = score;
    return improved || progress.history.length === 0;
  }

  /** What the training starts from: the checkpoint if there is one, else the initial values. */
  async #begin(begun: boolean): Promise<{
    progress: Progress;
    scaling: { input: InputScaling; labels: LabelScaling };
    trainer: Trainer;
    best: { p: Float32Array; s: Float32Array };
  }> {
    const { a, thread, training } = this.#parts;
    const { network, training: t } = this.#inputs;
    // The trainer copies the state that it begins with; nobody else keeps it.
    const open = (input: InputScaling, state: StateArrays) =>
      Trainer.open(this.#options.runtime, a, t.batch, input, t, state);
    const kept = begun ? await readCheckpoint<Progress>(this.#options.checkpoint) : undefined;
    if (!kept) {
      const p = initialValues(parameters(a), t.seed);
      const s = initialValues(statistics(a), t.seed);
      const measured = await measureScaling(this.#data, training, network, t.seed, thread, this.#task);
      const scaling = a.sharing ? symmetricScaling(measured, a.pixels, a.sharing) : measured;
      const progress: Progress = {
        transform: network.input,
        epoch: 0,
        stepInEpoch: 0,
        steps: 0,
        sums: NO_LOSS,
        bestScore: Number.MAX_VALUE,
        bestMmd: 1,
        stale: 0,
        finished: false,
        history: [],
      };
      const state = { p, m: new Float32Array(p.length), v: new Float32Array(p.length), s };
      const trainer = await open(scaling.input, state);
      return { progress, scaling, trainer, best: { p, s } };
    }
    const get = (name: string): Float32Array => kept.arrays[name]!;
    const input = { transform: kept.header.transform, mean: get('mean'), deviation: get('deviation') };
    return {
      progress: kept.header,
      scaling: { input, labels: { mean: get('labelMean'), deviation: get('labelDeviation') } },
      trainer: await open(input, { p: get('p'), m: get('m'), v: get('v'), s: get('s') }),
      best: { p: get('bestP'), s: get('bestS') },
    };
  }

  /** The best model with its scores on held-out patterns. */
  #finish(
    best: { p: Float32Array; s: Float32Array },
    scaling: { input: InputScaling; labels: LabelScaling },
  ): Promise<Uint8Array> {
    const { a, heldOut, training, identity } = this.#parts;
    const { recipe, program, runtime } = this.#options;
    const data = this.#data;
    const parts = { architecture: a, ...best, ...scaling, training: this.#inputs.training, identity, recipe, program };
    return finishModel({ ...parts, data, heldOut, trained: training }, runtime, this.#task);
  }
}
