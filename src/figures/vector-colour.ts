/**
 * A polarization vector as a colour: the ball |P| ≤ P_max laid into OKLab.
 *
 *     lightness  L = 0.68 + 0.26 P_z / P_max         P_z > 0 (downstream) is light, P_z < 0 dark
 *     hue        h = 25° + atan2(P_y, P_x)           +x red, +y (down the page) olive, −x teal, −y violet
 *     chroma     C = c(h) |(P_x, P_y)| / P_max       P = 0 is mid-grey
 *
 * c(h) is 0.2, or what sRGB holds at that hue where it is less (0.11 in the blue-green), so that along any direction equal
 * steps look equally large. Vectors longer than P_max are drawn at P_max. The hue alone is not safe for every colour vision:
 * the map's arrows say the same again.
 */

import { chromaLimit, oklchToRgb, type Rgb } from './colour.ts';
import { pngDataUri } from './png.ts';

const MID = 0.68;
const LIGHT = 0.26;
const CHROMA = 0.2;
const RED = 25;

/** c(h) at every whole degree. */
const LIMITS: readonly number[] = Array.from({ length: 360 }, (_, hue) => Math.min(CHROMA, chromaLimit(MID, hue)));

/** The colour of the vector (x, y, z), in units of P_max. */
export function vectorColour(x: number, y: number, z: number): Rgb {
  const size = Math.max(1, Math.hypot(x, y, z));
  const hue = (RED + (Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
  const from = Math.floor(hue);
  const limit = LIMITS[from]! + (hue - from) * (LIMITS[(from + 1) % 360]! - LIMITS[from]!);
  return oklchToRgb(MID + (LIGHT * z) / size, (limit * Math.hypot(x, y)) / size, hue);
}

/** What a legend disk shows: the sphere |P| = P_max from either side, or the plane P_z = 0 from P = 0 to P_max at its rim. */
export type DiskKind = 'downstream' | 'in-plane' | 'upstream';

/** A legend disk as a PNG data URI, x to the right and y down like the map, transparent outside. */
export function legendDisk(kind: DiskKind): string {
  const pixels = 80;
  const data = new Uint8Array(4 * pixels * pixels);
  for (let j = 0; j < pixels; j++) {
    for (let i = 0; i < pixels; i++) {
      const x = (2 * (i + 0.5)) / pixels - 1;
      const y = (2 * (j + 0.5)) / pixels - 1;
      const r = Math.hypot(x, y);
      const z = kind === 'in-plane' ? 0 : Math.sqrt(Math.max(0, 1 - r * r)) * (kind === 'downstream' ? 1 : -1);
      const cover = Math.min(1, Math.max(0, ((1 - r) * pixels) / 2 + 0.5));
      data.set([...vectorColour(x, y, z), Math.round(255 * cover)], 4 * (j * pixels + i));
    }
  }
  return pngDataUri({ width: pixels, height: pixels, data });
}
