/** The key of a figure: samples and their words from left to right, in as many rows as it takes. */

import { textWidth } from './labels.ts';
import { el, escapeText, px, text } from './svg.ts';
import { MARGIN, TEXT } from './theme.ts';

export interface Key {
  readonly words: string;
  /** The words as SVG text content (labels.ts), where they have subscripts; `words` then only says how wide they are. */
  readonly svg?: string | undefined;
  /** Room for the sample [px]; default 13. */
  readonly room?: number | undefined;
  /** The sample at (x, y), y on the words' baseline. */
  readonly draw: (x: number, y: number) => string;
}

/** A key line: `top` is the baseline of the first row. `bottom` is that of the last [px]. */
export function keyRows(
  keys: readonly Key[],
  left: number,
  top: number,
  right: number,
): { readonly svg: string; readonly bottom: number } {
  let [x, y] = [left, top];
  const parts: string[] = [];
  for (const { words, svg, room = 13, draw } of keys) {
    const wide = room + textWidth(words, TEXT.small) + 12;
    if (x > left && x + wide - 12 > right) [x, y] = [left, y + TEXT.small + 5];
    parts.push(draw(x, y), text(x + room, y, svg ?? escapeText(words), { 'font-size': TEXT.small }));
    x += wide;
  }
  return { svg: el('g', { class: 'key' }, ...parts), bottom: y };
}

/** A plain line as a sample. */
export const pathKey = (words: string, colour: string): Key => ({
  words,
  draw: (x, y) => el('path', { d: `M${px(x - 2)} ${px(y - 3)}h10`, stroke: colour, 'stroke-width': 2.2 }),
});

/** A filled patch as a sample. */
export const patchKey = (words: string, fill: string, stroke?: string, svg?: string): Key => ({
  words,
  svg,
  room: 15,
  draw: (x, y) => el('rect', { x, y: y - 6.5, width: 11, height: 7.5, fill, stroke, 'stroke-width': 0.6 }),
});

/** A key between the title and the axes of a chart: its SVG for `over`, and the room it takes there for `keyRoom` [px]. */
export function chartKey(
  keys: readonly Key[],
  title: string | undefined,
  width: number,
): { readonly svg: string; readonly room: number } {
  if (keys.length === 0) return { svg: '', room: 0 };
  const top = title ? MARGIN + TEXT.title + 8 : MARGIN + 2;
  const { svg, bottom } = keyRows(keys, MARGIN + 34, top + 6, width - MARGIN);
  return { svg, room: bottom - top + 9 };
}
