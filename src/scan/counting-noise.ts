/**
 * How many counts one electron gives, from the noise of a scan's patterns (photon transfer). Noise alone is left of the
 * difference of two patterns taken side by side under the stencil
 *   H = [1 −2 1]ᵀ[1 −2 1] / 6,   of unit sum of squares (Immerkær, Comput. Vis. Image Underst. 64, 300 (1996)),
 * which takes off what is smooth; where electrons are counted its variance rises with the mean count m as
 *   v(m) = r² + g·m + c·m²,   r² read noise, g counts per electron, c what structure the stencil left.
 * Fitted to medians over bins of pixels of like m. Needs noise that is independent from pixel to pixel: with stencils of step 1 and 2
 * white noise gives the same g, patterns that were interpolated or smoothed a larger one the second time.
 *
 * Not here: what is done about it.
 */

import { median, NormalEquations } from './linear.ts';
import { type Area, cropped } from './treatment.ts';

export interface CountingNoise {
  /** g [counts per electron]; undefined where the noise does not say. */
  readonly gain: number | undefined;
  /** Ratio of g at stencil step 2 to step 1: 1 for noise that is independent from pixel to pixel. */
  readonly correlation: number;
  readonly correlated: boolean;
  /** Whether brighter pixels are less noisy than faint ones, which counted electrons never are. */
  readonly falls: boolean;
  /** Variance over mean of the brighter half of pixels: a scale of the noise, whatever its law [counts]. */
  readonly ratio: number;
  /** Mean and variance of the faintest bin of pixels [counts, counts²]. */
  readonly faint: { readonly mean: number; readonly variance: number };
}

/** Pairs of patterns that are looked at, bins of pixels, groups of pixels in a bin. */
const PAIRS = 48;
const BINS = 24;
const GROUPS = 24;
/** Relative scatter of the bins about the law up to which it holds. */
const FITS = 0.15;
/** Ratio of g from which on noise is not independent. */
const CORRELATED = 2;
/** Noise at the bright end, in terms of the largest among fainter bins, below which it falls. */
const FALLS = 0.7;

/**
 * @param patterns corrected, in the order of the scan, counts [ny][nx] each
 * @param skip pixels [ny][nx] that do not count, such as saturated ones, not 0
 */
export function countingNoise(
  patterns: readonly Float32Array[],
  nx: number,
  area: Area,
  skip?: Uint8Array,
): CountingNoise | undefined {
  const pairs = pairsOf(patterns).map((pair) => pair.map((one) => cropped(one, nx, area)));
  const shape = [area[1] - area[0], area[3] - area[2]] as const;
  const left = skip && cropped(skip, nx, area);
  const bins = binned(pairs, ...shape, 1, left);
  if (!bins) return undefined;
  const fit = law(bins);
  const wide = binned(pairs, ...shape, 2, left);
  const second = wide && law(wide);
  const correlation = fit && second ? second / fit : 1;
  const [first] = bins as [Bin];
  const top = Math.max(...bins.slice(-2).map(({ v }) => v));
  const most = Math.max(...bins.slice(0, -2).map(({ v }) => v));
  const bright = bins.slice(BINS / 2).filter(({ m }) => m > 0);
  return {
    gain: fit,
    correlation,
    correlated: correlation > CORRELATED,
    falls: top < FALLS * most,
    ratio: median(bright.map(({ m, v }) => v / m)),
    faint: { mean: first.m, variance: first.v },
  };
}

function pairsOf(patterns: readonly Float32Array[]): Float32Array[][] {
  if (patterns.length === 1) return [[patterns[0]!]];
  const all = Math.floor(patterns.length / 2);
  const stride = Math.max(1, Math.ceil(all / PAIRS));
  return Array.from({ length: Math.ceil(all / stride) }, (_, i) => patterns.slice(2 * i * stride, 2 * i * stride + 2));
}

interface Bin {
  readonly m: number;
  readonly v: number;
}

