/** Losses by epoch on a logarithmic axis, one line per part of the loss, named at its end; the epoch that was kept is marked. */

import { fail } from '../core/errors.ts';
import { fixedLabel } from '../core/numbers.ts';
import { lineChart } from './line-chart.ts';
import { ticks } from './scale.ts';
import { el, escapeText, px, text } from './svg.ts';
import { MUTED, TEXT } from './theme.ts';

export interface LossSeries {
  readonly name: string;
  /** One value per epoch, first epoch first; values that are not positive are left out. */
  readonly values: ArrayLike<number>;
  /** Dashed, such as for the validation loss's training twin. */
  readonly dashed?: boolean;
}

export interface TrainingCurveOptions {
  readonly title?: string;
  /** Epoch whose model was kept, from 1. */
  readonly best?: number;
  /** What the vertical axis measures; default 'loss'. */
  readonly yLabel?: string;
}

/** Draws the curves. @throws 'range' when nothing is positive */
export function trainingCurve(series: readonly LossSeries[], options: TrainingCurveOptions = {}): string {
  const lines = series.map(({ name, values, dashed }) => ({
    name,
    dashed: dashed ?? false,
    points: Array.from(values, (value, epoch) => [1 + epoch, value] as [number, number]).filter(([, v]) => v > 0),
  }));
  const shown = lines.filter((line) => line.points.length > 0);
  if (shown.length === 0) {
    fail('range', 'No loss is positive: there is no training curve.', 'Draw it after the first epoch.');
  }
  const all = shown.flatMap((line) => line.points.map((p) => p[1]));
  const epochs = shown.flatMap((line) => line.points.map((p) => p[0]));
  const last = Math.max(2, ...epochs);
  const whole = ticks(1, last, 6).filter(Number.isInteger);
  return lineChart(lines, {
    title: options.title,
    description: `Training curve: ${shown.map((line) => `${line.name} from ${fixedLabel(line.points[0]![1])} to ${fixedLabel(line.points.at(-1)![1])}`).join('; ')}.`,
    x: { label: 'epoch', domain: [1, last], ticks: whole.length > 1 ? whole : [1, last] },
    y: {
      label: escapeText(options.yLabel ?? 'loss'),
      domain: [Math.min(...all) / 1.15, Math.max(...all) * 1.15],
      log: true,
      grid: true,
    },
    over: (at, frame) =>
      options.best === undefined ? '' : bestMark(at(options.best, all[0]!)[0], frame.top, frame.bottom),
  });
}

function bestMark(x: number, top: number, bottom: number): string {
  return [
    el('path', {
      class: 'best',
      d: `M${px(x)} ${px(top)}V${px(bottom)}`,
      stroke: MUTED,
      'stroke-width': 0.8,
      'stroke-dasharray': '2 2',
    }),
    text(x - 4, top + 7, 'kept', { 'text-anchor': 'end', fill: MUTED, 'font-size': TEXT.small }),
  ].join('\n');
}
