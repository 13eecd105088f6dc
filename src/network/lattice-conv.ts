/**
 * 3×3 convolutions on maps kept as [batch, pixel, channel] (see `lattice.ts`): a Gather of neighbour rows, then one
 * matrix product over the whole batch. Same numbers as Conv and ConvTranspose with padding 1 (`lattice-conv.test.ts`),
 * several times faster to train in ONNX Runtime on a CPU.
 *
 *   down: y[m] = Σ_tap x[table(m, tap)]·W[tap]          weights [9, in, out]
 *   up:   y[4m + child] = Σ_taps of child x[…]·W[tap]   weights [in, 9, out], the adjoint of down
 * The gradient of each with respect to its input is the other one; the weights' gradients reuse the gathered rows.
 *
 * Rows of one channel are too short to gather one by one. Four siblings lie side by side, so a map of one channel is
 * read as one of four channels on the next coarser lattice, which is again a 3×3 convolution, with its weights spread
 * over a larger matrix that is mostly zeros (`spread`).
 */

import { type Graph, sizesOf, type Tensor } from './graph.ts';
import { coarsen, type Stencil, stencil } from './lattice.ts';
import { crossProduct, gemmRaw } from './ops-matmul.ts';
import { reshape, transpose } from './ops-shape.ts';

const view = (g: Graph, x: Tensor, shape: readonly number[]): Tensor => g.emit('Reshape', [x, g.ints(shape)], shape);

/** x [n, pixels, channels] with a pixel of zeros added at the end. */
function withZero(g: Graph, x: Tensor): Tensor {
  const [n, pixels, channels] = sizesOf(x, 3);
  const zero = g.constant(new Float32Array(n * channels), [n, 1, channels]);
  return g.emit('Concat', [x, zero], [n, pixels + 1, channels], { axis: { i: 1 } });
}

/** Rows of `padded` (with its zero pixel) by the table, as the matrix [n·m, taps·channels]. */
function rows(g: Graph, padded: Tensor, table: Int32Array, taps: number): Tensor {
  const [n, , channels] = sizesOf(padded, 3);
  const out = g.emit('Gather', [padded, g.table(table, [table.length])], [n, table.length, channels], {
    axis: { i: 1 },
  });
  return view(g, out, [(n * table.length) / taps, taps * channels]);
}

/** The transposed convolution without a gradient; `block(taps)` gives the weights of those taps as [taps·in, out]. */
function upRaw(
  g: Graph,
  x: Tensor,
  s: Stencil,
  out: number,
  block: (taps: readonly number[]) => { matrix: Tensor; transposed: boolean },
): Tensor {
  const [n, m, channels] = sizesOf(x, 3);
  const padded = withZero(g, x);
  const children = s.up.map(({ taps, table }) => {
    const self = taps.length === 1 && table.every((to, from) => to === from);
    const columns = self ? view(g, x, [n * m, channels]) : rows(g, padded, table, taps.length);
    const { matrix, transposed } = block(taps);
    return gemmRaw(g, columns, matrix, false, transposed);
  });
  if (children.length === 1) return view(g, children[0]!, [n, m, out]);
  const joined = g.emit('Concat', children, [n * m, children.length * out], { axis: { i: 1 } });
  return view(g, joined, [n, m * children.length, out]);
}

/** The same stencil between maps whose pixels are quads of siblings; none where the coarse map has no siblings. */
const quads: WeakMap<Stencil, Stencil | undefined> = new WeakMap();
function quadsOf(s: Stencil): Stencil | undefined {
  if (!quads.has(s)) {
    const coarse = coarsen(s.coarse);
    quads.set(s, coarse && stencil(coarse, s.stride));
  }
  return quads.get(s);
}

/**
 * Weights w [9, k] between pixels as weights between quads: [9 taps, 4 fine siblings, 4 coarse siblings, k]. Each tap
 * serves each coarse sibling once; all else is zero.
 */
function spread(g: Graph, w: Tensor, stride: number): Tensor {
  const [, k] = sizesOf(w, 2);
  // Kernel row (or column) that joins a fine and a coarse sibling: fine = 2(tap − 1) + sibling, read from stride·coarse.
  const along = (tap: number, fine: number, coarse: number): number => 2 * (tap - 1) + fine - stride * coarse + 1;
  const table = Int32Array.from({ length: 9 * 16 }, (_, i) => {
    const [tap, fine, coarse] = [i >> 4, (i >> 2) & 3, i & 3];
    const row = along(Math.floor(tap / 3), fine >> 1, coarse >> 1);
    const column = along(tap % 3, fine & 1, coarse & 1);
    return row < 0 || row > 2 || column < 0 || column > 2 ? 9 : 3 * row + column;
  });
  const places = Array.from({ length: 9 }, (_, tap) => [...table.keys()].filter((i) => table[i] === tap)).flat();
  const zero = g.constant(new Float32Array(k), [1, k]);
  const padded = g.emit('Concat', [w, zero], [10, k], { axis: { i: 0 } });
  const wide = g.emit('Gather', [padded, g.table(table, [9, 4, 4])], [9, 4, 4, k], { axis: { i: 0 } });
  return g.record(wide, [w], (dy) => {
    const flat = view(g, dy, [table.length, k]);
    const terms = g.emit('Gather', [flat, g.table(Int32Array.from(places), [9, 4])], [9, 4, k], { axis: { i: 0 } });
    return [g.emit('ReduceSum', [terms, g.ints([1])], [9, k], { keepdims: { i: 0 } })];
  });
}

