/**
 * How the weights of convolutions lie in memory: in training by tap and in Z-order (lattice-conv.ts), in a model's file as ONNX's Conv and ConvTranspose, and
 * the layers around them, have them. All else lies alike in both.
 */

import { type Architecture, stencils } from './architecture.ts';
import type { Parameter } from './parameters.ts';

/** Data of a parameter in the other order; the same array where both are alike. */
export type Reorder = (data: Float32Array, parameter: Pick<Parameter, 'name' | 'shape'>) => Float32Array;

/** From training to file and back, for the parameters of a network; those of dense layers lie alike in both. */
export function weightLayout({ trunk, latent }: Pick<Architecture, 'trunk' | 'latent'>): {
  readonly toFile: Reorder;
  readonly toTraining: Reorder;
} {
  if (trunk.kind === 'dense') return { toFile: (data) => data, toTraining: (data) => data };
  const rasters = stencils(trunk);
  const pixels = rasters[0]!.fine.raster;
  const inner = rasters.at(-1)!.coarse.raster;
  const last = trunk.channels.at(-1)!;
  const reorder =
    (
      down: typeof downToOnnx,
      up: typeof upToOnnx,
      rows: typeof featureRows,
      columns: typeof featureColumns,
      plane: typeof toRaster,
    ): Reorder =>
    (data, { name, shape }) => {
      if (/^encoder\.\d+\.weight$/.test(name)) return down(data, shape);
      if (/^decoder\.\d+\.weight$/.test(name)) return up(data, shape);
      if (name === 'latent.weight') return rows(data, inner, last, latent);
      if (name.startsWith('features.')) return columns(data, inner, last, name === 'features.bias' ? 1 : latent);
      if (name.startsWith('adapt.')) return plane(data, pixels);
      return data;
    };
  return {
    toFile: reorder(downToOnnx, upToOnnx, featureRows, featureColumns, toRaster),
    toTraining: reorder(fromDown, fromUp, fromRows, fromColumns, fromRaster),
  };
}

/** Per-pixel values from Z-order to raster order. */
function toRaster(values: Float32Array, order: Int32Array): Float32Array {
  const out = new Float32Array(values.length);
  order.forEach((pixel, at) => {
    out[pixel] = values[at]!;
  });
  return out;
}

/** Per-pixel values from raster order to Z-order. */
function fromRaster(values: Float32Array, order: Int32Array): Float32Array {
  return Float32Array.from(order, (pixel) => values[pixel]!);
}

/** [9, in, out] to [out, in, 3, 3]. */
function downToOnnx(w: Float32Array, shape: readonly number[]): Float32Array {
  const [, from, to] = shape as [number, number, number];
  const out = new Float32Array(w.length);
  for (let tap = 0, i = 0; tap < 9; tap++) {
    for (let c = 0; c < from; c++) for (let o = 0; o < to; o++) out[(o * from + c) * 9 + tap] = w[i++]!;
  }
  return out;
}

/** [in, 9, out] to [in, out, 3, 3]. */
function upToOnnx(w: Float32Array, shape: readonly number[]): Float32Array {
  const [from, , to] = shape as [number, number, number];
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
