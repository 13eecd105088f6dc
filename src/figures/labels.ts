/** How names are written: 'P_x' as P with a subscript x, for SVG (tspans) and HTML (sub). Numbers and units: core/numbers.ts. */

import { unitLabel } from '../core/numbers.ts';
import { escapeText } from './svg.ts';
import { TEXT } from './theme.ts';

interface Piece {
  readonly text: string;
  readonly italic?: boolean;
  readonly sub?: boolean;
  /** After a space, made by moving: viewers differ about spaces at the start of a tspan. */
  readonly apart?: boolean;
}

function pieces(name: string): Piece[] {
  const column = name.endsWith('_column');
  const bare = column ? name.slice(0, -'_column'.length) : name;
  const [quantity = '', axis] = bare.split('_');
  const symbol: Readonly<Record<string, Piece[]>> = {
    P: [{ text: 'P', italic: true }, ...(axis ? [{ text: axis, italic: true, sub: true }] : [])],
    tilt: [{ text: 'θ', italic: true }, ...(axis ? [{ text: axis, italic: true, sub: true }] : [])],
    dTi: [
      { text: 'δ', italic: true },
      { text: `Ti${axis ? ',' : ''}`, sub: true },
      { text: axis ?? '', italic: true, sub: true },
    ],
    dO: [
      { text: 'δ', italic: true },
      { text: `O${axis ? ',' : ''}`, sub: true },
      { text: axis ?? '', italic: true, sub: true },
    ],
    q: [{ text: 'q', italic: true }, ...(axis ? [{ text: axis, italic: true, sub: true }] : [])],
    thickness: [{ text: 'Thickness' }],
    chi2: [{ text: 'χ²', italic: true }, { text: ' per degree of freedom' }],
  };
  const found = symbol[quantity] ?? [{ text: name.replaceAll('_', ' ') }];
  return (column ? [...found, { text: ' (one column)' }] : found).filter((piece) => piece.text !== '');
}

/** A channel's name, then `tail`, as SVG text content; `size` is the font size [px] that it stands in. */
export function channelSvg(name: string, size: number = TEXT.base, tail = ''): string {
  const drop = Number((0.22 * size).toFixed(2));
  const small = Number((0.75 * size).toFixed(2));
  const space = Number((0.28 * size).toFixed(2));
  let lowered = false;
  return [...pieces(name), ...(tail ? [{ text: tail, apart: true }] : [])]
    .map(({ text, italic, sub = false, apart }) => {
      const shift = `${apart ? ` dx="${space}"` : ''}${sub === lowered ? '' : ` dy="${sub ? drop : -drop}"`}`;
      lowered = sub;
      const style = `${sub ? ` font-size="${small}"` : ''}${italic ? ' font-style="italic"' : ''}`;
      return `<tspan${shift}${style}>${escapeText(text)}</tspan>`;
    })
    .join('');
}

/** A channel's name and unit as SVG text content: P_x (µC/cm²). */
export function channelUnitSvg(name: string, unit: string, size: number = TEXT.base): string {
  return channelSvg(name, size, `(${unitLabel(unit)})`);
}

/** A channel's name as HTML. */
export function channelHtml(name: string): string {
  return pieces(name)
    .map(({ text, italic, sub }) => {
      const inner = italic ? `<i>${escapeText(text)}</i>` : escapeText(text);
      return sub ? `<sub>${inner}</sub>` : inner;
    })
    .join('');
}

/** Plain text as HTML, the names of channels in it set with subscripts. */
export function richText(content: string): string {
  return escapeText(content).replaceAll(/\b(?:P|dTi|dO|tilt)_[xyz]\b/g, (name) => channelHtml(name));
}

/** Width of plain text [px], for laying out: Helvetica averages 0.53 of the font size per character. */
export function textWidth(content: string, size: number = TEXT.base): number {
  return content.length * 0.53 * size;
}
