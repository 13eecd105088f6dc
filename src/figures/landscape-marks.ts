/** Marks of stationary points by kind, in every figure of a landscape: circle, diamond, square, triangle. */

import type { Kind } from '../ferroelectric/landscape.ts';
import type { Key } from './key.ts';
import { el, px } from './svg.ts';
import { INK } from './theme.ts';

export function kindMark(kind: Kind, x: number, y: number): string {
  const style = { fill: '#ffffff', stroke: INK, 'stroke-width': 0.9 };
  if (kind === 'minimum') return el('circle', { cx: x, cy: y, r: 3, ...style, fill: INK, stroke: '#ffffff' });
  const outline: Readonly<Record<Exclude<Kind, 'minimum'>, string>> = {
    saddle: 'm0 -3.4l3.4 3.4l-3.4 3.4l-3.4 -3.4z',
    'second-order saddle': 'm-2.5 -2.5h5v5h-5z',
    maximum: 'm0 -3.4l3.2 5.6h-6.4z',
  };
  return el('path', { d: `M${px(x)} ${px(y)}${outline[kind]}`, ...style });
}

/** Keys of the kinds that there are, minima first. */
export function kindKeys(poles: readonly { readonly kind: Kind }[]): Key[] {
  const kinds = (['minimum', 'saddle', 'second-order saddle', 'maximum'] as const).filter((kind) =>
    poles.some((pole) => pole.kind === kind),
  );
  return kinds.map((kind) => ({ words: kind, draw: (x, y) => kindMark(kind, x + 4, y - 3) }));
}
