/**
 * One training step: forward and backward as one ONNX graph, which writes the gradient to where Adam (adam.ts) reads it; and the validation graph. The graphs read
 * parameters where Adam changes them, so that nothing is copied but batch-norm statistics.
 *
 * What this is not: the loop over epochs (`train.ts`) or the preparation of batches (`batches.ts`).
 */

import { Adam } from './adam.ts';
import { type Architecture, type Parameter, parameters, statistics } from './architecture.ts';
import { gradients } from './autodiff.ts';
import { Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';
import { batchNorm, batchNormFixed } from './ops-norm.ts';
import { permute, reshape } from './ops-shape.ts';
import type { TrainingOptions } from './options.ts';
import { type Array32, array32, type OnnxRuntime, Session } from './session.ts';
import { losses, type Norm, Wae } from './wae.ts';

/** Weight of the newest batch in the running statistics of a batch norm. */
const MOMENTUM = 0.1;

/**
 * How raw intensities become what the network sees: (f(I) − mean)/deviation per pixel, f = √ or identity; mean and deviation are [pixels²] in raster order.
 */
export interface InputScaling {
  readonly transform: 'sqrt' | 'linear';
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** The terms of the loss (wae.ts) of a batch, each before its weight, and their weighted sum. */
export interface LossValues {
  readonly total: number;
  readonly reconstruction: number;
  readonly mmd: number;
  /** Mean square error of the labels. */
  readonly prediction: number;
  /** What teaches the labels: β-NLL, or `prediction` again. */
  readonly likelihood: number;
}

/** [training], as far as the loss follows from it. */
export type LossOptions = Pick<TrainingOptions, 'weights' | 'variance_beta'>;

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

const TERMS = ['total', 'reconstruction', 'mmd', 'prediction', 'likelihood'] as const;

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

/** Intensities [n, pixels²] in raster order to what the network sees, in the network's order. */
function prepare(g: Graph, x: Tensor, scaling: InputScaling, order: Int32Array): Tensor {
  const positive = g.emit('Max', [x, g.scalar(0)], x.shape);
  const seen = scaling.transform === 'sqrt' ? g.emit('Sqrt', [positive], x.shape) : positive;
  // Z-order keeps pixels 2i and 2i+1 of a row together: pairs halve the pieces to copy.
  const [n, pixels] = sizesOf(x, 2);
  const inPairs = reshape(g, seen, [n, pixels / 2, 2]);
  const pairs = order.filter((_, i) => i % 2 === 0).map((pixel) => pixel / 2);
  const asItLies = order.every((pixel, i) => pixel === i);
  const sorted = asItLies ? seen : reshape(g, permute(g, inPairs, pairs), x.shape);
  const inOrder = (data: Float32Array): Tensor =>
    g.constant(
      Float32Array.from(order, (pixel) => data[pixel]!),
      [order.length],
    );
  return g.emit('Div', [g.emit('Sub', [sorted, inOrder(scaling.mean)], x.shape), inOrder(scaling.deviation)], x.shape);
}

function stateInputs(g: Graph, kind: 'p' | 's', list: readonly Parameter[]): Record<string, Tensor> {
  return Object.fromEntries(list.map(({ name, shape }) => [name, g.input(`${kind}/${name}`, shape)]));
}

const need = (tensors: Readonly<Record<string, Tensor>>, name: string): Tensor => {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`No tensor ${name}`);
  return tensor;
};

function batchInputs(g: Graph, a: Architecture, n: number, experiment: boolean) {
  const pixels = a.pixels ** 2;
  return {
    patterns: g.input('patterns', [n, pixels]),
    labels: g.input('labels', [n, a.labels]),
    prior: g.input('prior', [n, a.latent]),
    experiment: experiment ? g.input('experiment', [n, pixels]) : undefined,
  };
}

/** The vectors of `list` end to end. */
function join(g: Graph, list: readonly Parameter[], values: Readonly<Record<string, Tensor>>): Tensor {
  const length = list.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const vectors = list.map(({ name }) => need(values, name));
  return g.emit('Concat', vectors, [length], { axis: { i: 0 } });
}

/** Undoes `join`: each vector is an output of the graph. */
function part(g: Graph, list: readonly Parameter[], joined: Tensor, prefix: string): void {
  const sizes = list.map(({ shape }) => sizeOf(shape));
  g.split(joined, sizes).forEach((vector, i) => {
    g.output(`${prefix}${list[i]!.name}`, vector);
  });
}

/** The running statistics after a batch, end to end: (1 − momentum)·old + momentum·factor·now. */
function blend(
  g: Graph,
  list: readonly Parameter[],
  old: Readonly<Record<string, Tensor>>,
  batch: Readonly<Record<string, { now: Tensor; factor: number }>>,
): Tensor {
  const now = join(g, list, Object.fromEntries(Object.entries(batch).map(([name, { now }]) => [name, now])));
  const weights = list.flatMap(({ name, shape }) =>
    Array.from({ length: sizeOf(shape) }, () => MOMENTUM * batch[name]!.factor),
  );
  const size = now.shape;
  const kept = g.emit('Mul', [join(g, list, old), g.scalar(1 - MOMENTUM)], size);
  return g.emit('Add', [kept, g.emit('Mul', [now, g.constant(Float32Array.from(weights), size)], size)], size);
}

/**
 * Forward and backward as the bytes of an .onnx file. Inputs: the batch, parameters 'p/…', statistics 's/…'. Outputs: 'gradient/…', 'next/…' (statistics) and the
 * loss.
 * @param n patterns in a batch
 */
function trainingGraph(a: Architecture, n: number, scaling: InputScaling, options: LossOptions): Uint8Array {
  const g = new Graph();
  const inputs = batchInputs(g, a, n, a.adapts);
  const list = parameters(a);
  const p = stateInputs(g, 'p', list);
  const s = stateInputs(g, 's', statistics(a));
  const statistic: Record<string, { now: Tensor; factor: number }> = {};
  const norm: Norm = (x, name) => {
    const out = batchNorm(g, x, need(p, `${name}.gamma`), need(p, `${name}.beta`));
    const [rows] = sizesOf(x, 2);
    statistic[`${name}.mean`] = { now: out.mean, factor: 1 };
    statistic[`${name}.variance`] = { now: out.variance, factor: rows / (rows - 1) };
    return out.output;
  };
  const wae = new Wae(g, a, p, norm);
  const x = prepare(g, inputs.patterns, scaling, wae.order);
  const experiment = inputs.experiment && prepare(g, inputs.experiment, scaling, wae.order);
  const loss = losses(g, wae, { x, labels: inputs.labels, prior: inputs.prior, experiment }, options);
  const wanted = list.map(({ name }) => need(p, name));
  gradients(g, loss.total, wanted).forEach((slope, i) => {
    g.output(`gradient/${list[i]!.name}`, slope);
  });
  const kept = statistics(a);
  if (kept.length > 0) part(g, kept, blend(g, kept, s, statistic), 'next/');
  for (const key of TERMS) g.output(key, loss[key]);
  return g.toModel({ name: 'training step' });
}

/** The loss with kept batch-norm statistics, no gradient, and the standardised labels 'predicted'; simulated patterns only. */
function validationGraph(a: Architecture, n: number, scaling: InputScaling, options: LossOptions): Uint8Array {
  const g = new Graph();
  const inputs = batchInputs(g, a, n, false);
  const p = stateInputs(
    g,
    'p',
    parameters(a).filter(({ name }) => !name.startsWith('adapt.')),
  );
  const s = stateInputs(g, 's', statistics(a));
  const norm: Norm = (x, name) =>
    batchNormFixed(
      g,
      x,
      need(p, `${name}.gamma`),
      need(p, `${name}.beta`),
      need(s, `${name}.mean`),
      need(s, `${name}.variance`),
    );
  const wae = new Wae(g, a, p, norm);
  const x = prepare(g, inputs.patterns, scaling, wae.order);
  const loss = losses(g, wae, { x, labels: inputs.labels, prior: inputs.prior }, options);
  for (const key of TERMS) g.output(key, loss[key]);
  g.output('predicted', loss.labels);
  if (loss.logVariance) g.output('log_variance', loss.logVariance);
  return g.toModel({ name: 'validation' });
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
