/**
 * Maximum mean discrepancy between latents and a standard Gaussian prior, as in the Wasserstein autoencoder WAE-MMD
 * (Tolstikhin, Bousquet, Gelly, Schölkopf 2018, "Wasserstein auto-encoders", algorithm 2 and appendix C):
 *   MMD = mean_{i≠j} k(zᵢ, zⱼ) + mean_{i≠j} k(pᵢ, pⱼ) − 2·mean_{ij} k(zᵢ, pⱼ),
 *   k(x, y) = mean over s in {0.1, 0.2, 0.5, 1, 2, 5, 10} of C/(C + |x − y|²), C = 2·d·s,
 * where d is the dimension and p are draws of the prior. The published kernel is the sum over s: the mean, 1/7 of it,
 * keeps 0 ≤ k ≤ 1. The estimate is unbiased and may be negative.
 */

import { type Graph, sizeOf, sizesOf, type Tensor } from './graph.ts';
import { add, div, mul, scale, square, sub } from './ops.ts';
import { gemm } from './ops-matmul.ts';
import { reduceMean, reduceSum, reshape } from './ops-shape.ts';

const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/** Squared distances between the rows of a [n, d] and of b [m, d]: [n, m]. */
function squaredDistances(g: Graph, a: Tensor, b: Tensor): Tensor {
  const norms = (t: Tensor): Tensor => reduceSum(g, square(g, t), [1]);
  const sum = add(g, norms(a), reshape(g, norms(b), [1, sizesOf(b, 2)[0]]));
  return sub(g, sum, scale(g, gemm(g, a, b, false, true), 2));
}

/** k of squared distances [n, m]. */
function kernel(g: Graph, distances: Tensor, dimension: number): Tensor {
  const [n, m] = sizesOf(distances, 2);
  const c = g.constant(
    Float32Array.from(SCALES, (s) => 2 * dimension * s),
    [SCALES.length, 1, 1],
  );
  const k = div(g, c, add(g, reshape(g, distances, [1, n, m]), c));
  return reshape(g, reduceMean(g, k, [0]), [n, m]);
}

/** Mean of k over pairs of different rows of x. */
function within(g: Graph, x: Tensor): Tensor {
  const [n, d] = sizesOf(x, 2);
  const others = Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? 0 : 1 / (n * (n - 1))));
  return reduceSum(g, mul(g, kernel(g, squaredDistances(g, x, x), d), g.constant(others, [n, n])));
}

/** The discrepancy of latents z [n, d] from draws p [m, d] of the prior, a scalar; n and m at least 2. */
export function mmd(g: Graph, z: Tensor, prior: Tensor): Tensor {
  const cross = kernel(g, squaredDistances(g, z, prior), sizesOf(z, 2)[1]);
  const twice = scale(g, reduceSum(g, cross), -2 / sizeOf(cross.shape));
  return add(g, add(g, within(g, z), within(g, prior)), twice);
}
