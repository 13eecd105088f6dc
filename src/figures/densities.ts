/**
 * A distribution over bins as probability density (area 1 over all values, in 1/unit), so that series of different size compare.
 */

/** Density per bin: count / (all finite values × bin width). */
export function densities(values: ArrayLike<number>, [low, high]: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const step = (high - low) / bins;
  let all = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isFinite(v)) continue;
    all++;
    if (v >= low && v <= high) counts[Math.min(bins - 1, Math.floor((v - low) / step))]!++;
  }
  return counts.map((count) => (all > 0 ? count / (all * step) : 0));
}
