/**
 * The histogram of misorientation angles and its width (the paper's Fig. 4e: FWHM 53° at 0 V, 35° and 30° under bias). Links count by their length, so that a wall along a
 * diagonal counts as one along an axis does.
 *
 * Links of one wall are not independent: the error of a width is from a bootstrap over walls (pairs of domains). Noise widens: where the field states σ,
 *
 *     corrected FWHM² = FWHM² − 8 ln 2 · (mean variance of an angle in the plane of its vectors),
 *
 * which holds for peaks away from 0° and 180°, where noise moves the peak too (angle-noise.ts corrects single walls there).
 */

import type { RandomStream } from '../core/random.ts';
import { angleNoise } from './angle-noise.ts';
import { linksByWall } from './domains.ts';
import { linkAngles, type Representatives, vectorAt } from './misorientation.ts';
import { FWHM_OF_ONE, fitPeak, type Histogram, histogram, type Peak, widthAtHalf } from './peak.ts';
import type { WallLinks } from './wall-links.ts';

/** Bins [degrees]. */
const BIN = 5;
const DRAWS = 200;
const DEGREE = Math.PI / 180;

export interface AngleHistogram {
  /** Of links with an angle; weights sum to their number [degrees]. */
  readonly histogram: Histogram;
  /** Mean by length [degrees], as measured. */
  readonly mean_deg: number;
  /** Links with an angle, and those left out for want of a vector beside them. */
  readonly n: number;
  readonly left_out: number;
  readonly walls: number;
  /** Without a fit [degrees]. */
  readonly fwhm_deg: number;
  /** Of a normal distribution; undefined where none can be fitted. */
  readonly fit: Peak | undefined;
  /** σ of the fitted FWHM by the bootstrap over walls; NaN where fewer than half of the draws could be fitted. */
  readonly fwhm_error_deg: number;
  /** Fitted FWHM without what noise adds; undefined without σ or fit; 0 where noise explains it all. */
  readonly corrected_fwhm_deg: number | undefined;
}

/** Mean by length of links with an angle [degrees]; NaN where there is none. @param angles of links [degrees] */
export function meanAngle({ count, length_nm }: WallLinks, angles: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let k = 0; k < count; k++) {
    if (Number.isNaN(angles[k]!)) continue;
    sum += length_nm[k]! * angles[k]!;
    total += length_nm[k]!;
  }
  return sum / total;
}

/** @param stated whether the field states σ */
export function angleHistogram(
  links: WallLinks,
  sides: Representatives,
  stated: boolean,
  random: RandomStream,
): AngleHistogram {
  const angles = linkAngles(sides);
  const weights = links.length_nm.map((length, k) => (!Number.isNaN(angles[k]!) ? length : 0));
  let [n, total] = [0, 0];
  for (let k = 0; k < links.count; k++) {
    if (Number.isNaN(angles[k]!)) continue;
    n++;
    total += weights[k]!;
  }
  for (let k = 0; k < links.count; k++) weights[k]! *= n / total;
  const all = histogram(angles, 0, BIN, 180 / BIN, weights);
  const fit = fitPeak(all);
  const walls = linksByWall(links).map((list) =>
    histogram(
      list.map((k) => angles[k]!),
      0,
      BIN,
      180 / BIN,
      list.map((k) => weights[k]!),
    ),
  );
  const noise = stated && fit ? meanVariance(links.count, weights, sides) : undefined;
  return {
    histogram: all,
    mean_deg: meanAngle(links, angles),
    n,
    left_out: links.count - n,
    walls: walls.length,
    fwhm_deg: widthAtHalf(all),
    fit,
    fwhm_error_deg: fit ? bootstrap(walls, random) : Number.NaN,
    corrected_fwhm_deg:
      fit && noise !== undefined ? Math.sqrt(Math.max(0, fit.fwhm ** 2 - FWHM_OF_ONE ** 2 * noise)) : undefined,
  };
}

function bootstrap(walls: readonly Histogram[], random: RandomStream): number {
  const widths: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const counts = new Float64Array(180 / BIN);
    for (let k = 0; k < walls.length; k++) {
      const one = walls[random.integer(walls.length)]!.counts;
      for (let bin = 0; bin < counts.length; bin++) counts[bin]! += one[bin]!;
    }
    const fit = fitPeak({ low: 0, width: BIN, counts });
    if (fit && Number.isFinite(fit.fwhm)) widths.push(fit.fwhm);
  }
  if (widths.length < DRAWS / 2) return Number.NaN;
  const mean = widths.reduce((a, b) => a + b, 0) / widths.length;
  return Math.sqrt(widths.reduce((a, b) => a + (b - mean) ** 2, 0) / (widths.length - 1));
}

/** Of links' angles, in the plane of their vectors, by weight [degrees²]; links whose vectors are not told from 0 are left out. */
function meanVariance(count: number, weights: Float64Array, { one, two }: Representatives): number {
  let [sum, total] = [0, 0];
  for (let k = 0; k < count; k++) {
    if (!(weights[k]! > 0)) continue;
    const noise = angleNoise(
      vectorAt(one.vector, k),
      vectorAt(one.variance, k),
      vectorAt(two.vector, k),
      vectorAt(two.variance, k),
    );
    if (!noise) continue;
    sum += weights[k]! * (noise.inPlane / DEGREE) ** 2;
    total += weights[k]!;
  }
  return total > 0 ? sum / total : 0;
}
