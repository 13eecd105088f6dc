/** The report of `ferroscope demo --bias`: each number from the maps beside the same from the truth and beside its nulls; maps and profiles of both. */

import { decimalLabel, duration, fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { Analysis } from '../findings/analyse.ts';
import type { Finding } from '../findings/finding.ts';
import type { Profile } from '../findings/profile.ts';
import { AXES } from '../findings/vector-field.ts';
import type { ChannelScore } from '../polarization/score.ts';
import { fieldMap } from './field-map.ts';
import { biasLabel } from './film-profile.ts';
import { nullsInLine } from './finding-line.ts';
import { NULL_WORDS } from './finding-table.ts';
import { richText } from './labels.ts';
import { profileFigure } from './profile-figure.ts';
import { buildReport, type Cell, type ReportSection, type ReportTable, type ReportWarning } from './report.ts';

export interface BiasComparison {
  /** Where left out: of the series. */
  readonly bias_V?: number | undefined;
  readonly name: string;
  readonly unit: string;
  /** From the maps: without the noise where that shifts it. */
  readonly map: number;
  readonly sigma?: number | undefined;
  readonly interval?: readonly [number, number] | undefined;
  readonly undetermined?: string | undefined;
  readonly truth: number;
  /** Whether the interval holds the truth; undefined where there is none, or the truth has no such number. */
  readonly held: boolean | undefined;
  readonly nulls: Finding['nulls'];
  /** All of it for a terminal. */
  readonly line: string;
}

export interface BiasStudy {
  readonly found: Analysis;
  readonly truth: Analysis;
  readonly summaries: readonly {
    readonly bias_V: number;
    readonly scores: readonly ChannelScore[];
    readonly warnings: readonly ReportWarning[];
  }[];
  readonly model: string;
  readonly recipe_toml: string;
  readonly version: string;
  readonly seed: number;
  /** [s] */
  readonly times: Readonly<Record<string, number>>;
}

/** Findings of the maps beside those of the truth, by name; without what neither has a number of. */
function compared(found: readonly Finding[], truth: readonly Finding[], bias_V?: number): BiasComparison[] {
  return found.flatMap((finding) => {
    const same = truth.find(({ name }) => name === finding.name);
    if (!same) return [];
    const { name, unit, value, corrected, sigma, interval, undetermined, nulls } = finding;
    const map = corrected ?? value;
    if (!Number.isFinite(map) && !Number.isFinite(same.value)) return [];
    const held =
      interval && Number.isFinite(same.value) ? same.value >= interval[0] && same.value <= interval[1] : undefined;
    const number = sigma !== undefined && sigma > 0 ? measured(map, sigma, '').trim() : fixedLabel(map);
    const line = [
      `${bias_V === undefined ? '' : `${biasLabel(bias_V)}  `}${name}: map ${number}`,
      interval ? ` (95% ${fixedLabel(interval[0])} to ${fixedLabel(interval[1])})` : '',
      undetermined ? ` (not determined: ${undetermined})` : '',
      `, truth ${fixedLabel(same.value)}${unit === '1' ? '' : ` ${unitLabel(unit)}`}`,
      held === false ? ' OUTSIDE' : '',
      nullsInLine(nulls),
    ].join('');
    return [{ bias_V, name, unit, map, sigma, interval, undetermined, truth: same.value, held, nulls, line }];
  });
}

function comparisonTable(rows: readonly BiasComparison[], caption: string): ReportTable {
  const kinds = (['shuffled', 'prior', 'noise', 'shapeless'] as const).filter((kind) =>
    rows.some(({ nulls }) => nulls[kind]),
  );
  return {
    caption,
    columns: [
      'Finding',
      'Unit',
      'From the map',
      '95% interval',
      'From the truth',
      'Held',
      'Where there is nothing to see',
    ].map((label) => ({ label })),
    rows: rows.map((row): Cell[] => [
      {
        html: `<div class="wide">${richText(row.name)}${row.undetermined === undefined ? '' : `<br><span class="null">${richText(`not determined: ${row.undetermined}`)}</span>`}</div>`,
      },
      row.unit === '1' ? '' : unitLabel(row.unit),
      row.sigma !== undefined && row.sigma > 0 ? measured(row.map, row.sigma, '').trim() : fixedLabel(row.map),
      row.interval ? `${fixedLabel(row.interval[0])} to ${fixedLabel(row.interval[1])}` : '',
      fixedLabel(row.truth),
      row.held === undefined ? '' : row.held ? 'yes' : 'NO',
      {
        html: kinds
          .flatMap((kind) => {
            const one = row.nulls[kind];
            if (!one) return [];
            const [low, high] = one.interval;
            const said = low === high ? fixedLabel(one.mean) : `${fixedLabel(low)} to ${fixedLabel(high)}`;
            return [`<span class="null">${richText(`${NULL_WORDS[kind]}: ${said}`)}</span>`];
          })
          .join('<br>'),
      },
    ]),
  };
}

/** Maps of a component under each bias, above the truth of the same positions. */
function mapSection({ found, truth }: BiasStudy, names: readonly string[]): ReportSection {
  const { shape, step_nm } = found.series;
  return {
    heading: 'Maps and truth',
    text: 'On the positions of the state nearest to 0 V. Left of each pair of a bias the map, right of it the truth.',
    svg: AXES.map((axis) => ({
      svg: fieldMap({
        shape,
        step_nm,
        heads: names.flatMap((name) => [`${name}, map`, 'truth']),
        rows: [
          {
            symbol: `P_${axis}`,
            unit: 'uC/cm2',
            signed: true,
            panels: found.series.states.flatMap(({ field }, i) => {
              const mask = found.film.map((mark, at) => mark & field.valid[at]!);
              const true_ = truth.series.states[i]!.field;
              return [
                { values: field.values[axis], mask },
                { values: true_.values[axis], mask: truth.film.map((mark, at) => mark & true_.valid[at]!) },
              ];
            }),
          },
        ],
      }),
    })),
  };
}

function profileSection({ found, truth }: BiasStudy, names: readonly string[]): ReportSection {
  const column = (profile: Profile, of: (finding: Finding) => number | undefined) =>
    Float64Array.from(profile.points, (point) => (point ? (of(point) ?? Number.NaN) : Number.NaN));
  const figures = found.states[0]!.profiles.map(({ name, unit, at_nm }, k) => ({
    svg: profileFigure({
      symbol: name,
      unit,
      place_nm: at_nm,
      states: found.states.flatMap(({ profiles }, i) => {
        const profile = profiles[k]!;
        return [
          {
            name: names[i]!,
            truth: column(truth.states[i]!.profiles[k]!, ({ value }) => value),
            values: column(profile, ({ value, corrected }) => corrected ?? value),
            ...(profile.points.some((point) => point?.interval) && {
              band95: {
                low: column(profile, ({ interval }) => interval?.[0]),
                high: column(profile, ({ interval }) => interval?.[1]),
              },
            }),
          },
        ];
      }),
    }),
  }));
  return { heading: 'Profiles across the film', svg: figures };
}

function scoreTable({ summaries }: BiasStudy): ReportTable {
  return {
    caption:
      'Each position of each map against what the probe sees there. ‘Mean only’: the error of an estimate that knows the mean alone.',
    columns: ['At', 'Channel', 'Unit', 'MAE', 'RMSE', 'Mean only', 'r', 'In 68%', 'In 95%', 'n'].map((label) => ({
      label,
    })),
    rows: summaries.flatMap(({ bias_V, scores }) =>
      scores.map((s): Cell[] => [
        biasLabel(bias_V),
        s.name,
        unitLabel(s.unit),
        fixedLabel(s.mae),
        fixedLabel(s.rmse),
        fixedLabel(s.truth_sd),
        decimalLabel(s.correlation, 2),
        s.covered_68 === undefined ? '' : `${Math.round(100 * s.covered_68)}%`,
        s.covered_95 === undefined ? '' : `${Math.round(100 * s.covered_95)}%`,
        s.count,
      ]),
    ),
  };
}

/** What maps warn of, each once: of several states the first one's numbers. */
function warningsOf(summaries: BiasStudy['summaries']): ReportWarning[] {
  const all = summaries.flatMap(({ bias_V, warnings }) => warnings.map((warning) => ({ ...warning, bias_V })));
  const alike = Map.groupBy(all, ({ text }) => text.replaceAll(/[−–-]?\d[\d.]*/g, '#'));
  return [...alike.values()].map((list) => {
    const at = list.map(({ bias_V }) => biasLabel(bias_V)).join(', ');
    const { level, text } = list[0]!;
    return { level, text: `At ${at}: ${text}${list.length > 1 ? ` (Numbers of ${biasLabel(list[0]!.bias_V)}.)` : ''}` };
  });
}

/** report.html and summary.json, and the comparisons in them. */
export function renderBiasStudy(study: BiasStudy): {
  readonly files: Map<string, string>;
  readonly comparisons: readonly BiasComparison[];
} {
  const { found, truth, model, times, recipe_toml, version, seed, summaries } = study;
  const names = found.series.states.map(({ bias_V }) => biasLabel(bias_V));
  const each = found.states.map((state, i) =>
    compared(state.findings, truth.states[i]!.findings, found.series.states[i]!.bias_V),
  );
  const series = compared(found.findings, truth.findings);
  const comparisons = [...each.flat(), ...series];
  const stated = comparisons.filter(({ held }) => held !== undefined);
  const held = stated.filter((one) => one.held);
  const html = buildReport({
    title: 'A bias experiment with a known truth',
    summary: `A film under ${names.join(', ')}, scanned across by direct multislice and mapped by ${model}, which has not seen it. Of ${stated.length} stated 95% intervals ${held.length} hold the truth.`,
    headline: [
      { label: 'intervals that hold the truth', value: `${held.length} of ${stated.length}` },
      ...found.states.map((state, i) => {
        const mean = state.findings.find(({ name }) => name === 'mean P_y')!;
        const true_ = truth.states[i]!.findings.find(({ name }) => name === 'mean P_y')!;
        return {
          label: `mean P_y at ${names[i]}, truth ${fixedLabel(true_.value)}`,
          value: mean.corrected ?? mean.value,
          unit: 'µC/cm²',
        };
      }),
    ],
    warnings: warningsOf(summaries),
    sections: [
      {
        heading: 'Numbers from the maps, from the truth, and where there is nothing to see',
        html: '<p>All figures of the maps: <a href="analysis/report.html">analysis</a>; of the truth: <a href="truth-analysis/report.html">truth-analysis</a>.</p>',
        table: [
          ...each.map((rows, i) => comparisonTable(rows, `At ${names[i]}.`)),
          ...(series.length > 0 ? [comparisonTable(series, 'Of the series.')] : []),
        ],
      },
      mapSection(study, names),
      profileSection(study, names),
      { heading: 'Position by position', table: scoreTable(study) },
      {
        heading: 'Registration',
        table: {
          columns: ['State', 'Moved by x', 'and y'].map((label) => ({ label })),
          rows: found.series.states.map(({ registration }, i) => {
            if (!registration) return [names[i]!, 'reference', ''];
            const [x, y] = registration.shift_nm;
            const [ex, ey] = registration.shift_error_nm;
            return [names[i]!, measured(x, ex, 'nm'), measured(y, ey, 'nm')];
          }),
        },
      },
    ],
    provenance: {
      recipe_toml,
      version,
      seed,
      more: Object.fromEntries(
        Object.entries(times).map(([name, seconds]) => [name.replace(/_s$/, ''), duration(seconds)]),
      ),
    },
  });
  const summary = { comparisons: comparisons.map(({ line: _, ...rest }) => rest), scores: summaries, model, times };
  return {
    files: new Map([
      ['report.html', html],
      ['summary.json', `${JSON.stringify(summary, null, 1)}\n`],
    ]),
    comparisons,
  };
}
