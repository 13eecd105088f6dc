/** Poles of a field as points on a disk, coloured by region or by depth; of many, an even share. */

import { fail } from '../core/errors.ts';
import type { Axis } from '../findings/vector-field.ts';
import { hex, type Rgb } from './colour.ts';
import { turned } from './pole-frame.ts';
import { robustRange } from './scale.ts';
import type { Mark } from './series-style.ts';
import { type Disk, onHalf, onPage } from './stereographic.ts';
import { el } from './svg.ts';

/** Poles of one panel: parts of a field, [n] each; zero vectors and NaN are left out. */
export interface PoleCloud {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z: ArrayLike<number>;
  /** Which region each belongs to, from 0 in the order of `regions`; 255: none, not drawn. Or the depth of each [nm]. */
  readonly region?: Uint8Array | undefined;
  readonly depth_nm?: ArrayLike<number> | undefined;
}

/** Upper, middle, lower: different in lightness too. */
export const REGIONS: readonly { readonly colour: string; readonly mark: Mark }[] = [
  { colour: '#e08214', mark: 'down' },
  { colour: '#35978f', mark: 'circle' },
  { colour: '#2d2a7a', mark: 'triangle' },
];

/** Every how manieth point is drawn where there are more than `most`: an even share of them. */
export const shareOf = (count: number, most: number): number => Math.min(1, most / Math.max(1, count));

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Steps of a colour by depth. */
const SHADES = 16;

export function drawCloud(
  cloud: PoleCloud,
  disk: Disk,
  polar: Axis,
  most: number,
  colours: readonly Rgb[] | undefined,
  depths: readonly number[],
): string {
  const { x, y, z, region, depth_nm } = cloud;
  for (const array of [y, z, region, depth_nm]) {
    if (array && array.length !== x.length)
      fail(
        'shape',
        `${array.length} and ${x.length} numbers for the poles of one panel.`,
        'Give one of each for each pole.',
      );
  }
  const share = shareOf(drawable(cloud), most);
  const [low, high] = depth_nm ? robustRange(depths, 1) : [0, 1];
  const groups: string[][] = Array.from({ length: depth_nm ? SHADES : REGIONS.length }, () => []);
  let kept = 0;
  for (let i = 0; i < x.length; i++) {
    if (region && region[i]! >= REGIONS.length) continue;
    const v = turned([x[i]!, y[i]!, z[i]!], polar);
    if (!(Math.hypot(...v) > 0)) continue;
    // The golden ratio spreads what is kept evenly over rows and columns of a map.
    kept++;
    if ((kept * GOLDEN) % 1 >= share || !onHalf(v, disk.half)) continue;
    const group = depth_nm
      ? Math.min(SHADES - 1, Math.floor((SHADES * (depth_nm[i]! - low)) / (high - low)))
      : (region?.[i] ?? 0);
    const [cx, cy] = onPage(v, disk);
    groups[group]!.push(`M${cx.toFixed(1)} ${cy.toFixed(1)}h0`);
  }
  // The middle of the film lies behind: it is the diffuse part.
  const order = depth_nm || !region ? groups.map((_, k) => k) : [1, 0, 2];
  return order
    .filter((k) => groups[k]!.length > 0)
    .map((k) => {
      const stroke = depth_nm ? hex(colours![Math.round((255 * (k + 0.5)) / SHADES)]!) : REGIONS[k]!.colour;
      return el('path', {
        class: 'poles',
        d: groups[k]!.join(''),
        stroke,
        'stroke-width': 1.5,
        'stroke-linecap': 'round',
        'stroke-opacity': 0.6,
        fill: 'none',
      });
    })
    .join('\n');
}

export function drawable({ x, region }: PoleCloud): number {
  let count = 0;
  for (let i = 0; i < x.length; i++) if (Number.isFinite(x[i]!) && !(region && region[i]! >= REGIONS.length)) count++;
  return count;
}
