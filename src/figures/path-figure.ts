/**
 * What a scan shows along a path (Extended Data Fig. 7d–g of the paper): the mean pattern with the disks that are summed over, the vector, the intensities of Friedel pairs, the
 * pattern of each step on one logarithmic scale, and what it differs by from the mean. Bands are one σ.
 */

import { decimalLabel } from '../core/numbers.ts';
import { band, line } from './band.ts';
import { chart } from './chart.ts';
import { composeFigure } from './compose.ts';
import { chartKey, type Key } from './key.ts';
import { symbolSvg, symbolUnitSvg } from './labels.ts';
import { indicesSvg, type PatternSpot, patternFigure } from './pattern-figure.ts';
import { drawMark, type SeriesStyle, seriesKey, seriesStyle } from './series-style.ts';
import { signalScale } from './signal-scale.ts';
import { el, px } from './svg.ts';
import { MUTED, PAGE_WIDTH } from './theme.ts';

/** One number at each step, with its σ; NaN where there is none. */
export interface AlongPath {
  readonly values: ArrayLike<number>;
  readonly sigma: ArrayLike<number>;
}

export interface PathFigureOptions {
  readonly title: string;
  /** Of each step from the wall, rising [nm]. */
  readonly distance_nm: readonly number[];
  /** Components of P that are measured. */
  readonly components: readonly (AlongPath & { readonly name: string })[];
  readonly unit: string;
  /** Of each step, fraction of the beam per pixel, [pixels][pixels]. */
  readonly patterns: readonly ArrayLike<number>[];
  readonly pixels: number;
  readonly pixel_mrad: number;
  readonly spots: readonly PatternSpot[];
  /** Intensities of the disks of g and −g, fractions of the beam. */
  readonly pairs: readonly {
    readonly hkl: readonly [number, number, number];
    readonly plus: AlongPath;
    readonly minus: AlongPath;
  }[];
}

/** The letters of compose.ts take this [px]. */
const LETTER = 9;

export function pathFigure(options: PathFigureOptions): string {
  const { title, distance_nm, components, unit, patterns, pixels, pixel_mrad, pairs, spots } = options;
  const panel = { shape: [pixels, pixels], mrad_per_pixel: pixel_mrad } as const;
  const mean = Float64Array.from(
    patterns[0]!,
    (_, i) => patterns.reduce((sum, one) => sum + one[i]!, 0) / patterns.length,
  );
  const perPixel = 'fraction of the beam';
  const titles = distance_nm.map((distance) => `${decimalLabel(distance, 1)} nm`);
  const whole = patternFigure([{ ...panel, title: 'mean of all steps', data: mean }], {
    width: 260,
    scale: 'log',
    unit: perPixel,
    spots,
  });
  const vector = distanceChart({
    distance_nm,
    width: PAGE_WIDTH - 260 - 2 * LETTER,
    height: 226,
    label: symbolUnitSvg('P', unit),
    zero: true,
    lines: components.map((one, i) => ({ ...one, svg: symbolSvg(one.name), style: seriesStyle(i, 4) })),
  });
  const across = Math.floor(PAGE_WIDTH / 4) - LETTER;
  const { factor, words } = signalScale(
    Math.max(0, ...pairs.flatMap(({ plus, minus }) => [...Array.from(plus.values), ...Array.from(minus.values)])),
    perPixel,
  );
  const rows = patternFigure(
    [
      ...patterns.map((data, i) => ({ ...panel, title: titles[i]!, data, scale: 'log' as const })),
      ...patterns.map((data, i) => ({
        ...panel,
        title: titles[i]!,
        data: Float64Array.from(data, (value, k) => value - mean[k]!),
        scale: 'difference' as const,
      })),
    ],
    { width: PAGE_WIDTH - LETTER, columns: patterns.length, unit: perPixel },
  );
  return composeFigure(
    [
      [{ svg: whole, letter: 'a' }, ...(components.length > 0 ? [{ svg: vector, letter: 'b' }] : [])],
      pairs.map(({ hkl, plus, minus }, i) => ({
        letter: i === 0 ? 'c' : undefined,
        svg: distanceChart({
          distance_nm,
          width: i === 0 ? across : across + LETTER,
          height: 160,
          label: `<tspan font-style="italic">I</tspan> (${words})`,
          zero: false,
          lines: [
            {
              name: hkl.map(Math.abs).join(''),
              svg: indicesSvg(hkl),
              ...scaled(plus, factor),
              style: seriesStyle(0, 4),
            },
            {
              name: hkl.map(Math.abs).join(''),
              svg: indicesSvg(hkl.map((n) => -n || 0)),
              ...scaled(minus, factor),
              style: seriesStyle(1, 4),
            },
          ],
        }),
      })),
      [{ svg: rows, letter: pairs.length > 0 ? 'd' : 'c' }],
    ],
    {
      title,
      description: `Diffraction patterns along a path across a wall, at ${titles.join(', ')} from it, the vector${pairs.length > 0 ? ' and intensities of Friedel pairs' : ''}.`,
    },
  );
}

const scaled = ({ values, sigma }: AlongPath, factor: number): AlongPath => {
  const each = (array: ArrayLike<number>) => Float64Array.from(array, (value) => value * factor);
  return { values: each(values), sigma: each(sigma) };
};

interface DistanceChart {
  readonly distance_nm: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Whether the axis holds zero. */
  readonly zero: boolean;
  readonly lines: readonly (AlongPath & { readonly name: string; readonly svg: string; readonly style: SeriesStyle })[];
}

/** Lines with bands of one σ against the distance from the wall, which is a grey line. */
function distanceChart({ distance_nm, width, height, label, zero, lines }: DistanceChart): string {
  const keys = lines.map(({ name, svg, style }): Key => ({ ...seriesKey(name, style), svg }));
  const key = chartKey(keys, undefined, width);
  const limits = lines.flatMap(({ values, sigma }) =>
    Array.from(values, (value, i) => [value - sigma[i]!, value + sigma[i]!]).flat(),
  );
  const all = [...limits.filter(Number.isFinite), ...(zero ? [0] : [])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = 0.06 * (high - low || Math.abs(high) || 1);
  return chart({
    description: 'Along the path.',
    width,
    height,
    keyRoom: key.room,
    x: { label: 'distance from the wall (nm)', domain: [distance_nm[0]!, distance_nm.at(-1)!] },
    y: { label, domain: [low - pad, high + pad], grid: true },
    marks: [],
    over: (at, { top, bottom }) => {
      const places = ({ values, sigma }: AlongPath, by: number) =>
        distance_nm.map((distance, i) => at(distance, values[i]! + by * sigma[i]!));
      const wall = px(at(0, low)[0]);
      return [
        el('path', {
          d: `M${wall} ${px(top)}V${px(bottom)}`,
          stroke: MUTED,
          'stroke-width': 0.7,
          'stroke-dasharray': '2 2',
        }),
        ...lines.map((one) => band(places(one, -1), places(one, 1), one.style.colour, 0.2)),
        ...lines.map((one) => line(places(one, 0), one.style.colour, 1.3, one.style.dash)),
        ...lines.flatMap((one) =>
          places(one, 0)
            .filter(([, y]) => Number.isFinite(y))
            .map(([x, y]) => drawMark(one.style.mark, x, y, 2, one.style.colour)),
        ),
        key.svg,
      ].join('\n');
    },
  });
}
