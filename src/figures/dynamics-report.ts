/** Figures and report of a dataset of molecular dynamics, from data alone. */

import {
  countLabel,
  decimalLabel,
  fixedLabel,
  numberLabel,
  percent,
  plural,
  quantity,
  setting,
} from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { Coverage } from '../ferroelectric/dataset/coverage.ts';
import { type MagnitudeDistribution, REFERENCE_MODES, WINDOWS_PS } from '../ferroelectric/dataset/magnitudes.ts';
import type { RunSummary } from '../ferroelectric/dataset/table.ts';
import type { StrainState } from '../ferroelectric/strain-study.ts';
import {
  coverageDisks,
  fieldInTime,
  magnitudeChart,
  polarizationInTime,
  type RunInTime,
  temperatureInTime,
  windowWords,
} from './dynamics-figures.ts';
import { buildReport, type Cell, type ReportProvenance, type ReportSection, type ReportTable } from './report.ts';
import { roundUp } from './scale.ts';
import { componentHistograms, fitTable } from './strain-study-figure.ts';

export interface DynamicsReportInput extends ReportProvenance {
  /** What it is of: 'Ba0.5Sr0.5TiO3', and its cells: '8 × 8 × 8'. */
  readonly material: string;
  readonly cells: string;
  /** The window of every frame [ps]; 0: one instant. */
  readonly average_ps: number;
  readonly thermostat: string;
  readonly summaries: readonly RunSummary[];
  /** The run that is shown in time, its name, and whether its P is held. */
  readonly inTime: RunInTime & { readonly run: string; readonly held: boolean };
  /** Distributions of |P| by temperature and strain, at least one. */
  readonly magnitudes: readonly MagnitudeGroup[];
  /** P of the columns of the frames that are kept, [n][3]. */
  readonly columns_uC_cm2: Float64Array;
  readonly frames: { readonly made: number; readonly kept: number };
  /** With sampling only. */
  readonly sampling?: {
    readonly coverage: Coverage;
    readonly p_max_uC_cm2: number;
    readonly directions: readonly Vec3[];
  };
  /** Two or more states, or none. */
  readonly strains: readonly StrainState[];
  readonly notes: readonly string[];
}

export interface MagnitudeGroup {
  /** Conditions in words. */
  readonly of: string;
  readonly distributions: readonly MagnitudeDistribution[];
  /** Whether they are those of `REFERENCE_MODES`. */
  readonly comparable: boolean;
}

/** Rows of the table of runs; the rest is in runs.csv. */
const ROWS = 24;

/** report.html and figures/*.svg, by path. */
export function renderDynamics(input: DynamicsReportInput): Map<string, string> {
  const { summaries, frames, strains, sampling, notes, material } = input;
  const figures = new Map<string, string>();
  const put = (name: string, svg: string): string => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const window = input.average_ps === 0 ? 'of one instant' : `averaged over ${setting(input.average_ps, 'ps')}`;
  const mean = (pick: (summary: RunSummary) => number) =>
    summaries.reduce((sum, summary) => sum + pick(summary), 0) / summaries.length;
  const [column, cell] = [mean((s) => s.column_uC_cm2), mean((s) => s.cell_uC_cm2)];
  const sections: ReportSection[] = [
    inTimeSection(input, put),
    magnitudeSection(input, put),
    coverageSection(input, put),
    ...(strains.length > 1 ? [strainSection(strains, window, put)] : []),
    {
      heading: 'Runs',
      text: `P is that of the atoms, ${window}, on the lattice of the recipe; strain against the parameter set’s cubic cell. ${
        summaries.length > ROWS ? `The first ${ROWS} of ${summaries.length}; all are in runs.csv.` : 'Also in runs.csv.'
      }`,
      table: runTable(summaries.slice(0, ROWS)),
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    },
  ];
  const html = buildReport({
    title: `Molecular dynamics of ${material}`,
    summary: `${input.cells} cells of ${material}, ${plural(summaries.length, 'run')}; ${countLabel(frames.kept)} of ${plural(frames.made, 'frame')} are in trajectory.extxyz, their soft modes ${window}. Mean |P| of their columns ${quantity(column, 'uC/cm2')}, of their cells ${quantity(cell, 'uC/cm2')}.`,
    headline: [
      { label: 'frames', value: frames.kept },
      { label: `|P| of columns, ${window}`, value: fixedLabel(column), unit: 'µC/cm²' },
      ...(sampling
        ? [
            { label: 'largest empty cap', value: numberLabel(sampling.coverage.empty_cap_deg), unit: '°' },
            { label: 'fewest over most columns of a bin', value: numberLabel(sampling.coverage.least_over_most, 2) },
          ]
        : []),
    ],
    sections,
    provenance: input,
  });
  return new Map([['report.html', html], ...figures]);
}

