/**
 * Stereographic (equal-angle) projection of directions and what every stereogram has: the rim, the great circles through the cubic axes, names of poles.
 *
 * z points to the reader, x to the right, y up: a right-handed view from +z. The upper half (n_z ≥ 0) is projected from the south pole on the equator's
 * plane, (X, Y) = (n_x, n_y)/(1 + n_z), so that it fills the unit disk, with z at the middle and the equator at the rim; the lower half likewise from the
 * north pole, seen through the page, x and y where they were. Angles between curves are kept; circles on the sphere are circles.
 * (Maps of a scan, in contrast, have y down and z into the page.)
 */

import { cross, norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { el, px } from './svg.ts';
import { INK, TEXT } from './theme.ts';

export type Half = 'upper' | 'lower';

/** Place (X, Y) of a direction of any length, Y up; inside the unit circle where it belongs to that half. */
export function stereographic(direction: Vec3, half: Half = 'upper'): [number, number] {
  const length = norm(direction);
  const below = length + (half === 'upper' ? 1 : -1) * direction[2];
  return [direction[0] / below, direction[1] / below];
}

/** The unit vector at (X, Y): the inverse of `stereographic`. */
export function directionAt(x: number, y: number, half: Half = 'upper'): Vec3 {
  const square = x * x + y * y;
  const z = (1 - square) / (1 + square);
  return [(2 * x) / (1 + square), (2 * y) / (1 + square), half === 'upper' ? z : -z];
}

/** How far beyond the rim a grid of directions reaches, so that contours cross it. */
export const GRID_REACH = 1.05;

/** The directions of pixels × pixels cells over a half and a little beyond, [row][column], the first row at Y = +reach. */
export function gridDirections(pixels: number, half: Half): Vec3[] {
  const at = (i: number): number => GRID_REACH * ((2 * i + 1) / pixels - 1);
  return Array.from({ length: pixels * pixels }, (_, i) =>
    directionAt(at(i % pixels), -at(Math.floor(i / pixels)), half),
  );
}

/** A disk of a stereogram on the page [px]. */
export interface Disk {
  readonly cx: number;
  readonly cy: number;
  readonly r: number;
  readonly half: Half;
}

/** Page coordinates of a direction. */
export function onPage(direction: Vec3, { cx, cy, r, half }: Disk): [number, number] {
  const [x, y] = stereographic(direction, half);
  return [cx + r * x, cy - r * y];
}

/** Whether a direction lies on a disk's half; the equator is on both. */
export const onHalf = ([x, y, z]: Vec3, half: Half): boolean =>
  (half === 'upper' ? z : -z) >= -1e-6 * Math.hypot(x, y, z);

/** An SVG path through directions, broken where they leave the half. */
export function spherePath(directions: readonly Vec3[], disk: Disk): string {
  let pen = false;
  return directions
    .map((direction) => {
      if (!onHalf(direction, disk.half)) {
        pen = false;
        return '';
      }
      const [x, y] = onPage(direction, disk);
      const d = `${pen ? 'L' : 'M'}${px(x)} ${px(y)}`;
      pen = true;
      return d;
    })
    .join('');
}

/** Normals of the cubic mirror planes: {100} and {110}. */
export const MIRRORS: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 0],
  [1, -1, 0],
  [1, 0, 1],
  [1, 0, -1],
  [0, 1, 1],
  [0, 1, -1],
];

/** Great circles of the cubic mirror planes, thin. */
export function mirrorCircles(disk: Disk): string {
  const d = MIRRORS.map((normal) => spherePath(greatCircle(normal), disk)).join('');
  return el('path', {
    class: 'mirrors',
    d,
    fill: 'none',
    stroke: '#ffffff',
    'stroke-width': 0.5,
    'stroke-opacity': 0.45,
  });
}

/** 91 directions around the plane with that normal, beginning and ending on the equator. */
function greatCircle(normal: Vec3): Vec3[] {
  const z: Vec3 = [0, 0, 1];
  const start = cross(z, normal);
  const across = cross(normal, start);
  const [a, b] = [norm(start), norm(across)];
  return Array.from({ length: 91 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 90;
    return [0, 1, 2].map(
      (k) => (Math.cos(angle) * start[k]!) / a + (Math.sin(angle) * across[k]!) / b,
    ) as unknown as Vec3;
  });
}

/** Everything outside the disk made white, over a square of half width `size` [px], and the rim. */
export function rim({ cx, cy, r }: Disk, size: number): string {
  const circle = `M${px(cx - r)} ${px(cy)}a${px(r)} ${px(r)} 0 1 0 ${px(2 * r)} 0a${px(r)} ${px(r)} 0 1 0 ${px(-2 * r)} 0z`;
  const square = `M${px(cx - size)} ${px(cy - size)}h${px(2 * size)}v${px(2 * size)}h${px(-2 * size)}z`;
  return (
    el('path', { d: square + circle, fill: '#ffffff', 'fill-rule': 'evenodd' }) +
    el('circle', { cx, cy, r, fill: 'none', stroke: INK, 'stroke-width': 0.8 })
  );
}

/** Where a pole's name goes: outside the rim for poles on it, otherwise above the pole. */
export function poleLabelPlace(direction: Vec3, disk: Disk): { x: number; y: number; anchor: string } {
  const [x, y] = onPage(direction, disk);
  const [dx, dy] = [(x - disk.cx) / disk.r, (y - disk.cy) / disk.r];
  if (Math.hypot(dx, dy) < 0.97) return { x, y: y - 6, anchor: 'middle' };
  return {
    x: x + 8 * dx,
    y: y + (dy > 0.5 ? 6 : 0) + 8 * dy + 0.35 * TEXT.small * (1 - Math.abs(dy)),
    anchor: dx > 0.3 ? 'start' : dx < -0.3 ? 'end' : 'middle',
  };
}
