/**
 * 3×3 convolutions on maps kept as [batch, pixel, channel] (see `lattice.ts`): a Gather of neighbour rows, then one
 * matrix product over the whole batch. Same numbers as Conv and ConvTranspose with padding 1 (`lattice-conv.test.ts`),
 * several times faster to train in ONNX Runtime on a CPU.
 *
 *   down: y[m] = Σ_tap x[table(m, tap)]·W[tap]          weights [9, in, out]
 *   up:   y[4m + child] = Σ_taps of child x[…]·W[tap]   weights [in, 9, out], the adjoint of down
 * The gradient of each with respect to its input is the other one; the weights' gradients reuse the gathered rows.
 */

import { type Graph, sizeOf, type Tensor } from './graph.ts';
import type { Stencil } from './lattice.ts';
import { gemmRaw } from './ops-matmul.ts';

const view = (g: Graph, x: Tensor, shape: readonly number[]): Tensor => g.emit('Reshape', [x, g.ints(shape)], shape);

/** Index tables as constants of one graph, each once. */
const tables: WeakMap<Graph, Map<Int32Array, Tensor>> = new WeakMap();
function tableOf(g: Graph, values: Int32Array): Tensor {
  const known = tables.get(g) ?? new Map<Int32Array, Tensor>();
  tables.set(g, known);
  const tensor = known.get(values) ?? g.table(values, [values.length]);
  known.set(values, tensor);
  return tensor;
}

/** x [n, pixels, channels] with a pixel of zeros added at the end. */
function withZero(g: Graph, x: Tensor): Tensor {
  const [n = 0, pixels = 0, channels = 0] = x.shape;
  const zero = g.constant(new Float32Array(n * channels), [n, 1, channels]);
  return g.emit('Concat', [x, zero], [n, pixels + 1, channels], { axis: { i: 1 } });
}

/** Rows of `padded` (with its zero pixel) by the table, as the matrix [n·m, taps·channels]. */
function rows(g: Graph, padded: Tensor, table: Int32Array, taps: number): Tensor {
  const [n = 0, , channels = 0] = padded.shape;
  const out = g.emit('Gather', [padded, tableOf(g, table)], [n, table.length, channels], { axis: { i: 1 } });
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
  const [n = 0, m = 0, channels = 0] = x.shape;
  const padded = withZero(g, x);
  const children = s.up.map(({ taps, table }) => {
    const self = taps.length === 1 && table.every((to, from) => to === from);
    const columns = self ? view(g, x, [n * m, channels]) : rows(g, padded, table, taps.length);
    const { matrix, transposed } = block(taps);
    return view(g, gemmRaw(g, columns, matrix, false, transposed), [n, m, 1, out]);
  });
  if (children.length === 1 && children[0]) return view(g, children[0], [n, m, out]);
  const joined = g.emit('Concat', children, [n, m, children.length, out], { axis: { i: 2 } });
  return view(g, joined, [n, m * children.length, out]);
}

/** Strided convolution: x [n, fine pixels, in], w [9, in, out] → [n, coarse pixels, out]. */
export function latticeDown(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n = 0] = x.shape;
  const [, channels = 0, out = 0] = w.shape;
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
            {
              axis: { i: 0 },
            },
          );
          const turned = g.emit('Transpose', [part], [channels, taps.length, out], { perm: { ints: [1, 0, 2] } });
          return { matrix: view(g, turned, [channels, taps.length * out]), transposed: true };
        })
      : undefined,
    needW ? view(g, gemmRaw(g, columns, view(g, dy, [n * m, out]), true), w.shape) : undefined,
  ]);
}

/** Transposed convolution: x [n, coarse pixels, in], w [in, 9, out] → [n, fine pixels, out]. */
export function latticeUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n = 0, m = 0, channels = 0] = x.shape;
  const out = w.shape[2] ?? 0;
  const y = out === 1 ? scatterUp(g, x, w, s) : gatherUp(g, x, w, s);
  return g.record(y, [x, w], (dy, [needX, needW]) => {
    const columns = rows(g, withZero(g, dy), s.down, 9);
    const matrix = view(g, w, [channels, 9 * out]);
    const flat = view(g, x, [n * m, channels]);
    return [
      needX ? view(g, gemmRaw(g, columns, matrix, false, true), x.shape) : undefined,
      needW ? view(g, gemmRaw(g, flat, columns, true), w.shape) : undefined,
    ];
  });
}

function gatherUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [channels = 0, , out = 0] = w.shape;
  return upRaw(g, x, s, out, (taps) => {
    const part = g.emit('Gather', [w, g.table(Int32Array.from(taps), [taps.length])], [channels, taps.length, out], {
      axis: { i: 1 },
    });
    const turned = g.emit('Transpose', [part], [taps.length, channels, out], { perm: { ints: [1, 0, 2] } });
    return { matrix: view(g, turned, [taps.length * channels, out]), transposed: false };
  });
}

/** For one output channel: multiply first, then gather and add the products that fall on each fine pixel. */
function scatterUp(g: Graph, x: Tensor, w: Tensor, s: Stencil): Tensor {
  const [n = 0, m = 0, channels = 0] = x.shape;
  const products = gemmRaw(g, view(g, x, [n * m, channels]), view(g, w, [channels, 9]));
  const zero = g.constant(new Float32Array(n), [n, 1]);
  const padded = g.emit('Concat', [view(g, products, [n, m * 9]), zero], [n, m * 9 + 1], { axis: { i: 1 } });
  const reach = Math.max(...s.up.map(({ taps }) => taps.length));
  const fine = s.fine.raster.length;
  const table = new Int32Array(fine * reach).fill(m * 9);
  s.up.forEach(({ taps, table: from }, child) => {
    for (let pixel = 0; pixel < m; pixel++) {
      taps.forEach((tap, t) => {
        const source = from[pixel * taps.length + t] ?? m;
        if (source < m) table[(pixel * s.up.length + child) * reach + t] = source * 9 + tap;
      });
    }
  });
  const terms = g.emit('Gather', [padded, g.table(table, [table.length])], [n, table.length], { axis: { i: 1 } });
  const ones = g.constant(new Float32Array(reach).fill(1), [reach, 1]);
  return view(g, gemmRaw(g, view(g, terms, [sizeOf([n, fine]), reach]), ones), [n, fine, 1]);
}
