/** A table of correlations, blue (−1) over white to red (1), with the values in the cells; columns in blocks that stand apart. */

import { decimalLabel } from '../core/numbers.ts';
import { palette } from './colormap.ts';
import type { Rgb } from './colour.ts';
import { barRoom, colourBar, evenBar } from './colour-bar.ts';
import { requireShape } from './scale.ts';
import { el, figureTitle, svgPage, text } from './svg.ts';
import { INK, MARGIN, PAGE_WIDTH, RULE, TEXT } from './theme.ts';

export interface HeatBlock {
  /** SVG text content (labels.ts) of each column. */
  readonly columns: readonly string[];
  /** [rows][columns], −1 … 1. */
  readonly values: ArrayLike<number>;
}

export interface HeatMapOptions {
  readonly title?: string;
  readonly description: string;
  /** SVG text content of each row. */
  readonly rows: readonly string[];
  readonly blocks: readonly HeatBlock[];
  /** Room for the names of rows [px]; default 52. */
  readonly marginLeft?: number;
}

const GAP = 8;
/** Where cells are dark enough for white numbers: |r| beyond. */
const DARK = 0.65;

/** Draws the table. @throws 'shape' */
export function heatMap({ title, description, rows, blocks, marginLeft = 52 }: HeatMapOptions): string {
  for (const { columns, values } of blocks) requireShape(values, [rows.length, columns.length], 'correlations');
  const colours = palette('blue-red');
  const height = 15;
  const top = (title ? MARGIN + TEXT.title + 6 : MARGIN) + TEXT.base + 5;
  const bar = evenBar([-1, 1], colours, [], height * rows.length);
  const taken = MARGIN + marginLeft + 8 + 9 + barRoom(bar) + MARGIN;
  const count = blocks.reduce((sum, { columns }) => sum + columns.length, 0);
  const width = Math.min(30, (PAGE_WIDTH - taken - (blocks.length - 1) * GAP) / count);
  const size = Math.min(TEXT.small, width / 3);
  let left = MARGIN + marginLeft;
  const drawn = blocks.map(({ columns, values }) => {
    const parts: string[] = [];
    columns.forEach((name, column) => {
      const x = left + column * width;
      parts.push(text(x + width / 2, top - 4, name, { 'text-anchor': 'middle', 'font-size': TEXT.small }));
      rows.forEach((_, row) => {
        const r = values[row * columns.length + column]!;
        const fill = colours[Math.round(255 * (0.5 + 0.5 * Math.min(1, Math.max(-1, r))))]!;
        const y = top + row * height;
        parts.push(
          el('rect', { class: 'cell', x, y, width, height, fill: css(fill), stroke: RULE, 'stroke-width': 0.3 }),
          text(x + width / 2, y + height / 2 + 0.35 * size, decimalLabel(r, 2), {
            'text-anchor': 'middle',
            'font-size': size,
            fill: Math.abs(r) > DARK ? '#ffffff' : INK,
          }),
        );
      });
    });
    left += columns.length * width + GAP;
    return el('g', { class: 'heat' }, ...parts);
  });
  const names = rows.map((name, row) =>
    text(MARGIN + marginLeft - 5, top + (row + 0.5) * height + 3, name, { 'text-anchor': 'end' }),
  );
  return svgPage({
    width: left + 9 + barRoom(bar) + MARGIN,
    height: top + rows.length * height + MARGIN,
    description,
    body: [
      ...figureTitle(title),
      ...names,
      ...drawn,
      colourBar({ x: left, y: top, width: 9, height: height * rows.length }, bar),
    ].join('\n'),
  });
}

const css = (rgb: Rgb): string => `rgb(${rgb.join(',')})`;
