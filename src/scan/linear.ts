/** Small dense weighted least squares: normal equations, solved by Cholesky. For tens of unknowns, not hundreds. */

/** Normal equations A·x = b, accumulated row by row. A is kept as a full symmetric matrix, row-major. */
export class NormalEquations {
  readonly n: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Σ w·y² and number of rows. */
  yy = 0;
  rows = 0;

  constructor(n: number) {
    this.n = n;
    this.a = new Float64Array(n * n);
    this.b = new Float64Array(n);
  }

  /** Adds one equation row·x = y of weight w; `row` has n numbers. */
  add(row: ArrayLike<number>, y: number, w: number): void {
    const { n, a, b } = this;
    for (let i = 0; i < n; i++) {
      const wr = w * row[i]!;
      if (wr === 0) continue;
      b[i]! += wr * y;
      for (let j = 0; j <= i; j++) a[i * n + j]! += wr * row[j]!;
    }
    this.yy += w * y * y;
    this.rows++;
  }

  /** Solution [n], inverse of A [n][n] and χ² = Σw(row·x − y)²; undefined where A is singular. */
  solve(): { x: Float64Array; inverse: Float64Array; chi2: number } | undefined {
    const solved = solveSymmetric(this.a, this.b);
    return solved && { ...solved, chi2: Math.max(0, this.yy - solved.fit) };
  }
}

/**
 * Solves A·x = b, b [n], by Cholesky; A symmetric [n][n], row-major, of which the lower triangle is read. `fit` is bᵀx.
 * Undefined where A is singular. @param ridge fraction of each diagonal element added to it
 */
export function solveSymmetric(
  a: Float64Array,
  b: Float64Array,
  ridge = 0,
): { x: Float64Array; inverse: Float64Array; fit: number } | undefined {
  const n = b.length;
  const l = Float64Array.from(a);
  for (let i = 0; i < n; i++) {
    const diagonal = l[i * n + i]! * (1 + ridge);
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? diagonal : l[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) {
        if (!(sum > 1e-12 * diagonal)) return undefined;
        l[i * n + i] = Math.sqrt(sum);
      } else l[i * n + j] = sum / l[j * n + j]!;
    }
  }
  // L⁻¹ in place of L, then A⁻¹ = L⁻ᵀ·L⁻¹.
  const li = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    li[c * n + c] = 1 / l[c * n + c]!;
    for (let i = c + 1; i < n; i++) {
      let sum = 0;
      for (let k = c; k < i; k++) sum -= l[i * n + k]! * li[k * n + c]!;
      li[i * n + c] = sum / l[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += li[k * n + i]! * li[k * n + j]!;
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  }
  const x = new Float64Array(n);
  let fit = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) x[i]! += inverse[i * n + j]! * b[j]!;
    fit += x[i]! * b[i]!;
  }
  return { x, inverse, fit };
}

/** Median of a copy; NaN for nothing. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Robust standard deviation: 1.4826 times the median absolute deviation. */
export function robustSigma(values: ArrayLike<number>, centre: number = median(values)): number {
  return 1.4826 * median(Float64Array.from(values, (v) => Math.abs(v - centre)));
}
