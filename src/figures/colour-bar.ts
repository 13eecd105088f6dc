/** Vertical colour bars with numbers: even for maps; with any law of levels for patterns. Pointed where values lie beyond an end. */

import { powerLabel, tickLabels } from '../core/numbers.ts';
import type { Rgb } from './colour.ts';
import { textWidth } from './labels.ts';
import { type Box, image } from './map-frame.ts';
import { pngDataUri } from './png.ts';
import { ticks } from './scale.ts';
import { el, px, text } from './svg.ts';
import { INK, TEXT } from './theme.ts';

export interface BarTick {
  /** Place along the bar, 0 … 1 from the bottom. */
  readonly level: number;
  readonly label: string;
}

export interface ColourBar {
  /** 256 colours, the lowest first. */
  readonly palette: readonly Rgb[];
  readonly ticks: readonly BarTick[];
  /** Whether values lie beyond the ends. */
  readonly above: boolean;
  readonly below: boolean;
}

/** Length of a bar's point [px]. */
const POINT = 5;

/** The bar of colours that are even between low and high, on `height` px. */
export function evenBar(
  [low, high]: readonly [number, number],
  palette: readonly Rgb[],
  values: ArrayLike<number>,
  height: number,
): ColourBar {
  let above = false;
  let below = false;
  for (let i = 0; i < values.length; i++) {
    // Not for the last digit of a float32.
    above ||= values[i]! - high > 1e-6 * (high - low);
    below ||= low - values[i]! > 1e-6 * (high - low);
  }
  const length = height - (above ? POINT : 0) - (below ? POINT : 0);
  const marks = ticks(low, high, Math.max(2, Math.min(6, Math.floor(length / 26))));
  const labels = tickLabels(marks);
  return {
    palette,
    ticks: marks.map((value, i) => ({ level: (value - low) / (high - low), label: labels[i]! })),
    above,
    below,
  };
}

/** Powers of ten as ticks, where `levelOf` places a value; those that fall outside 0 … 1 are left out. */
export function powerTicks(low: number, high: number, levelOf: (value: number) => number): BarTick[] {
  const out: BarTick[] = [];
  for (let n = Math.ceil(Math.log10(low) - 1e-9); n <= Math.log10(high) + 1e-9; n++) {
    out.push({ level: levelOf(10 ** n), label: powerLabel(n) });
  }
  return out;
}

/** Room that the labels of a bar take, the tick's included [px]. */
export function barRoom({ ticks }: ColourBar): number {
  return 6 + Math.max(0, ...ticks.map(({ label }) => textWidth(label, TEXT.small)));
}

/** Draws the bar, labels at its right. */
export function colourBar({ x, y, width, height }: Box, bar: ColourBar): string {
  const { palette, above, below } = bar;
  const y0 = y + (above ? POINT : 0);
  const y1 = y + height - (below ? POINT : 0);
  const at = (level: number): number => y1 - level * (y1 - y0);
  const strip = pngDataUri({
    width: 1,
    height: 256,
    data: Uint8Array.from({ length: 256 }, (_, i) => 255 - i),
    palette,
  });
  const end = (base: number, tip: number, index: 0 | 255): string =>
    el('path', {
      d: `M${px(x)} ${px(base)}h${px(width)}L${px(x + width / 2)} ${px(tip)}z`,
      fill: `rgb(${palette[index]!.join(',')})`,
    });
  const outline = `M${px(x)} ${px(y0)}${above ? `L${px(x + width / 2)} ${px(y)}L${px(x + width)} ${px(y0)}` : `H${px(x + width)}`}V${px(y1)}${below ? `L${px(x + width / 2)} ${px(y + height)}L${px(x)} ${px(y1)}` : `H${px(x)}`}z`;
  return el(
    'g',
    { class: 'colour-bar' },
    image({ x, y: y0, width, height: y1 - y0 }, strip, ''),
    ...(above ? [end(y0, y, 255)] : []),
    ...(below ? [end(y1, y + height, 0)] : []),
    el('path', { d: outline, fill: 'none', stroke: INK, 'stroke-width': 0.6 }),
    ...bar.ticks.flatMap(({ level, label }) => [
      el('path', { d: `M${px(x + width)} ${px(at(level))}h3`, stroke: INK, 'stroke-width': 0.6 }),
      text(x + width + 5, at(level) + 2.9, label, { 'font-size': TEXT.small }),
    ]),
  );
}
