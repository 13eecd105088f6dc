/**
 * Elementwise operators with NumPy broadcasting, and their gradients. Each emits ONNX nodes and leaves its gradient on
 * the tape. f(x) → y; ∂L/∂x = ∂L/∂y · f′(x), summed over broadcast axes.
 *
 * What this is not: fused. The blocks that dominate training (normalisation, swish) are in `ops-norm.ts`.
 */

import { fail } from '../core/errors.ts';
import { type Graph, sizeOf, type Tensor } from './graph.ts';

/** The shape of a result with NumPy's broadcasting. @throws 'shape' where the two do not broadcast */
function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      fail('shape', `Shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast.`, 'This is a bug in the graph.');
    return x === 1 ? y : x;
  });
}

/** Sums `gradient` over the axes along which a tensor of `shape` was broadcast. */
function unbroadcast(g: Graph, gradient: Tensor, shape: readonly number[]): Tensor {
  const rank = gradient.shape.length;
  const axes = gradient.shape
    .map((size, i) => ((shape[i - rank + shape.length] ?? 1) === 1 && size !== 1 ? i : -1))
    .filter((i) => i >= 0);
  let out = gradient;
  if (axes.length > 0) {
    const kept = gradient.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    out = g.emit('ReduceSum', [gradient, g.ints(axes)], kept, { keepdims: { i: 1 } });
  }
  if (out.shape.length === shape.length && out.shape.every((size, i) => size === shape[i])) return out;
  return g.emit('Reshape', [out, g.ints(shape)], shape);
}

function binary(
  g: Graph,
  op: string,
  a: Tensor,
  b: Tensor,
  backward: (dy: Tensor, y: Tensor, needed: readonly boolean[]) => (Tensor | undefined)[],
): Tensor {
  const y = g.emit(op, [a, b], broadcastShape(a.shape, b.shape));
  return g.record(y, [a, b], (dy, needed) =>
    backward(dy, y, needed).map((part, i) => part && unbroadcast(g, part, (i === 0 ? a : b).shape)),
  );
}

const raw = (g: Graph, op: string, ...x: Tensor[]): Tensor =>
  g.emit(
    op,
    x,
    x.map((t) => t.shape).reduce((a, b) => broadcastShape(a, b)),
  );

/** a + b. @throws 'shape' where they do not broadcast; so do the next three */
export function add(g: Graph, a: Tensor, b: Tensor): Tensor {
  return binary(g, 'Add', a, b, (dy) => [dy, dy]);
}

/** a − b. */
export function sub(g: Graph, a: Tensor, b: Tensor): Tensor {
  return binary(g, 'Sub', a, b, (dy, _y, [, needB]) => [dy, needB ? raw(g, 'Neg', dy) : undefined]);
}

/** a·b, element by element. */
export function mul(g: Graph, a: Tensor, b: Tensor): Tensor {
  return binary(g, 'Mul', a, b, (dy, _y, [needA, needB]) => [
    needA ? raw(g, 'Mul', dy, b) : undefined,
    needB ? raw(g, 'Mul', dy, a) : undefined,
  ]);
}

/** a/b, element by element. */
export function div(g: Graph, a: Tensor, b: Tensor): Tensor {
  return binary(g, 'Div', a, b, (dy, y, [needA, needB]) => {
    const da = raw(g, 'Div', dy, b);
    return [needA ? da : undefined, needB ? raw(g, 'Neg', raw(g, 'Mul', da, y)) : undefined];
  });
}

/** Square root of each element, x > 0: the gradient has no value at 0. */
export function sqrt(g: Graph, x: Tensor): Tensor {
  const y = raw(g, 'Sqrt', x);
  return g.record(y, [x], (dy) => [raw(g, 'Div', raw(g, 'Mul', dy, g.scalar(0.5)), y)]);
}

/** eˣ of each element. */
export function exp(g: Graph, x: Tensor): Tensor {
  const y = raw(g, 'Exp', x);
  return g.record(y, [x], (dy) => [raw(g, 'Mul', dy, y)]);
}

/** 1/(1 + e⁻ˣ) of each element. */
export function sigmoid(g: Graph, x: Tensor): Tensor {
  const y = raw(g, 'Sigmoid', x);
  return g.record(y, [x], (dy) => [raw(g, 'Mul', dy, raw(g, 'Mul', y, raw(g, 'Sub', g.scalar(1), y)))]);
}

/** Square of each element. */
export function square(g: Graph, x: Tensor): Tensor {
  const y = raw(g, 'Mul', x, x);
  return g.record(y, [x], (dy) => [raw(g, 'Mul', dy, raw(g, 'Mul', x, g.scalar(2)))]);
}

/** x times a number. */
export function scale(g: Graph, x: Tensor, factor: number): Tensor {
  return mul(g, x, g.scalar(factor));
}

/** Mean of x² over all elements, a scalar: the mean squared error of a difference. */
export function meanSquare(g: Graph, x: Tensor): Tensor {
  const n = sizeOf(x.shape);
  const flat = g.emit('Reshape', [x, g.ints([n])], [n]);
  const total = g.emit('ReduceSum', [raw(g, 'Mul', flat, flat)], [], { keepdims: { i: 0 } });
  const y = raw(g, 'Mul', total, g.scalar(1 / n));
  return g.record(y, [x], (dy) => [raw(g, 'Mul', x, raw(g, 'Mul', dy, g.scalar(2 / n)))]);
}
