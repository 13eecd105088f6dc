/**
 * −ln of the density of |P| (Fig. 2d of the paper), one curve for each state, where it is least with its interval, and what makes such a curve without anything to see: noise around the
 * mean alone (dashed grey), P along the beam from the prior (grey band). The strip at the bottom holds the minima, a row for each state; a cross is where a cloud of vectors of
 * the same mean square without preferred length or direction has it.
 */

import { fail } from '../core/errors.ts';
import { unitLabel } from '../core/numbers.ts';
import { band, line } from './band.ts';
import { chart } from './chart.ts';
import { chartKey, type Key } from './key.ts';
import { channelSvg, symbolSvg, symbolUnitSvg } from './labels.ts';
import { ticks } from './scale.ts';
import { drawMark, nullKey, seriesKey, seriesStyle } from './series-style.ts';
import { el, px } from './svg.ts';
import { COLUMN_WIDTH, MUTED, NULL_FILL, NULL_LINE, TEXT } from './theme.ts';

export interface PotentialState {
  readonly name: string;
  /** Density of |P| at each place [1/unit]. */
  readonly density: ArrayLike<number>;
  readonly minimum: {
    readonly at: number;
    readonly interval?: readonly [low: number, high: number] | undefined;
    /** Where a cloud without shape has it. */
    readonly shapeless?: number | undefined;
  };
}

export interface PotentialFigureOptions {
  /** As symbolSvg takes it: '|P|'. */
  readonly symbol: string;
  readonly unit: string;
  /** |P|, rising from 0. */
  readonly at: ArrayLike<number>;
  readonly states: readonly PotentialState[];
  /** Densities at the same places. */
  readonly noise?: { readonly name: string; readonly density: ArrayLike<number> } | undefined;
  readonly prior?:
    | {
        /** What comes after P_z: 'from the prior, at 0 V'. */
        readonly name: string;
        readonly mean: ArrayLike<number>;
        readonly low: ArrayLike<number>;
        readonly high: ArrayLike<number>;
      }
    | undefined;
  /** What has to be known before it is read; a line of the key. */
  readonly remark?: string | undefined;
}

/** Height that curves are drawn to above the lowest minimum: 1% of the largest density. */
const REACH = 4.6;
/** Of a row of the strip, and of what is drawn in all [px]. */
const ROW = 9;
const PLOT = 165;

