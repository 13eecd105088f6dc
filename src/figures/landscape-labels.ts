/** Names of directions, as crystallographers write them: small whole numbers where there are some, otherwise shares of the largest part; minus signs over the digits. */

import type { Vec3 } from '../crystal/structure.ts';
import { textWidth } from './labels.ts';
import { type Attributes, HALO, text } from './svg.ts';

/** h, k, l with |h|, |k|, |l| ≤ 3 where the direction has them within 0.05°; undefined otherwise, and without a direction. */
export function wholeIndices(u: Vec3): Vec3 | undefined {
  const length = Math.hypot(...u);
  if (length < 1e-9) return undefined;
  for (let most = 1; most <= 3; most++) {
    const scale = most / Math.max(...u.map(Math.abs));
    // Not −0.
    const whole = u.map((v) => Math.round(v * scale) || 0) as unknown as Vec3;
    const size = Math.hypot(...whole);
    if (Math.hypot(...u.map((v, i) => v / length - whole[i]! / size)) < 1e-3) return whole;
  }
  return undefined;
}

/** Whole indices, or the components over the largest, to two decimals. */
function indices(u: Vec3): Vec3 | undefined {
  const most = Math.max(...u.map(Math.abs));
  if (most < 1e-9) return undefined;
  return wholeIndices(u) ?? (u.map((v) => Number((v / most).toFixed(2)) || 0) as unknown as Vec3);
}

/** '[1 −1 0]'; '0' without a direction. */
export function directionText(u: Vec3): string {
  const found = indices(u);
  return found ? `[${found.map((n) => String(n).replace('-', '−')).join(' ')}]` : '0';
}

/** As SVG text content, minus signs as bars over the digits. */
export function directionSvg(u: Vec3): string {
  return written(u, (digits) => `<tspan text-decoration="overline">${digits}</tspan>`);
}

/** The name over data: the white edge is a text of its own, so that it does not cover the bars. */
export function directionOver(x: number, y: number, u: Vec3, style: Attributes): string {
  const content = directionSvg(u);
  return text(x, y, content, { ...style, ...HALO }) + text(x, y, content, style);
}

/** About how wide the name is [px]. */
export function directionWidth(u: Vec3, size: number): number {
  return textWidth(directionText(u).replaceAll(/[−]/g, ''), size);
}

/** The same as HTML. */
export function directionHtml(u: Vec3): string {
  return written(u, (digits) => `<span style="text-decoration:overline">${digits}</span>`);
}

function written(u: Vec3, bar: (digits: string) => string): string {
  const found = indices(u);
  if (!found) return '0';
  // Whole digits stand together, as in [110]; decimals need room.
  const between = found.every(Number.isInteger) ? '' : '\u2009';
  return `[${found.map((n) => (n < 0 ? bar(String(-n)) : String(n))).join(between)}]`;
}
