/** Pearson's r of two equally long series; NaN where one of the two does not vary, but for rounding. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [ma, mb] = [0, 0];
  for (let i = 0; i < n; i++) {
    ma += a[i]! / n;
    mb += b[i]! / n;
  }
  let [aa, ab, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [da, db] = [a[i]! - ma, b[i]! - mb];
    aa += da * da;
    ab += da * db;
    bb += db * db;
  }
  const varies = (square: number, mean: number) => square > 1e-24 * n * mean ** 2;
  return varies(aa, ma) && varies(bb, mb) ? ab / Math.sqrt(aa * bb) : Number.NaN;
}
