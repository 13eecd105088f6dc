/**
 * Hot pixels that touch: blocks of two to three pixels a side, which hide each other from the comparison with neighbours
 * (hot-pixels.ts). A pixel of such a block exceeds the third-largest of the 16 pixels two away by `sigma` standard deviations of that
 * comparison, in the mean pattern and in most parts of the scan; of the 24 pixels three away for those at the rim of larger ones. Features of a pattern are wider
 * where its disks are: only for those of a radius of 5 px or more, and not within 3 px of a border, where disks are cut.
 */

import { median } from './linear.ts';

/** Radius of disks from which on nothing else is as small as a block [px]. */
const LEAST_RADIUS_PX = 5;
const BORDER = 3;
const GAIN_ERROR = 0.02;
/** Largest block [px]. */
const MOST_PIXELS = 9;

/**
 * @param parts mean patterns [ny][nx] of interleaved parts of the scan, counts @param electrons as for `findBadPixels`
 * @param known pixels found already @returns indices y·nx + x, ascending, without the known ones
 */
export function findHotClusters(
  parts: readonly Float64Array[],
  electrons: number,
  ny: number,
  nx: number,
  sigma: number,
  radius_px: number,
  known: readonly number[],
): number[] {
  if (radius_px < LEAST_RADIUS_PX) return [];
  const mean = new Float64Array(ny * nx);
  for (const part of parts) for (let k = 0; k < mean.length; k++) mean[k]! += part[k]! / parts.length;
  const left = new Uint8Array(mean.length);
  for (const k of known) left[k] = 1;
  const inside: number[] = [];
  for (let y = BORDER; y < ny - BORDER; y++) for (let x = BORDER; x < nx - BORDER; x++) inside.push(y * nx + x);
  const rings = [2, 3].map((reach) => ringOffsets(reach, nx));
  const base = scatter(mean, inside, rings[0]!);
  const hot = new Uint8Array(mean.length);
  for (const ring of rings) {
    for (const k of inside) {
      if (left[k] || hot[k] || !(mean[k]! > 0)) continue;
      const around = ring.map((step) => mean[k + step]!).toSorted((a, b) => b - a);
      const level = median(around);
      const high = mean[k]! - around[2]!;
      const shot = (Math.max(0, level) + 1 / electrons) / electrons;
      if (!(high > sigma * Math.sqrt(shot + base ** 2 + (GAIN_ERROR * level) ** 2))) continue;
      // What surrounds it is rough by itself: a lattice of small features, not a block.
      if (!(high > sigma * 1.4826 * median(around.map((v) => Math.abs(v - level))))) continue;
      const seen = parts.filter((part) => ring.filter((step) => part[k + step]! > part[k]!).length <= 3);
      if (seen.length >= 0.75 * parts.length) hot[k] = 1;
    }
  }
  return blocks(hot, left, nx).toSorted((a, b) => a - b);
}

/** Steps to the pixels at a Chebyshev distance. */
function ringOffsets(reach: number, nx: number): number[] {
  const steps: number[] = [];
  for (let j = -reach; j <= reach; j++) {
    for (let i = -reach; i <= reach; i++) if (Math.max(Math.abs(j), Math.abs(i)) === reach) steps.push(j * nx + i);
  }
  return steps;
}

/** Scatter of faint pixels about the ring around them. */
function scatter(mean: Float64Array, inside: readonly number[], ring: readonly number[]): number {
  const faint = inside.toSorted((p, q) => mean[p]! - mean[q]!).slice(0, Math.ceil(inside.length / 4));
  const off = faint.map((k) => Math.abs(mean[k]! - median(ring.map((step) => mean[k + step]!))));
  return 1.4826 * median(off);
}

/** The hot pixels that touch at least one other, in groups that are no larger than a block. */
function blocks(hot: Uint8Array, left: Uint8Array, nx: number): number[] {
  const seen = new Uint8Array(hot.length);
  const out: number[] = [];
  for (let start = 0; start < hot.length; start++) {
    if (!hot[start] || seen[start]) continue;
    const group = [start];
    seen[start] = 1;
    let touches = false;
    for (let i = 0; i < group.length; i++) {
      for (let j = -1; j <= 1; j++) {
        for (let s = -1; s <= 1; s++) {
          const k = group[i]! + j * nx + s;
          if (left[k]) touches = true;
          if (!hot[k] || seen[k]) continue;
          seen[k] = 1;
          group.push(k);
        }
      }
    }
    if ((group.length > 1 || touches) && group.length <= MOST_PIXELS) out.push(...group);
  }
  return out;
}
