/** The normal distribution, erf and quantiles of χ², as intervals and thresholds need them. */

/** erf(x), to 1e-14: its series (Abramowitz and Stegun 7.1.6) up to x = 3/√2, by the tail of the normal distribution beyond. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  const t = x * Math.SQRT2;
  if (t >= 3) return 1 - 2 * tail(t);
  let [term, sum] = [x, x];
  for (let k = 1; term > 1e-17 * sum; k++) sum += term *= (2 * x * x) / (2 * k + 1);
  return (2 * Math.exp(-x * x) * sum) / Math.sqrt(Math.PI);
}

/** Φ(t), to 1e-13. */
export function normalCdf(t: number): number {
  return t < 0 ? tail(-t) : 1 - tail(t);
}

/** 1 − Φ(t) of t ≥ 0: by erf to 3, a continued fraction beyond, which keeps its digits however small it is and needs the fewer terms the larger t is. */
function tail(t: number): number {
  if (t < 3) return (1 - erf(t / Math.SQRT2)) / 2;
  let fraction = t;
  for (let k = Math.ceil(12 + 432 / (t * t)); k >= 1; k--) fraction = t + k / fraction;
  return Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI) / fraction;
}

/** Quantile of χ²/ν by Wilson and Hilferty (1931), of the deviate t of the normal distribution that has the same probability; within 1% from ν = 3 on for t up to 3. */
export function chiSquareQuantile(freedom: number, t: number): number {
  const a = 2 / (9 * freedom);
  return Math.max(0, 1 - a + t * Math.sqrt(a)) ** 3;
}
