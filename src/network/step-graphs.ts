/**
 * The graphs of a training: a step forward and backward, and the loss alone, for validation. Parameters and statistics are inputs.
 *
 * What this is not: a step (`step.ts`), which runs them and changes the parameters.
 */

import type { Architecture } from './architecture.ts';
import { gradients } from './autodiff.ts';
import { Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';
import { batchNorm, batchNormFixed } from './ops-norm.ts';
import { permute, reshape } from './ops-shape.ts';
import type { TrainingOptions } from './options.ts';
import { type Parameter, parameters, statistics } from './parameters.ts';
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

/** Of no batch. */
export const NO_LOSS: LossValues = { total: 0, reconstruction: 0, mmd: 0, prediction: 0, likelihood: 0 };
/** Term by term. */
export const combine = (a: LossValues, b: LossValues, f: (x: number, y: number) => number): LossValues => ({
  total: f(a.total, b.total),
  reconstruction: f(a.reconstruction, b.reconstruction),
  mmd: f(a.mmd, b.mmd),
  prediction: f(a.prediction, b.prediction),
  likelihood: f(a.likelihood, b.likelihood),
});

/** [training], as far as the loss follows from it. */
export type LossOptions = Pick<TrainingOptions, 'weights' | 'variance_beta'>;

/** The terms of the loss: outputs of both graphs. */
export const TERMS = ['total', 'reconstruction', 'mmd', 'prediction', 'likelihood'] as const;

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
export function trainingGraph(a: Architecture, n: number, scaling: InputScaling, options: LossOptions): Uint8Array {
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
export function validationGraph(a: Architecture, n: number, scaling: InputScaling, options: LossOptions): Uint8Array {
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
