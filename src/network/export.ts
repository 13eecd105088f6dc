/**
 * The trained model as users load it: one plain ONNX graph of dense layers, or of ONNX's own Conv, ConvTranspose and BatchNormalization,
 * from raw patterns to physical labels. Inputs and outputs, n patterns at a time:
 *   patterns [n, 1, pixels, pixels] intensity per pixel as a fraction of the beam, on the library's detector
 *   domain   scalar: 0 simulated, 1 experimental (only in a model that was trained with an experiment)
 *   labels [n, labels] in the labels' units; sigma [n, labels], their standard deviations (only in a model that learned them); latent [n, latent]; reconstruction, like patterns
 *
 * What this is not: differentiable. The same parameters run in `wae.ts` for training; a test holds both together.
 */

import type { Architecture, Convolutions } from './architecture.ts';
import { sigmaOf } from './gaussian.ts';
import { type Attribute, Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';
import { STRUCTURE, WEIGHTS } from './model-info.ts';
import { NORM_EPSILON } from './ops-norm.ts';
import { parameters, statistics } from './parameters.ts';
import { sharedWeights } from './shared-weights.ts';
import { isTurned } from './sharing.ts';
import type { InputScaling } from './step-graphs.ts';
import { weightLayout } from './weight-layout.ts';

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
  /** By label, false where the answer is the label's mean and σ its deviation, whatever the pattern (told.ts); left out, all are the network's. */
  readonly told?: readonly boolean[] | undefined;
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
  const { trunk, sharing } = a;
  // A file holds what is shared; ONNX Runtime makes the full weights of it once, when it loads the model.
  const shared =
    sharing &&
    sharedWeights(g, a, Object.fromEntries(parameters(a).map(({ name, shape }) => [name, constant(name, shape)])));
  const full = (name: string, shape: readonly number[]): Tensor => shared?.[name] ?? constant(name, shape);
  const linear = (x: Tensor, name: string, from: number, to: number): Tensor =>
    op(
      'Gemm',
      [x, full(`${name}.weight`, [from, to]), full(`${name}.bias`, [to])],
      [FREE, to],
      sharing && isTurned(name) ? { transB: { i: 1 } } : {},
    );
  const block = (x: Tensor, name: string): Tensor => {
    const [, size] = sizesOf(x, 4);
    const parts = ['gamma', 'beta', 'mean', 'variance'].map((part) => constant(`${name}.${part}`, [size]));
    return swish(op('BatchNormalization', [x, ...parts], x.shape, { epsilon: { f: NORM_EPSILON } }));
  };
  const normed = (x: Tensor, name: string): Tensor => {
    const [, size] = sizesOf(x, 2);
    const gains = ['gamma', 'beta'].map((part) => full(`${name}.${part}`, [size]));
    const attributes = { axis: { i: -1 }, epsilon: { f: NORM_EPSILON } };
    return swish(op('LayerNormalization', [x, ...gains], x.shape, attributes));
  };
  const plane = [1, 1, a.pixels, a.pixels];
  const size = a.pixels ** 2;

  const convolved = (x: Tensor, { channels, strides }: Convolutions): Tensor => {
    let side = a.pixels;
    return channels.reduce((map, to, i) => {
      const from = channels[i - 1] ?? 1;
      const stride = strides[i]!;
      side /= stride;
      const w = constant(`encoder.${i}.weight`, [to, from, 3, 3]);
      const attributes = { kernel_shape: pair(3), strides: pair(stride), pads: { ints: [1, 1, 1, 1] } };
      return block(op('Conv', [map, w], [FREE, to, side, side], attributes), `encoder.${i}`);
    }, x);
  };
  const transposed = (features: Tensor, { channels, strides, inner }: Convolutions): Tensor => {
    let side = inner;
    const shape = [FREE, channels.at(-1)!, inner, inner];
    return channels.toReversed().reduce(
      (map, from, i) => {
        const to = channels.at(-2 - i);
        const stride = strides.at(-1 - i)!;
        side *= stride;
        const w = constant(`decoder.${i}.weight`, [from, to ?? 1, 3, 3]);
        const inputs = to === undefined ? [map, w, constant(`decoder.${i}.bias`, [1])] : [map, w];
        const out = op('ConvTranspose', inputs, [FREE, to ?? 1, side, side], {
          kernel_shape: pair(3),
          strides: pair(stride),
          pads: { ints: [1, 1, 1, 1] },
          output_padding: pair(stride - 1),
        });
        return to === undefined ? out : block(out, `decoder.${i}`);
      },
      op('Reshape', [features, g.ints(shape)], shape),
    );
  };

  const patterns = g.input('patterns', [FREE, 1, a.pixels, a.pixels]);
  const domain = a.adapts ? g.input('domain', []) : undefined;
  const whole = patterns.shape;
  const adapt = (x: Tensor, place: string): Tensor => {
    if (!domain) return x;
    const field = (part: string): Tensor => constant(`adapt.${place}.${part}`, plane);
    const scale = op(
      'Add',
      [g.scalar(1), op('Mul', [domain, op('Sub', [field('scale'), g.scalar(1)], plane)], plane)],
      plane,
    );
    return op('Add', [op('Mul', [x, scale], whole), op('Mul', [domain, field('offset')], plane)], whole);
  };

  const positive = op('Max', [patterns, g.scalar(0)], whole);
  const seen = input.transform === 'sqrt' ? op('Sqrt', [positive], whole) : positive;
  const mean = constant('input.mean', plane, input.mean);
  const deviation = constant('input.deviation', plane, input.deviation);
  const map = adapt(op('Div', [op('Sub', [seen, mean], whole), deviation], whole), 'before');

  const flat = (x: Tensor, size: number): Tensor => op('Flatten', [x], [FREE, size], { axis: { i: 1 } });
  let encoded: Tensor;
  if (trunk.kind === 'convolution') encoded = flat(convolved(map, trunk), a.features);
  else {
    encoded = flat(map, size);
    trunk.widths.forEach((to, i) => {
      const from = trunk.widths[i - 1] ?? size;
      const layer = normed(linear(encoded, `encoder.${i}`, from, to), `encoder.${i}`);
      encoded = from === to ? op('Add', [layer, encoded], layer.shape) : layer;
    });
  }
  const latent = linear(encoded, 'latent', a.features, a.latent);

  const readLatents = [g.ints([0]), g.ints([a.predictorLatent]), g.ints([1])];
  let hidden = op('Slice', [latent, ...readLatents], [FREE, a.predictorLatent]);
  const widths = [a.predictorLatent, a.predictorWidth, a.predictorWidth];
  for (let i = 0; i < 2; i++) {
    hidden = normed(linear(hidden, `predictor.${i}`, widths[i]!, widths[i + 1]!), `predictor.${i}`);
  }
  const labelUnit = constant('labels.deviation', [a.labels], model.labels.deviation);
  const { told } = model;
  const untold = told?.includes(false) === true;
  // 1 where the network answers.
  const speaks = untold ? constant('labels.told', [a.labels], Float32Array.from(told!, Number)) : undefined;
  const silent = untold
    ? constant(
        'labels.untold',
        [a.labels],
        Float32Array.from(told!, (t) => 1 - Number(t)),
      )
    : undefined;
  const spoken = (x: Tensor): Tensor => (speaks ? op('Mul', [x, speaks], x.shape) : x);
  const means = spoken(linear(hidden, 'predictor.2', a.predictorWidth, a.labels));
  const units = op('Mul', [means, labelUnit], means.shape);
  const labels = op('Add', [units, constant('labels.mean', [a.labels], model.labels.mean)], means.shape);
  if (a.variance) {
    const own = spoken(sigmaOf(g, linear(hidden, 'variance', a.predictorWidth, a.labels)));
    const sigma = silent ? op('Add', [own, silent], own.shape) : own;
    g.output('sigma', op('Mul', [sigma, labelUnit], sigma.shape));
  }

  const features = linear(latent, 'features', a.latent, a.features);
  const decoded =
    trunk.kind === 'convolution'
      ? transposed(features, trunk)
      : op('Reshape', [linear(normed(features, 'decoder.0'), 'decoder.0', a.features, size), g.ints(whole)], whole);
  const drawn = op('Add', [op('Mul', [adapt(decoded, 'after'), deviation], whole), mean], whole);
  const nonNegative = op('Max', [drawn, g.scalar(0)], whole);
  const reconstruction = input.transform === 'sqrt' ? op('Mul', [nonNegative, nonNegative], whole) : nonNegative;

  g.output('labels', labels);
  g.output('latent', latent);
  g.output('reconstruction', reconstruction);
  const metadata = { ...model.metadata, [WEIGHTS]: g.contents(), [STRUCTURE]: g.structure() };
  return g.toModel({ name: 'ferroscope model', version: model.version, metadata });
}

/** Parameters and statistics by name, as they lie in the file. */
function named({ architecture: a, p, s }: ExportInput): Record<string, Float32Array> {
  const { toFile } = weightLayout(a);
  const out: Record<string, Float32Array> = {};
  for (const [list, flat] of [
    [parameters(a), p],
    [statistics(a), s],
  ] as const) {
    let at = 0;
    for (const parameter of list) {
      const size = sizeOf(parameter.shape);
      out[parameter.name] = toFile(flat.slice(at, at + size), parameter);
      at += size;
    }
  }
  return out;
}
