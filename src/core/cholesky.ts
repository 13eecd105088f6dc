/** Cholesky's factor of small symmetric matrices [n][n], row-major, and what is solved by it. */

/** Elements of a lower triangle of n rows, its diagonal included. */
export const triangle = (n: number): number => (n * (n + 1)) / 2;

/** Lower L with LLᵀ = A, of a positive definite A whose lower triangle is given; where A is not, a diagonal element of L is not above zero. */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
  return l;
}

/** L⁻¹ of a lower L. */
export function inverseOfLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = row === column ? 1 : 0;
      for (let k = column; k < row; k++) sum -= l[row * n + k]! * inverse[k * n + column]!;
      inverse[row * n + column] = sum / l[row * n + row]!;
    }
  }
  return inverse;
}

/** x of LLᵀx = y. */
export function solveByLower(l: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  const x = y.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}
