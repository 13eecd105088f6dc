/** The full weights of dense layers from those that operations share (sharing.ts), by gathering rows, with the gradient that goes back to what is shared. */

import type { Architecture } from './architecture.ts';
import { type Graph, sizesOf, type Tensor } from './graph.ts';
import { mul } from './ops.ts';
import { gemm } from './ops-matmul.ts';
import { concat, gatherRows, reduceMean, reshape, transpose } from './ops-shape.ts';
import { isTurned, layerAndPart } from './sharing.ts';
import { INVERSE, pixelTables, productOf } from './symmetry.ts';

/** The full parameters of a network from what it shares, by name; the same tensors where it shares nothing. */
export function sharedWeights(
  g: Graph,
  a: Architecture,
  p: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, Tensor>> {
  if (!a.sharing) return p;
  const { operations, from, sign } = a.sharing;
  const count = operations.length;
  const tables = pixelTables(a.pixels);
  const table = (rows: number, of: (row: number, h: number) => number) =>
    Int32Array.from({ length: rows * count }, (_, i) => of(Math.floor(i / count), i % count));
  /** Place of h⁻¹g among the operations. */
  const apart = operations.map((h) => operations.map((own) => operations.indexOf(productOf(INVERSE[h]!, own))));
  const pixels = table(a.pixels ** 2, (q, h) => tables[operations[h]!]![q]!);
  /** Rows operation by operation, and component by component. */
  const features = (rows: number) => {
    const each = rows / count;
    return table(rows, (row, h) => apart[h]![Math.floor(row / each)]! * each + (row % each));
  };
  const latents = (rows: number) => table(rows, (row, h) => row - (row % count) + apart[h]![row % count]!);
  const labels = table(a.labels, (label, h) => from[h]![label]!);
  const turns = Float32Array.from({ length: a.labels * count }, (_, i) => sign[i % count]![Math.floor(i / count)]!);

  /** [rows, f] to [rows, operations, f]. */
  const gathered = (x: Tensor, rows: Int32Array) => gatherRows(g, x, rows, count);
  const flat = (x: Tensor) => reshape(g, x, [x.shape[0]!, x.shape[1]! * x.shape[2]!]);
  const tiled = (x: Tensor) =>
    concat(
      g,
      Array.from({ length: count }, () => x),
      0,
    );
  const weight = (layer: string, x: Tensor): Tensor => {
    const [rows] = sizesOf(x, 2);
    if (layer === 'encoder.0' || layer === 'decoder.0') return flat(gathered(x, pixels));
    if (layer === 'latent') return flat(transpose(g, gathered(x, features(rows)), [0, 2, 1]));
    if (layer === 'features' || layer === 'predictor.0') return flat(gathered(x, latents(rows)));
    if (layer === 'variance') return flat(gathered(x, labels));
    if (layer === 'predictor.2') {
      return flat(mul(g, gathered(x, labels), g.constant(turns, [a.labels, count, 1])));
    }
    return flat(gathered(x, features(rows)));
  };
  const bias = (layer: string, x: Tensor): Tensor => {
    if (layer === 'latent') {
      const n = x.shape[0]!;
      const ones = g.constant(new Float32Array(count).fill(1), [1, count]);
      return reshape(g, mul(g, reshape(g, x, [n, 1]), ones), [n * count]);
    }
    // What stays the same under every operation: the mean over them.
    if (layer === 'decoder.0') {
      const all = gathered(reshape(g, x, [x.shape[0]!, 1]), pixels);
      return reshape(g, reduceMean(g, all, [1]), x.shape);
    }
    if (isTurned(layer)) {
      const same = new Float32Array(a.labels ** 2);
      operations.forEach((_, h) => {
        for (let label = 0; label < a.labels; label++) {
          const own = layer === 'variance' ? 1 : sign[h]![label]!;
          same[from[h]![label]! * a.labels + label]! += own / count;
        }
      });
      const row = gemm(g, reshape(g, x, [1, a.labels]), g.constant(same, [a.labels, a.labels]));
      return reshape(g, row, [a.labels]);
    }
    return tiled(x);
  };
  return Object.fromEntries(
    Object.entries(p).map(([name, x]) => {
      const [layer, part] = layerAndPart(name);
      if (layer.startsWith('adapt')) return [name, x];
      if (part === 'weight') return [name, weight(layer, x)];
      return [name, part === 'bias' ? bias(layer, x) : tiled(x)];
    }),
  );
}
