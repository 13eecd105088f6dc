/** First and second moments of vectors. */

/**
 * Mean [n] and covariance over count [n][n] of vectors, in float64.
 * @param vectors [count][n]
 */
export function meanAndCovariance(
  vectors: ArrayLike<number>,
  n: number,
): { readonly mean: Float64Array; readonly covariance: Float64Array; readonly trace: number } {
  const count = vectors.length / n;
  const mean = new Float64Array(n);
  for (let i = 0; i < vectors.length; i++) mean[i % n]! += vectors[i]! / count;
  const covariance = new Float64Array(n * n);
  for (let p = 0; p < count; p++) {
    for (let a = 0; a < n; a++) {
      const da = vectors[p * n + a]! - mean[a]!;
      for (let b = 0; b <= a; b++) covariance[a * n + b]! += (da * (vectors[p * n + b]! - mean[b]!)) / count;
    }
  }
  let trace = 0;
  for (let a = 0; a < n; a++) {
    trace += covariance[a * n + a]!;
    for (let b = 0; b < a; b++) covariance[b * n + a] = covariance[a * n + b]!;
  }
  return { mean, covariance, trace };
}
