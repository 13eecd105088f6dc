/**
 * Predicted against true values: a density of points (few points as dots), the line of perfect agreement, and how far off it
 * is (MAE beside that of knowing only the mean of the truth, RMSE, correlation), written above the axes where no point lies. Both axes have one range, in the channel's unit, which leaves out at most the outermost 0.4%.
 */

import * as Plot from '@observablehq/plot';
import { countLabel, fixedLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import { scoreValues } from '../polarization/score.ts';
import { chart } from './chart.ts';
import { palette } from './colormap.ts';
import { channelSvg } from './labels.ts';
import { image } from './map-frame.ts';
import { pngDataUri } from './png.ts';
import { quantile, ticks } from './scale.ts';
import { el, escapeText, px } from './svg.ts';
import { INK, SERIES, TEXT } from './theme.ts';

export interface ParityOptions {
  /** The label's name, such as 'P_z', and its unit. */
  readonly name: string;
  readonly unit: string;
  readonly title?: string;
  /** Width of the square figure [px]; default 214, two thirds of a journal column. */
  readonly width?: number;
  /** Bins of the density along each axis; default by their number, 24 to 72. */
  readonly bins?: number;
}

/** Above this many points the density is drawn instead of dots. */
const MOST_DOTS = 600;

/** Draws the plot. Pairs with a value that is not finite are left out. @throws 'shape' */
export function parityPlot(truth: ArrayLike<number>, predicted: ArrayLike<number>, options: ParityOptions): string {
  const score = scoreValues(predicted, truth);
  const used: [number, number][] = [];
  for (let i = 0; i < truth.length; i++) {
    if (Number.isFinite(truth[i]! - predicted[i]!)) used.push([truth[i]!, predicted[i]!]);
  }
  const all = used.flat();
  const low = used.length > 0 ? quantile(all, 0.002) : 0;
  const high = used.length > 0 ? quantile(all, 0.998) : 1;
  const pad = 0.04 * (high - low || 1);
  const domain: [number, number] = [low - pad, high + pad];
  const marks = ticks(domain[0], domain[1], 5);
  const width = options.width ?? 214;
  const dense = used.length > MOST_DOTS;
  const inside = used.filter((pair) => pair.every((v) => v >= domain[0] && v <= domain[1]));
  const unit = unitLabel(options.unit);
  const bins = options.bins ?? Math.round(Math.min(72, Math.max(24, 0.6 * Math.sqrt(used.length))));
  const counts = binned(inside, domain, bins);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const middle = used.reduce((sum, [value]) => sum + value, 0) / used.length;
  const meanOnly = used.reduce((sum, [value]) => sum + Math.abs(value - middle), 0) / used.length;
  const lines = [
    `MAE ${quantity(score.mae, options.unit)}`,
    `mean only ${quantity(meanOnly, options.unit)}`,
    `RMSE ${quantity(score.rmse, options.unit)}`,
    `r = ${fixedLabel(score.correlation)}`,
  ];
  const head = [
    lines.slice(0, 2).join('   '),
    lines.slice(2).join('   '),
    [`n = ${countLabel(score.count)}`, ...(dense ? [`1 to ${countLabel(most)} per bin`] : [])].join('   '),
  ];
  return chart({
    ...(options.title === undefined ? {} : { title: options.title }),
    description: `Predicted against true ${options.name} for ${plural(score.count, 'pattern')}: ${lines.join(', ')}.`,
    width,
    height: width + (options.title ? 43 : 29),
    head: head.map((line) => escapeText(line).replaceAll('   ', '\u2003')),
    x: { label: channelSvg(options.name, TEXT.base, `true (${unit})`), domain, ticks: marks },
    y: { label: channelSvg(options.name, TEXT.base, `predicted (${unit})`), domain, ticks: marks },
    marginLeft: 34,
    marks: dense ? [] : [Plot.dot(inside, { x: '0', y: '1', r: 1.4, fill: SERIES[0]!, fillOpacity: 0.55 })],
    under: (at) => (dense ? density(counts, bins, most, at(domain[0], domain[0]), at(domain[1], domain[1])) : ''),
    over: (at) => parityLine(at, domain),
  });
}

/** The line of perfect agreement over a range of both axes. */
export function parityLine(
  at: (x: number, y: number) => readonly [number, number],
  [low, high]: readonly [number, number],
): string {
  const [x0, y0] = at(low, low);
  const [x1, y1] = at(high, high);
  return el('path', {
    d: `M${px(x0)} ${px(y0)}L${px(x1)} ${px(y1)}`,
    stroke: INK,
    'stroke-width': 0.8,
    'stroke-dasharray': '3 2.5',
    class: 'parity',
  });
}

/** Points per bin, [bins][bins], the highest predicted values first (up the page). */
function binned(
  points: readonly (readonly [number, number])[],
  [low, high]: readonly [number, number],
  bins: number,
): Uint32Array {
  const counts = new Uint32Array(bins * bins);
  const bin = (v: number): number => Math.min(bins - 1, Math.floor(((v - low) / (high - low)) * bins));
  for (const [x, y] of points) counts[(bins - 1 - bin(y)) * bins + bin(x)]!++;
  return counts;
}

/** The counts as an image between two corners of the page: viridis in the square root of the count, clear where zero. */
function density(
  counts: Uint32Array,
  bins: number,
  most: number,
  [left, bottom]: readonly [number, number],
  [right, top]: readonly [number, number],
): string {
  const colours = palette('viridis');
  const scale = 6;
  const size = bins * scale;
  const data = new Uint8Array(4 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const count = counts[Math.floor(y / scale) * bins + Math.floor(x / scale)]!;
      if (count === 0) continue;
      const share = most > 1 ? Math.sqrt((count - 1) / (most - 1)) : 0;
      data.set([...colours[Math.round(255 * share)]!, 255], 4 * (y * size + x));
    }
  }
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  return image(box, pngDataUri({ width: size, height: size, data }));
}
