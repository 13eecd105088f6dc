/**
 * Distributions of several states as steps over common bins (Fig. 4e, ED Fig. 8, ED Fig. 10 of the paper), with fitted curves and their full width at half maximum, and in grey
 * behind what there would be without anything to see. Densities, so that states of different size compare (densities.ts).
 */

import { fail } from '../core/errors.ts';
import { measured, plural, quantity } from '../core/numbers.ts';
import { band, line } from './band.ts';
import { chart } from './chart.ts';
import { chartKey, type Key } from './key.ts';
import { symbolUnitSvg } from './labels.ts';
import { ticks } from './scale.ts';
import { nullKey, type SeriesStyle, seriesKey, seriesStyle } from './series-style.ts';
import { el, px } from './svg.ts';
import { COLUMN_WIDTH, NULL_FILL, NULL_LINE } from './theme.ts';

export interface HistogramState {
  readonly name: string;
  /** Where it is not that of its place among the states that are drawn. */
  readonly style?: SeriesStyle | undefined;
  /** One for each bin [1/unit]. */
  readonly density: ArrayLike<number>;
  /** Values that were counted. */
  readonly n?: number | undefined;
  /** A fitted curve: (x, density) by rising x. */
  readonly fit?: readonly (readonly [x: number, density: number])[] | undefined;
  /** Where the fitted curve is at least half as high as at its peak, and the standard error of that width [unit]. */
  readonly fwhm?: { readonly low: number; readonly high: number; readonly sigma?: number | undefined } | undefined;
}

export interface HistogramFigureOptions {
  readonly title?: string | undefined;
  /** As symbolSvg takes it: '|P|', 'P_x/|P|', or words: 'rotation angle'. */
  readonly symbol: string;
  /** As files spell it; '1' for a pure number. */
  readonly unit: string;
  /** Of the first and the last bin. */
  readonly range: readonly [low: number, high: number];
  readonly states: readonly HistogramState[];
  /** Without anything to see: one for each bin [1/unit]. */
  readonly null?: { readonly name: string; readonly density: ArrayLike<number> } | undefined;
  /** [px]; default a journal column, 321, by 210. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Draws the distributions. @throws 'range' without a state, 'shape' where bins are not as many */
export function histogramFigure(options: HistogramFigureOptions): string {
  const { symbol, unit, range, states, null: nothing, width = COLUMN_WIDTH } = options;
  const bins = states[0]?.density.length ?? 0;
  if (bins === 0) fail('range', 'There is no distribution to draw.', 'Give one state with bins.');
  if ([...states, ...(nothing ? [nothing] : [])].some(({ density }) => density.length !== bins)) {
    fail('shape', `Not all distributions have ${bins} bins.`, 'Count all of them over the same bins.');
  }
  const styles = states.map(({ style }, i) => style ?? seriesStyle(i, states.length));
  const keys: Key[] = [
    ...states.map((state, i) => seriesKey(wordsOf(state, unit), styles[i]!, false)),
    ...(nothing ? [nullKey(nothing.name)] : []),
  ];
  const key = chartKey(keys, options.title, width);
  const most = Math.max(
    ...[...states, ...(nothing ? [nothing] : [])].flatMap(({ density }) => Array.from(density)),
    ...states.flatMap(({ fit = [] }) => fit.map(([, density]) => density)),
  );
  const top = 1.06 * (most || 1);
  const step = (range[1] - range[0]) / bins;
  return chart({
    ...(options.title ? { title: options.title } : {}),
    description: `Distribution of ${symbol} in ${plural(bins, 'bin')}: ${states.map((state) => wordsOf(state, unit)).join('; ')}.`,
    width,
    height: options.height ?? 210,
    keyRoom: key.room,
    x: { label: symbolUnitSvg(symbol, unit), domain: range },
    y: {
      label: symbolUnitSvg('probability density', unit === '' || unit === '1' ? '' : `per ${unit}`),
      domain: [0, top],
      ticks: ticks(0, top, 4),
      grid: true,
    },
    marks: [],
    under: (at) => {
      if (!nothing) return '';
      const outline = steps(nothing.density, range[0], step).map(([x, y]) => at(x, y));
      return (
        band(
          outline,
          outline.map(([x]) => [x, at(0, 0)[1]] as const),
          NULL_FILL,
          1,
        ) + line(outline, NULL_LINE, 0.8)
      );
    },
    over: (at) =>
      [
        ...states.map(({ density }, i) =>
          line(
            steps(density, range[0], step).map(([x, y]) => at(x, y)),
            styles[i]!.colour,
            states[i]!.fit ? 0.6 : 1.3,
            states[i]!.fit ? undefined : styles[i]!.dash,
          ),
        ),
        ...states.flatMap(({ fit }, i) =>
          fit
            ? [
                line(
                  fit.filter(([x]) => x >= range[0] && x <= range[1]).map(([x, y]) => at(x, y)),
                  styles[i]!.colour,
                  1.7,
                  styles[i]!.dash,
                ),
              ]
            : [],
        ),
        ...states.flatMap((state, i) => (state.fwhm && state.fit ? [widthBar(state, styles[i]!.colour, at)] : [])),
        key.svg,
      ].join('\n'),
  });
}

/** '0 V, n = 400, FWHM 53.0 ± 2.1°'. */
function wordsOf({ name, n, fwhm }: HistogramState, unit: string): string {
  return [
    name,
    ...(n === undefined ? [] : [`n = ${n}`]),
    ...(fwhm
      ? [
          `FWHM ${fwhm.sigma === undefined ? quantity(fwhm.high - fwhm.low, unit) : measured(fwhm.high - fwhm.low, fwhm.sigma, unit)}`,
        ]
      : []),
  ].join(', ');
}

/** The outline of bins, from and to the axis. */
function steps(density: ArrayLike<number>, low: number, step: number): [number, number][] {
  const out: [number, number][] = [[low, 0]];
  for (let i = 0; i < density.length; i++) out.push([low + i * step, density[i]!], [low + (i + 1) * step, density[i]!]);
  out.push([low + density.length * step, 0]);
  return out;
}

/** A line with ends at half the height of the fitted curve. */
function widthBar(
  { fit, fwhm }: HistogramState,
  stroke: string,
  at: (x: number, y: number) => [number, number],
): string {
  const half = 0.5 * Math.max(...fit!.map(([, density]) => density));
  const [[x0, y], [x1]] = [at(fwhm!.low, half), at(fwhm!.high, half)];
  return el('path', {
    class: 'fwhm',
    d: `M${px(x0)} ${px(y - 3)}v6m0 -3H${px(x1)}m0 -3v6`,
    fill: 'none',
    stroke,
    'stroke-width': 0.9,
  });
}
