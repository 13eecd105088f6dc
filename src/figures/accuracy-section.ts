/** Two sections of an evaluation, after the paper's Extended Data Fig. 2 and 4: predicted against true values, and errors against dose. */

import { electrons, fixedLabel, plural, powerLabel, unitLabel } from '../core/numbers.ts';
import { type DoseFigureInput, doseFigure } from './dose-figure.ts';
import { channelHtml } from './labels.ts';
import { parityPlot } from './parity-plot.ts';
import type { Cell, ReportSection, ReportTable } from './report.ts';

export interface AccuracyInput {
  /** Patterns and structures that stand in the parity plots, and patterns of the curves. */
  readonly patterns: number;
  readonly structures: number;
  readonly curve_patterns: number;
  /** Dose of the noisy parity plots [electrons per pattern]. */
  readonly dose_e: number;
  /** The model is adapted to a scan's instrument (`ferroscope adapt`). */
  readonly adapted: boolean;
  readonly parity: readonly {
    readonly name: string;
    readonly unit: string;
    /** [patterns] */
    readonly truth: ArrayLike<number>;
    readonly noise_free: ArrayLike<number>;
    readonly noisy: ArrayLike<number>;
  }[];
  readonly curves: readonly DoseFigureInput[];
}

/** Of the limit in the table [electrons per pattern]. */
const LIMIT_DOSE = 1e6;

type Put = (name: string, svg: string) => string;

export function accuracySections(input: AccuracyInput, put: Put): ReportSection[] {
  const { patterns, structures, curve_patterns, dose_e, adapted, parity, curves } = input;
  const plots = (kind: 'noise_free' | 'noisy') =>
    parity.map(({ name, unit, truth, ...values }) => ({
      svg: put(`parity-${kind.replace('_', '-')}-${name}`, parityPlot(truth, values[kind], { name, unit })),
    }));
  const of = `${plural(patterns, 'held-out pattern')}, evenly chosen, of ${plural(structures, 'structure')} that the training never saw`;
  const limited = curves.some(({ limit_1e }) => limit_1e !== undefined);
  return [
    {
      heading: 'Predicted against true, without noise',
      text: `Extended Data Fig. 2 of the paper: ${of}, as simulated. Mean only: the MAE of knowing nothing but the mean of the true values. Without noise a pattern holds what no microscope records.`,
      ...(adapted && {
        note: 'The model is adapted to the instrument of a scan, which the patterns of this section and the next two lack: these are not its errors on that scan.',
      }),
      svg: plots('noise_free'),
    },
    {
      heading: `Predicted against true, ${electrons(dose_e)} a pattern`,
      text: 'The same patterns with counting noise alone: no blur, no background.',
      svg: plots('noisy'),
    },
    {
      heading: 'Error against dose',
      text: [
        `Extended Data Fig. 4 of the paper: mean absolute error over ${plural(curve_patterns, 'held-out pattern')} with counting noise of each dose. Grey: the doses of the training; outside them the network is asked about what it never saw. Mean only: knowing nothing but the mean.`,
        limited
          ? 'Limit: √(2/π) times the Cramér–Rao limit of σ for one pattern of the uniform crystal of the section below, with thickness, tilts and P unknown together. A network may err by less where the limit lies near or above the mean: there it answers with what it expects of such structures. A network further above it has more to learn, or cannot tell disorder from what it is asked.'
          : 'No limit is drawn: see below.',
      ].join('\n\n'),
      svg: curves.map((curve) => ({ svg: put(`dose-${curve.name}`, doseFigure(curve)) })),
      table: curveTable(curves),
    },
  ];
}

function curveTable(curves: readonly DoseFigureInput[]): ReportTable {
  const doses = curves[0]!.points.map(([dose]) => dose);
  return {
    caption: `MAE by dose [electrons per pattern]. Limit: that of ${electrons(LIMIT_DOSE)}; it falls as 1/√dose.`,
    columns: [
      'Label',
      'Unit',
      ...doses.map((dose) => powerLabel(Math.round(Math.log10(dose)))),
      'Noise-free',
      'Mean only',
      `Limit, ${powerLabel(Math.round(Math.log10(LIMIT_DOSE)))}`,
    ].map((label) => ({ label })),
    rows: curves.map(({ name, unit, points, noise_free, mean_only, limit_1e }): Cell[] => [
      { html: channelHtml(name) },
      unitLabel(unit),
      ...points.map(([, mae]) => fixedLabel(mae, 2)),
      fixedLabel(noise_free, 2),
      fixedLabel(mean_only, 2),
      limit_1e === undefined ? '–' : fixedLabel(limit_1e / Math.sqrt(LIMIT_DOSE), 2),
    ]),
  };
}
