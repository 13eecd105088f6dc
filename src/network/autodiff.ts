/**
 * Reverse-mode differentiation of a graph: walks the tape backwards and lets each operator emit the nodes of its own
 * gradient (the chain rule; Griewank and Walther 2008, "Evaluating Derivatives", chapter 3). The result is ordinary
 * graph: ONNX Runtime executes forward and backward alike.
 *
 * What this is not: numerical. `autodiff.test.ts` holds every operator against central finite differences.
 */

import { fail } from '../core/errors.ts';
import type { Graph, Tensor } from './graph.ts';

/**
 * ∂loss/∂x for each x in `wrt`, of x's shape; `loss` has one element.
 * @throws 'unsupported' where no path leads from x to the loss
 */
export function gradients(graph: Graph, loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const tape = graph.tape.slice();
  const needed = new Set(wrt.map((tensor) => tensor.name));
  for (const entry of tape) {
    if (entry.inputs.some((tensor) => needed.has(tensor.name))) needed.add(entry.output.name);
  }
  const sums = new Map<string, Tensor>();
  sums.set(loss.name, graph.constant(Float32Array.of(1), loss.shape));
  for (const entry of tape.toReversed()) {
    const gradient = sums.get(entry.output.name);
    if (!gradient || !needed.has(entry.output.name)) continue;
    const wanted = entry.inputs.map((tensor) => needed.has(tensor.name));
    const parts = entry.backward(gradient, wanted);
    entry.inputs.forEach((tensor, i) => {
      const part = parts[i];
      if (!part || !wanted[i]) return;
      const sum = sums.get(tensor.name);
      sums.set(tensor.name, sum ? graph.emit('Add', [sum, part], tensor.shape) : part);
    });
  }
  return wrt.map(
    (tensor) =>
      sums.get(tensor.name) ??
      fail('unsupported', `The loss does not depend on ${tensor.name}.`, 'This is a bug in the graph.'),
  );
}
