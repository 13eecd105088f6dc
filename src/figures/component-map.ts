/**
 * One scalar channel as a map: signed quantities (P, δ, θ) blue to red about zero, others (thickness) in viridis, with a
 * colour bar in the channel's unit. The range leaves out the outermost per cent of values; a pointed end of the bar says
 * that some lie beyond. x to the right, y down, as arrays [ry][rx] are stored.
 */

import { numberLabel, unitLabel } from '../core/numbers.ts';
import { findChannel, getChannel, longName, type PolarizationMap } from '../polarization/polarization-map.ts';
import { type ColormapName, palette } from './colormap.ts';
import { channelUnitSvg } from './labels.ts';
import { axes, type Box, border, fitMap, image, STRIP, scalarImage, scaleBar } from './map-frame.ts';
import { pngDataUri } from './png.ts';
import { robustRange, symmetricRange, ticks } from './scale.ts';
import { el, escapeText, px, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, INK, MARGIN, TEXT } from './theme.ts';

export interface ComponentMapOptions {
  /** Text of the title; default the channel's name. */
  readonly title?: string;
  /** Width [px]; default a journal column, 321. */
  readonly width?: number;
  /** Tallest that the map itself may be [px]; default 1.1 times the width. */
  readonly maxHeight?: number;
  /** Ends of the colour bar in the channel's unit; default from the values. */
  readonly range?: readonly [number, number];
  /** Draw the channel's uncertainty instead of its value. */
  readonly sigma?: boolean;
}

/** Whether a channel is signed, so that zero is the middle of its colours. */
export function isSigned(name: string): boolean {
  return /^(P|dTi|dO|tilt)_/.test(name);
}

/** Draws the channel. @throws 'model-mismatch' when the map does not have it */
export function componentMap(map: PolarizationMap, name: string, options: ComponentMapOptions = {}): string {
  const channel = getChannel(map, name);
  const values = options.sigma ? (channel.sigma ?? getChannel(map, `${name}_sigma`).values) : channel.values;
  const diverging = isSigned(name) && !options.sigma;
  const range = options.range ?? (diverging ? symmetricRange(values) : robustRange(values));
  const colours: ColormapName = diverging ? 'blue-red' : 'viridis';

  const width = options.width ?? COLUMN_WIDTH;
  const top = MARGIN + TEXT.title + 6;
  const barRoom = 46;
  const box = fitMap(map.shape, MARGIN, top, width - 2 * MARGIN - barRoom, options.maxHeight ?? 1.1 * width);
  const pageWidth = box.x + box.width + barRoom + MARGIN;
  const barHeight = Math.max(box.height, 60);
  const bar = { x: box.x + box.width + 10, y: box.y, width: 9, height: barHeight };
  const below = box.y + box.height;
  const titleSize = { 'font-size': TEXT.title };
  const head = options.title
    ? `<tspan font-weight="600">${escapeText(options.title)}</tspan>`
    : `${options.sigma ? '<tspan>uncertainty of </tspan>' : ''}${channelUnitSvg(name, channel.unit, TEXT.title)}`;
  const [ry, rx] = map.shape;
  return svgPage({
    width: pageWidth,
    height: Math.max(below + STRIP, bar.y + barHeight) + MARGIN - 2,
    description: `Map of the ${longName(name)}${options.sigma ? ' (its uncertainty)' : ''}, ${ry} × ${rx} positions, colours from ${numberLabel(range[0])} to ${numberLabel(range[1])} ${unitLabel(channel.unit)}.`,
    body: [
      text(MARGIN, MARGIN + TEXT.title - 1, head, titleSize),
      ...(options.title
        ? [
            text(pageWidth - MARGIN, MARGIN + TEXT.title - 1, channelUnitSvg(name, channel.unit), {
              'text-anchor': 'end',
            }),
          ]
        : []),
      scalarImage(box, map.shape, values, range, palette(colours)),
      border(box),
      colourBar(bar, range, colours, values),
      scaleBar(MARGIN, below + 7, Math.min(70, 0.4 * box.width), (map.step_nm * rx) / box.width, 'nm'),
      axes(box.x + box.width - 14, below + 7),
    ].join('\n'),
  });
}

/** A vertical colour bar with ticks at its right; pointed where values lie beyond its end. */
export function colourBar(
  { x, y, width, height }: Box,
  [low, high]: readonly [number, number],
  colours: ColormapName,
  values: ArrayLike<number>,
): string {
  const point = 5;
  let above = false;
  let under = false;
  for (let i = 0; i < values.length; i++) {
    above ||= values[i]! > high;
    under ||= values[i]! < low;
  }
  const y0 = y + (above ? point : 0);
  const y1 = y + height - (under ? point : 0);
  const table = palette(colours);
  const at = (value: number): number => y1 - ((value - low) / (high - low)) * (y1 - y0);
  const strip = pngDataUri({
    width: 1,
    height: 256,
    data: Uint8Array.from({ length: 256 }, (_, i) => 255 - i),
    palette: table,
  });
  const end = (base: number, tip: number, index: 0 | 255): string =>
    el('path', {
      d: `M${px(x)} ${px(base)}h${px(width)}L${px(x + width / 2)} ${px(tip)}z`,
      fill: `rgb(${table[index]!.join(',')})`,
    });
  const outline = `M${px(x)} ${px(y0)}${above ? `L${px(x + width / 2)} ${px(y)}L${px(x + width)} ${px(y0)}` : `H${px(x + width)}`}V${px(y1)}${under ? `L${px(x + width / 2)} ${px(y + height)}L${px(x)} ${px(y1)}` : `H${px(x)}`}z`;
  const marks = ticks(low, high, Math.max(2, Math.min(6, Math.floor((y1 - y0) / 26))));
  return el(
    'g',
    { class: 'colour-bar' },
    image({ x, y: y0, width, height: y1 - y0 }, strip, ''),
    ...(above ? [end(y0, y, 255)] : []),
    ...(under ? [end(y1, y + height, 0)] : []),
    el('path', { d: outline, fill: 'none', stroke: INK, 'stroke-width': 0.6 }),
    ...marks.flatMap((value) => [
      el('path', { d: `M${px(x + width)} ${px(at(value))}h3`, stroke: INK, 'stroke-width': 0.6 }),
      text(x + width + 5, at(value) + 2.9, numberLabel(value), { 'font-size': TEXT.small }),
    ]),
  );
}

/** The names of the usual channels that this map has, in the order in which people read them. */
export function usualChannels(map: PolarizationMap): string[] {
  const usual = ['P_x', 'P_y', 'P_z', 'dTi_x', 'dTi_y', 'dTi_z', 'tilt_x', 'tilt_y', 'thickness'];
  return usual.filter((name) => findChannel(map, name));
}
