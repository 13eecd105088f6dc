/** What the sections of an analysis share: its fields in the film, names of states, walls as lines, and where figures and tables go. */

import type { Analysis } from '../findings/analyse.ts';
import { wallLine } from '../findings/partition.ts';
import { restrict, type VectorField } from '../findings/vector-field.ts';
import { biasLabel } from './film-profile.ts';
import type { ReportFigure } from './report.ts';
import { type SeriesStyle, seriesStyle } from './series-style.ts';

export interface AnalysisParts {
  readonly analysis: Analysis;
  /** Of each state, where the film is. */
  readonly fields: readonly VectorField[];
  /** '−2 V' of each state. */
  readonly names: readonly string[];
  /** How each state is drawn, wherever it is. */
  readonly styles: readonly SeriesStyle[];
  /** Of P, as files spell it. */
  readonly unit: string;
  /** Walls of each state by ridges of σ_P, one position wide: [ny][nx]. */
  readonly ridges: readonly Uint8Array[];
  /** Files so far, by path. */
  readonly files: Map<string, string>;
  /** Keeps a figure as figures/NAME.svg. */
  readonly figure: (name: string, svg: string, caption: string) => ReportFigure;
}

export function analysisParts(analysis: Analysis): AnalysisParts {
  const { series, film, states } = analysis;
  const files = new Map<string, string>();
  const fields = series.states.map(({ field }) => restrict(field, film));
  return {
    analysis,
    fields,
    names: series.states.map(({ bias_V }) => biasLabel(bias_V)),
    styles: states.map((_, i) => seriesStyle(i, states.length)),
    unit: fields[0]!.unit,
    ridges: states.map(({ domains }) => wallLine(domains.paper.partition)),
    files,
    figure: (name, svg, caption) => {
      files.set(`figures/${name}.svg`, svg);
      return { svg, caption };
    },
  };
}

/** A table as CSV. */
export function csv(heads: readonly string[], rows: Iterable<readonly (number | string)[]>): string {
  const cell = (value: number | string) =>
    typeof value === 'string' ? value : Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '';
  return `${[heads.join(','), ...Array.from(rows, (row) => row.map(cell).join(','))].join('\n')}\n`;
}
