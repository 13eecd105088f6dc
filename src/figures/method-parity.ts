/** Predicted against true components of several methods in one plot, as in the paper's Fig. 1i: colours by method, its numbers above the axes. */

import * as Plot from '@observablehq/plot';
import { fixedLabel, quantity } from '../core/numbers.ts';
import type { VectorScore } from '../polarization/vector-score.ts';
import { chart } from './chart.ts';
import { parityLine } from './parity-plot.ts';
import { quantile, ticks } from './scale.ts';
import { el, escapeText } from './svg.ts';

export interface MethodPoints {
  readonly name: string;
  readonly colour: string;
  /** [positions][x, y] [pm]. */
  readonly predicted: ArrayLike<number>;
  readonly score: VectorScore;
}

/** Draws the plot; the axes leave out at most the outermost 0.4 % of the points. */
export function methodParity(truth: ArrayLike<number>, methods: readonly MethodPoints[], title: string): string {
  const pairs = methods.map(({ predicted }) =>
    Array.from(truth, (t, i) => [t, predicted[i]!] as const).filter(([t, p]) => Number.isFinite(t + p)),
  );
  const all = pairs.flat(2);
  const [low, high] = [quantile(all, 0.002), quantile(all, 0.998)];
  const pad = 0.05 * (high - low || 1);
  const domain: [number, number] = [low - pad, high + pad];
  const marks = ticks(domain[0], domain[1], 6);
  const lines = methods.map(
    ({ name, score: { correlation, mae, slope } }) =>
      `${name}: r = ${fixedLabel(correlation)}, MAE ${quantity(mae, 'pm')}, slope ${fixedLabel(slope, 2)}`,
  );
  return chart({
    title,
    description: `Predicted against true displacement. ${lines.join('; ')}.`,
    width: 321,
    height: 321 + 11 * methods.length,
    head: lines.map((line, i) => el('tspan', { fill: methods[i]!.colour }, escapeText(line))),
    x: { label: 'true displacement (pm)', domain, ticks: marks },
    y: { label: 'predicted displacement (pm)', domain, ticks: marks },
    marginLeft: 34,
    marks: pairs.map((points, i) =>
      Plot.dot(
        points.filter((pair) => pair.every((v) => v >= domain[0] && v <= domain[1])),
        { x: '0', y: '1', r: 1.7, fill: methods[i]!.colour, fillOpacity: 0.6 },
      ),
    ),
    over: (at) => parityLine(at, domain),
  });
}
