/** Filled bands and lines of charts in page coordinates, broken where there is no number. */

import { el, px } from './svg.ts';

type Place = readonly [x: number, y: number];

/** Runs of places without NaN. */
function runs(places: readonly Place[]): Place[][] {
  const out: Place[][] = [];
  let open = false;
  for (const place of places) {
    const whole = Number.isFinite(place[0] + place[1]);
    if (whole && !open) out.push([]);
    if (whole) out.at(-1)!.push(place);
    open = whole;
  }
  return out;
}

const path = (places: readonly Place[]): string =>
  places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');

/** A line, such as of a mean. */
export function line(places: readonly Place[], colour: string, width: number, dash?: string): string {
  const d = runs(places).map(path).join('');
  return el('path', {
    d,
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-dasharray': dash,
    'stroke-linejoin': 'round',
  });
}

/** The area between two lines of as many places. */
export function band(low: readonly Place[], high: readonly Place[], fill: string, opacity: number): string {
  const whole = low.map(([x, y], i) => Number.isFinite(x + y + high[i]![0] + high[i]![1]));
  const only = (places: readonly Place[]): Place[] =>
    places.map((place, i) => (whole[i] ? place : [Number.NaN, Number.NaN]));
  const [from, to] = [runs(only(low)), runs(only(high))];
  const d = from.map((run, i) => `${path([...run, ...to[i]!.toReversed()])}z`).join('');
  return el('path', { d, fill, 'fill-opacity': opacity });
}
