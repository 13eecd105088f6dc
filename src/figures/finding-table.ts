/** Findings as a table of a report: value ± σ, interval, how many it rests on, and in grey beside it what the same statistic gives where there is nothing to see. */

import { countLabel, decimalLabel, fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { Finding, Null, NullKind } from '../findings/finding.ts';
import { richText } from './labels.ts';
import type { Cell, ReportTable } from './report.ts';

const NULLS: readonly { readonly kind: NullKind; readonly head: string }[] = [
  { kind: 'shuffled', head: 'Shuffled' },
  { kind: 'prior', head: 'P_z from the prior' },
  { kind: 'noise', head: 'Noise alone' },
];

/** Whether a null gives the value too: it lies inside the null's 95% interval. */
export function insideNull({ value }: Finding, { interval: [low, high] }: Null): boolean {
  return value >= low && value <= high;
}

/**
 * One row for each finding. A value inside the 95% interval of a null says which: it is not a finding.
 * Columns that no finding fills are left out.
 */
export function findingTable(findings: readonly Finding[], caption?: string): ReportTable {
  const nulls = NULLS.filter(({ kind }) => findings.some((finding) => finding.nulls[kind]));
  const corrected = findings.some((finding) => finding.corrected !== undefined);
  const intervals = findings.some(({ interval }) => interval);
  return {
    ...(caption === undefined ? {} : { caption }),
    columns: [
      'Finding',
      'Value ± σ',
      ...(corrected ? ['Without noise'] : []),
      ...(intervals ? ['95% interval'] : []),
      'n',
      ...nulls.map(({ head }) => head),
      ...(nulls.length > 0 ? [''] : []),
    ].map((label) => ({ label })),
    rows: findings.map((finding): Cell[] => {
      const { name, unit, value, sigma, interval, n } = finding;
      const inside = nulls.filter(({ kind }) => finding.nulls[kind] && insideNull(finding, finding.nulls[kind]));
      return [
        name,
        measured(value, sigma ?? 0, unit),
        ...(corrected ? [finding.corrected === undefined ? '' : rounded(finding.corrected, sigma, unit)] : []),
        ...(intervals ? [interval ? span(interval) : ''] : []),
        countLabel(n),
        ...nulls.map(({ kind }): Cell => nullCell(finding.nulls[kind], unit)),
        ...(nulls.length > 0
          ? [
              inside.length > 0
                ? `as ${inside.map(({ head }) => head.replace(/^[SN]/, (c) => c.toLowerCase())).join(', ')} gives`
                : '',
            ]
          : []),
      ];
    }),
  };
}

/** As many decimals as the value beside it has. */
function rounded(value: number, sigma: number | undefined, unit: string): string {
  return sigma !== undefined && sigma > 0
    ? measured(value, sigma, unit).replace(/ ± [\d.]+/, '')
    : `${fixedLabel(value)}${unit === '' || unit === '1' ? '' : ` ${unitLabel(unit)}`}`;
}

/** Two ends with as many decimals as their distance needs. */
function span([low, high]: readonly [number, number]): string {
  const width = Math.abs(high - low);
  if (!(width > 0)) return `${fixedLabel(low)} to ${fixedLabel(high)}`;
  const places = Math.max(0, 1 - Math.floor(Math.log10(width)));
  return places > 6
    ? `${fixedLabel(low)} to ${fixedLabel(high)}`
    : `${decimalLabel(low, places)} to ${decimalLabel(high, places)}`;
}

function nullCell(found: Null | undefined, unit: string): Cell {
  if (!found) return '';
  const { mean, interval } = found;
  const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(interval[1] - interval[0]) || 1))));
  const unitWords = unit === '' || unit === '1' ? '' : ` ${unitLabel(unit)}`;
  return {
    html: `<span class="null">${richText(`${decimalLabel(mean, places)} (${span(interval)})${unitWords}`)}</span>`,
  };
}
