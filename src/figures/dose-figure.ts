/**
 * Mean absolute error of one label against the dose of the patterns, on logarithmic axes: the network's, beside the Cramér–Rao limit of one pattern, the error
 * without noise and the error of knowing only the mean. Grey: the doses of the training.
 */

import { electrons, quantity, unitLabel } from '../core/numbers.ts';
import { channelSvg } from './labels.ts';
import { type ChartLine, lineChart } from './line-chart.ts';
import { el } from './svg.ts';
import { INK, MUTED, SERIES, TEXT } from './theme.ts';

export interface DoseFigureInput {
  readonly name: string;
  readonly unit: string;
  /** Electrons per pattern and mean absolute error [unit], by increasing dose. */
  readonly points: readonly (readonly [dose_e: number, mae: number])[];
  readonly noise_free: number;
  /** Of knowing only the mean. */
  readonly mean_only: number;
  /** The limit of one electron [unit]: it falls as 1/√dose; left out where it is not known. */
  readonly limit_1e?: number | undefined;
  /** Doses of the training; left out where it had no noise. */
  readonly trained_e?: readonly [number, number] | undefined;
}

/** Draws the figure. */
export function doseFigure({
  name,
  unit,
  points,
  noise_free,
  mean_only,
  limit_1e,
  trained_e,
}: DoseFigureInput): string {
  const first = points[0]![0];
  const last = points.at(-1)![0];
  const level = (value: number) => [[first, value] as const, [last, value] as const];
  const lines: ChartLine[] = [
    { name: 'network', points, colour: SERIES[0]! },
    { name: 'noise-free', points: level(noise_free), colour: SERIES[0]!, dashed: true },
    { name: 'mean only', points: level(mean_only), colour: MUTED, dashed: true },
    ...(limit_1e === undefined
      ? []
      : [
          {
            name: 'limit',
            colour: SERIES[1]!,
            points: [first, last].map((dose) => [dose, limit_1e / Math.sqrt(dose)] as const),
          },
        ]),
  ];
  // No error at all, as of the mean where the truth does not vary, has no place on a logarithmic axis.
  const drawn = lines.map((line) => ({ ...line, points: line.points.filter(([, mae]) => mae > 0) }));
  const values = drawn.flatMap(({ points: own }) => own.map(([, mae]) => mae));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return lineChart(drawn, {
    description: `Mean absolute error of ${name} against dose: ${points.map(([dose, mae]) => `${quantity(mae, unit)} at ${electrons(dose)}`).join(', ')}; noise-free ${quantity(noise_free, unit)}; mean only ${quantity(mean_only, unit)}.`,
    width: 214,
    height: 170,
    x: { label: 'electrons per pattern', domain: [first, last], log: true },
    y: {
      label: channelSvg(name, TEXT.base, `MAE (${unitLabel(unit)})`),
      domain: [low / 1.5, high * 1.5],
      log: true,
      grid: true,
    },
    over: (at, { top, bottom }) => {
      if (!trained_e) return '';
      const [x0, x1] = trained_e.map((dose) => at(Math.min(last, Math.max(first, dose)), high)[0]) as [number, number];
      const width = Math.max(1, x1 - x0);
      return el('rect', {
        class: 'trained',
        x: x0,
        y: top,
        width,
        height: bottom - top,
        fill: INK,
        'fill-opacity': 0.07,
      });
    },
  });
}
