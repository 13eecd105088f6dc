/**
 * The width of a peak in a histogram: by a fit, and without one.
 *
 * Fitted: a normal distribution, its share of each bin by Φ, so that bins may be wide and the histogram end at 0° and 180°; largest Poisson likelihood. FWHM = 2√(2 ln 2) times its
 * standard deviation. Without a fit: between the outermost crossings of half the highest bin's count, by lines between bin middles.
 *
 * What this is not: a statement that the peak is normal. The paper gives no shape; the two widths side by side say how far it is.
 */

import { normalCdf } from './normal.ts';

/** FWHM of a normal distribution of standard deviation 1. */
export const FWHM_OF_ONE = 2 * Math.sqrt(2 * Math.LN2);
const ROUNDS = 60;

export interface Histogram {
  /** Lower edge of the first bin and width of each, in the values' unit. */
  readonly low: number;
  readonly width: number;
  /** Counts, or sums of weights. */
  readonly counts: Float64Array;
}

export interface Peak {
  readonly centre: number;
  readonly fwhm: number;
  /** Standard errors, counts taken for independent. */
  readonly centre_error: number;
  readonly fwhm_error: number;
}

/** Values outside the bins and those that are not numbers are left out. @param weights of each value; 1 where not given */
export function histogram(
  values: ArrayLike<number>,
  low: number,
  width: number,
  bins: number,
  weights?: ArrayLike<number>,
): Histogram {
  const counts = new Float64Array(bins);
  for (let k = 0; k < values.length; k++) {
    const at = (values[k]! - low) / width;
    // What lies on the upper edge of the last bin, such as 180°, is in it.
    const bin = at === bins ? bins - 1 : Math.floor(at);
    if (bin >= 0 && bin < bins) counts[bin]! += weights ? weights[k]! : 1;
  }
  return { low, width, counts };
}

/** Full width at half of the highest bin, without a fit; NaN for an empty histogram. Where a side never falls below half it ends at the histogram's edge. */
export function widthAtHalf({ low, width, counts }: Histogram): number {
  const half = Math.max(...counts) / 2;
  if (!(half > 0)) return Number.NaN;
  const middle = (bin: number) => low + (bin + 0.5) * width;
  let first = 0;
  while (counts[first]! < half) first++;
  let last = counts.length - 1;
  while (counts[last]! < half) last--;
  const crossing = (inside: number, outside: number, edge: number) => {
    const [a, b] = [counts[inside]!, counts[outside]];
    return b === undefined ? edge : middle(inside) + ((outside - inside) * width * (a - half)) / (a - b);
  };
  return crossing(last, last + 1, low + counts.length * width) - crossing(first, first - 1, low);
}

/** Undefined where fewer than three bins hold anything, or nothing is found. */
export function fitPeak({ low, width, counts }: Histogram): Peak | undefined {
  let [total, mean, square, filled] = [0, 0, 0, 0];
  for (let bin = 0; bin < counts.length; bin++) {
    const [c, t] = [counts[bin]!, low + (bin + 0.5) * width];
    total += c;
    mean += c * t;
    square += c * t * t;
    if (c > 0) filled++;
  }
  if (filled < 3) return undefined;
  mean /= total;
  let p: readonly [number, number, number] = [Math.log(total), mean, Math.log(Math.sqrt(square / total - mean * mean))];
  let loss = deviance(p, low, width, counts);
  let damping = 1e-3;
  for (let round = 0; round < ROUNDS; round++) {
    const { gradient, information } = score(p, low, width, counts);
    const damped = information.map((value, k) => (k % 4 === 0 ? value * (1 + damping) : value));
    const inverse = inverse3(damped);
    if (!inverse) return undefined;
    const step = times(inverse, gradient);
    const next = [p[0] + step[0], p[1] + step[1], p[2] + step[2]] as const;
    const after = deviance(next, low, width, counts);
    if (after <= loss) {
      const done = loss - after < 1e-10 * (1 + Math.abs(loss));
      [p, loss, damping] = [next, after, damping / 5];
      if (done) break;
    } else damping *= 5;
  }
  const covariance = inverse3(score(p, low, width, counts).information);
  if (!covariance) return undefined;
  const fwhm = FWHM_OF_ONE * Math.exp(p[2]);
  return { centre: p[1], fwhm, centre_error: Math.sqrt(covariance[4]!), fwhm_error: fwhm * Math.sqrt(covariance[8]!) };
}

type Parameters = readonly [logTotal: number, centre: number, logDeviation: number];

/** Expected count of each bin, and its derivatives by the parameters: [bin][4]. */
function expected(
  [logTotal, centre, logDeviation]: Parameters,
  low: number,
  width: number,
  bins: number,
): Float64Array {
  const [n, s] = [Math.exp(logTotal), Math.exp(logDeviation)];
  const found = new Float64Array(4 * bins);
  let [ta, below, density] = [0, 0, 0];
  for (let edge = 0; edge <= bins; edge++) {
    const tb = (low + edge * width - centre) / s;
    const belowB = normalCdf(tb);
    const densityB = Math.exp(-0.5 * tb * tb) / Math.sqrt(2 * Math.PI);
    if (edge > 0) {
      const at = 4 * (edge - 1);
      found[at] = found[at + 1] = n * (belowB - below) + 1e-9;
      found[at + 2] = (n * (density - densityB)) / s;
      found[at + 3] = n * (ta * density - tb * densityB);
    }
    [ta, below, density] = [tb, belowB, densityB];
  }
  return found;
}

function deviance(p: Parameters, low: number, width: number, counts: Float64Array): number {
  const all = expected(p, low, width, counts.length);
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const m = all[4 * bin]!;
    sum += m - counts[bin]! * Math.log(m);
  }
  return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
}

/** Gradient of the log likelihood and Fisher's information [3 × 3]. */
function score(p: Parameters, low: number, width: number, counts: Float64Array) {
  const all = expected(p, low, width, counts.length);
  const gradient = [0, 0, 0];
  const information = new Array<number>(9).fill(0);
  for (let bin = 0; bin < counts.length; bin++) {
    const m = all[4 * bin]!;
    const d = all.subarray(4 * bin + 1, 4 * bin + 4);
    for (let j = 0; j < 3; j++) {
      gradient[j]! += (counts[bin]! / m - 1) * d[j]!;
      for (let k = 0; k < 3; k++) information[3 * j + k]! += (d[j]! * d[k]!) / m;
    }
  }
  return { gradient, information };
}

function times(m: readonly number[], v: readonly number[]): [number, number, number] {
  const row = (j: number) => m[3 * j]! * v[0]! + m[3 * j + 1]! * v[1]! + m[3 * j + 2]! * v[2]!;
  return [row(0), row(1), row(2)];
}

/** Undefined where the matrix has no inverse. */
function inverse3(m: readonly number[]): number[] | undefined {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!(Math.abs(determinant) > 0)) return undefined;
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((value) => value / determinant);
}
