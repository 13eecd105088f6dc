/** All pixels of a scan that do not count electrons: single hot and dead ones, blocks of hot ones, and those that never change. Looked for inside the picture alone. */

import { percent } from '../core/numbers.ts';
import { findHotClusters } from './hot-clusters.ts';
import { type BadPixels, findBadPixels } from './hot-pixels.ts';
import type { Picture } from './picture-area.ts';
import { cropped } from './treatment.ts';

/** Share of the camera from which bad pixels are worth a word. */
const MANY = 0.05;

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

/** What many bad pixels of a camera of `size` pixels mean, by the kind that is many: a sentence, or nothing. */
export function manyBad({ hot, dead }: BadPixels, size: number): string[] {
  const said: string[] = [];
  if (hot.length > MANY * size)
    said.push(`${hot.length} pixels (${percent(hot.length / size)}) count as hot: hot_sigma may be too low. Raise it.`);
  if (dead.length > MANY * size)
    said.push(
      `${dead.length} pixels (${percent(dead.length / size)}) count as dead, as behind a beam stop or where a part of the camera is off. They are filled from the pixels around them, which brings back no disk: do not trust a map where one is covered, and record without the stop.`,
    );
  return said;
}
