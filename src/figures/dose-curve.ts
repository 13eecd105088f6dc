/**
 * Error against dose (the paper's Extended Data Fig. 4b): mean absolute or rms error of a component by electrons per pattern,
 * both logarithmic, beside what counting statistics allow (∝ dose^−1/2, dashed in the same colour) and two guides: the dose of
 * the experiment and the size of what is measured.
 */

import * as Plot from '@observablehq/plot';
import { fail } from '../core/errors.ts';
import { setting, unitLabel } from '../core/numbers.ts';
import { chart } from './chart.ts';
import { textWidth } from './labels.ts';
import { lineLabels } from './line-labels.ts';
import { el, escapeText, HALO, px, text } from './svg.ts';
import { MUTED, SERIES, TEXT } from './theme.ts';

export interface DoseSeries {
  readonly name: string;
  /** Pairs of dose [electrons per pattern] and error [unit], both positive. */
  readonly points: readonly (readonly [number, number])[];
  /** Cramér–Rao limit at 10⁶ electrons per pattern [unit]; drawn as a line ∝ dose^−1/2. */
  readonly limitAt1e6?: number;
}

export interface DoseCurveOptions {
  /** Unit of the errors. */
  readonly unit: string;
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
  /** Mean dose of the experiment [electrons per pattern]. */
  readonly dose_e?: number;
  /** Typical size of what is measured [unit]: errors near it mean that nothing is. */
  readonly typical?: number;
}

/** Draws the curves. @throws 'range' */
export function doseCurve(series: readonly DoseSeries[], options: DoseCurveOptions): string {
  const points = series.flatMap((s) => s.points).filter(([d, e]) => d > 0 && e > 0);
  if (points.length === 0) fail('range', 'There is no positive error to draw.', 'Give pairs of dose and error.');
  const doses = points.map((p) => p[0]).concat(options.dose_e ?? []);
  const errors = points.map((p) => p[1]).concat(options.typical ?? []);
  const x: [number, number] = [Math.min(...doses) / 1.4, Math.max(...doses) * 1.4];
  const y: [number, number] = [Math.min(...errors) / 1.6, Math.max(...errors) * 1.6];
  const limits = series.map(({ limitAt1e6 }) => (limitAt1e6 === undefined ? [] : limitLine(limitAt1e6, x, y)));
  return chart({
    ...(options.title === undefined ? {} : { title: options.title }),
    ...(options.width === undefined ? {} : { width: options.width }),
    height: options.height ?? 210,
    description: `Error by dose: ${series.map((s) => s.name).join(', ')}.`,
    x: { label: 'electrons per pattern', domain: x, log: true },
    y: { label: escapeText(`error (${unitLabel(options.unit)})`), domain: y, log: true, grid: true },
    marginRight: Math.max(...series.map((s) => textWidth(s.name, TEXT.small))) + 8,
    marks: series.flatMap((s, i) => {
      const colour = SERIES[i % SERIES.length]!;
      const sorted = s.points.filter(([d, e]) => d > 0 && e > 0).toSorted((a, b) => a[0] - b[0]);
      return [
        Plot.line(limits[i]!, { x: '0', y: '1', stroke: colour, strokeWidth: 0.9, strokeDasharray: '4,2.5' }),
        Plot.line(sorted, { x: '0', y: '1', stroke: colour, strokeWidth: 1.4 }),
        Plot.dot(sorted, { x: '0', y: '1', r: 1.8, fill: colour }),
      ];
    }),
    over: (at, frame) => {
      const ends = series.map((s, i) => {
        const last = s.points.toSorted((a, b) => a[0] - b[0]).at(-1)!;
        const [ex, ey] = at(...(last as [number, number]));
        return { name: s.name, colour: SERIES[i % SERIES.length]!, x: Math.max(ex, frame.right - 2), y: ey };
      });
      const guide = (d: string): string =>
        el('path', { class: 'guide', d, stroke: MUTED, 'stroke-width': 0.7, 'stroke-dasharray': '1.5 2' });
      const small = { ...HALO, fill: MUTED, 'font-size': TEXT.small };
      const parts = [lineLabels(ends, frame.top, frame.bottom)];
      if (options.dose_e !== undefined) {
        const [gx] = at(options.dose_e, y[0]);
        parts.push(guide(`M${px(gx)} ${px(frame.top)}V${px(frame.bottom)}`));
        parts.push(text(gx - 3, frame.bottom - 4, 'experiment', { ...small, 'text-anchor': 'end' }));
      }
      if (options.typical !== undefined) {
        const [, gy] = at(x[0], options.typical);
        parts.push(guide(`M${px(frame.left)} ${px(gy)}H${px(frame.right)}`));
        const size = `typical size, ${setting(options.typical, options.unit)}`;
        parts.push(text(frame.left + 4, gy - 3, escapeText(size), small));
      }
      if (limits.some((line) => line.length > 0)) {
        parts.push(text(frame.left + 4, frame.bottom - 4, 'dashed: Cramér–Rao limit', small));
      }
      return parts.join('\n');
    },
  });
}

/** The part of limit·√(10⁶/dose) inside the axes: two points, or none. */
function limitLine(limit: number, x: readonly [number, number], y: readonly [number, number]): [number, number][] {
  const error = (dose: number): number => limit * Math.sqrt(1e6 / dose);
  const dose = (e: number): number => 1e6 * (limit / e) ** 2;
  const from = Math.max(x[0], dose(y[1]));
  const to = Math.min(x[1], dose(y[0]));
  return from < to
    ? [
        [from, error(from)],
        [to, error(to)],
      ]
    : [];
}
