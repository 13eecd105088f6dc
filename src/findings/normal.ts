/** The normal distribution and quantiles of χ², as intervals and thresholds need them. */

/** Φ(t), to 1e-13. */
export function normalCdf(t: number): number {
  return t < 0 ? tail(-t) : 1 - tail(t);
}

/** 1 − Φ(t) of t ≥ 0: series to 3, continued fraction beyond. */
function tail(t: number): number {
  const density = Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI);
  if (t < 3) {
    let [term, sum] = [t, t];
    for (let k = 3; Math.abs(term) > 1e-16 * sum; k += 2) sum += term *= (t * t) / k;
    return 0.5 - density * sum;
  }
  let fraction = t;
  for (let k = 60; k >= 1; k--) fraction = t + k / fraction;
  return density / fraction;
}

/** Quantile of χ²/ν by Wilson and Hilferty (1931), of the deviate t of the normal distribution that has the same probability; within 1% from ν = 3 on for t up to 3. */
export function chiSquareQuantile(freedom: number, t: number): number {
  const a = 2 / (9 * freedom);
  return Math.max(0, 1 - a + t * Math.sqrt(a)) ** 3;
}
