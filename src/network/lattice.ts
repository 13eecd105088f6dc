/**
 * The order in which pixels lie in memory, and the index tables of 3×3 convolutions with padding 1, stride 1 or 2.
 *
 * Training keeps a feature map as [batch, pixel, channel] in Z-order (Morton order): the four children of a coarse
 * pixel lie side by side, so the output of a transposed convolution needs no shuffling, and a convolution is one Gather
 * of neighbour rows and one large matrix product over the whole batch.
 * Taps are numbered 3a + b for kernel row a and column b; out[i] reads in[stride·i + a − 1].
 *
 * What this is not: arithmetic. `lattice-conv.ts` uses these tables.
 */

import { fail } from '../core/errors.ts';

/** The pixels of a square map in the order they lie in memory. */
export interface PixelOrder {
  /** Pixels along each side. */
  readonly size: number;
  /** Row-major index y·size + x of each position in memory. */
  readonly raster: Int32Array;
  /** Position in memory of each row-major index. */
  readonly position: Int32Array;
}

/** The order in which the pixels of a size × size map lie as `raster`, a permutation of their row-major indices, says. */
export function orderFrom(size: number, raster: Int32Array): PixelOrder {
  const position = new Int32Array(raster.length);
  raster.forEach((pixel, at) => {
    position[pixel] = at;
  });
  return { size, raster, position };
}

/** The row-major order of a size × size map. */
export function rasterOrder(size: number): PixelOrder {
  return orderFrom(
    size,
    Int32Array.from({ length: size * size }, (_, i) => i),
  );
}

/** The order of the finer map: each pixel's four children (0,0), (0,1), (1,0), (1,1) in a row. Stride 1: the same. */
export function refine(coarse: PixelOrder, stride: number): PixelOrder {
  if (stride === 1) return coarse;
  const size = coarse.size * 2;
  const raster = new Int32Array(size * size);
  coarse.raster.forEach((pixel, at) => {
    const y = Math.floor(pixel / coarse.size);
    const x = pixel % coarse.size;
    for (let child = 0; child < 4; child++) {
      raster[4 * at + child] = (2 * y + (child >> 1)) * size + 2 * x + (child & 1);
    }
  });
  return orderFrom(size, raster);
}

/** The order whose refinement by two is `fine`; undefined where there is none. */
export function coarsen(fine: PixelOrder): PixelOrder | undefined {
  const size = fine.size / 2;
  if (!Number.isInteger(size)) return undefined;
  const raster = Int32Array.from({ length: size * size }, (_, at) => {
    const pixel = fine.raster[4 * at]!;
    return (Math.floor(pixel / fine.size) >> 1) * size + ((pixel % fine.size) >> 1);
  });
  const coarse = orderFrom(size, raster);
  return refine(coarse, 2).raster.every((pixel, at) => pixel === fine.raster[at]) ? coarse : undefined;
}

/** One parity class of the pixels that a transposed convolution writes. */
export interface UpClass {
  /** Kernel taps that reach these pixels, in the order of their numbers. */
  readonly taps: readonly number[];
  /** [coarse pixel][tap of `taps`]: the position of the coarse pixel it reads; the count of pixels means a zero. */
  readonly table: Int32Array;
}

/** Which pixels a 3×3 convolution joins. */
export interface Stencil {
  /** 1 or 2; at 1 the fine order is the coarse one. */
  readonly stride: number;
  readonly fine: PixelOrder;
  readonly coarse: PixelOrder;
  /** [coarse pixel][tap]: the position of the fine pixel it reads; the count of fine pixels means a zero. */
  readonly down: Int32Array;
  /** The parity classes, 1 for stride 1 and 4 for stride 2, in the order of the children. */
  readonly up: readonly UpClass[];
}

/** The tables of a 3×3 convolution with padding 1 onto the coarse pixels. @throws 'unsupported' for a stride other than 1 and 2 */
export function stencil(coarse: PixelOrder, stride: number): Stencil {
  if (stride !== 1 && stride !== 2) fail('unsupported', `Stride ${stride}.`, 'Strides are 1 or 2.');
  const fine = refine(coarse, stride);
  const at = (order: PixelOrder, y: number, x: number): number =>
    y < 0 || x < 0 || y >= order.size || x >= order.size ? order.raster.length : order.position[y * order.size + x]!;
  const pixels = Array.from(coarse.raster, (pixel) => [Math.floor(pixel / coarse.size), pixel % coarse.size] as const);
  const down = Int32Array.from(
    pixels.flatMap(([y, x]) =>
      Array.from({ length: 9 }, (_, tap) => at(fine, stride * y + Math.floor(tap / 3) - 1, stride * x + (tap % 3) - 1)),
    ),
  );
  const up = Array.from({ length: stride * stride }, (_, child): UpClass => {
    const parity = [Math.floor(child / stride), child % stride] as const;
    // Fine pixel stride·y + parity equals stride·i + a − 1 for i = y + (parity − a + 1)/stride.
    const reach = (p: number, a: number): number => (p - a + 1) / stride;
    const taps = Array.from({ length: 9 }, (_, tap) => tap).filter(
      (tap) => Number.isInteger(reach(parity[0], Math.floor(tap / 3))) && Number.isInteger(reach(parity[1], tap % 3)),
    );
    const table = Int32Array.from(
      pixels.flatMap(([y, x]) =>
        taps.map((tap) => at(coarse, y + reach(parity[0], Math.floor(tap / 3)), x + reach(parity[1], tap % 3))),
      ),
    );
    return { taps, table };
  });
  return { stride, fine, coarse, down, up };
}
