/**
 * The weights of a model's file as a training keeps them: `export.ts` backwards. Adam's moments are not in the file, so a training that goes on from there begins with none.
 */

import { fail } from '../core/errors.ts';
import type { Architecture } from './architecture.ts';
import { parameters, statistics, stencils } from './architecture.ts';
import type { LabelScaling } from './export.ts';
import { sizeOf } from './graph.ts';
import type { ModelInfo } from './model-info.ts';
import type { ModelProto } from './onnx-proto.ts';
import type { InputScaling } from './step.ts';

export interface Restored {
  /** Flat, in the order of `parameters` and `statistics`. */
  readonly p: Float32Array;
  readonly s: Float32Array;
  readonly input: InputScaling;
  readonly labels: LabelScaling;
}

/** @throws 'format' where the file's weights are not those of the architecture */
export function restoreWeights(proto: ModelProto, a: Architecture, transform: ModelInfo['input']): Restored {
  const held = new Map(
    // A copy of its own: the file's bytes need not lie at multiples of four.
    proto.graph.initializer.map(({ name, rawData }) => [name, new Float32Array(new Uint8Array(rawData).buffer)]),
  );
  const get = (name: string, size: number): Float32Array => {
    const data = held.get(name);
    if (data?.length === size) return data;
    return fail(
      'format',
      `The model file has ${data?.length ?? 'no'} values of ${name}; its network has ${size}.`,
      'Use a model that this version of ferroscope train wrote.',
      { name },
    );
  };
  const inner = stencils(a).at(-1)!.coarse.raster;
  const last = a.channels.at(-1)!;
  const flat = (list: ReturnType<typeof parameters>) => {
    const out = new Float32Array(list.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    let at = 0;
    for (const { name, shape } of list) {
      const size = sizeOf(shape);
      const data = get(name, size);
      out.set(
        /^encoder\.\d+\.weight$/.test(name)
          ? fromDown(data, shape)
          : /^decoder\.\d+\.weight$/.test(name)
            ? fromUp(data, shape)
            : name === 'latent.weight'
              ? fromRows(data, inner, last, a.latent)
              : name.startsWith('features.')
                ? fromColumns(data, inner, last, name === 'features.bias' ? 1 : a.latent)
                : data,
        at,
      );
      at += size;
    }
    return out;
  };
  const pixels = a.pixels ** 2;
  return {
    p: flat(parameters(a)),
    s: flat(statistics(a)),
    input: { transform, mean: get('input.mean', pixels), deviation: get('input.deviation', pixels) },
    labels: { mean: get('labels.mean', a.labels), deviation: get('labels.deviation', a.labels) },
  };
}

/** [out, in, 3, 3] to [9, in, out]. */
function fromDown(w: Float32Array, shape: readonly number[]): Float32Array {
  const [, from, to] = shape as [number, number, number];
  const out = new Float32Array(w.length);
  for (let tap = 0, i = 0; tap < 9; tap++) {
    for (let c = 0; c < from; c++) for (let o = 0; o < to; o++) out[i++] = w[(o * from + c) * 9 + tap]!;
  }
  return out;
}

/** [in, out, 3, 3] to [in, 9, out]. */
function fromUp(w: Float32Array, shape: readonly number[]): Float32Array {
  const [from, , to] = shape as [number, number, number];
  const out = new Float32Array(w.length);
  for (let c = 0, i = 0; c < from; c++) {
    for (let tap = 0; tap < 9; tap++) for (let o = 0; o < to; o++) out[i++] = w[(c * to + o) * 9 + tap]!;
  }
  return out;
}

/** Rows (channel, raster pixel) × columns to rows (pixel in order, channel) × columns. */
function fromRows(w: Float32Array, order: Int32Array, channels: number, columns: number): Float32Array {
  const out = new Float32Array(w.length);
  order.forEach((pixel, at) => {
    for (let c = 0; c < channels; c++) {
      const from = (c * order.length + pixel) * columns;
      out.set(w.subarray(from, from + columns), (at * channels + c) * columns);
    }
  });
  return out;
}

/** Rows × columns (channel, raster pixel) to rows × columns (pixel in order, channel). */
function fromColumns(w: Float32Array, order: Int32Array, channels: number, rows: number): Float32Array {
  const out = new Float32Array(w.length);
  const width = order.length * channels;
  for (let row = 0; row < rows; row++) {
    order.forEach((pixel, at) => {
      for (let c = 0; c < channels; c++) {
        out[row * width + at * channels + c] = w[row * width + c * order.length + pixel]!;
      }
    });
  }
  return out;
}
