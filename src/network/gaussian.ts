/**
 * The predictor's second answer: a log-variance s = log σ² beside the mean μ of each standardised label, learned by the β-NLL of Seitzer, Tavakoli, Antic,
 * Martius (2022), "On the pitfalls of heteroscedastic uncertainty estimation with probabilistic neural networks", equation 5, times two and without its constant,
 *
 *     L = ⟨ ⌊σ^2β⌋ · ((y − μ)²/σ² + log σ²) ⟩,
 *
 * where ⌊·⌋ is not differentiated. β = 0 is the Gaussian likelihood, which neglects labels that are hard to tell; with β = 1 the mean's gradient is that
 * of a mean square error.
 *
 *     s = LEAST + (MOST − LEAST)/(1 + e⁻ʳ),    r what the layer gives
 *
 * keeps σ between 1e-3 and 3 standard deviations of the label: a pattern unlike all others cannot be stated to be known better than that, and no exponential overflows.
 *
 * What this is not: calibrated (conformal.ts), or a statement about patterns unlike those of training (domain.ts).
 */

import type { Graph, Tensor } from './graph.ts';
import { add, exp, mul, scale, sigmoid, square, sub } from './ops.ts';
import { reduceMean } from './ops-shape.ts';

const LEAST = 2 * Math.log(1e-3);
const MOST = 2 * Math.log(3);

/** r at which σ is one standard deviation of the label: what the layer's bias is at first. */
export const UNIT_VARIANCE = Math.log(-LEAST / MOST);

/** r [n, labels] → s = log σ², standardised. */
export function logVariance(g: Graph, r: Tensor): Tensor {
  return add(g, scale(g, sigmoid(g, r), MOST - LEAST), g.scalar(LEAST));
}

/** The same in a graph that is not differentiated: r → σ, standardised. */
export function sigmaOf(g: Graph, r: Tensor): Tensor {
  const op = (type: string, inputs: readonly Tensor[]): Tensor => g.emit(type, inputs, r.shape);
  const s = op('Add', [op('Mul', [op('Sigmoid', [r]), g.scalar((MOST - LEAST) / 2)]), g.scalar(LEAST / 2)]);
  return op('Exp', [s]);
}

/** L over labels y, means μ and log-variances s, each [n, labels]: a scalar. */
export function betaNll(g: Graph, y: Tensor, mean: Tensor, s: Tensor, beta: number): Tensor {
  const surprise = add(g, mul(g, square(g, sub(g, mean, y)), exp(g, scale(g, s, -1))), s);
  // Emitted, not recorded: no gradient flows through the weight.
  const weight = g.emit('Exp', [g.emit('Mul', [s, g.scalar(beta)], s.shape)], s.shape);
  return reduceMean(g, mul(g, surprise, weight));
}
