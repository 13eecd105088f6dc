/**
 * How the states of one experiment are told apart in every figure: by colour, and without it by dash and mark. Three states are red (dashed), ink (solid) and blue
 * (dotted), in their order, as the paper draws −2, 0 and +2 V; other numbers of states take the house series.
 */

import type { Key } from './key.ts';
import { el, px } from './svg.ts';
import { INK, NULL_FILL, NULL_LINE, SERIES } from './theme.ts';

export interface SeriesStyle {
  readonly colour: string;
  /** Of strokes, as SVG has it; undefined: solid. */
  readonly dash: string | undefined;
  readonly mark: Mark;
}

const MARKS = ['circle', 'square', 'triangle', 'diamond', 'down', 'plus'] as const;
export type Mark = (typeof MARKS)[number];

const DASHES: readonly (string | undefined)[] = [undefined, '5 2', '1.6 1.8', '7 2 1.6 2', '9 2', '3 1.2'];

/** The style of state i of `count`. */
export function seriesStyle(i: number, count: number): SeriesStyle {
  if (count === 3) {
    return {
      colour: [SERIES[1]!, INK, SERIES[0]!][i]!,
      dash: [DASHES[1], undefined, DASHES[2]][i],
      mark: (['down', 'circle', 'triangle'] as const)[i]!,
    };
  }
  return {
    colour: SERIES[i % SERIES.length]!,
    dash: DASHES[i % DASHES.length],
    mark: MARKS[i % MARKS.length]!,
  };
}

const OUTLINES: Readonly<Record<Exclude<Mark, 'circle'>, (r: number) => string>> = {
  square: (r) => `m${px(-0.88 * r)} ${px(-0.88 * r)}h${px(1.76 * r)}v${px(1.76 * r)}h${px(-1.76 * r)}z`,
  triangle: (r) => `m0 ${px(-1.2 * r)}l${px(1.1 * r)} ${px(1.95 * r)}h${px(-2.2 * r)}z`,
  diamond: (r) =>
    `m0 ${px(-1.25 * r)}l${px(1.25 * r)} ${px(1.25 * r)}l${px(-1.25 * r)} ${px(1.25 * r)}l${px(-1.25 * r)} ${px(-1.25 * r)}z`,
  down: (r) => `m0 ${px(1.2 * r)}l${px(1.1 * r)} ${px(-1.95 * r)}h${px(-2.2 * r)}z`,
  plus: (r) =>
    `m${px(-0.4 * r)} ${px(-1.2 * r)}h${px(0.8 * r)}v${px(0.8 * r)}h${px(0.8 * r)}v${px(0.8 * r)}h${px(-0.8 * r)}v${px(0.8 * r)}h${px(-0.8 * r)}v${px(-0.8 * r)}h${px(-0.8 * r)}v${px(-0.8 * r)}h${px(0.8 * r)}z`,
};

/** A mark of radius about r [px], filled, with a white edge. */
export function drawMark(mark: Mark, x: number, y: number, r: number, fill: string, edge = '#ffffff'): string {
  const style = { fill, stroke: edge, 'stroke-width': 0.6 };
  if (mark === 'circle') return el('circle', { cx: x, cy: y, r, ...style });
  return el('path', { d: `M${px(x)} ${px(y)}${OUTLINES[mark](r)}`, ...style });
}

/** A piece of the line with its mark. */
export function seriesKey(words: string, { colour, dash, mark }: SeriesStyle, marked = true): Key {
  return {
    words,
    room: 28,
    draw: (x, y) =>
      el('path', { d: `M${px(x)} ${px(y - 3)}h23`, stroke: colour, 'stroke-width': 1.4, 'stroke-dasharray': dash }) +
      (marked ? drawMark(mark, x + 11.5, y - 3, 2.1, colour) : ''),
  };
}

/** The grey band of a null with the line of its mean. */
export const nullKey = (words: string): Key => ({
  words,
  room: 20,
  draw: (x, y) =>
    el('rect', { x, y: y - 7, width: 16, height: 8, fill: NULL_FILL }) +
    el('path', { d: `M${px(x)} ${px(y - 3)}h16`, stroke: NULL_LINE, 'stroke-width': 1 }),
});
