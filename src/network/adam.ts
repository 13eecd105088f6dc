/**
 * Adam inside the graph (Kingma and Ba 2015, algorithm 1), one parameter at a time so that its arrays stay in cache:
 *   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − α·m/(√v + ε̂),
 *   α = rate·√(1−β₂ᵗ)/(1−β₁ᵗ),  ε̂ = ε·√(1−β₂ᵗ)   (section 2's equivalent form).
 * The state holds m/(1−β₁) and v/(1−β₂), which saves two passes over the memory; α and ε̂ take up the constants.
 */

import type { Graph, Tensor } from './graph.ts';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** The scalars of one step in the scaled form. */
export interface AdamStep {
  /** Step size α·(1−β₁)/√(1−β₂), and ε̂/√(1−β₂). */
  readonly size: Tensor;
  readonly epsilon: Tensor;
}

/**
 * The scalars of a step.
 * @param rate learning rate, a scalar of the graph
 * @param t number of the step, 1, 2, …, a scalar of the graph
 */
export function adamStep(g: Graph, rate: Tensor, t: Tensor): AdamStep {
  const one = (op: string, ...x: Tensor[]): Tensor => g.emit(op, x, []);
  const remaining = (beta: number): Tensor => one('Sub', g.scalar(1), one('Pow', g.scalar(beta), t));
  const root = one('Sqrt', remaining(BETA2));
  const scaled = one('Mul', rate, g.scalar((1 - BETA1) / Math.sqrt(1 - BETA2)));
  return {
    size: one('Div', one('Mul', scaled, root), remaining(BETA1)),
    epsilon: one('Mul', g.scalar(EPSILON / Math.sqrt(1 - BETA2)), root),
  };
}

/** One parameter's new values and (scaled) moments; all are of p's shape. The caller sees to it that `m`, `v` and `gradient` are too. */
export function adamUpdate(
  g: Graph,
  step: AdamStep,
  p: Tensor,
  m: Tensor,
  v: Tensor,
  gradient: Tensor,
): { p: Tensor; m: Tensor; v: Tensor } {
  const op = (name: string, a: Tensor, b: Tensor): Tensor => g.emit(name, [a, b], p.shape);
  const m2 = op('Add', op('Mul', m, g.scalar(BETA1)), gradient);
  const v2 = op('Add', op('Mul', v, g.scalar(BETA2)), op('Mul', gradient, gradient));
  const root = op('Add', g.emit('Sqrt', [v2], p.shape), step.epsilon);
  return { p: op('Sub', p, op('Mul', op('Div', m2, root), step.size)), m: m2, v: v2 };
}
