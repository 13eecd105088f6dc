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

/** Plain text as HTML, the names of channels, T_d and σ_P in it set with subscripts. */
export function richText(content: string): string {
  return escapeText(content)
    .replaceAll(/\b(?:P|dTi|dO|tilt)_[xyz]\b/g, (name) => channelHtml(name))
    .replaceAll(/\bT_d\b/g, '<i>T</i><sub>d</sub>')
    .replaceAll(/(?<![\p{L}\d])σ_P\b/gu, '<i>σ</i><sub><i>P</i></sub>');
}

/** Width of plain text [px], for laying out: Helvetica averages 0.53 of the font size per character. */
export function textWidth(content: string, size: number = TEXT.base): number {
  return content.length * 0.53 * size;
}

/**
 * Symbols as people set them: 'P_y', '|ΔP_y|', 'σ_P', 'T_d', 'P_x/|P|' with italic letters and subscripts, then `tail` after a space. SVG text content.
 * @param size the font size [px] that it stands in
 */
export function symbolSvg(symbol: string, tail = '', size: number = TEXT.base): string {
  const small = Number((0.75 * size).toFixed(2));
  const drop = Number((0.22 * size).toFixed(2));
  const parts: string[] = [];
  let lowered = false;
  const put = (content: string, style: string, sub: boolean, dx = ''): void => {
    const dy = sub === lowered ? '' : ` dy="${sub ? drop : -drop}"`;
    lowered = sub;
    parts.push(`<tspan${dx}${dy}${sub ? ` font-size="${small}"` : ''}${style}>${escapeText(content)}</tspan>`);
  };
  const letters = /(?<![A-Za-z])([A-Za-zθδσρ])(?:_([A-Za-z0-9]+))?(?![A-Za-z])|([^A-Za-zθδσρ]+|[A-Za-zθδσρ]+)/g;
  const italic = ' font-style="italic"';
  for (const [, letter, sub, other] of symbol.matchAll(letters)) {
    if (other !== undefined) put(other, '', false);
    else put(letter!, italic, false);
    if (sub !== undefined) put(sub, /^[xyzP]$/.test(sub) ? italic : '', true);
  }
  if (tail !== '') put(tail, '', false, ` dx="${Number((0.28 * size).toFixed(2))}"`);
  return parts.join('');
}

/** A symbol and its unit: |ΔP_y| (µC/cm²); a pure number ('1' or '') has none. */
export function symbolUnitSvg(symbol: string, unit: string, size: number = TEXT.base): string {
  return symbolSvg(symbol, unit === '' || unit === '1' ? '' : `(${unitLabel(unit)})`, size);
}
