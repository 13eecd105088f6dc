/** An arrow in space as it is seen in a parallel projection: a shaft, and a cone with a lit and a shaded side. */

import type { Vec3 } from '../crystal/structure.ts';
import type { Rgb } from './colour.ts';
import { el } from './svg.ts';

/** A colour, darker (by < 0) or lighter. */
function shaded(rgb: Rgb, by: number): string {
  const mixed = rgb.map((v) => Math.round(by < 0 ? v * (1 + by) : v + (255 - v) * by));
  return `#${mixed.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

const one = (value: number): string => String(Number(value.toFixed(1)));

/** An arrow between two places [px, away from the reader too], its head at most half of `spacing` long. */
export function arrow3d(tail: Vec3, tip: Vec3, colour: Rgb, spacing: number): string {
  const along = [0, 1, 2].map((k) => tip[k]! - tail[k]!) as unknown as Vec3;
  const flat = Math.hypot(along[0], along[1]);
  const whole = Math.hypot(flat, along[2]);
  const [light, mid, dark] = [shaded(colour, 0.1), shaded(colour, -0.14), shaded(colour, -0.36)];
  if (whole < 1.2) return el('circle', { cx: tail[0], cy: tail[1], r: 0.6, fill: dark });
  const [ux, uy] = flat > 1e-6 ? [along[0] / flat, along[1] / flat] : [1, 0];
  const head = Math.min(0.55 * spacing, 0.55 * whole);
  const radius = 0.42 * head;
  // The base of the cone, a circle, is seen as an ellipse: short along the arrow.
  const [reach, short] = [(head * flat) / whole, (radius * Math.abs(along[2])) / whole];
  const [bx, by] = [tip[0] - ux * reach, tip[1] - uy * reach];
  const at = (a: number, c: number): string => `${one(bx + ux * a - uy * c)} ${one(by + uy * a + ux * c)}`;
  const turn = one((Math.atan2(uy, ux) * 180) / Math.PI);
  const fill = (d: string, colour_: string): string => `<path d="${d}" fill="${colour_}"/>`;
  const disk = (colour_: string): string =>
    short < 0.1
      ? ''
      : fill(
          `M${at(0, radius)}A${one(short)} ${one(radius)} ${turn} 0 1 ${at(0, -radius)}A${one(short)} ${one(radius)} ${turn} 0 1 ${at(0, radius)}z`,
          colour_,
        );
  const wide = 0.34 * radius;
  const [tx, ty] = [tail[0] - bx, tail[1] - by];
  const from = (c: number): string => `${one(bx + tx - uy * c)} ${one(by + ty + ux * c)}`;
  const shaft = fill(`M${from(wide)}L${at(0, wide)}L${at(0, -wide)}L${from(-wide)}z`, dark);
  const end = `${one(tip[0])} ${one(tip[1])}`;
  const towards = along[2] < 0;
  // Where the tip lies within the base's ellipse, the cone has no side: a disk, with the tip on it if it points to the reader.
  if (reach <= short)
    return towards
      ? shaft + disk(mid) + el('circle', { cx: tip[0], cy: tip[1], r: 0.35 * radius, fill: light })
      : disk(dark) + shaft;
  // The cone's outline leaves the ellipse where the line from the tip touches it.
  const [ta, tc] = [(short * short) / reach, radius * Math.sqrt(1 - (short / reach) ** 2)];
  // Light from the upper left.
  const lit = uy - ux > 0 ? 1 : -1;
  const cone =
    fill(`M${end}L${at(ta, tc)}L${at(ta, -tc)}z`, light) +
    fill(`M${end}L${at(ta, -lit * tc)}L${at(towards ? -short : ta, 0)}z`, mid);
  return towards ? shaft + disk(light) + cone : cone + disk(dark) + shaft;
}
