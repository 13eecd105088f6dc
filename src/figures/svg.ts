/** SVG as text: elements, numbers with two decimals, escaped content, and the page that every figure stands on. */

import { FONT, INK, MARGIN, PAPER, TEXT } from './theme.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text made safe inside HTML and XML, in content and in quoted attributes; characters that XML forbids are dropped. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}--[\t\n\r]]/gv, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A coordinate with at most two decimals and no negative zero. */
export function px(value: number): string {
  const text = String(Number(value.toFixed(2)));
  return text === '-0' ? '0' : text;
}

/** One element; `children` is SVG already. Attributes that are undefined are left out. */
export function el(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const head = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? px(value) : escapeText(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${head}/>` : `<${name}${head}>${children.join('')}</${name}>`;
}

/** A line of text. `content` is SVG already (see labels.ts): escape what users wrote. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return el('text', { x, y, ...attributes }, content);
}

/** The title at the top left of a figure, or nothing. */
export function figureTitle(title: string | undefined): string[] {
  const style = { 'font-size': TEXT.title, 'font-weight': 600 };
  return title ? [text(MARGIN, MARGIN + TEXT.title - 1, escapeText(title), style)] : [];
}

/** For text over data: a white edge. */
export const HALO: Attributes = {
  stroke: '#ffffff',
  'stroke-width': 2.5,
  'paint-order': 'stroke',
  'stroke-linejoin': 'round',
};

export interface Page {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** What the figure shows, one sentence, for readers who cannot see it. */
  readonly description: string;
  readonly body: string;
}

/** A figure: a white page with the house font. It has no ids, so that several can stand in one HTML file. */
export function svgPage({ width, height, description, body }: Page): string {
  return `${el(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${px(width)} ${px(height)}`,
      role: 'img',
      'aria-label': description,
      'font-family': FONT,
      'font-size': TEXT.base,
      fill: INK,
    },
    `\n${el('rect', { width, height, fill: PAPER })}\n`,
    body,
    '\n',
  )}\n`;
}
