/** Pearson's r of two equally long series; NaN where one of the two does not vary, but for rounding. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let ma = 0;
  let mb = 0;
  for (let i = 0; i < n; i++) {
    ma += a[i]! / n;
    mb += b[i]! / n;
  }
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const da = a[i]! - ma;
    const db = b[i]! - mb;
    aa += da * da;
    ab += da * db;
    bb += db * db;
  }
  const varies = (square: number, mean: number) => square > 1e-24 * n * mean ** 2;
  return varies(aa, ma) && varies(bb, mb) ? ab / Math.sqrt(aa * bb) : Number.NaN;
}