type Put = (name: string, svg: string) => string;

function inTimeSection({ inTime, thermostat }: DynamicsReportInput, put: Put): ReportSection {
  return {
    heading: 'A run in time',
    text: `${inTime.run}, ${thermostat}. Frames come after the dashed line.`,
    svg: [
      {
        svg: put('temperature', temperatureInTime(inTime)),
        caption: 'Temperature of the soft modes; dashed: the thermostat’s.',
      },
      inTime.held
        ? {
            svg: put('field', fieldInTime(inTime)),
            caption:
              'The field that holds the mean P of the block, its mean since equilibration: what the free crystal would need to have that P.',
          }
        : { svg: put('polarization', polarizationInTime(inTime)), caption: 'Mean P of the block.' },
    ],
  };
}

function magnitudeSection({ magnitudes }: DynamicsReportInput, put: Put): ReportSection {
  const { of, distributions } = magnitudes[0]!;
  const most = roundUp(2.6 * Math.max(...distributions.flatMap(({ count, mode }) => (count > 0 ? [mode] : []))));
  const drawn = WINDOWS_PS.flatMap((window_ps) => {
    const shown = distributions.filter((d) => d.window_ps === window_ps && d.count > 0);
    return shown.length > 0 ? [{ window_ps, shown }] : [];
  });
  return {
    heading: 'The size of P is a choice of averaging',
    text: `P of one cell at one instant is several times the mean of a column over a picosecond: each number goes with its window. From the soft modes themselves, ${of}; columns run along z. Windows in time also depend on the thermostat’s friction, instants do not.`,
    svg: drawn.map(({ window_ps, shown }) => ({
      svg: put(`magnitude-${String(window_ps).replace('.', '-')}-ps`, magnitudeChart(shown, most)),
      caption: `|P| of ${windowWords(window_ps)}, ${of}.`,
    })),
    table: magnitudes.map(magnitudeTable),
  };
}

function magnitudeTable({ of, distributions, comparable }: MagnitudeGroup): ReportTable {
  const lengths = [1, 2, 8, 16];
  return {
    caption: `${of}: where |P| peaks, and in brackets its mean [µC/cm²].${
      comparable ? ' Reference: where it peaks in 16 × 16 × 16 cells, computed independently.' : ''
    }`,
    columns: [{ label: 'Mean over' }, ...lengths.map((n) => ({ label: plural(n, 'cell') }))],
    rows: WINDOWS_PS.flatMap((window_ps, w): Cell[][] => {
      const here = lengths.map((column) => {
        const found = distributions.find((d) => d.window_ps === window_ps && d.column === column);
        return found && found.count > 0 ? `${decimalLabel(found.mode, 1)} (${decimalLabel(found.mean, 1)})` : '–';
      });
      const reference = REFERENCE_MODES[w]!.map((mode) => decimalLabel(mode, 1));
      return [[windowWords(window_ps), ...here], ...(comparable ? [['reference', ...reference]] : [])];
    }),
  };
}

