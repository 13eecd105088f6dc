/**
 * Normalisation and swish, each as one entry on the tape with a hand-derived gradient: a third of the memory passes
 * that differentiating the primitives would take.
 *
 *   batch norm (Ioffe and Szegedy 2015): u = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the rows of each column;
 *     ∂x = γ/√(σ²+ε)·(∂u − mean(∂u) − x̂·mean(∂u·x̂))
 *   layer norm (Ba, Kiros, Hinton 2016): the same over the columns of each row, built from primitives
 *   swish (Ramachandran, Zoph, Le 2017): s = u·σ(u), s′ = σ + s − s·σ
 * Rows are short (16 columns): they are laid side by side until about 512 wide, since ONNX Runtime broadcasts those
 * 5 times faster.
 */

import { type Graph, sizesOf, type Tensor } from './graph.ts';
import { add, div, mul, sqrt, square, sub } from './ops.ts';
import { columnSum, foldOf } from './ops-matmul.ts';
import { reduceMean } from './ops-shape.ts';

/** ε under the root of every normalisation. */
export const NORM_EPSILON = 1e-5;

/** A normalised batch and its statistics. */
export interface BatchNorm {
  /** [rows, columns] */
  readonly output: Tensor;
  /** Mean and (biased) variance of this batch, [columns]. */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Batch norm in training mode of x [rows, columns], with γ and β [columns]. Mean and variance are not differentiated. */
export function batchNorm(g: Graph, x: Tensor, gamma: Tensor, beta: Tensor): BatchNorm {
  const [rows, columns] = sizesOf(x, 2);
  const fold = foldOf(rows, columns);
  const wideShape = [rows / fold, columns * fold];
  const wide = (t: Tensor): Tensor => g.emit('Reshape', [t, g.ints(wideShape)], wideShape);
  const narrow = (t: Tensor): Tensor => g.emit('Reshape', [t, g.ints(x.shape)], x.shape);
  const tile = (t: Tensor): Tensor => g.emit('Tile', [t, g.ints([fold])], [columns * fold]);
  const big = (op: string, a: Tensor, b: Tensor): Tensor => g.emit(op, [a, b], wideShape);
  const small = (op: string, ...t: Tensor[]): Tensor => g.emit(op, t, [columns]);
  const meanOf = (t: Tensor): Tensor => small('Mul', columnSum(g, narrow(t)), g.scalar(1 / rows));

  const mean = meanOf(wide(x));
  const centred = big('Sub', wide(x), tile(mean));
  const variance = meanOf(big('Mul', centred, centred));
  const inverse = small('Reciprocal', small('Sqrt', small('Add', variance, g.scalar(NORM_EPSILON))));
  const slope = small('Mul', gamma, inverse);
  const output = narrow(big('Add', big('Mul', centred, tile(slope)), tile(beta)));
  g.record(output, [x, gamma, beta], (gradient) => {
    const du = wide(gradient);
    const dBeta = columnSum(g, gradient);
    const dotted = columnSum(g, narrow(big('Mul', du, centred)));
    const perRow = g.scalar(1 / rows);
    const along = small('Mul', small('Mul', dotted, small('Mul', inverse, inverse)), perRow);
    const rest = big('Sub', du, big('Mul', centred, tile(along)));
    const dx = big('Mul', big('Sub', rest, tile(small('Mul', dBeta, perRow))), tile(slope));
    return [narrow(dx), small('Mul', dotted, inverse), dBeta];
  });
  return { output, mean, variance };
}

/** Batch norm of x [rows, columns] with given statistics [columns]: what a trained model does. Not differentiated. */
export function batchNormFixed(
  g: Graph,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  mean: Tensor,
  variance: Tensor,
): Tensor {
  const [rows, columns] = sizesOf(x, 2);
  const fold = foldOf(rows, columns);
  const wideShape = [rows / fold, columns * fold];
  const tile = (t: Tensor): Tensor => g.emit('Tile', [t, g.ints([fold])], [columns * fold]);
  const small = (op: string, ...t: Tensor[]): Tensor => g.emit(op, t, [columns]);
  const slope = small('Div', gamma, small('Sqrt', small('Add', variance, g.scalar(NORM_EPSILON))));
  const offset = small('Sub', beta, small('Mul', mean, slope));
  const wide = g.emit('Reshape', [x, g.ints(wideShape)], wideShape);
  const scaled = g.emit('Mul', [wide, tile(slope)], wideShape);
  const shifted = g.emit('Add', [scaled, tile(offset)], wideShape);
  return g.emit('Reshape', [shifted, g.ints(x.shape)], x.shape);
}

/** Layer norm of x [rows, columns] over its columns, with γ and β [columns]. */
export function layerNorm(g: Graph, x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const centred = sub(g, x, reduceMean(g, x, [1]));
  const variance = reduceMean(g, square(g, centred), [1]);
  const unit = div(g, centred, sqrt(g, add(g, variance, g.scalar(NORM_EPSILON))));
  return add(g, mul(g, unit, gamma), beta);
}

/** u·σ(u), element by element. */
export function swish(g: Graph, u: Tensor): Tensor {
  const gate = g.emit('Sigmoid', [u], u.shape);
  const s = g.emit('Mul', [u, gate], u.shape);
  return g.record(s, [u], (dy) => {
    const rest = g.emit('Sub', [s, g.emit('Mul', [s, gate], u.shape)], u.shape);
    return [g.emit('Mul', [dy, g.emit('Add', [gate, rest], u.shape)], u.shape)];
  });
}
