/** Points in a plane: coloured by a value of their own, or two clouds, one over the other. */

import * as Plot from '@observablehq/plot';
import { unitLabel } from '../core/numbers.ts';
import { type AxisOptions, chart } from './chart.ts';
import { palette } from './colormap.ts';
import { hex } from './colour.ts';
import { barRoom, colourBar, evenBar } from './colour-bar.ts';
import { channelSvg, textWidth } from './labels.ts';
import { robustRange, symmetricRange } from './scale.ts';
import { text } from './svg.ts';
import { SERIES, TEXT } from './theme.ts';

/** Above this many points every so manieth is drawn. */
const MOST = 1000;

function thinned(points: ArrayLike<number>): number[] {
  const count = points.length / 2;
  const every = Math.ceil(count / MOST);
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}

/** Even axis over both coordinates' middle 99.8%, with room. */
function axisOf(label: string, values: ArrayLike<number>): AxisOptions {
  const [low, high] = robustRange(values, 0.998);
  const pad = 0.05 * (high - low);
  return { label, domain: [low - pad, high + pad] };
}

const column = (points: ArrayLike<number>, axis: number): Float64Array =>
  Float64Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + axis]!);

const inside = ({ domain: [low, high] }: AxisOptions, value: number): boolean => value >= low && value <= high;

export interface ColouredScatter {
  /** [count][2] */
  readonly points: ArrayLike<number>;
  /** Names of the axes, SVG text content. */
  readonly axes: readonly [x: string, y: string];
  /** What the points are coloured by: a label, its unit and values [count]. */
  readonly name: string;
  readonly unit: string;
  readonly values: ArrayLike<number>;
}

/** Points coloured by a label: blue to red about zero for components of vectors, viridis for others. */
export function colouredScatter({ points, axes, name, unit, values }: ColouredScatter): string {
  const signed = /_[xyz]$/.test(name);
  const range = signed ? symmetricRange(values) : robustRange(values);
  const colours = palette(signed ? 'blue-red' : 'viridis');
  const colourOf = (i: number): string => {
    const share = Math.min(1, Math.max(0, (values[i]! - range[0]) / (range[1] - range[0])));
    return hex(colours[Math.round(255 * share)]!);
  };
  const [x, y] = [0, 1].map((axis) => axisOf(axes[axis]!, column(points, axis))) as [AxisOptions, AxisOptions];
  const bar = evenBar(range, colours, values, 120);
  const shown = thinned(points)
    .map((i) => [points[2 * i]!, points[2 * i + 1]!, i] as const)
    .filter(([px, py]) => inside(x, px) && inside(y, py));
  return chart({
    description: `${shown.length} patterns over two latents, coloured by ${name} (${unitLabel(unit)}).`,
    width: 214,
    height: 180,
    head: [channelSvg(name, TEXT.small, `(${unitLabel(unit)})`)],
    x,
    y,
    marginRight: 16 + Math.ceil(barRoom(bar)),
    marks: [
      Plot.dot(shown, { x: '0', y: '1', r: 1.5, fill: (d: readonly number[]) => colourOf(d[2]!), fillOpacity: 0.85 }),
    ],
    over: (_, { right, top, bottom }) => colourBar({ x: right + 8, y: top, width: 8, height: bottom - top }, bar),
  });
}

export interface Cloud {
  readonly name: string;
  /** [count][2] */
  readonly points: ArrayLike<number>;
}

/** Clouds over each other, the last on top, each named above the axes. */
export function cloudFigure(
  clouds: readonly Cloud[],
  axes: readonly [x: string, y: string],
  description: string,
): string {
  const colours = [SERIES[0]!, SERIES[1]!, SERIES[2]!];
  const all = clouds.flatMap(({ points }) => Array.from(points));
  // All of every cloud: what lies apart is what matters.
  const [x, y] = [0, 1].map((axis): AxisOptions => {
    const values = column(all, axis);
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    const pad = 0.04 * (high - low || 1);
    return { label: axes[axis]!, domain: [low - pad, high + pad] };
  }) as [AxisOptions, AxisOptions];
  return chart({
    description,
    width: 321,
    height: 250,
    x,
    y,
    head: [''],
    marks: clouds.map(({ points }, i) =>
      Plot.dot(
        thinned(points).map((k) => [points[2 * k]!, points[2 * k + 1]!]),
        { x: '0', y: '1', r: i === 0 ? 1.3 : 2, fill: colours[i]!, fillOpacity: i === 0 ? 0.45 : 0.9 },
      ),
    ),
    over: (_, { left, top }) => {
      let at = left;
      return clouds
        .map(({ name }, i) => {
          const label = text(at, top - 5, `● ${name}`, { fill: colours[i]!, 'font-size': TEXT.small });
          at += textWidth(name, TEXT.small) + 26;
          return label;
        })
        .join('');
    },
  });
}
