/**
 * Separable convolution of arrays [ny][nx] with symmetric kernels, zero outside the array. Lengths in steps of the grid.
 * Not here: noise (draws.ts).
 */

/** Half of a symmetric kernel: taps[0] in the middle, taps[n] at ±n. */
export type Taps = Float64Array;

/** exp(−n²/2w²) down to 1e-6 of the middle, not normalised; one tap where the width is 0. @param width w [steps] */
export function gaussianTaps(width: number): Taps {
  const reach = Math.ceil(width * Math.sqrt(2 * Math.log(1e6)));
  return Float64Array.from({ length: reach + 1 }, (_, n) => (n === 0 ? 1 : Math.exp(-(n * n) / (2 * width * width))));
}

/** One line of `n` numbers, `lead` zeros or more before and after: out[i] = Σ taps[|k|]·line[i + k]. */
function along(from: Float64Array, start: number, n: number, taps: Taps, out: Float64Array, to: number): void {
  const middle = taps[0]!;
  for (let i = 0; i < n; i++) out[to + i] = middle * from[start + i]!;
  for (let k = 1; k < taps.length; k++) {
    const tap = taps[k]!;
    const before = start - k;
    const after = start + k;
    for (let i = 0; i < n; i++) out[to + i] = out[to + i]! + tap * (from[before + i]! + from[after + i]!);
  }
}

/**
 * The part of a convolution that needs nothing from outside: [ny + 2r][nx + 2r] → [ny][nx] with r = taps.length − 1.
 * @param work [ny + 2r][nx]
 */
export function convolveInside(
  padded: Float64Array,
  [ny, nx]: readonly [number, number],
  taps: Taps,
  work: Float64Array,
  out: Float64Array,
): Float64Array {
  const r = taps.length - 1;
  const wide = nx + 2 * r;
  for (let y = 0; y < ny + 2 * r; y++) along(padded, y * wide + r, nx, taps, work, y * nx);
  const middle = taps[0]!;
  for (let y = 0; y < ny; y++) {
    const at = (y + r) * nx;
    const to = y * nx;
    for (let x = 0; x < nx; x++) out[to + x] = middle * work[at + x]!;
    for (let k = 1; k <= r; k++) {
      const tap = taps[k]!;
      const up = at - k * nx;
      const down = at + k * nx;
      for (let x = 0; x < nx; x++) out[to + x] = out[to + x]! + tap * (work[up + x]! + work[down + x]!);
    }
  }
  return out;
}

/** Σ of taps[|Δy|]·taps[|Δx|]·values over the neighbours of each position, nothing beyond the edge: [ny][nx]. */
export function convolve(values: Float64Array, [ny, nx]: readonly [number, number], taps: Taps): Float64Array {
  const r = taps.length - 1;
  const padded = new Float64Array((ny + 2 * r) * (nx + 2 * r));
  for (let y = 0; y < ny; y++) padded.set(values.subarray(y * nx, (y + 1) * nx), (y + r) * (nx + 2 * r) + r);
  return convolveInside(padded, [ny, nx], taps, new Float64Array((ny + 2 * r) * nx), new Float64Array(ny * nx));
}
