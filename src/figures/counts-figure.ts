/**
 * How two quantities go together: positions counted in cells of both, on a logarithmic colour scale, with means over bins of equal population and their errors, and in grey the
 * means of a field that holds nothing of it (Fig. 3l of the paper). With a mean vector from the origin: what changes together under a bias (Fig. 4c, d).
 */

import { countLabel, numberLabel } from '../core/numbers.ts';
import type { Bins, Counts2 } from '../findings/relation.ts';
import { line } from './band.ts';
import { chart } from './chart.ts';
import { palette } from './colormap.ts';
import { barRoom, type ColourBar, colourBar, powerTicks } from './colour-bar.ts';
import { chartKey, type Key } from './key.ts';
import { symbolUnitSvg } from './labels.ts';
import { cellImage } from './map-frame.ts';
import { requireShape } from './scale.ts';
import { drawMark } from './series-style.ts';
import { el, px, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MUTED, RULE, SERIES, TEXT } from './theme.ts';

export interface Quantity {
  /** As symbolSvg takes it: '|ΔP_y|', 'T_d'. */
  readonly symbol: string;
  readonly unit: string;
}

/** The mean change of both quantities, and its standard errors, in the axes' units. */
export interface MeanChange {
  readonly a: number;
  readonly b: number;
  readonly sigma_a?: number | undefined;
  readonly sigma_b?: number | undefined;
}