function coverageSection({ columns_uC_cm2, sampling, frames }: DynamicsReportInput, put: Put): ReportSection {
  const sizes = Float64Array.from({ length: columns_uC_cm2.length / 3 }, (_, i) =>
    Math.hypot(columns_uC_cm2[3 * i]!, columns_uC_cm2[3 * i + 1]!, columns_uC_cm2[3 * i + 2]!),
  );
  const most = sampling?.p_max_uC_cm2 ?? roundUp(sizes.reduce((a, b) => Math.max(a, b), 0));
  const figure = {
    svg: put('coverage', coverageDisks(columns_uC_cm2, most, sampling?.directions ?? [])),
    caption: `Directions of P of the columns of the frames that are kept, in equal-area projection${sampling ? '; rings: the directions at which the blocks’ mean P was held' : ''}.`,
  };
  if (!sampling) return { heading: 'Directions of P', svg: [figure] };
  const { coverage } = sampling;
  return {
    heading: 'Directions and sizes of P covered',
    text: `Each run holds the mean P of its block at a target; of ${plural(frames.made, 'frame')} those ${countLabel(frames.kept)} are kept whose columns fill the ball |P| ≤ ${setting(most, 'uC/cm2')} most evenly (columns are what a library’s labels count). ${percent(coverage.beyond)} of their columns lie beyond it.`,
    svg: [figure],
    table: {
      caption: 'Columns by size of P, and by direction within a size; the largest cap of directions without any.',
      columns: [
        { label: '|P|', unit: 'µC/cm²' },
        { label: 'Columns' },
        { label: 'Fewest in a direction' },
        { label: 'Most' },
        { label: 'Fewest / most', digits: 2 },
        { label: 'Largest empty cap', unit: '°' },
      ],
      rows: coverage.steps.map(({ from, to, count, least, most: top, empty_cap_deg }): Cell[] => [
        `${numberLabel(from)} to ${numberLabel(to)}`,
        count,
        least,
        top,
        decimalLabel(top > 0 ? least / top : 0, 2),
        decimalLabel(empty_cap_deg, 1),
      ]),
    },
  };
}

function strainSection(strains: readonly StrainState[], window: string, put: Put): ReportSection {
  return {
    heading: 'Strain turns the polarization',
    text: `Components of P/|P| of all cells of all frames, ${window}. Dashed: directions all alike; the axes differ. Which way P points along the normal of a film is chance, run by run. Neighbouring cells and frames are alike, so that these are fewer independent vectors than cells.`,
    svg: strains.map((state, i) => ({ svg: put(`strain-${i + 1}`, componentHistograms(state)) })),
    table: fitTable(strains),
  };
}

function runTable(summaries: readonly RunSummary[]): ReportTable {
  const vector = (values: readonly number[], places: number) =>
    values.map((v) => decimalLabel(v, places)).join(',\u00a0');
  return {
    columns: [
      { label: 'Run' },
      { label: 'T', unit: 'K' },
      { label: 'Strain' },
      { label: 'η₁, η₂, η₃', unit: '%' },
      { label: 'Field', unit: 'kV/cm' },
      { label: 'P', unit: 'µC/cm²' },
      { label: '|P| cells' },
      { label: 'columns', unit: 'µC/cm²' },
      { label: 'u rms', unit: 'Å' },
    ],
    rows: summaries.map((s): Cell[] => [
      s.run.name.replace('-', '\u2011'),
      decimalLabel(s.temperature_K, 1),
      s.run.strain,
      vector(
        s.strain.slice(0, 3).map((v) => 100 * v),
        2,
      ),
      vector(
        s.field_V_per_A.map((E) => 1e5 * E),
        1,
      ),
      vector(s.P_uC_cm2, 1),
      s.cell_uC_cm2,
      s.column_uC_cm2,
      s.u_rms_A,
    ]),
  };
}
