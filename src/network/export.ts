/**
 * The trained model as users load it: one plain ONNX graph with ONNX's own Conv, ConvTranspose and BatchNormalization,
 * from raw patterns to physical labels. Inputs and outputs, n patterns at a time:
 *   patterns [n, 1, pixels, pixels] intensity per pixel as a fraction of the beam, on the library's detector
 *   domain   scalar: 0 simulated, 1 experimental (only in a model that was trained with an experiment)
 *   labels [n, labels] in the labels' units; sigma [n, labels], their standard deviations (only in a model that learned them); latent [n, latent]; reconstruction, like patterns
 *
 * What this is not: differentiable. The same parameters run in `wae.ts` for training; a test holds both together.
 */

import { type Architecture, parameters, statistics, stencils } from './architecture.ts';
import { sigmaOf } from './gaussian.ts';
import { type Attribute, Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';
import { WEIGHTS } from './model-info.ts';
import { NORM_EPSILON } from './ops-norm.ts';
import type { InputScaling } from './step.ts';

/** Standardised labels are (label − mean)/deviation: [labels] each, in the labels' units. */
export interface LabelScaling {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** All that a model's file is made from. */
export interface ExportInput {
  readonly architecture: Architecture;
  /** Flat parameters and batch-norm statistics, in the order of `parameters` and `statistics`. */
  readonly p: Float32Array;
  readonly s: Float32Array;
  readonly input: InputScaling;
  readonly labels: LabelScaling;
  /** Entries of the file's metadata (model-info.ts), and the version of the program. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly version: string;
}

const FREE = -1;
const pair = (n: number): Attribute => ({ ints: [n, n] });

/** The bytes of the model's .onnx file. @throws 'shape' where parameters or statistics are not those of the architecture */
export function exportModel(model: ExportInput): Uint8Array {
  const g = new Graph();
  const { architecture: a, input } = model;
  const weights = named(model);
  const get = (name: string): Float32Array => {
    const data = weights[name];
    if (!data) throw new Error(`No parameter ${name}`);
    return data;
  };
  const constant = (name: string, shape: readonly number[], data: Float32Array = get(name)): Tensor =>
    g.constant(data, shape, name);
  const op = (type: string, inputs: readonly Tensor[], shape: readonly number[], attributes = {}): Tensor =>
    g.emit(type, inputs, shape, attributes);
  const swish = (x: Tensor): Tensor => op('Mul', [x, op('Sigmoid', [x], x.shape)], x.shape);
  const linear = (x: Tensor, name: string, from: number, to: number): Tensor =>
    op('Gemm', [x, constant(`${name}.weight`, [from, to]), constant(`${name}.bias`, [to])], [FREE, to]);
  const block = (x: Tensor, name: string): Tensor => {
    const [, size] = sizesOf(x, 4);
    const parts = ['gamma', 'beta', 'mean', 'variance'].map((part) => constant(`${name}.${part}`, [size]));
    return swish(op('BatchNormalization', [x, ...parts], x.shape, { epsilon: { f: NORM_EPSILON } }));
  };
  const plane = [1, 1, a.pixels, a.pixels];
  const rasters = stencils(a);
  const pixelOrder = rasters[0]!.fine.raster;
  const innerOrder = rasters.at(-1)!.coarse.raster;

  const patterns = g.input('patterns', [FREE, 1, a.pixels, a.pixels]);
  const domain = a.adapts ? g.input('domain', []) : undefined;
  const full = patterns.shape;
  const adapt = (x: Tensor, place: string): Tensor => {
    if (!domain) return x;
    const field = (part: string): Tensor =>
      constant(`adapt.${place}.${part}`, plane, toRaster(get(`adapt.${place}.${part}`), pixelOrder));
    const scale = op(
      'Add',
      [g.scalar(1), op('Mul', [domain, op('Sub', [field('scale'), g.scalar(1)], plane)], plane)],
      plane,
    );
    return op('Add', [op('Mul', [x, scale], full), op('Mul', [domain, field('offset')], plane)], full);
  };

  const positive = op('Max', [patterns, g.scalar(0)], full);
  const seen = input.transform === 'sqrt' ? op('Sqrt', [positive], full) : positive;
  const mean = constant('input.mean', plane, input.mean);
  const deviation = constant('input.deviation', plane, input.deviation);
  let map = adapt(op('Div', [op('Sub', [seen, mean], full), deviation], full), 'before');

  const channels = [1, ...a.channels];
  let size = a.pixels;
  a.strides.forEach((stride, i) => {
    const [from, to] = [channels[i]!, channels[i + 1]!];
    size /= stride;
    const w = constant(`encoder.${i}.weight`, [to, from, 3, 3], downToOnnx(get(`encoder.${i}.weight`), from, to));
    const attributes = { kernel_shape: pair(3), strides: pair(stride), pads: { ints: [1, 1, 1, 1] } };
    map = block(op('Conv', [map, w], [FREE, to, size, size], attributes), `encoder.${i}`);
  });
  const last = a.channels.at(-1)!;
  const features = last * a.inner ** 2;
  const flat = op('Flatten', [map], [FREE, features], { axis: { i: 1 } });
  const toLatent = featureRows(get('latent.weight'), innerOrder, last, a.latent);
  const latent = op(
    'Gemm',
    [flat, constant('latent.weight', [features, a.latent], toLatent), constant('latent.bias', [a.latent])],
    [FREE, a.latent],
  );

  const readLatents = [g.ints([0]), g.ints([a.predictorLatent]), g.ints([1])];
  let hidden = op('Slice', [latent, ...readLatents], [FREE, a.predictorLatent]);
  const widths = [a.predictorLatent, a.predictorWidth, a.predictorWidth];
  for (let i = 0; i < 2; i++) {
    hidden = linear(hidden, `predictor.${i}`, widths[i]!, widths[i + 1]!);
    const gains = ['gamma', 'beta'].map((part) => constant(`predictor.${i}.${part}`, [a.predictorWidth]));
    const attributes = { axis: { i: -1 }, epsilon: { f: NORM_EPSILON } };
    hidden = swish(op('LayerNormalization', [hidden, ...gains], hidden.shape, attributes));
  }
  const labelUnit = constant('labels.deviation', [a.labels], model.labels.deviation);
  const means = linear(hidden, 'predictor.2', a.predictorWidth, a.labels);
  const units = op('Mul', [means, labelUnit], means.shape);
  const labels = op('Add', [units, constant('labels.mean', [a.labels], model.labels.mean)], means.shape);
  if (a.variance) {
    const sigma = sigmaOf(g, linear(hidden, 'variance', a.predictorWidth, a.labels));
    g.output('sigma', op('Mul', [sigma, labelUnit], sigma.shape));
  }

  const toFeatures = featureColumns(get('features.weight'), innerOrder, last, a.latent);
  const bias = featureColumns(get('features.bias'), innerOrder, last, 1);
  const wide = op(
    'Gemm',
    [
      latent,
      constant('features.weight', [a.latent, features], toFeatures),
      constant('features.bias', [features], bias),
    ],
    [FREE, features],
  );
  const first = [FREE, last, a.inner, a.inner];
  map = op('Reshape', [wide, g.ints(first)], first);
  size = a.inner;
  const backwards = channels.toReversed();
  a.strides.toReversed().forEach((stride, i) => {
    const [from, to] = [backwards[i]!, backwards[i + 1]!];
    size *= stride;
    const final = i === a.strides.length - 1;
    const w = constant(`decoder.${i}.weight`, [from, to, 3, 3], upToOnnx(get(`decoder.${i}.weight`), from, to));
    const inputs = final ? [map, w, constant(`decoder.${i}.bias`, [1])] : [map, w];
    map = op('ConvTranspose', inputs, [FREE, to, size, size], {
      kernel_shape: pair(3),
      strides: pair(stride),
      pads: { ints: [1, 1, 1, 1] },
      output_padding: pair(stride - 1),
    });
    if (!final) map = block(map, `decoder.${i}`);
  });
  const drawn = op('Add', [op('Mul', [adapt(map, 'after'), deviation], full), mean], full);
  const nonNegative = op('Max', [drawn, g.scalar(0)], full);
  const reconstruction = input.transform === 'sqrt' ? op('Mul', [nonNegative, nonNegative], full) : nonNegative;

  g.output('labels', labels);
  g.output('latent', latent);
  g.output('reconstruction', reconstruction);
  const metadata = { ...model.metadata, [WEIGHTS]: g.contents() };
  return g.toModel({ name: 'ferroscope model', version: model.version, metadata });
}

function named(model: ExportInput): Record<string, Float32Array> {
  const out: Record<string, Float32Array> = {};
  for (const [list, flat] of [
    [parameters(model.architecture), model.p],
    [statistics(model.architecture), model.s],
  ] as const) {
    let at = 0;
    for (const { name, shape } of list) {
      out[name] = flat.slice(at, at + sizeOf(shape));
      at += sizeOf(shape);
    }
  }
  return out;
}

/** Per-pixel values from Z-order to raster order. */
function toRaster(values: Float32Array, order: Int32Array): Float32Array {
  const out = new Float32Array(values.length);
  order.forEach((pixel, at) => {
    out[pixel] = values[at]!;
  });
  return out;
}

/** [9, in, out] to [out, in, 3, 3]. */
function downToOnnx(w: Float32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(w.length);
  for (let tap = 0, i = 0; tap < 9; tap++) {
    for (let c = 0; c < from; c++) for (let o = 0; o < to; o++) out[(o * from + c) * 9 + tap] = w[i++]!;
  }
  return out;
}

/** [in, 9, out] to [in, out, 3, 3]. */
function upToOnnx(w: Float32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(w.length);
  for (let c = 0, i = 0; c < from; c++) {
    for (let tap = 0; tap < 9; tap++) for (let o = 0; o < to; o++) out[(c * to + o) * 9 + tap] = w[i++]!;
  }
  return out;
}

/** Rows (pixel in order, channel) × columns to rows (channel, raster pixel) × columns. */
function featureRows(w: Float32Array, order: Int32Array, channels: number, columns: number): Float32Array {
  const out = new Float32Array(w.length);
  order.forEach((pixel, at) => {
    for (let c = 0; c < channels; c++) {
      const from = (at * channels + c) * columns;
      out.set(w.subarray(from, from + columns), (c * order.length + pixel) * columns);
    }
  });
  return out;
}

/** Rows × columns (pixel in order, channel) to rows × columns (channel, raster pixel). */
function featureColumns(w: Float32Array, order: Int32Array, channels: number, rows: number): Float32Array {
  const out = new Float32Array(w.length);
  const width = order.length * channels;
  for (let row = 0; row < rows; row++) {
    order.forEach((pixel, at) => {
      for (let c = 0; c < channels; c++) {
        out[row * width + c * order.length + pixel] = w[row * width + at * channels + c]!;
      }
    });
  }
  return out;
}
