/** Figures of this room beside each other as one, with letters: what a journal calls panels a, b, c. Each keeps its size. */

import { fail } from '../core/errors.ts';
import { el, escapeText, figureTitle, px, svgPage, text } from './svg.ts';
import { MARGIN, PAPER, TEXT } from './theme.ts';

export interface ComposedPanel {
  /** From this room's figure functions. */
  readonly svg: string;
  /** 'a', or nothing. */
  readonly letter?: string | undefined;
}

/**
 * Panels in rows.
 * @throws 'range' without a panel, 'format' where one is not of this room's
 */
export function composeFigure(
  rows: readonly (readonly ComposedPanel[])[],
  options: { readonly title?: string | undefined; readonly description: string },
): string {
  if (rows.every((row) => row.length === 0)) fail('range', 'There is no panel to draw.', 'Give at least one.');
  let y = options.title ? MARGIN + TEXT.title : 0;
  let width = 0;
  const parts: string[] = [];
  for (const row of rows) {
    let [x, height] = [0, 0];
    for (const { svg, letter } of row) {
      const found = /^<svg\b[^>]*?\swidth="([\d.]+)" height="([\d.]+)"[^>]*>([\s\S]*)<\/svg>\s*$/.exec(svg);
      const font = /^<svg\b[^>]*?font-size="([\d.]+)"/.exec(svg)?.[1];
      if (!found || !font)
        fail('format', 'A panel is not a figure of this program.', 'Give what the figure functions return.');
      const room = letter ? 9 : 0;
      if (letter)
        parts.push(
          text(x + 4, y + MARGIN + TEXT.title - 1, escapeText(letter), { 'font-size': TEXT.title, 'font-weight': 700 }),
        );
      parts.push(
        el('g', { transform: `translate(${px(x + room)} ${px(y)})`, 'font-size': font }, withoutPaper(found[3]!)),
      );
      x += room + Number(found[1]);
      height = Math.max(height, Number(found[2]));
    }
    width = Math.max(width, x);
    y += height;
  }
  return svgPage({
    width,
    height: y,
    description: options.description,
    body: [...figureTitle(options.title), ...parts].join('\n'),
  });
}

/** The white page of a panel taken out: it would cover its neighbour's letter. */
const withoutPaper = (body: string): string => body.replace(new RegExp(`<rect [^>]*fill="${PAPER}"/>`), '');