export interface CountsFigureOptions {
  readonly title?: string | undefined;
  /** Along the horizontal and the vertical axis. */
  readonly a: Quantity;
  readonly b: Quantity;
  readonly counts: Counts2;
  /** Means of b in bins of a. */
  readonly bins?: Bins | undefined;
  /** The same of a field that holds nothing. */
  readonly null?: { readonly name: string; readonly bins: Bins } | undefined;
  readonly mean?: MeanChange | undefined;
  /** Count of the last colour; default the largest. Give figures that are compared the same one. */
  readonly most?: number | undefined;
  /** [px]; default a journal column, 321, by 0.82 of that. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Draws the counts. @throws 'shape' */
export function countsFigure(options: CountsFigureOptions): string {
  const { a, b, counts, bins, null: nothing, mean, width = COLUMN_WIDTH } = options;
  requireShape(counts.counts, counts.shape, 'counts');
  const highest = counts.counts.reduce((most, count) => Math.max(most, count), 1);
  const most = Math.max(2, options.most ?? highest);
  const levelOf = (count: number): number => Math.min(1, Math.log(count) / Math.log(most));
  const colours = palette('viridis').toReversed();
  const bar: ColourBar = { palette: colours, ticks: powerTicks(1, most, levelOf), above: highest > most, below: false };
  const keys: Key[] = [
    ...(bins ? [meansKey('means in bins of equal population', INK, 'circle')] : []),
    ...(nothing ? [meansKey(nothing.name, MUTED, 'square')] : []),
    ...(mean
      ? [{ words: 'mean change', room: 20, draw: (x: number, y: number) => arrow([x, y - 3], [x + 16, y - 3]) }]
      : []),
  ];
  const key = chartKey(keys, options.title, width);
  const [rowsOfB, columns] = counts.shape;
  const total = counts.counts.reduce((sum, count) => sum + count, 0);
  return chart({
    ...(options.title ? { title: options.title } : {}),
    description: `${countLabel(total)} positions counted by ${a.symbol} and ${b.symbol}, 1 to ${countLabel(highest)} per cell; ${countLabel(counts.outside)} lie beyond the axes.${mean ? ` Mean change ${numberLabel(mean.a)}, ${numberLabel(mean.b)}.` : ''}`,
    width,
    height: options.height ?? Math.round(0.82 * width),
    keyRoom: key.room,
    x: { label: symbolUnitSvg(a.symbol, a.unit), domain: counts.a },
    y: { label: symbolUnitSvg(b.symbol, b.unit), domain: counts.b },
    marginRight: 26 + Math.ceil(barRoom(bar)),
    marks: [],
    under: (at) => {
      const [left, upper] = at(counts.a[0], counts.b[1]);
      const [right, lower] = at(counts.a[1], counts.b[0]);
      const box = { x: left, y: upper, width: right - left, height: lower - upper };
      return cellImage(box, counts.shape, (i) => {
        const count = counts.counts[(rowsOfB - 1 - Math.floor(i / columns)) * columns + (i % columns)]!;
        return count === 0 ? [255, 255, 255] : colours[Math.round(255 * levelOf(count))];
      });
    },
    over: (at, { left, right, top: upper, bottom }) => {
      const [zeroX, zeroY] = at(0, 0);
      const inside = (value: number, [low, high]: readonly [number, number]): boolean => value > low && value < high;
      const cross = [
        ...(inside(0, counts.a) ? [`M${px(zeroX)} ${px(upper)}V${px(bottom)}`] : []),
        ...(inside(0, counts.b) ? [`M${px(left)} ${px(zeroY)}H${px(right)}`] : []),
      ].join('');
      const barX = right + 10;
      const labelX = barX + 9 + barRoom(bar) + TEXT.small;
      const middle = (upper + bottom) / 2;
      return [
        ...(cross
          ? [el('path', { class: 'zero', d: cross, stroke: RULE, 'stroke-width': 0.8, 'stroke-dasharray': '2 2' })]
          : []),
        ...(nothing ? [means(nothing.bins, MUTED, 'square', at, counts)] : []),
        ...(bins ? [means(bins, INK, 'circle', at, counts)] : []),
        ...(mean ? [change(mean, at)] : []),
        colourBar({ x: barX, y: upper, width: 9, height: bottom - upper }, bar),
        text(labelX, middle, 'positions per cell', {
          'text-anchor': 'middle',
          'font-size': TEXT.small,
          transform: `rotate(-90 ${px(labelX)} ${px(middle)})`,
        }),
        key.svg,
      ].join('\n');
    },
  });
}

const meansKey = (words: string, colour: string, mark: 'circle' | 'square'): Key => ({
  words,
  room: 20,
  draw: (x, y) =>
    el('path', { d: `M${px(x)} ${px(y - 3)}h16`, stroke: colour, 'stroke-width': 1.2 }) +
    drawMark(mark, x + 8, y - 3, 2.3, colour),
});

type At = (x: number, y: number) => [number, number];

/** Means with ± one standard error, joined, on a white edge; those beyond the axes are left out. */
function means(bins: Bins, colour: string, mark: 'circle' | 'square', at: At, { a, b }: Counts2): string {
  const points = Array.from(bins.a, (x, i) => ({ x, y: bins.b[i]!, error: bins.standard_error[i]! })).filter(
    ({ x, y }) => x >= a[0] && x <= a[1] && y >= b[0] && y <= b[1],
  );
  const places = points.map(({ x, y }) => at(x, y));
  const errors = points
    .filter(({ error }) => Number.isFinite(error))
    .map(({ x, y, error }) => {
      const [[cx, low], [, high]] = [at(x, Math.max(b[0], y - error)), at(x, Math.min(b[1], y + error))];
      return `M${px(cx - 2)} ${px(low)}h4m-2 0V${px(high)}m-2 0h4`;
    })
    .join('');
  return el(
    'g',
    { class: 'means' },
    line(places, '#ffffff', 3),
    el('path', { d: errors, stroke: '#ffffff', 'stroke-width': 2.4, fill: 'none' }),
    line(places, colour, 1.2),
    el('path', { d: errors, stroke: colour, 'stroke-width': 0.9, fill: 'none' }),
    ...places.map(([x, y]) => drawMark(mark, x, y, 2.3, colour)),
  );
}

/** The arrow from the origin to the mean, with ± one standard error across both axes. */
function change({ a, b, sigma_a = 0, sigma_b = 0 }: MeanChange, at: At): string {
  const [x, y] = at(a, b);
  const [[left], [right]] = [at(a - sigma_a, b), at(a + sigma_a, b)];
  const [[, low], [, high]] = [at(a, b - sigma_b), at(a, b + sigma_b)];
  const errors = el('path', {
    d: `M${px(left)} ${px(y)}H${px(right)}M${px(x)} ${px(low)}V${px(high)}`,
    stroke: SERIES[1]!,
    'stroke-width': 1,
    fill: 'none',
  });
  return el('g', { class: 'mean-change' }, arrow(at(0, 0), [x, y]), errors);
}

function arrow([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): string {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(6, length);
  const [bx, by] = [x1 - head * ux, y1 - head * uy];
  const shaft = `M${px(x0)} ${px(y0)}L${px(bx)} ${px(by)}`;
  const tip = `M${px(x1)} ${px(y1)}L${px(bx - 0.45 * head * uy)} ${px(by + 0.45 * head * ux)}L${px(bx + 0.45 * head * uy)} ${px(by - 0.45 * head * ux)}z`;
  return (
    el('path', {
      d: shaft + tip,
      fill: '#ffffff',
      stroke: '#ffffff',
      'stroke-width': 3.4,
      'stroke-linejoin': 'round',
    }) +
    el('path', { d: shaft, stroke: SERIES[1]!, 'stroke-width': 1.6 }) +
    el('path', { d: tip, fill: SERIES[1]! })
  );
}
