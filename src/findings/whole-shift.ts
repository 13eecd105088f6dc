/** A first look for how far two maps of one place are displaced: every whole shift is tried. What this is not: a registration, which goes on from here (registration.ts). */

import type { Image } from './smooth.ts';

/** Shifts are looked for up to this share of the map. */
const REACH = 0.35;

/** Whole shift (x, y) [positions] with the smallest mean square difference, offsets taken out; every shift that leaves half of the map in common or more. */
export function wholeShift(
  images: readonly { r: Image; m: Image; sigma: number }[],
  [ny, nx]: readonly [number, number],
): [number, number] {
  const [reachX, reachY] = [Math.floor(REACH * nx), Math.floor(REACH * ny)];
  // A coarse look first: every `coarse`th position does.
  const coarse = Math.max(1, Math.floor(Math.sqrt((ny * nx) / 1000)));
  let best = { cost: Number.POSITIVE_INFINITY, shift: [0, 0] as [number, number] };
  for (let sy = -reachY; sy <= reachY; sy++) {
    for (let sx = -reachX; sx <= reachX; sx++) {
      let cost = 0;
      for (const { r, m, sigma } of images) {
        cost += varianceOfDifference(r.values, m.values, ny, nx, sx, sy, coarse) / sigma ** 2;
      }
      if (cost < best.cost) best = { cost, shift: [sx, sy] };
    }
  }
  return best.shift;
}

/** Of m at a shift − r, over every `coarse`th position; ∞ where fewer than eight have both. */
function varianceOfDifference(
  r: Float64Array,
  m: Float64Array,
  ny: number,
  nx: number,
  sx: number,
  sy: number,
  coarse: number,
): number {
  let n = 0;
  let sum = 0;
  let squares = 0;
  const bottom = Math.min(ny, ny - sy);
  const right = Math.min(nx, nx - sx);
  for (let y = Math.max(0, -sy); y < bottom; y += coarse) {
    const from = y * nx;
    const to = (y + sy) * nx + sx;
    for (let x = Math.max(0, -sx); x < right; x += coarse) {
      const difference = m[to + x]! - r[from + x]!;
      if (Number.isNaN(difference)) continue;
      n++;
      sum += difference;
      squares += difference * difference;
    }
  }
  return n < 8 ? Number.POSITIVE_INFINITY : squares / n - (sum / n) ** 2;
}
