/**
 * Profiles across a film (Fig. 3d–k of the paper): the place across the film on the vertical axis, downwards as in the maps that it stands beside, the value on the horizontal one.
 * One line for each state with its 68% band (and its 95% band, lighter), what would be there without anything to see in grey behind. States differ by colour, dash and mark.
 */

import { fail } from '../core/errors.ts';
import { band, line } from './band.ts';
import { chart } from './chart.ts';
import { chartKey, type Key } from './key.ts';
import { symbolUnitSvg } from './labels.ts';
import { ticks } from './scale.ts';
import { drawMark, nullKey, type SeriesStyle, seriesKey, seriesStyle } from './series-style.ts';
import { el } from './svg.ts';
import { COLUMN_WIDTH, NULL_FILL, NULL_LINE, RULE } from './theme.ts';

export interface Interval {
  /** As many as places, NaN where there is none. */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

export interface ProfileState {
  readonly name: string;
  /** Where it is not that of its place among the states that are drawn. */
  readonly style?: SeriesStyle | undefined;
  /** At each place, in the quantity's unit; NaN where there is none. */
  readonly values: ArrayLike<number>;
  readonly band68?: Interval | undefined;
  readonly band95?: Interval | undefined;
  /** The same of a known truth: a thin line of the state's colour. */
  readonly truth?: ArrayLike<number> | undefined;
}

export interface ProfileFigureOptions {
  readonly title?: string | undefined;
  /** As symbolSvg takes it: 'P_y', 'ΔP_y', 'T_d'. */
  readonly symbol: string;
  readonly unit: string;
  /** Places across the film [nm], rising. */
  readonly place_nm: ArrayLike<number>;
  /** Name of the vertical axis; default 'y (nm)'. */
  readonly place?: string | undefined;
  /** Vertical axis upwards, as a height; default downwards, as y in maps. */
  readonly upwards?: boolean | undefined;
  readonly states: readonly ProfileState[];
  /** Without anything to see: its mean and 95% interval at each place. */
  readonly null?: (Interval & { readonly mean: ArrayLike<number>; readonly name: string }) | undefined;
  /** Of the horizontal axis; default what holds all that is drawn, and zero. */
  readonly range?: readonly [number, number] | undefined;
  /** [px]; default a journal column, 321, by 230. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Draws the profiles. @throws 'range' without a state, 'shape' where one has not as many values as there are places */
export function profileFigure(options: ProfileFigureOptions): string {
  const { symbol, unit, place_nm, states, upwards = false, width = COLUMN_WIDTH } = options;
  if (states.length === 0) fail('range', 'There is no profile to draw.', 'Give one state.');
  for (const { name, values } of states) {
    if (values.length !== place_nm.length) {
      fail('shape', `${name}: ${values.length} values at ${place_nm.length} places.`, 'Give one value for each place.');
    }
  }
  const [first, last] = [place_nm[0]!, place_nm[place_nm.length - 1]!];
  const range = options.range ?? rangeOf(options);
  const styles = states.map(({ style }, i) => style ?? seriesStyle(i, states.length));
  const keys: Key[] = [
    ...states.map(({ name }, i) => seriesKey(name, styles[i]!)),
    ...(options.null ? [nullKey(options.null.name)] : []),
    ...(states.some(({ truth }) => truth) ? [{ words: 'thin: truth', room: 0, draw: () => '' }] : []),
  ];
  const bands = [
    ...(states.some(({ band68 }) => band68) ? ['68%'] : []),
    ...(states.some(({ band95 }) => band95) ? ['95%'] : []),
  ];
  const key = chartKey([...keys, ...bandKey(bands)], options.title, width);
  return chart({
    ...(options.title ? { title: options.title } : {}),
    description: `Profiles of ${symbol} across the film, from ${first} to ${last} nm, ${states.map(({ name }) => name).join(', ')}${bands.length > 0 ? `, with ${bands.join(' and ')} bands` : ''}.`,
    width,
    height: options.height ?? 230,
    keyRoom: key.room,
    x: { label: symbolUnitSvg(symbol, unit), domain: range, grid: true },
    y: {
      label: options.place ?? '<tspan font-style="italic">y</tspan> (nm)',
      domain: upwards ? [first, last] : [last, first],
      ticks: ticks(first, last, 6),
    },
    marks: [],
    over: (at, { top: upper, bottom }) => {
      const places = (values: ArrayLike<number>) =>
        Array.from(values, (value, i) => at(Math.min(range[1], Math.max(range[0], value)), place_nm[i]!));
      const zero = at(0, first)[0];
      const nothing = options.null;
      return [
        ...(nothing
          ? [band(places(nothing.low), places(nothing.high), NULL_FILL, 1), line(places(nothing.mean), NULL_LINE, 1)]
          : []),
        ...(range[0] < 0 && range[1] > 0
          ? [
              el('path', {
                class: 'zero',
                d: `M${zero.toFixed(1)} ${upper.toFixed(1)}V${bottom.toFixed(1)}`,
                stroke: RULE,
                'stroke-width': 0.8,
              }),
            ]
          : []),
        ...states.flatMap(({ band95 }, i) =>
          band95 ? [band(places(band95.low), places(band95.high), styles[i]!.colour, 0.13)] : [],
        ),
        ...states.flatMap(({ band68 }, i) =>
          band68 ? [band(places(band68.low), places(band68.high), styles[i]!.colour, 0.24)] : [],
        ),
        ...states.flatMap(({ truth }, i) => (truth ? [line(places(truth), styles[i]!.colour, 0.8)] : [])),
        ...states.map(({ values }, i) => line(places(values), styles[i]!.colour, 1.4, styles[i]!.dash)),
        ...states.flatMap(({ values }, i) => marks(places(values), i, styles[i]!.mark, styles[i]!.colour)),
        key.svg,
      ].join('\n');
    },
  });
}

/** About seven marks along a line, of different states at different places. */
function marks(
  places: readonly (readonly [number, number])[],
  i: number,
  mark: Parameters<typeof drawMark>[0],
  colour: string,
): string[] {
  const every = Math.max(1, Math.round(places.length / 7));
  return places
    .filter(
      (place, k) =>
        k % every === (Math.floor(every / 4) + Math.round((i * every) / 3)) % every && Number.isFinite(place[0]),
    )
    .map(([x, y]) => drawMark(mark, x, y, 2.1, colour));
}

function bandKey(bands: readonly string[]): Key[] {
  if (bands.length === 0) return [];
  return [
    {
      words: `bands: ${bands.join(', ')}`,
      room: 0,
      draw: () => '',
    },
  ];
}

/** What holds everything drawn, and zero, with room. */
function rangeOf({ states, null: nothing }: ProfileFigureOptions): readonly [number, number] {
  const lines = [
    ...states.flatMap(({ values, band68, band95, truth }) => [
      values,
      ...(truth ? [truth] : []),
      ...[band68, band95].flatMap((one) => (one ? [one.low, one.high] : [])),
    ]),
    ...(nothing ? [nothing.low, nothing.high] : []),
  ];
  let [low, high] = [0, 0];
  for (const values of lines) {
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < low) low = values[i]!;
      if (values[i]! > high) high = values[i]!;
    }
  }
  const pad = 0.04 * (high - low || 1);
  return [low < 0 ? low - pad : 0, high > 0 ? high + pad : 0];
}