/** Draws it. @throws 'range' without a state, 'shape' where curves have not as many points as places */
export function potentialFigure(options: PotentialFigureOptions): string {
  const { symbol, unit, at: places, states, noise, prior, remark } = options;
  if (states.length === 0) fail('range', 'There is no curve to draw.', 'Give one state.');
  const every = [...states.map(({ density }) => density), ...(noise ? [noise.density] : [])];
  if ([...every, ...(prior ? [prior.mean, prior.low, prior.high] : [])].some((one) => one.length !== places.length)) {
    fail('shape', `Not all curves have ${places.length} points.`, 'Take all of them at the same places.');
  }
  const least = Math.min(...every.map((density) => -Math.log(Math.max(...Array.from(density)))));
  const top = Math.max(...states.map(({ density }) => -Math.log(Math.max(...Array.from(density))))) + REACH;
  const strip = ROW * states.length + 5;
  const low = least - 0.15;
  // The strip lies under the lowest curve.
  const bottom = low - ((top - low) * strip) / PLOT;
  const styles = states.map((_, i) => seriesStyle(i, states.length));
  const keys: Key[] = [
    ...states.map(({ name }, i) => seriesKey(name, styles[i]!)),
    ...(prior ? [{ ...nullKey(`P_z ${prior.name}`), svg: channelSvg('P_z', TEXT.small, prior.name) }] : []),
    ...(noise ? [{ words: noise.name, room: 28, draw: (x: number, y: number) => noiseSample(x, y) }] : []),
    ...(states.some(({ minimum }) => minimum.shapeless !== undefined)
      ? [{ words: 'cloud without shape', draw: (x: number, y: number) => cross(x + 4, y - 3) }]
      : []),
  ];
  if (remark) keys.push({ words: remark, room: 0, draw: () => '' });
  const key = chartKey(keys, undefined, COLUMN_WIDTH);
  const last = places[places.length - 1]!;
  return chart({
    description: `−ln of the density of ${symbol}: ${states.map(({ name, minimum }) => `${name}, least at ${minimum.at.toFixed(2)} ${unitLabel(unit)}`).join('; ')}.`,
    height: PLOT + strip + 52 + key.room,
    keyRoom: key.room,
    x: { label: symbolUnitSvg(symbol, unit), domain: [0, last] },
    y: {
      label: symbolSvg('−ln ρ', `(ρ per ${unitLabel(unit)})`),
      domain: [bottom, top],
      ticks: ticks(low, top, 5),
      grid: true,
    },
    marks: [],
    under: (at) => {
      if (!prior) return '';
      const curve = (density: ArrayLike<number>) => potential(density, places, top, true).map(([x, y]) => at(x, y));
      return (
        band(curve(prior.low), curve(prior.high), NULL_FILL, 1) +
        line(
          potential(prior.mean, places, top).map(([x, y]) => at(x, y)),
          NULL_LINE,
          1,
        )
      );
    },
    over: (at, frame) =>
      [
        ...(noise
          ? [
              line(
                potential(noise.density, places, top).map(([x, y]) => at(x, y)),
                MUTED,
                1.1,
                NOISE_DASH,
              ),
            ]
          : []),
        ...states.map(({ density }, i) =>
          line(
            potential(density, places, top).map(([x, y]) => at(x, y)),
            styles[i]!.colour,
            1.4,
            styles[i]!.dash,
          ),
        ),
        el('path', {
          d: `M${px(frame.left)} ${px(frame.bottom - strip)}H${px(frame.right)}`,
          stroke: NULL_LINE,
          'stroke-width': 0.5,
        }),
        ...states.map(({ minimum }, i) => {
          const y = frame.bottom - strip + ROW * (i + 0.5) + 2.5;
          const x = (value: number) => at(Math.min(last, Math.max(0, value)), 0)[0];
          const { colour, mark } = styles[i]!;
          return [
            ...(minimum.interval
              ? [
                  el('path', {
                    class: 'interval',
                    d: `M${px(x(minimum.interval[0]))} ${px(y - 2.5)}v5m0 -2.5H${px(x(minimum.interval[1]))}m0 -2.5v5`,
                    fill: 'none',
                    stroke: colour,
                    'stroke-width': 1,
                  }),
                ]
              : []),
            ...(minimum.shapeless === undefined ? [] : [cross(x(minimum.shapeless), y)]),
            drawMark(mark, x(minimum.at), y, 2.4, colour),
          ].join('');
        }),
        key.svg,
      ].join('\n'),
  });
}

const NOISE_DASH = '4 1.5 1 1.5';

const noiseSample = (x: number, y: number): string =>
  el('path', { d: `M${px(x)} ${px(y - 3)}h23`, stroke: MUTED, 'stroke-width': 1.1, 'stroke-dasharray': NOISE_DASH });

const cross = (x: number, y: number): string =>
  el('path', {
    class: 'shapeless',
    d: `M${px(x - 2.6)} ${px(y - 2.6)}l5.2 5.2m0 -5.2l-5.2 5.2`,
    stroke: MUTED,
    'stroke-width': 1.1,
  });

/** (|P|, −ln ρ), NaN above the frame; `held` keeps it at its edge instead, for bands. */
function potential(
  density: ArrayLike<number>,
  places: ArrayLike<number>,
  top: number,
  held = false,
): [number, number][] {
  return Array.from(density, (rho, i) => {
    const value = rho > 0 ? -Math.log(rho) : Number.POSITIVE_INFINITY;
    return [places[i]!, value <= top ? value : held ? top : Number.NaN];
  });
}
