/** All pixels of a scan that do not count electrons: single hot and dead ones, blocks of hot ones, and those that never change. Looked for inside the picture alone. */

import { findHotClusters } from './hot-clusters.ts';
import { type BadPixels, findBadPixels } from './hot-pixels.ts';
import type { Picture } from './picture-area.ts';
import { cropped } from './treatment.ts';

/**
 * @param parts mean patterns [qy][qx] of interleaved parts of the scan, corrected, counts
 * @param electrons patterns behind all parts together, divided by the counts that one electron gives
 * @param dark counts of the camera without beam, [qy][qx]
 * @param radius_px about the disks' radius
 */
export function badPixels(
  parts: readonly Float64Array[],
  electrons: number,
  dark: ArrayLike<number> | undefined,
  nx: number,
  sigma: number,
  radius_px: number,
  { area, still }: Picture,
): BadPixels {
  const [y0, y1, x0, x1] = area;
  const shape = [y1 - y0, x1 - x0] as const;
  const inside = parts.map((part) => cropped(part, nx, area));
  const single = findBadPixels(inside, electrons, dark && cropped(dark, nx, area), ...shape, sigma);
  const blocks = findHotClusters(inside, electrons, ...shape, sigma, radius_px, single.hot);
  const whole = (k: number): number => (y0 + Math.floor(k / shape[1])) * nx + x0 + (k % shape[1]);
  const hot = new Set([...single.hot, ...blocks].map(whole));
  const dead = new Set([...single.dead.map(whole), ...still].filter((k) => !hot.has(k)));
  return { hot: [...hot].toSorted((a, b) => a - b), dead: [...dead].toSorted((a, b) => a - b) };
}
