/**
 * The shape of the WAE-predictor: sizes, strides and the list of its parameters with their initial values.
 * The paper (Methods, 'Model architecture'): six blocks (convolution, batch norm, swish) to 2048 features, a fully
 * connected layer to 32 latents, the mirror image back, a predictor of two (fully connected, layer norm, swish) on 24
 * latents, to which a layer for variances is added (gaussian.ts), and per-pixel domain-adaptation layers (scale 1, offset 0 at first) for experimental patterns.
 *
 * The default in place of the convolutions: dense layers (fully connected, layer norm, swish; the input is added where a layer is as wide as the one before), and one
 * back. A pattern lies on the crystal's own lattice, each disk always on the same pixels: sharing weights between places gains nothing (docs/notes/0012-dense.md).
 *
 * Kernels are 3×3 with padding 1. Blocks halve the map, except the first ones of a small detector, so that the last map
 * is 2×2: 64 pixels keep the first block at stride 1, 32 the first two. Initial weights are normal with variance
 * 2/fan-in before a swish (He et al. 2015) and 1/fan-in elsewhere. A convolution before a batch norm has no bias.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { LabelInfo } from '../library/dataset.ts';
import { UNIT_VARIANCE } from './gaussian.ts';
import { sizeOf } from './graph.ts';
import { type PixelOrder, rasterOrder, refine, type Stencil, stencil } from './lattice.ts';
import type { NetworkOptions } from './options.ts';
import { requireShareable, type Sharing, sharedParameter, sharingOf } from './sharing.ts';

/** Dense layers between pixels and features. */
export interface Dense {
  readonly kind: 'dense';
  /** Of each of the encoder's layers. */
  readonly widths: readonly number[];
}

/** Six convolution blocks between pixels and features. */
export interface Convolutions {
  readonly kind: 'convolution';
  /** Output channels of each of the six encoder blocks; the decoder's are the inputs of these. */
  readonly channels: readonly number[];
  /** Stride of each of the six encoder blocks; the decoder runs them backwards. */
  readonly strides: readonly number[];
  /** Pixels along each side of the last map. */
  readonly inner: number;
}

/** Sizes of a network. Maps are square. */
export interface Architecture {
  /** Pixels along each side of a pattern. */
  readonly pixels: number;
  readonly trunk: Dense | Convolutions;
  /** Operations that share weights (sharing.ts); of dense layers only. */
  readonly sharing: Sharing | undefined;
  /** What the encoder's last layer gives, and the decoder begins with. */
  readonly features: number;
  /** Components of the latent vector, and how many of them, the first ones, the predictor reads. */
  readonly latent: number;
  readonly predictorLatent: number;
  /** Width of the predictor's two hidden layers. */
  readonly predictorWidth: number;
  /** Number of labels. */
  readonly labels: number;
  /** Whether the predictor gives a variance beside the mean of each label (gaussian.ts). */
  readonly variance: boolean;
  /** Whether there are domain-adaptation layers. */
  readonly adapts: boolean;
}

/** What a network is made for: the detector of its patterns, and the names of its labels. */
export interface Purpose {
  readonly detector: Pick<LatticeDetector, 'pixels' | 'pixelsPerOrder' | 'zone'>;
  readonly labels: readonly Pick<LabelInfo, 'name'>[];
}

/**
 * The network for patterns of pixels × pixels and a number of labels.
 * @param adapts whether it has domain-adaptation layers: it is trained with an experiment
 * @throws 'range' for a number of pixels that is no power of two from 8 to 512, more predictor latents than latents, or sizes that the operations cannot share;
 * 'unsupported' for sharing where an in-plane label lacks its partner
 */
