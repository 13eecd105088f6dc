/** Findings as a table of a report: value ± σ, interval, how many it rests on, and in grey beside it what the same statistic gives where there is nothing to see. */

import { countLabel, decimalLabel, fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { AnyNull, Finding, Null } from '../findings/finding.ts';
import { richText } from './labels.ts';
import type { Cell, ReportTable } from './report.ts';
import { escapeText } from './svg.ts';

const COLUMNS: readonly { readonly kind: AnyNull; readonly head: string }[] = [
  { kind: 'shuffled', head: 'Shuffled' },
  { kind: 'prior', head: 'P_z from the prior' },
  { kind: 'noise', head: 'Noise alone' },
];
export const NULL_WORDS: Readonly<Record<AnyNull, string>> = {
  shuffled: 'shuffled',
  prior: 'P_z from the prior',
  noise: 'noise alone',
  shapeless: 'a cloud without shape',
};

/** Whether a null gives the value too: it lies inside the null's 95% interval; of a null in closed form, which has none, that lies in the value's own. */
export function insideNull({ value, interval: own }: Finding, { mean, interval: [low, high] }: Null): boolean {
  if (low === high) return own !== undefined && mean >= own[0] && mean <= own[1];
  return value >= low && value <= high;
}

/**
 * One row for each finding. Under its name stands what there is to say: which null gives the value too (it is no finding then), why it is not determined, or that its interval is not to be trusted.
 * Columns that no finding fills are left out.
 */
export function findingTable(findings: readonly Finding[], caption?: string): ReportTable {
  const nulls = COLUMNS.filter(({ kind }) => findings.some((finding) => finding.nulls[kind]));
  const corrected = findings.some((finding) => finding.corrected !== undefined);
  const intervals = findings.some(({ interval }) => interval);
  return {
    ...(caption === undefined ? {} : { caption }),
    columns: [
      'Finding',
      ...(corrected ? ['Value', 'Without noise, ± σ'] : ['Value ± σ']),
      ...(intervals ? ['95% interval'] : []),
      'n',
      ...nulls.map(({ head }) => head),
    ].map((label) => ({ label })),
    rows: findings.map((finding): Cell[] => {
      const { value, corrected: clean, sigma = 0, interval, n } = finding;
      return [
        nameCell(finding),
        // σ is that of the value without noise where there is one.
        finding.unit === '1' && Number.isInteger(value) && !sigma
          ? countLabel(value)
          : measured(value, clean === undefined ? sigma : 0, '').trim(),
        ...(corrected ? [clean === undefined ? '' : measured(clean, sigma, '').trim()] : []),
        ...(intervals ? [interval ? span(interval) : ''] : []),
        { html: `<span class="whole">${escapeText(countLabel(n))}</span>` },
        ...nulls.map(({ kind }): Cell => nullCell(finding.nulls[kind])),
      ];
    }),
  };
}

function nameCell(finding: Finding): Cell {
  const { name, unit, undetermined, caution, nulls } = finding;
  const inside = (Object.keys(NULL_WORDS) as AnyNull[]).filter(
    (kind) => nulls[kind] && insideNull(finding, nulls[kind]),
  );
  const shapeless = nulls.shapeless ? [`a cloud without shape: ${fixedLabel(nulls.shapeless.mean)}`] : [];
  const remarks = [
    ...(undetermined === undefined ? [] : [`not determined: ${undetermined}`]),
    ...(caution === undefined ? [] : [`beware: ${caution}`]),
    ...(inside.length > 0 ? [`as ${inside.map((kind) => NULL_WORDS[kind]).join(', ')} gives`] : []),
    ...shapeless,
  ];
  const below = remarks.length === 0 ? '' : `<br><span class="null">${richText(remarks.join('; '))}</span>`;
  const words = unit === '1' ? '' : ` <span class="null">(${escapeText(unitLabel(unit))})</span>`;
  return { html: `<div class="wide">${richText(name)}${words}${below}</div>` };
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

function nullCell(found: Null | undefined): Cell {
  if (!found) return '';
  const { mean, interval } = found;
  const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(interval[1] - interval[0]) || 1))));
  return { html: `<span class="null">${richText(`${decimalLabel(mean, places)} (${span(interval)})`)}</span>` };
}
