/**
 * Operators that move or sum elements: reshape, transpose, slice, concat, permute, reduce. With their gradients.
 * Shapes are static; strides and negative steps are not here.
 */

import { fail } from '../core/errors.ts';
import { type Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';

/** The same elements in row-major order under another shape. @throws 'shape' where that holds another number of them */
export function reshape(g: Graph, x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    fail('shape', `Cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}].`, 'This is a bug in the graph.');
  }
  const y = g.emit('Reshape', [x, g.ints(shape)], shape);
  return g.record(y, [x], (dy) => [g.emit('Reshape', [dy, g.ints(x.shape)], x.shape)]);
}

/** Axes in another order: axis i of the result is axis perm[i] of x. */
export function transpose(g: Graph, x: Tensor, perm: readonly number[]): Tensor {
  const y = g.emit(
    'Transpose',
    [x],
    perm.map((i) => x.shape[i]!),
    { perm: { ints: perm } },
  );
  const inverse = perm.map((_, i) => perm.indexOf(i));
  return g.record(y, [x], (dy) => [g.emit('Transpose', [dy], x.shape, { perm: { ints: inverse } })]);
}

/** x[…, start:end, …] along one axis. */
export function slice(g: Graph, x: Tensor, axis: number, start: number, end: number): Tensor {
  const shape = x.shape.map((size, i) => (i === axis ? end - start : size));
  const y = g.emit('Slice', [x, g.ints([start]), g.ints([end]), g.ints([axis])], shape);
  return g.record(y, [x], (dy) => {
    const before = x.shape.map((_, i) => (i === axis ? start : 0));
    const after = x.shape.map((size, i) => (i === axis ? size - end : 0));
    return [g.emit('Pad', [dy, g.ints([...before, ...after])], x.shape)];
  });
}

/** Tensors end to end along one axis; their other axes are alike. @param parts at least one */
export function concat(g: Graph, parts: readonly Tensor[], axis: number): Tensor {
  const total = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = parts[0]!.shape.map((size, i) => (i === axis ? total : size));
  const y = g.emit('Concat', parts, shape, { axis: { i: axis } });
  return g.record(y, parts, (dy) => {
    let start = 0;
    return parts.map((part) => {
      const end = start + part.shape[axis]!;
      const out = g.emit('Slice', [dy, g.ints([start]), g.ints([end]), g.ints([axis])], part.shape);
      start = end;
      return out;
    });
  });
}

/** x[:, order, …]: a permutation of axis 1, whose size is the order's. */
export function permute(g: Graph, x: Tensor, order: Int32Array): Tensor {
  const inverse = new Int32Array(order.length);
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  const y = g.emit('Gather', [x, g.table(order, [order.length])], x.shape, { axis: { i: 1 } });
  return g.record(y, [x], (dy) => [
    g.emit('Gather', [dy, g.table(inverse, [order.length])], x.shape, { axis: { i: 1 } }),
  ]);
}

function expand(g: Graph, dy: Tensor, shape: readonly number[]): Tensor {
  return g.emit('Expand', [dy, g.ints(shape)], shape);
}

/** Sum over `axes`, which stay with size 1; with no axes given, over all, to a scalar. */
export function reduceSum(g: Graph, x: Tensor, axes?: readonly number[]): Tensor {
  if (!axes) {
    const y = g.emit('ReduceSum', [x], [], { keepdims: { i: 0 } });
    return g.record(y, [x], (dy) => [expand(g, dy, x.shape)]);
  }
  const shape = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const y = g.emit('ReduceSum', [x, g.ints(axes)], shape, { keepdims: { i: 1 } });
  return g.record(y, [x], (dy) => [expand(g, dy, x.shape)]);
}

/** Mean over `axes`, which stay with size 1; with no axes given, over all, to a scalar. */
export function reduceMean(g: Graph, x: Tensor, axes?: readonly number[]): Tensor {
  const sum = reduceSum(g, x, axes);
  const factor = g.scalar(sizeOf(sum.shape) / sizeOf(x.shape));
  const y = g.emit('Mul', [sum, factor], sum.shape);
  return g.record(y, [sum], (dy) => [g.emit('Mul', [dy, factor], sum.shape)]);
}

/**
 * Rows of x [rows, f] side by side: [rows, columns, f], y[r, c] = x[table[r·columns + c]].
 * @param table each column is a permutation of the rows
 */
export function gatherRows(g: Graph, x: Tensor, table: Int32Array, columns: number): Tensor {
  const [rows, f] = sizesOf(x, 2);
  const shape = [rows, columns, f];
  const y = g.emit('Gather', [x, g.table(table, [rows, columns])], shape, { axis: { i: 0 } });
  return g.record(y, [x], (dy) => {
    const back = new Int32Array(table.length);
    table.forEach((row, i) => {
      back[row * columns + (i % columns)] = i;
    });
    const flat = g.emit('Reshape', [dy, g.ints([rows * columns, f])], [rows * columns, f]);
    const parts = g.emit('Gather', [flat, g.table(back, [rows, columns])], shape, { axis: { i: 0 } });
    return [g.emit('ReduceSum', [parts, g.ints([1])], x.shape, { keepdims: { i: 0 } })];
  });
}