export function architecture(options: NetworkOptions, { detector, labels }: Purpose, adapts: boolean): Architecture {
  const { pixels } = detector;
  const halvings = Math.log2(pixels) - 1;
  if (!Number.isInteger(halvings) || halvings < 2 || halvings > 8) {
    fail('range', `The network cannot take ${pixels} pixels.`, 'Set library.pixels to 32, 64, 128 or 256.', { pixels });
  }
  if (options.predictor_latent > options.latent) {
    fail('range', 'The predictor reads more latents than there are.', 'Lower network.predictor_latent.', {});
  }
  const sharing =
    options.share && !options.channels
      ? sharingOf(
          detector,
          labels.map(({ name }) => name),
        )
      : undefined;
  const trunk = options.channels
    ? convolutions(options.channels, pixels, halvings)
    : { kind: 'dense' as const, widths: options.widths };
  if (sharing) {
    const { widths, latent, predictor_latent, predictor_width } = options;
    requireShareable(
      { widths, latent: [latent], predictor_latent: [predictor_latent], predictor_width: [predictor_width] },
      sharing,
    );
  }
  return {
    pixels,
    trunk,
    sharing,
    features: trunk.kind === 'dense' ? trunk.widths.at(-1)! : trunk.inner ** 2 * trunk.channels.at(-1)!,
    latent: options.latent,
    predictorLatent: options.predictor_latent,
    predictorWidth: options.predictor_width,
    labels: labels.length,
    variance: options.variance,
    adapts,
  };
}

function convolutions(channels: readonly number[], pixels: number, halvings: number): Convolutions {
  const strides: number[] = channels.map((_, i) => (i < channels.length - halvings ? 1 : 2));
  return { kind: 'convolution', channels, strides, inner: pixels / strides.reduce((a, b) => a * b, 1) };
}

/** The stencils of the six blocks, first to last: `fine` is a block's input in the encoder, `coarse` its output. */
export function stencils({ strides, inner }: Convolutions): Stencil[] {
  let order: PixelOrder = rasterOrder(2);
  while (order.size < inner) order = refine(order, 2);
  return strides
    .toReversed()
    .map((stride) => {
      const s = stencil(order, stride);
      order = s.fine;
      return s;
    })
    .toReversed();
}

/** One trained array, or one statistic of a batch norm. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the normal initial values, or one constant for all. */
  readonly initial: { readonly deviation: number } | { readonly value: number };
}

const constant = (name: string, shape: readonly number[], value: number): Parameter => ({
  name,
  shape,
  initial: { value },
});

const normal = (name: string, shape: readonly number[], fanIn: number, gain: number): Parameter => ({
  name,
  shape,
  initial: { deviation: Math.sqrt(gain / fanIn) },
});

const norm = (name: string, size: number): Parameter[] => [
  constant(`${name}.gamma`, [size], 1),
  constant(`${name}.beta`, [size], 0),
];

function denseEncoder({ widths }: Dense, pixels: number): Parameter[] {
  return widths.flatMap((to, i) => {
    const from = widths[i - 1] ?? pixels;
    return [
      normal(`encoder.${i}.weight`, [from, to], from, 1),
      constant(`encoder.${i}.bias`, [to], 0),
      ...norm(`encoder.${i}`, to),
    ];
  });
}

function denseDecoder(features: number, pixels: number): Parameter[] {
  return [
    ...norm('decoder.0', features),
    normal('decoder.0.weight', [features, pixels], features, 1),
    constant('decoder.0.bias', [pixels], 0),
  ];
}

function convolutionEncoder({ channels }: Convolutions): Parameter[] {
  return channels.flatMap((to, i) => {
    const from = channels[i - 1] ?? 1;
    return [normal(`encoder.${i}.weight`, [9, from, to], 9 * from, 2), ...norm(`encoder.${i}`, to)];
  });
}

function convolutionDecoder({ channels, strides }: Convolutions): Parameter[] {
  return channels.toReversed().flatMap((from, i) => {
    const to = channels.at(-2 - i);
    const gain = to === undefined ? 1 : 2;
    const weight = normal(`decoder.${i}.weight`, [from, 9, to ?? 1], (9 * from) / strides.at(-1 - i)! ** 2, gain);
    return [weight, ...(to === undefined ? [constant(`decoder.${i}.bias`, [1], 0)] : norm(`decoder.${i}`, to))];
  });
}

