/**
 * Pixels that do not count electrons. A hot pixel is a single-pixel peak: it exceeds the second-largest of its eight
 * neighbours (so a hot neighbour does not hide it) by `sigma` standard deviations of that comparison, in the dark
 * reference or, without one, in the mean pattern and in most of several interleaved parts of the scan (so one cosmic
 * ray does not make a pixel hot), and by as many times the roughness of the image around it. A dead pixel is the reverse in the mean pattern. Replaced by the neighbours' median.
 *
 * The camera's point spread function makes every real feature wider than one pixel, disk edges included: that is the
 * whole argument, and `noise` must contain the shot noise of what is compared.
 */

import { robustSigma } from './linear.ts';

/** Half width of the square over which an image's own roughness is taken [px]. */
const AROUND = 5;

/** Share of the signal by which a healthy pixel may differ from its neighbours: residual gain, rms. */
const GAIN_ERROR = 0.01;

/** Values of the neighbours (3 to 8) that are not masked, ascending, into `out`; returns how many. */
function neighbours(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  index: number,
  out: Float64Array,
  skip?: Uint8Array,
  reach = 1,
): number {
  const y = Math.floor(index / nx);
  const x = index % nx;
  let n = 0;
  for (let j = Math.max(0, y - reach); j <= Math.min(ny - 1, y + reach); j++) {
    for (let i = Math.max(0, x - reach); i <= Math.min(nx - 1, x + reach); i++) {
      const k = j * nx + i;
      if (k === index || skip?.[k]) continue;
      const v = image[k]!;
      let at = n++;
      while (at > 0 && out[at - 1]! > v) {
        out[at] = out[at - 1]!;
        at--;
      }
      out[at] = v;
    }
  }
  return n;
}

/** Median of a pixel's neighbours (3 to 8) in an image [ny][nx]. */
export function neighbourMedian(image: ArrayLike<number>, ny: number, nx: number, index: number): number {
  const ring = new Float64Array(8);
  const n = neighbours(image, ny, nx, index, ring);
  return (ring[(n - 1) >> 1]! + ring[n >> 1]!) / 2;
}

/**
 * Height of every pixel above the second-largest neighbour (positive: a peak) and below the second-smallest
 * (`below`), in units of noise: √(variance per count × the neighbours' median + the image's own robust scatter²).
 * @param variance_per_count shot noise of the image: 1 for a raw pattern, 1/n for a mean of n, 0 for none
 */
function prominence(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  variance_per_count: number,
): { above: Float64Array; below: Float64Array; level: Float64Array } {
  const size = ny * nx;
  const ring = new Float64Array(8);
  const level = new Float64Array(size);
  const high = new Float64Array(size);
  const low = new Float64Array(size);
  const flat: number[] = [];
  for (let k = 0; k < size; k++) {
    const n = neighbours(image, ny, nx, k, ring);
    level[k] = (ring[(n - 1) >> 1]! + ring[n >> 1]!) / 2;
    high[k] = image[k]! - ring[Math.max(0, n - 2)]!;
    low[k] = ring[Math.min(1, n - 1)]! - image[k]!;
  }
  // The scatter where the image is faintest: read noise and fixed pattern, without the specimen's own contrast.
  const faint = quantile(level, 0.25);
  for (let k = 0; k < size; k++) if (level[k]! <= faint) flat.push(image[k]! - level[k]!);
  const base = robustSigma(flat, 0);
  for (let k = 0; k < size; k++) {
    // The square of variance_per_count: where nothing was counted, one electron is still no surprise.
    const shot = variance_per_count * (Math.max(0, level[k]!) + variance_per_count);
    const noise = Math.sqrt(shot + base * base + (GAIN_ERROR * level[k]!) ** 2) + 1e-12;
    high[k]! /= noise;
    low[k]! /= noise;
  }
  return { above: high, below: low, level };
}

/**
 * How rough an image is around a pixel: the rms, robustly, of what its pixels differ from their neighbours' median, in terms of that, times
 * the pixel's own. Where a camera's pixels are as large as what it sees, binned ones say, a disk is as rough as that by itself.
 */
function roughness(image: ArrayLike<number>, level: Float64Array, ny: number, nx: number, index: number): number {
  const [y, x] = [Math.floor(index / nx), index % nx];
  const off: number[] = [];
  for (let j = Math.max(0, y - AROUND); j <= Math.min(ny - 1, y + AROUND); j++) {
    for (let i = Math.max(0, x - AROUND); i <= Math.min(nx - 1, x + AROUND); i++) {
      const k = j * nx + i;
      if (k !== index && level[k]! > 0) off.push((image[k]! - level[k]!) / level[k]!);
    }
  }
  return off.length > 0 ? robustSigma(off, 0) * Math.max(0, level[index]!) : 0;
}

function quantile(values: Float64Array, q: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

export interface BadPixels {
  readonly hot: readonly number[];
  readonly dead: readonly number[];
}

/**
 * Hot and dead pixels, as indices y·nx + x, ascending.
 * @param parts mean patterns [ny][nx] of interleaved parts of the scan, counts (dark-subtracted where there is a dark reference)
 * @param electrons patterns behind all parts together, divided by the counts that one electron gives
 * @param dark counts of the camera without beam, [ny][nx]
 * @param sigma standard deviations beyond which a pixel is bad
 */
export function findBadPixels(
  parts: readonly Float64Array[],
  electrons: number,
  dark: ArrayLike<number> | undefined,
  ny: number,
  nx: number,
  sigma: number,
): BadPixels {
  const hot = new Set<number>();
  const mean = new Float64Array(ny * nx);
  for (const part of parts) for (let k = 0; k < mean.length; k++) mean[k]! += part[k]! / parts.length;
  if (dark) {
    const { above } = prominence(dark, ny, nx, 0);
    for (let k = 0; k < mean.length; k++) if (above[k]! > sigma) hot.add(k);
  }
  const whole = prominence(mean, ny, nx, 1 / electrons);
  const each = parts.map((part) => prominence(part, ny, nx, parts.length / electrons));
  const most = Math.ceil(0.75 * parts.length);
  const share = sigma / (2 * Math.sqrt(parts.length));
  const dead: number[] = [];
  for (let k = 0; k < mean.length; k++) {
    if (whole.above[k]! > sigma && each.filter((part) => part.above[k]! > share).length >= most) {
      const height = mean[k]! - whole.level[k]!;
      if (height > sigma * roughness(mean, whole.level, ny, nx, k)) hot.add(k);
    }
    // Dead: clearly below its neighbours and less than half of them, where there is something to see.
    if (whole.below[k]! > sigma && mean[k]! < 0.5 * whole.level[k]! && !hot.has(k)) {
      if (each.filter((part) => part.below[k]! > share).length >= most) dead.push(k);
    }
  }
  return { hot: [...hot].toSorted((a, b) => a - b), dead };
}

/**
 * Replaces the listed pixels (indices y·nx + x) of an image [ny][nx], in place, by the median of their neighbours that are not listed (5 × 5 where 3 × 3 has
 * fewer than three). `mask` [ny][nx] is 1 at the listed ones.
 */
export function repair(
  image: Float32Array | Float64Array,
  ny: number,
  nx: number,
  bad: readonly number[],
  mask: Uint8Array,
): void {
  const ring = new Float64Array(24);
  for (const k of bad) {
    let n = neighbours(image, ny, nx, k, ring, mask);
    if (n < 3) n = neighbours(image, ny, nx, k, ring, mask, 2);
    if (n > 0) image[k] = (ring[(n - 1) >> 1]! + ring[n >> 1]!) / 2;
  }
}
