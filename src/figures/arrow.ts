/** Arrows of a vector map: filled outlines centred on their cell, in page coordinates (x right, y down). */

import { el, px } from './svg.ts';
import { INK } from './theme.ts';

/**
 * Path of an arrow whose middle is (cx, cy) and whose tip is (dx, dy)/2 away from it [px]. It starts at the tip. Below 1.2 px
 * it is a dot: too short to have a direction.
 */
export function arrowPath(cx: number, cy: number, dx: number, dy: number): string {
  const length = Math.hypot(dx, dy);
  if (length < 1.2) return `M${px(cx + 0.5)} ${px(cy)}a.5 .5 0 1 1 -1 0a.5 .5 0 1 1 1 0z`;
  const ux = dx / length;
  const uy = dy / length;
  const head = Math.min(3.4, 0.5 * length);
  const half = Math.min(1.65, 0.26 * length);
  const shaft = Math.min(0.42, 0.09 * length);
  // Along the arrow from its middle, and across it.
  const point = (along: number, across: number): string =>
    `${px(cx + ux * along - uy * across)} ${px(cy + uy * along + ux * across)}`;
  const tip = length / 2;
  const neck = tip - head;
  return `M${[
    point(tip, 0),
    point(neck, half),
    point(neck, shaft),
    point(-tip, shaft),
    point(-tip, -shaft),
    point(neck, -shaft),
    point(neck, -half),
  ].join('L')}z`;
}

/** Opacity of an arrow that is shorter than its uncertainty. */
export const FAINT = 0.28;

/** Arrows in one group, dark with a thin light edge so that they read on any colour; faint ones let the colour through. */
export function arrowGroup(paths: readonly string[], faint = false): string {
  return el(
    'g',
    {
      class: faint ? 'arrows-faint' : 'arrows',
      opacity: faint ? FAINT : undefined,
      fill: INK,
      stroke: '#ffffff',
      'stroke-width': 0.55,
      'stroke-opacity': 0.75,
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    },
    ...paths.map((d) => `\n${el('path', { d })}`),
    '\n',
  );
}
