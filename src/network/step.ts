/**
 * One training step, forward, backward and Adam, as one ONNX graph; and the validation graph. The state (parameters,
 * moments, batch-norm statistics) lives in two sets of arrays that the steps use in turn: one is read while the other
 * is written, so nothing is copied.
 *
 * What this is not: the loop over epochs (`train.ts`) or the preparation of batches (`batches.ts`).
 */

import { adamStep, adamUpdate } from './adam.ts';
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

type Kind = keyof StateArrays;

const TERMS = ['total', 'reconstruction', 'mmd', 'prediction', 'likelihood'] as const;

function tensors(arrays: StateArrays, a: Architecture, prefix: string): Record<string, Array32> {
  const out: Record<string, Array32> = {};
  const lay = (kind: Kind, list: readonly Parameter[]): void => {
    let at = 0;
    for (const { name, shape } of list) {
      const size = sizeOf(shape);
      out[`${prefix}${kind}/${name}`] = array32(arrays[kind].subarray(at, at + size), shape);
      at += size;
    }
  };
  for (const kind of ['p', 'm', 'v'] as const) lay(kind, parameters(a));
  lay('s', statistics(a));
  return out;
}

const copyOf = (x: StateArrays): StateArrays => ({ p: x.p.slice(), m: x.m.slice(), v: x.v.slice(), s: x.s.slice() });

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

function stateInputs(g: Graph, kind: Kind, list: readonly Parameter[]): Record<string, Tensor> {
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
 * The training step as the bytes of an .onnx file. Inputs: the batch, the state as 'p/…', 'm/…', 'v/…', 's/…', learning_rate and step (1, 2, …).
 * Outputs: the state as 'next/…' and the loss.
 * @param n patterns in a batch
 */
function trainingGraph(a: Architecture, n: number, scaling: InputScaling, options: LossOptions): Uint8Array {
  const g = new Graph();
  const inputs = batchInputs(g, a, n, a.adapts);
  const rate = g.input('learning_rate', []);
  const t = g.input('step', []);
  const list = parameters(a);
  const p = stateInputs(g, 'p', list);
  const m = stateInputs(g, 'm', list);
  const v = stateInputs(g, 'v', list);
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
  const step = adamStep(g, rate, t);
  const wanted = list.map(({ name }) => need(p, name));
  const slopes = gradients(g, loss.total, wanted);
  const slope = Object.fromEntries(list.map(({ name }, i) => [name, slopes[i]!]));
  const update = (of: (values: Readonly<Record<string, Tensor>>) => Tensor) =>
    adamUpdate(g, step, of(p), of(m), of(v), of(slope));
  for (const { name } of list.filter(({ shape }) => shape.length > 1)) {
    const next = update((values) => need(values, name));
    for (const kind of ['p', 'm', 'v'] as const) g.output(`next/${kind}/${name}`, next[kind]);
  }
  // Vectors are short and many: laid end to end they cost one update, not one each.
  const vectors = list.filter(({ shape }) => shape.length === 1);
  const next = update((values) => join(g, vectors, values));
  for (const kind of ['p', 'm', 'v'] as const) part(g, vectors, next[kind], `next/${kind}/`);
  const kept = statistics(a);
  if (kept.length > 0) part(g, kept, blend(g, kept, s, statistic), 'next/s/');
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
  readonly #sets: readonly [StateArrays, StateArrays];
  readonly #feeds: readonly Record<string, Array32>[];
  readonly #receives: readonly Record<string, Array32>[];
  #now: 0 | 1 = 0;

  private constructor(a: Architecture, n: number, training: Session, validation: Session, state: StateArrays) {
    this.#a = a;
    this.#n = n;
    this.#training = training;
    this.#validation = validation;
    this.#sets = [copyOf(state), copyOf(state)];
    this.#feeds = this.#sets.map((set) => tensors(set, a, ''));
    this.#receives = this.#sets.map((set) => tensors(set, a, 'next/'));
  }

  /**
   * Opens both graphs.
   * @param n patterns in a batch
   * @param state to begin with; it is copied
   * @throws 'format' when ONNX Runtime refuses a graph
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
    return new Trainer(a, n, training, validation, state);
  }

  /** The present state; valid until the next step but one. */
  get state(): StateArrays {
    return this.#sets[this.#now];
  }

  /**
   * One step. The loss is that of the state before it.
   * @param rate learning rate
   * @param t number of the step, 1, 2, …
   */
  async step(batch: Batch, rate: number, t: number): Promise<LossValues> {
    const next = this.#now === 0 ? 1 : 0;
    const out = await this.#training.run(
      {
        ...this.#feeds[this.#now],
        ...this.#batch(batch),
        learning_rate: array32(Float32Array.of(rate), []),
        step: array32(Float32Array.of(t), []),
      },
      this.#receives[next],
    );
    this.#now = next;
    return lossesOf(out);
  }

  /** The loss of a batch with kept batch-norm statistics, its experiment left out, and the predicted labels and log-variances [n][labels], standardised. */
  async validate(batch: Batch): Promise<LossValues & { labels: Float32Array; logVariance?: Float32Array | undefined }> {
    const state = this.#feeds[this.#now]!;
    const known = new Set(this.#validation.inputNames);
    const feeds = Object.fromEntries(Object.entries(state).filter(([name]) => known.has(name)));
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
