/**
 * One training step: forward and backward as one ONNX graph (step-graphs.ts), which writes the gradient to where Adam (adam.ts) reads it; and validation. The graphs read
 * parameters where Adam changes them, so that nothing is copied but batch-norm statistics.
 *
 * What this is not: the loop over epochs (`train.ts`) or the preparation of batches (`batches.ts`).
 */

import { Adam } from './adam.ts';
import type { Architecture } from './architecture.ts';
import { sizeOf } from './graph.ts';
import { type Parameter, parameters, statistics } from './parameters.ts';
import { type Array32, array32, type OnnxRuntime, Session } from './session.ts';
import { type InputScaling, type LossOptions, type LossValues, trainingGraph, validationGraph } from './step-graphs.ts';

/**
 * The flat arrays of a state: parameters, scaled first and second moments (adam.ts) and batch-norm statistics, in the order of `parameters` and `statistics`
 * (architecture.ts).
 */
export interface StateArrays {
  readonly p: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  readonly s: Float32Array;
}

/** What one step sees. */
export interface Batch {
  /** [n][pixels²], intensity fractions. */
  readonly patterns: Float32Array;
  /** [n][labels], standardised. */
  readonly labels: Float32Array;
  /** [n][latent], draws of the prior. */
  readonly prior: Float32Array;
  /** [n][pixels²], intensity fractions; given where the network has domain-adaptation layers. */
  readonly experiment?: Float32Array | undefined;
}

/** Views on a flat array, one for each of `list`, by prefixed name. */
function tensors(flat: Float32Array, list: readonly Parameter[], prefix: string): Record<string, Array32> {
  const out: Record<string, Array32> = {};
  let at = 0;
  for (const { name, shape } of list) {
    const size = sizeOf(shape);
    out[`${prefix}${name}`] = array32(flat.subarray(at, at + size), shape);
    at += size;
  }
  return out;
}

/** Runs training steps and validation batches on a state that it owns. */
export class Trainer {
  readonly #a: Architecture;
  readonly #n: number;
  readonly #training: Session;
  readonly #validation: Session;
  readonly #adam: Adam;
  readonly #s: Float32Array;
  /** Statistics as a step leaves them, before they become the present ones. */
  readonly #nextS: Float32Array;
  readonly #feeds: Record<string, Array32>;
  readonly #receives: Record<string, Array32>;

  private constructor(a: Architecture, n: number, training: Session, validation: Session, adam: Adam, s: Float32Array) {
    this.#a = a;
    this.#n = n;
    this.#training = training;
    this.#validation = validation;
    this.#adam = adam;
    this.#s = s;
    this.#nextS = s.slice();
    this.#feeds = { ...tensors(adam.p, parameters(a), 'p/'), ...tensors(s, statistics(a), 's/') };
    this.#receives = {
      ...tensors(adam.gradient, parameters(a), 'gradient/'),
      ...tensors(this.#nextS, statistics(a), 'next/'),
    };
  }

  /**
   * Opens both graphs.
   * @param n patterns in a batch
   * @param state to begin with; it is copied
   * @throws 'format' when ONNX Runtime refuses a graph, 'range' for a network that memory does not hold
   */
  static async open(
    runtime: OnnxRuntime,
    a: Architecture,
    n: number,
    scaling: InputScaling,
    options: LossOptions,
    state: StateArrays,
  ): Promise<Trainer> {
    const training = await Session.open(runtime, trainingGraph(a, n, scaling, options));
    const validation = await Session.open(runtime, validationGraph(a, n, scaling, options));
    const adam = await Adam.load(state.p.length);
    for (const kind of ['p', 'm', 'v'] as const) adam[kind].set(state[kind]);
    return new Trainer(a, n, training, validation, adam, state.s.slice());
  }

  /** The present state; a step changes it in place. */
  get state(): StateArrays {
    const { p, m, v } = this.#adam;
    return { p, m, v, s: this.#s };
  }

  /**
   * One step. The loss is that of the state before it.
   * @param rate learning rate
   * @param t number of the step, 1, 2, …
   */
  async step(batch: Batch, rate: number, t: number): Promise<LossValues> {
    const out = await this.#training.run({ ...this.#feeds, ...this.#batch(batch) }, this.#receives);
    this.#adam.step(rate, t);
    this.#s.set(this.#nextS);
    return lossesOf(out);
  }

  /** The loss of a batch with kept batch-norm statistics, its experiment left out, and the predicted labels and log-variances [n][labels], standardised. */
  async validate(batch: Batch): Promise<LossValues & { labels: Float32Array; logVariance?: Float32Array | undefined }> {
    const known = new Set(this.#validation.inputNames);
    const feeds = Object.fromEntries(Object.entries(this.#feeds).filter(([name]) => known.has(name)));
    const out = await this.#validation.run({ ...feeds, ...this.#batch({ ...batch, experiment: undefined }) });
    return { ...lossesOf(out), labels: out.predicted!, logVariance: out.log_variance };
  }

  /** Frees what ONNX Runtime holds. */
  async close(): Promise<void> {
    await this.#training.close();
    await this.#validation.close();
  }

  #batch(batch: Batch): Record<string, Array32> {
    const n = this.#n;
    const pixels = this.#a.pixels ** 2;
    return {
      patterns: array32(batch.patterns, [n, pixels]),
      labels: array32(batch.labels, [n, this.#a.labels]),
      prior: array32(batch.prior, [n, this.#a.latent]),
      ...(batch.experiment ? { experiment: array32(batch.experiment, [n, pixels]) } : {}),
    };
  }
}

function lossesOf(out: Readonly<Record<string, Float32Array>>): LossValues {
  const one = (name: string): number => out[name]![0]!;
  return {
    total: one('total'),
    reconstruction: one('reconstruction'),
    mmd: one('mmd'),
    prediction: one('prediction'),
    likelihood: one('likelihood'),
  };
}
