/** Distributions of the components of P/|P| under one strain, with their fitted densities (strain-study.ts; the paper's Extended Data Fig. 8). */

import * as Plot from '@observablehq/plot';
import { fixedLabel, plural } from '../core/numbers.ts';
import type { StrainState } from '../ferroelectric/strain-study.ts';
import { chart } from './chart.ts';
import { densities } from './densities.ts';
import { channelSvg, textWidth } from './labels.ts';
import type { ReportTable } from './report.ts';
import { ticks } from './scale.ts';
import { el, text } from './svg.ts';
import { INK, SERIES, TEXT } from './theme.ts';

const COMPONENTS = ['P_x', 'P_y', 'P_z'];
const BINS = 40;
const RANGE = [-1, 1] as const;

/** Histograms filled, fits as lines. */
export function componentHistograms({ strain, components, fits }: StrainState): string {
  const step = (RANGE[1] - RANGE[0]) / BINS;
  const series = components.map((values, i) => {
    const corners = densities(values, RANGE, BINS).flatMap((h, k) => [
      [RANGE[0] + k * step, h] as const,
      [RANGE[0] + (k + 1) * step, h] as const,
    ]);
    const fit = Array.from({ length: 201 }, (_, k) => {
      const t = -1 + k / 100;
      return [t, fits[i]!.density(t)] as const;
    });
    return { corners: [[-1, 0] as const, ...corners, [1, 0] as const], fit, colour: SERIES[i]! };
  });
  const top = 1.22 * Math.max(...series.flatMap(({ corners, fit }) => [...corners, ...fit].map(([, y]) => y)));
  return chart({
    title: strain,
    description: `Distributions of the components of P/|P|, ${strain}: ${plural(components[0].length, 'cell')}; fitted densities err by at most ${fixedLabel(Math.max(...fits.map(({ error }) => error)))} in the cumulative distribution.`,
    height: 200,
    x: {
      label:
        '<tspan font-style="italic">P<tspan font-size="6.75" dy="1.98">i</tspan></tspan><tspan dy="-1.98">/|</tspan><tspan font-style="italic">P</tspan>|',
      domain: RANGE,
      ticks: [-1, -0.5, 0, 0.5, 1],
    },
    y: { label: 'density', domain: [0, top], ticks: ticks(0, top, 5), grid: true },
    marks: series.flatMap(({ corners, fit, colour }) => [
      Plot.areaY(corners, { x: '0', y1: 0, y2: '1', fill: colour, fillOpacity: 0.16 }),
      Plot.line(corners, { x: '0', y: '1', stroke: colour, strokeWidth: 0.6, strokeLinejoin: 'miter' }),
      Plot.line(fit, { x: '0', y: '1', stroke: colour, strokeWidth: 1.7 }),
    ]),
    over: (at, frame) => {
      const [, half] = at(0, 0.5);
      let x = frame.left + 8;
      const names = COMPONENTS.map((name, i) => {
        const part =
          el('rect', { x, y: frame.top + 3, width: 9, height: 7, fill: SERIES[i]!, 'fill-opacity': 0.5 }) +
          text(x + 13, frame.top + 9.6, channelSvg(name, TEXT.small), { 'font-size': TEXT.small });
        x += 13 + textWidth(name, TEXT.small) + 12;
        return part;
      });
      const every = { x1: frame.left, x2: frame.right, y1: half, y2: half };
      // Directions that are all alike.
      return [el('line', { ...every, stroke: INK, 'stroke-width': 0.7, 'stroke-dasharray': '3 2.5' }), ...names].join(
        '',
      );
    },
  });
}

export function fitTable(states: readonly StrainState[]): ReportTable {
  return {
    caption:
      'Density fitted: f(t) ∝ exp(κt + βt² + γt⁴), −1 ≤ t ≤ 1, by maximum likelihood. Error: the largest difference between the cumulative distributions of data and fit.',
    columns: ['Strain', 'Component', '⟨t⟩', '⟨t²⟩', '⟨t⁴⟩', 'κ', 'β', 'γ', 'Error', 'Cells'].map((label) => ({
      label,
    })),
    rows: states.flatMap(({ strain, fits }) =>
      fits.map((fit, i) => [
        strain,
        COMPONENTS[i]!,
        ...fit.moments,
        fit.kappa,
        fit.beta,
        fit.gamma,
        fit.error,
        fit.count,
      ]),
    ),
  };
}