/** Strided convolution: x [n, fine pixels, in], w [9, in, out] → [n, coarse pixels, out]. @throws 'shape' for other axes */
export function latticeDown(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n, fine] = sizesOf(x, 3);
  const [, channels, out] = sizesOf(w, 3);
  const quad = channels === 1 ? quadsOf(s) : undefined;
  if (quad) {
    const wide = reshape(g, spread(g, reshape(g, w, [9, out]), s.stride), [9, 4, 4 * out]);
    const y = latticeDown(g, reshape(g, x, [n, fine / 4, 4]), wide, quad);
    return reshape(g, y, [n, s.coarse.raster.length, out]);
  }
  const m = s.coarse.raster.length;
  const columns = rows(g, withZero(g, x), s.down, 9);
  const y = view(g, gemmRaw(g, columns, view(g, w, [9 * channels, out])), [n, m, out]);
  return g.record(y, [x, w], (dy, [needX, needW]) => [
    needX
      ? upRaw(g, dy, s, channels, (taps) => {
          const part = g.emit(
            'Gather',
            [w, g.table(Int32Array.from(taps), [taps.length])],
            [taps.length, channels, out],
            { axis: { i: 0 } },
          );
          const turned = g.emit('Transpose', [part], [channels, taps.length, out], { perm: { ints: [1, 0, 2] } });
          return { matrix: view(g, turned, [channels, taps.length * out]), transposed: true };
        })
      : undefined,
    needW ? view(g, crossProduct(g, columns, view(g, dy, [n * m, out])), w.shape) : undefined,
  ]);
}

/** Transposed convolution: x [n, coarse pixels, in], w [in, 9, out] → [n, fine pixels, out]. @throws 'shape' for other axes */
export function latticeUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n, m, channels] = sizesOf(x, 3);
  const [, , out] = sizesOf(w, 3);
  const quad = out === 1 ? quadsOf(s) : undefined;
  if (quad) {
    const taps = transpose(g, reshape(g, w, [channels, 9]), [1, 0]);
    const turned = transpose(g, spread(g, taps, s.stride), [2, 3, 0, 1]);
    const y = latticeUp(g, reshape(g, x, [n, m / 4, 4 * channels]), reshape(g, turned, [4 * channels, 9, 4]), quad);
    return reshape(g, y, [n, s.fine.raster.length, 1]);
  }
  const y = out <= 4 ? scatterUp(g, x, w, s) : gatherUp(g, x, w, s);
  return g.record(y, [x, w], (dy, [needX, needW]) => {
    const columns = rows(g, withZero(g, dy), s.down, 9);
    const matrix = view(g, w, [channels, 9 * out]);
    const flat = view(g, x, [n * m, channels]);
    return [
      needX ? view(g, gemmRaw(g, columns, matrix, false, true), x.shape) : undefined,
      needW ? view(g, crossProduct(g, flat, columns), w.shape) : undefined,
    ];
  });
}

/** For many output channels: gather the rows of x that each fine pixel reads, then multiply. */
function gatherUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [channels, , out] = sizesOf(w, 3);
  return upRaw(g, x, s, out, (taps) => {
    const part = g.emit('Gather', [w, g.table(Int32Array.from(taps), [taps.length])], [channels, taps.length, out], {
      axis: { i: 1 },
    });
    const turned = g.emit('Transpose', [part], [taps.length, channels, out], { perm: { ints: [1, 0, 2] } });
    return { matrix: view(g, turned, [taps.length * channels, out]), transposed: false };
  });
}

/** For few output channels: multiply first, then gather and add the products that fall on each fine pixel. */
function scatterUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n, m, channels] = sizesOf(x, 3);
  const [, , out] = sizesOf(w, 3);
  // A tenth tap of zeros gives the products that stand for pixels outside the map.
  const zero = g.constant(new Float32Array(channels * out), [channels, 1, out]);
  const ten = g.emit('Concat', [w, zero], [channels, 10, out], { axis: { i: 1 } });
  const products = gemmRaw(g, view(g, x, [n * m, channels]), view(g, ten, [channels, 10 * out]));
  const pairs = s.up.flatMap(({ taps, table }, child) => taps.map((tap, t) => ({ child, tap, t, taps, table })));
  const table = Int32Array.from({ length: m * pairs.length }, (_, i) => {
    const pair = pairs[i % pairs.length]!;
    const source = pair.table[Math.floor(i / pairs.length) * pair.taps.length + pair.t]!;
    return source < m ? source * 10 + pair.tap : 9;
  });
  const terms = g.emit(
    'Gather',
    [view(g, products, [n, m * 10, out]), g.table(table, [table.length])],
    [n, table.length, out],
    { axis: { i: 1 } },
  );
  const children = s.up.length;
  const sums = new Float32Array(pairs.length * out * children * out);
  pairs.forEach(({ child }, i) => {
    for (let o = 0; o < out; o++) sums[((i * out + o) * children + child) * out + o] = 1;
  });
  const [from, to] = [pairs.length * out, children * out];
  const y = gemmRaw(g, view(g, terms, [n * m, from]), g.constant(sums, [from, to]));
  return view(g, y, [n, m * children, out]);
}
