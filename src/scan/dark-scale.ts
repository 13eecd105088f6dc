/**
 * How much of a dark reference is in an image: 1 where it belongs to it, 0 where it was taken off before, 1/n where it is a sum of
 * n frames. Measured on what stands out of the dark reference, its hot pixels and lines:
 *   s = median of hp(image)/hp(dark),   hp: a pixel less the median of its neighbours,
 * for nothing of a specimen follows a camera's fixed pattern. A dark reference without such pixels is judged by its level: nothing
 * counted is negative, so the faintest tenth of the pixels must hold at least what is taken off. Where the pattern is not in an image whose faintest
 * pixels hold the level all the same, the image was moved, or the camera has changed: the reference is taken off, and that it does not lie where it should is said.
 */

import { neighbourMedian } from './hot-pixels.ts';
import { median, robustSigma } from './linear.ts';

/** Pixels that stand out of the dark reference by this many robust sigmas tell; at least so many, the clearest so many at most. */
const STANDS_OUT = 12;
const FEWEST = 5;
const MOST = 400;
/** Share of the largest count. */
const CUT = 0.9;
/** Difference from 1, from 0, and from 1/n in terms of it that are taken for errors of measurement. */
const NEAR_ONE = 0.25;
const NEAR_ZERO = 0.15;
const NOTHING = 0.006;
const NEAR_FRACTION = 0.06;

export interface DarkScale {
  /** s; 1 where nothing speaks against it. */
  readonly scale: number;
  /** n where it is 1/n. */
  readonly frames?: number | undefined;
  /** Its level is in the image, its pattern is not. */
  readonly moved?: boolean | undefined;
}

/** @param image raw counts [ny][nx], a mean or one exposure @param dark counts [ny][nx] */
export function darkScale(image: ArrayLike<number>, dark: Float32Array, ny: number, nx: number): DarkScale {
  const own = dark.map((v, k) => v - neighbourMedian(dark, ny, nx, k));
  // What is near the largest count may be cut at it.
  let roof = -Infinity;
  for (let k = 0; k < image.length; k++) roof = Math.max(roof, image[k]!);
  const limit = STANDS_OUT * Math.max(robustSigma(own, 0), 1e-6 * Math.abs(median(dark)), 1e-12);
  const telling = [...own.keys()].filter((k) => Math.abs(own[k]!) > limit && image[k]! < CUT * roof);
  const level = median(dark);
  const order = [...dark.keys()].toSorted((p, q) => image[p]! - image[q]!);
  const faint = order.slice(Math.floor(order.length / 20), Math.floor(order.length / 10) + 1);
  const held = median(faint.map((k) => image[k]!));
  const lacks = level > 0 && held < (1 - NEAR_ONE) * level;
  if (telling.length >= FEWEST) {
    const clearest = telling.toSorted((p, q) => Math.abs(own[q]!) - Math.abs(own[p]!)).slice(0, MOST);
    const ratios = clearest.map((k) => (image[k]! - neighbourMedian(image, ny, nx, k)) / own[k]!);
    const error = (1.25 * robustSigma(ratios)) / Math.sqrt(ratios.length);
    const found = error < NEAR_ZERO ? rounded(median(ratios), error) : { scale: 1 };
    return found.scale < 1 && level > 0 && !lacks ? { scale: 1, moved: true } : found;
  }
  return lacks ? rounded(held / level, 0.02) : { scale: 1 };
}

function rounded(scale: number, error: number): DarkScale {
  if (Math.abs(scale - 1) < NEAR_ONE) return { scale: 1 };
  if (Math.abs(scale) < Math.max(NOTHING, 3 * error)) return { scale: 0 };
  const frames = Math.round(1 / scale);
  if (frames >= 2 && Math.abs(scale * frames - 1) < NEAR_FRACTION) return { scale: 1 / frames, frames };
  return { scale: Math.abs(scale) < NEAR_ZERO ? 0 : scale };
}
