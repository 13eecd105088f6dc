/** Lines on axes, each named at its end: the common part of training curves, signals against thickness and line profiles. */

import * as Plot from '@observablehq/plot';
import { type AxisOptions, chart, type Frame } from './chart.ts';
import { textWidth } from './labels.ts';
import { lineLabels } from './line-labels.ts';
import { SERIES, TEXT } from './theme.ts';

export interface ChartLine {
  readonly name: string;
  /** x and y in the axes' units, by increasing x; a line without points is left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** Default: the next of the house series. */
  readonly colour?: string;
}

export interface LineChartOptions {
  readonly title?: string | undefined;
  readonly description: string;
  /** Whole figure [px]; default a journal column wide and 190 high. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  /** Room for the labels of the vertical axis [px]; default 38. */
  readonly marginLeft?: number;
  /** SVG over the marks; `at` turns data into page coordinates. */
  readonly over?: (at: (x: number, y: number) => [number, number], frame: Frame) => string;
}

/** Draws the lines, with dots where they have fewer than 25 points. */
export function lineChart(lines: readonly ChartLine[], options: LineChartOptions): string {
  const shown = lines
    .map((line, i) => ({ ...line, colour: line.colour ?? SERIES[i % SERIES.length]! }))
    .filter(({ points }) => points.length > 0);
  return chart({
    ...(options.title === undefined ? {} : { title: options.title }),
    ...(options.width === undefined ? {} : { width: options.width }),
    height: options.height ?? 190,
    description: options.description,
    x: options.x,
    y: options.y,
    ...(options.marginLeft === undefined ? {} : { marginLeft: options.marginLeft }),
    marginRight: Math.max(0, ...shown.map((line) => textWidth(line.name, TEXT.small))) + 8,
    marks: shown.flatMap(({ points, colour, dashed }) => [
      Plot.line(points as [number, number][], {
        x: '0',
        y: '1',
        stroke: colour,
        strokeWidth: 1.4,
        ...(dashed ? { strokeDasharray: '3,2', strokeLinecap: 'butt' } : {}),
      }),
      ...(points.length < 25 ? [Plot.dot(points as [number, number][], { x: '0', y: '1', r: 1.5, fill: colour })] : []),
    ]),
    over: (at, frame) => {
      const ends = shown.map(({ name, colour, points }) => {
        const [x, y] = at(...(points.at(-1) as [number, number]));
        return { name, colour, x, y };
      });
      return [options.over?.(at, frame) ?? '', lineLabels(ends, frame.top, frame.bottom)]
        .filter((part) => part !== '')
        .join('\n');
    },
  });
}
