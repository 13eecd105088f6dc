/** What lies on a pole figure's disk beside its points: mirror planes, the cubic poles, mean poles with their cones and tracks. */

import type { Vec3 } from '../crystal/structure.ts';
import type { Axis } from '../findings/vector-field.ts';
import { REGIONS } from './pole-cloud.ts';
import { turned } from './pole-frame.ts';
import { drawMark } from './series-style.ts';
import { type Disk, MIRRORS, onHalf, onPage, spherePath } from './stereographic.ts';
import { el, px } from './svg.ts';
import { INK, RULE } from './theme.ts';

/** A mean pole (findings/poles.ts). */
export interface PoleMean {
  readonly direction: Vec3;
  /** Half angle [degrees]; from 90 on there is no cone to draw. */
  readonly cone95_deg: number;
}

/** Mean poles of one region, in the order of the states: joined where there are several. */
export interface PoleTrack {
  /** Index into `regions`. */
  readonly region: number;
  readonly means: readonly PoleMean[];
}

/** The {100} and {110} mirror planes, thin and grey. */
export function circles(disk: Disk): string {
  const d = MIRRORS.map((normal) => spherePath(circle(normal, 90), disk)).join('');
  return el('path', { class: 'mirrors', d, fill: 'none', stroke: RULE, 'stroke-width': 0.5 });
}

/** 121 directions at an angle [degrees] from an axis. */
function circle(axis: Vec3, angle_deg: number): Vec3[] {
  const n = unit(axis);
  const helper: Vec3 = Math.abs(n[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const u = unit(crossed(n, helper));
  const v = crossed(n, u);
  const [c, s] = [Math.cos((angle_deg * Math.PI) / 180), Math.sin((angle_deg * Math.PI) / 180)];
  return Array.from({ length: 121 }, (_, i): Vec3 => {
    const [a, b] = [s * Math.cos((Math.PI * i) / 60), s * Math.sin((Math.PI * i) / 60)];
    return [c * n[0] + a * u[0] + b * v[0], c * n[1] + a * u[1] + b * v[1], c * n[2] + a * u[2] + b * v[2]];
  });
}

const crossed = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (v: Vec3): Vec3 => {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
};

/** Outlines of 4-, 2- and 3-fold axes. */
export function poleOutline(kind: 0 | 1 | 2): string {
  return ['m-2.1 -2.1h4.2v4.2h-4.2z', 'm0 -2.7l1.9 2.7l-1.9 2.7l-1.9 -2.7z', 'm0 -2.6l2.5 4.3h-5z'][kind]!;
}
export const CUBIC: readonly string[] = ['{100}', '{110}', '{111}'];
export const POLE_STYLE = { fill: '#ffffff', stroke: INK, 'stroke-width': 0.7 } as const;

export function cubicPoles(disk: Disk): string[] {
  const out: string[] = [];
  for (const a of [-1, 0, 1]) {
    for (const b of [-1, 0, 1]) {
      for (const c of [-1, 0, 1]) {
        const kind = Math.abs(a) + Math.abs(b) + Math.abs(c) - 1;
        if (kind < 0 || !onHalf([a, b, c], disk.half)) continue;
        const [x, y] = onPage([a, b, c], disk);
        out.push(el('path', { d: `M${px(x)} ${px(y)}${poleOutline(kind as 0 | 1 | 2)}`, ...POLE_STYLE }));
      }
    }
  }
  return out;
}

/** Cones, then the great circles between the means, then the means: growing along the track. */
export function drawTrack({ region, means }: PoleTrack, disk: Disk, polar: Axis, states: readonly string[]): string {
  const { colour, mark } = REGIONS[region % REGIONS.length]!;
  const directions = means.map(({ direction }) => turned(direction, polar));
  const cones = means.flatMap(({ cone95_deg }, i) => {
    if (!(cone95_deg < 90)) return [];
    const d = spherePath(circle(directions[i]!, Math.max(0.3, cone95_deg)), disk);
    // One piece: filled; cut by the rim: its outline.
    const whole = d.lastIndexOf('M') === 0;
    return d === ''
      ? []
      : [
          el('path', {
            class: 'cone',
            d,
            fill: whole ? colour : 'none',
            'fill-opacity': 0.1,
            stroke: colour,
            'stroke-width': 0.8,
          }),
        ];
  });
  const arcs = directions.slice(1).map((to, i) => spherePath(arc(directions[i]!, to), disk));
  const line = { d: arcs.join(''), fill: 'none', 'stroke-linecap': 'round' };
  const stroke =
    arcs.join('') === ''
      ? []
      : [
          el('path', { ...line, stroke: '#ffffff', 'stroke-width': 3.2 }),
          el('path', { ...line, class: 'track', stroke: colour, 'stroke-width': 1.6 }),
        ];
  const marks = directions.flatMap((direction, i) => {
    if (!onHalf(direction, disk.half) || !Number.isFinite(direction[0])) return [];
    const [x, y] = onPage(direction, disk);
    const size = states.length > 1 && means.length > 1 ? 2.2 + (1.8 * i) / (means.length - 1) : 3.2;
    return [drawMark(mark, x, y, size, colour)];
  });
  return [...cones, ...stroke, ...marks].join('');
}

/** The shorter great circle from one direction to another, 2° apart. */
function arc(from: Vec3, to: Vec3): Vec3[] {
  const [a, b] = [unit(from), unit(to)];
  const angle = Math.atan2(Math.hypot(...crossed(a, b)), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  if (!(angle > 1e-6) || angle > Math.PI - 1e-6) return [];
  const steps = Math.max(2, Math.ceil(angle / 0.017));
  return Array.from({ length: steps + 1 }, (_, i): Vec3 => {
    const [p, q] = [
      Math.sin(angle * (1 - i / steps)) / Math.sin(angle),
      Math.sin((angle * i) / steps) / Math.sin(angle),
    ];
    return [p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]];
  });
}
