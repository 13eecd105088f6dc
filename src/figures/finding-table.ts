/** Findings as a table of a report: value ± σ, interval, how many it rests on, and in grey beside it what the same statistic gives where there is nothing to see. */

import { countLabel, decimalLabel, fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { AnyNull, Finding, Null } from '../findings/finding.ts';
import { richText } from './labels.ts';
import type { Cell, ReportTable } from './report.ts';

const NULLS: readonly { readonly kind: AnyNull; readonly head: string }[] = [
  { kind: 'shuffled', head: 'Shuffled' },
  { kind: 'prior', head: 'P_z from the prior' },
  { kind: 'noise', head: 'Noise alone' },
  { kind: 'shapeless', head: 'Cloud without shape' },
];

/** Whether a null gives the value too: it lies inside the null's 95% interval. */
export function insideNull({ value }: Finding, { interval: [low, high] }: Null): boolean {
  return value >= low && value <= high;
}

/**
 * One row for each finding. A value inside the 95% interval of a null says which: it is not a finding. One that is not determined says why.
 * Columns that no finding fills are left out.
 */
export function findingTable(findings: readonly Finding[], caption?: string): ReportTable {
  const nulls = NULLS.filter(({ kind }) => findings.some((finding) => finding.nulls[kind]));
  const corrected = findings.some((finding) => finding.corrected !== undefined);
  const intervals = findings.some(({ interval }) => interval);
  const remarks = nulls.length > 0 || findings.some(({ undetermined }) => undetermined !== undefined);
  return {
    ...(caption === undefined ? {} : { caption }),
    columns: [
      'Finding',
      ...(corrected ? ['Value', 'Without noise, ± σ'] : ['Value ± σ']),
      ...(intervals ? ['95% interval'] : []),
      'n',
      ...nulls.map(({ head }) => head),
      ...(remarks ? [''] : []),
    ].map((label) => ({ label })),
    rows: findings.map((finding): Cell[] => {
      const { name, value, corrected: clean, sigma = 0, interval, n } = finding;
      const unit = finding.unit === '1' ? '' : finding.unit;
      const inside = nulls.filter(({ kind }) => finding.nulls[kind] && insideNull(finding, finding.nulls[kind]));
      return [
        name,
        // σ is that of the value without noise where there is one.
        measured(value, clean === undefined ? sigma : 0, unit).trim(),
        ...(corrected ? [clean === undefined ? '' : measured(clean, sigma, unit).trim()] : []),
        ...(intervals ? [interval ? span(interval) : ''] : []),
        countLabel(n),
        ...nulls.map(({ kind }): Cell => nullCell(finding.nulls[kind], unit)),
        ...(remarks
          ? [
              remark(
                finding,
                inside.map(({ head }) => head),
              ),
            ]
          : []),
      ];
    }),
  };
}

/** @param inside heads of nulls that give the value too */
function remark({ undetermined }: Finding, inside: readonly string[]): string {
  if (undetermined !== undefined) return `not determined: ${undetermined}`;
  const names = inside.map((head) => head.replace(/^[SNC]/, (letter) => letter.toLowerCase()));
  return names.length > 0 ? `as ${names.join(', ')} gives` : '';
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
