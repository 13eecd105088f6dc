/**
 * Distributions of one or a few series over common bins: as probability density (area 1, in 1/unit), so that series of
 * different size compare. Filled outlines in the house colours, named in a legend at the top.
 */

import * as Plot from '@observablehq/plot';
import { fail } from '../core/errors.ts';
import { plural, unitLabel } from '../core/numbers.ts';
import { chart } from './chart.ts';
import { channelSvg, channelUnitSvg, textWidth } from './labels.ts';
import { robustRange, ticks } from './scale.ts';
import { el, escapeText, text } from './svg.ts';
import { INK, SERIES, TEXT } from './theme.ts';

export interface HistogramSeries {
  readonly name: string;
  /** In the unit of the axis; values that are not finite are left out. */
  readonly values: ArrayLike<number>;
}

export interface HistogramOptions {
  /** The quantity's name, such as 'P_z', or words; and its unit. */
  readonly name: string;
  readonly unit: string;
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
  /** Bins over the range; default 48. */
  readonly bins?: number;
  /** In the unit; default: the range that holds 99.6% of all values. */
  readonly range?: readonly [number, number];
  /** A vertical line, such as at zero. */
  readonly mark?: number;
}

/** Density per bin: count / (all finite values × bin width). */
export function densities(values: ArrayLike<number>, [low, high]: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const step = (high - low) / bins;
  let all = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (!Number.isFinite(v)) continue;
    all++;
    if (v >= low && v <= high) counts[Math.min(bins - 1, Math.floor((v - low) / step))]!++;
  }
  return counts.map((count) => (all > 0 ? count / (all * step) : 0));
}

/** 'pm' gives 1/pm, 'uC/cm2' gives cm²/µC. */
function perUnit(unit: string): string {
  const [over, under] = unitLabel(unit).split('/');
  return `${under ?? '1'}/${over}`;
}

/** Draws the distributions. @throws 'range' without values */
export function histogram(series: readonly HistogramSeries[], options: HistogramOptions): string {
  const everything = Float64Array.from(series.flatMap(({ values }) => Array.from(values)));
  if (!everything.some(Number.isFinite)) {
    fail('range', `There are no values of ${options.name} to draw.`, 'Draw a channel that was measured.');
  }
  const range = options.range ?? robustRange(everything, 0.996);
  const bins = options.bins ?? 48;
  const step = (range[1] - range[0]) / bins;
  const curves = series.map(({ name, values }, i) => {
    const heights = densities(values, range, bins);
    // A step curve: two corners per bin, closed to zero at both ends.
    const corners = heights.flatMap((h, k) => [
      [range[0] + k * step, h] as const,
      [range[0] + (k + 1) * step, h] as const,
    ]);
    const points = [[range[0], 0] as const, ...corners, [range[1], 0] as const];
    return { name, points, top: Math.max(...heights), colour: SERIES[i % SERIES.length]! };
  });
  const top = Math.max(...curves.map((curve) => curve.top)) || 1;
  const named = series.length > 1;
  return chart({
    ...(options.title === undefined ? {} : { title: options.title }),
    ...(options.width === undefined ? {} : { width: options.width }),
    height: options.height ?? 180,
    description: `Distribution of ${options.name} in ${unitLabel(options.unit)}: ${series.map((s) => `${s.name} (${plural(s.values.length, 'value')})`).join(', ')}.`,
    x: { label: channelUnitSvg(options.name, options.unit), domain: range, ticks: ticks(range[0], range[1], 6) },
    y: {
      label: `density (${escapeText(perUnit(options.unit))})`,
      domain: [0, top * (named ? 1.22 : 1.08)],
      ticks: ticks(0, top, 4),
      grid: true,
    },
    marks: curves.flatMap(({ points, colour }) => [
      Plot.areaY(points, { x: '0', y1: 0, y2: '1', fill: colour, fillOpacity: named ? 0.16 : 0.28 }),
      Plot.line(points, { x: '0', y: '1', stroke: colour, strokeWidth: 1.1, strokeLinejoin: 'miter' }),
    ]),
    over: (at, frame) => {
      const parts: string[] = [];
      if (options.mark !== undefined) {
        const [x] = at(options.mark, 0);
        parts.push(
          el('line', {
            x1: x,
            x2: x,
            y1: frame.top,
            y2: frame.bottom,
            stroke: INK,
            'stroke-width': 0.7,
            'stroke-dasharray': '3 2.5',
          }),
        );
      }
      let x = frame.left + 8;
      for (const { name, colour } of named ? curves : []) {
        parts.push(
          el('rect', {
            x,
            y: frame.top + 3,
            width: 9,
            height: 7,
            fill: colour,
            'fill-opacity': 0.35,
            stroke: colour,
            'stroke-width': 1,
          }),
          text(x + 13, frame.top + 9.6, channelSvg(name, TEXT.small), { 'font-size': TEXT.small }),
        );
        x += 13 + textWidth(name, TEXT.small) + 14;
      }
      return parts.join('\n');
    },
  });
}
