/**
 * Parts of a map by name: 'film', 'upper', 'electrode'. A region is where all that is said of it holds. Positions count from the scan's first corner, x and y in nm as
 * in every figure and file.
 */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import type { Options } from '../core/schema.ts';

const point = z.tuple([z.number(), z.number()]);
const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => high > low, 'the second number has to be above the first');

/** One region, as recipes and region files hold it. */
export const regionOptions = z
  .strictObject({
    x_nm: range.optional().describe('From and to, along x [nm], both included.'),
    y_nm: range.optional().describe('From and to, along y [nm], both included.'),
    polygon_nm: z
      .array(point)
      .min(3)
      .optional()
      .describe('Corners [x, y] of a polygon [nm], in order; it closes by itself.'),
    interface_nm: z
      .tuple([point, point])
      .optional()
      .describe(
        'Two points [x, y] on a straight interface [nm]; distances count from it, positive on the side of larger y.',
      ),
    distance_nm: range.optional().describe('From and to, as distance from the interface [nm].'),
    channel: z.string().optional().describe("A channel of the map, such as 'thickness', that the next key bounds."),
    between: range.optional().describe('From and to, in the unit of that channel.'),
  })
  .refine((region) => Object.keys(region).length > 0, 'say at least one thing of the region')
  .refine((region) => !region.distance_nm === !region.interface_nm, 'interface_nm and distance_nm go together')
  .refine((region) => !region.between === !region.channel, 'channel and between go together');
export type Region = Options<typeof regionOptions>;

/** Where a map's positions lie and what else it holds. */
export interface Ground {
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number;
  readonly channels: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
}

/** Even–odd rule; a position on an edge counts as inside on one side of it only. */
function insidePolygon(x: number, y: number, corners: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  corners.forEach(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/** Signed distance [nm] of positions from the line through two points, positive on the side of larger y (of larger x where the line runs along y). */
export function distanceFrom(
  [[x1, y1], [x2, y2]]: readonly [readonly [number, number], readonly [number, number]],
  name: string,
) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (!(length > 0))
    fail('range', `Region '${name}': the two points of the interface are one.`, 'Give two points on it.', { name });
  let [nx, ny] = [-(y2 - y1) / length, (x2 - x1) / length];
  if (ny < 0 || (ny === 0 && nx < 0)) [nx, ny] = [-nx, -ny];
  return (x: number, y: number) => (x - x1) * nx + (y - y1) * ny;
}

/**
 * 1 where a position lies in the region, [ny][nx].
 * @throws 'range' where no position does, or an interface is one point; 'model-mismatch' for a channel that the map lacks
 */
export function regionMask(name: string, region: Region, ground: Ground): Uint8Array {
  const { shape, step_nm, channels } = ground;
  const [ny, nx] = shape;
  const distance = region.interface_nm && distanceFrom(region.interface_nm, name);
  const channel = region.channel === undefined ? undefined : channels.find((one) => one.name === region.channel);
  if (region.channel !== undefined && !channel) {
    const known = channels.map((one) => one.name).join(', ');
    fail('model-mismatch', `Region '${name}': the map has no channel '${region.channel}'.`, `It has: ${known}.`, {
      name,
    });
  }
  const within = (value: number, bounds: readonly [number, number] | undefined) =>
    bounds === undefined || (value >= bounds[0] && value <= bounds[1]);
  const mask = new Uint8Array(ny * nx);
  for (let iy = 0, i = 0; iy < ny; iy++) {
    for (let ix = 0; ix < nx; ix++, i++) {
      const [x, y] = [ix * step_nm, iy * step_nm];
      const inside =
        within(x, region.x_nm) &&
        within(y, region.y_nm) &&
        (!region.polygon_nm || insidePolygon(x, y, region.polygon_nm)) &&
        (!distance || within(distance(x, y), region.distance_nm)) &&
        // NaN, a position that was not measured, is in no range.
        (!channel || within(channel.values[i]!, region.between));
      mask[i] = inside ? 1 : 0;
    }
  }
  if (!mask.includes(1)) {
    const size = `${((nx - 1) * step_nm).toFixed(1)} × ${((ny - 1) * step_nm).toFixed(1)} nm`;
    fail('range', `Region '${name}' holds no position of the map.`, `The map spans ${size} (x × y), from 0.`, { name });
  }
  return mask;
}
