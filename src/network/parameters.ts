/**
 * What is trained of a network: the list of its parameters, and of the statistics of its batch norms, with their initial values. Initial weights are normal with variance
 * 2/fan-in before a swish (He et al. 2015) and 1/fan-in elsewhere. A convolution before a batch norm has no bias.
 */

import { RandomStream } from '../core/random.ts';
import type { Architecture, Convolutions, Dense } from './architecture.ts';
import { UNIT_VARIANCE } from './gaussian.ts';
import { sizeOf } from './graph.ts';
import { sharedParameter } from './sharing.ts';

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
export function fullParameters(a: Architecture): Parameter[] {
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