/** Every trained parameter, in the order in which a checkpoint keeps them. */
export function parameters(a: Architecture): Parameter[] {
  const full = fullParameters(a);
  const { sharing } = a;
  return sharing ? full.map((parameter) => sharedParameter(parameter, sharing.operations.length)) : full;
}

/** As if nothing were shared. */
function fullParameters(a: Architecture): Parameter[] {
  const { trunk, features } = a;
  const list: Parameter[] = trunk.kind === 'dense' ? denseEncoder(trunk, a.pixels ** 2) : convolutionEncoder(trunk);
  list.push(normal('latent.weight', [features, a.latent], features, 1), constant('latent.bias', [a.latent], 0));
  list.push(normal('features.weight', [a.latent, features], a.latent, 1), constant('features.bias', [features], 0));
  list.push(...(trunk.kind === 'dense' ? denseDecoder(features, a.pixels ** 2) : convolutionDecoder(trunk)));
  const widths = [a.predictorLatent, a.predictorWidth, a.predictorWidth, a.labels];
  for (let i = 0; i < 3; i++) {
    const [from, to] = [widths[i]!, widths[i + 1]!];
    // A layer norm takes away the length of its input: the first bias must be there for the length of z to show.
    const bias = i === 0 ? normal(`predictor.${i}.bias`, [to], 1, 1) : constant(`predictor.${i}.bias`, [to], 0);
    list.push(normal(`predictor.${i}.weight`, [from, to], from, 1), bias);
    if (i < 2) list.push(...norm(`predictor.${i}`, to));
  }
  if (a.variance) {
    // Every variance begins as that of the labels.
    list.push(constant('variance.weight', [a.predictorWidth, a.labels], 0));
    list.push(constant('variance.bias', [a.labels], UNIT_VARIANCE));
  }
  if (a.adapts) {
    for (const place of ['before', 'after']) {
      list.push(constant(`adapt.${place}.scale`, [a.pixels ** 2], 1));
      list.push(constant(`adapt.${place}.offset`, [a.pixels ** 2], 0));
    }
  }
  return list;
}

/** Running mean (0) and variance (1) of every batch norm, in the order of a checkpoint; dense layers have none. */
export function statistics({ trunk }: Architecture): Parameter[] {
  if (trunk.kind === 'dense') return [];
  const decoder = trunk.channels.slice(0, -1).toReversed();
  const blocks = [
    ...trunk.channels.map((size, i) => [`encoder.${i}`, size] as const),
    ...decoder.map((size, i) => [`decoder.${i}`, size] as const),
  ];
  return blocks.flatMap(([name, size]) => [
    constant(`${name}.mean`, [size], 0),
    constant(`${name}.variance`, [size], 1),
  ]);
}

/** Multiply-adds of one forward pass of one pattern: the convolutions and fully connected layers. */
export function multiplyAdds(a: Architecture): number {
  let sum = 0;
  for (const { name, shape } of fullParameters(a))
    if (name.endsWith('.weight') && shape.length === 2) sum += sizeOf(shape);
  if (a.trunk.kind === 'dense') return sum;
  const { channels, strides } = a.trunk;
  let size = a.pixels;
  channels.forEach((out, i) => {
    size /= strides[i]!;
    sum += 2 * 9 * size * size * (channels[i - 1] ?? 1) * out;
  });
  return sum;
}

/** The initial values of `list`, one after another: [Σ sizes]. Each parameter has a stream of its own, named after it. */
export function initialValues(list: readonly Parameter[], seed: number): Float32Array {
  const out = new Float32Array(list.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name, shape, initial } of list) {
    const size = sizeOf(shape);
    if ('value' in initial) {
      out.fill(initial.value, at, at + size);
    } else {
      const stream = new RandomStream(seed, 'initial', name);
      for (let i = 0; i < size; i++) out[at + i] = initial.deviation * stream.normal();
    }
    at += size;
  }
  return out;
}