/** Mean and variance of pixels of like mean; undefined where there are too few pixels. */
function binned(
  pairs: readonly (readonly Float64Array[])[],
  ny: number,
  nx: number,
  step: number,
  skip: Float64Array | undefined,
): Bin[] | undefined {
  const places: number[] = [];
  for (let y = step; y < ny - step; y++) {
    for (let x = step; x < nx - step; x++) if (!touches(skip, y * nx + x, nx, step)) places.push(y * nx + x);
  }
  if (places.length < 8 * BINS) return undefined;
  const size = ny * nx;
  const [v, mean, difference] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (const [a, b] of pairs) {
    for (let k = 0; k < size; k++) {
      difference[k] = b ? a![k]! - b[k]! : a![k]!;
      mean[k]! += (b ? (a![k]! + b[k]!) / 2 : a![k]!) / pairs.length;
    }
    const noise = stencil(difference, nx, step, -2);
    const share = 1 / (36 * (b ? 2 : 1) * pairs.length);
    for (let k = 0; k < size; k++) v[k]! += share * noise[k]! ** 2;
  }
  // Weights are the stencil's, squared: the variance that shot noise would give.
  const m = stencil(mean, nx, step, 4).map((sum) => sum / 36);
  const order = places.toSorted((p, q) => m[p]! - m[q]!);
  return Array.from({ length: BINS }, (_, b) => {
    const from = Math.floor((b * order.length) / BINS);
    const bin = order.slice(from, Math.floor(((b + 1) * order.length) / BINS));
    // Groups, so that a median over few patterns is not one of squares of single draws.
    const groups = Math.min(GROUPS, bin.length);
    const means = (of: Float64Array): number[] =>
      Array.from({ length: groups }, (_, g) => {
        let [sum, n] = [0, 0];
        for (let i = g; i < bin.length; i += groups, n++) sum += of[bin[i]!]!;
        return sum / n;
      });
    return { m: median(means(m)), v: median(means(v)) };
  });
}

/** Whether any of the nine pixels of a stencil is one to skip. */
function touches(skip: Float64Array | undefined, k: number, nx: number, step: number): boolean {
  if (!skip) return false;
  for (let j = -step; j <= step; j += step) {
    for (let i = -step; i <= step; i += step) if (skip[k + j * nx + i]) return true;
  }
  return false;
}

/** Σ over 3 × 3 pixels at distance `step` of w_y·w_x·value with w = (1, middle, 1); meaningless within `step` of a border. */
function stencil(image: Float64Array, nx: number, step: number, middle: number): Float64Array {
  const rows = new Float64Array(image.length);
  for (let k = step; k < image.length - step; k++) rows[k] = image[k - step]! + middle * image[k]! + image[k + step]!;
  const out = new Float64Array(image.length);
  const down = step * nx;
  for (let k = down; k < image.length - down; k++) out[k] = rows[k - down]! + middle * rows[k]! + rows[k + down]!;
  return out;
}

/** g of the law; undefined where it does not hold or does not rise. */
function law(bins: readonly Bin[]): number | undefined {
  const scale = Math.max(...bins.map(({ m }) => Math.abs(m)));
  const least = 1e-3 * median(bins.map(({ v }) => v));
  if (!(scale > 0 && least > 0)) return undefined;
  const equations = new NormalEquations(3);
  for (const { m, v } of bins) {
    const u = m / scale;
    equations.add([1, u, u * u], v, 1 / (v + least) ** 2);
  }
  const x = equations.solve()?.x;
  if (!x) return undefined;
  const off = bins.map(
    ({ m, v }) => Math.abs(x[0]! + (x[1]! * m) / scale + x[2]! * (m / scale) ** 2 - v) / (v + least),
  );
  const gain = x[1]! / scale;
  const rise = gain * (bins.at(-1)!.m - bins[0]!.m);
  return median(off) < FITS && rise > bins[0]!.v && bins.length === BINS ? gain : undefined;
}
