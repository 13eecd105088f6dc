/** P_z of a film against height, one line per bias. Phenomenological films: the figure says so. */

import { fail } from '../core/errors.ts';
import { quantity, setting } from '../core/numbers.ts';
import type { FilmProfile } from '../ferroelectric/film-series.ts';
import { channelUnitSvg } from './labels.ts';
import { lineChart } from './line-chart.ts';
import { ticks } from './scale.ts';
import { el } from './svg.ts';
import { MUTED, RULE, SERIES } from './theme.ts';

/** −2 V, 0 V, +2 V. */
export function biasLabel(bias_V: number): string {
  return `${bias_V > 0 ? '+' : ''}${setting(bias_V, 'V')}`;
}

/**
 * P_z [µC/cm²] of the layers against their height above the lower electrode [nm]; rings where the tails meet.
 * @param spacing_A of layers
 * @throws 'range' without a profile
 */
export function filmProfileChart(profiles: readonly FilmProfile[], spacing_A: number): string {
  if (profiles.length === 0) fail('range', 'There is no profile to draw.', 'Give one.');
  const height = (layer: number): number => ((layer + 0.5) * spacing_A) / 10;
  const lines = profiles.map(({ bias_V, P_z_uC_cm2 }) => ({
    name: biasLabel(bias_V),
    points: Array.from(P_z_uC_cm2, (P, k) => [height(k), P] as const),
  }));
  const all = lines.flatMap(({ points }) => points.map(([, P]) => P));
  const reach = 1.1 * Math.max(1, ...all.map(Math.abs));
  const thickness = (profiles[0]!.P_z_uC_cm2.length * spacing_A) / 10;
  return lineChart(lines, {
    title: 'Screened film, phenomenological',
    height: 210,
    description: `P_z against height in a film of ${quantity(thickness, 'nm')} at ${lines.map(({ name }) => name).join(', ')}. Phenomenological: screening and surface fields are given, not computed.`,
    x: { label: 'height above the lower electrode (nm)', domain: [0, thickness] },
    y: {
      label: channelUnitSvg('P_z', 'uC/cm2'),
      grid: true,
      domain: [-reach, reach],
      ticks: ticks(-reach, reach, 6),
    },
    over: (at, frame) => {
      const [, zero] = at(0, 0);
      const axis = el('path', { d: `M${frame.left} ${zero}H${frame.right}`, stroke: RULE, 'stroke-width': 0.8 });
      const rings = profiles.flatMap(({ tail_to_tail_nm }, i) => {
        if (tail_to_tail_nm === undefined) return [];
        const [cx, cy] = at(tail_to_tail_nm, 0);
        const colour = SERIES[i % SERIES.length]!;
        return [el('circle', { cx, cy, r: 3.2, fill: '#ffffff', stroke: colour, 'stroke-width': 1.2 })];
      });
      return el('g', { class: 'tails', fill: MUTED }, axis, ...rings);
    },
  });
}
