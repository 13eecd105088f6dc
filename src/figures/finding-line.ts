/** A finding in one line, for a terminal. */

import { countLabel, fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { AnyNull, Finding, Null } from '../findings/finding.ts';
import { NULL_WORDS } from './finding-table.ts';

export function findingLine({
  name,
  unit,
  value,
  corrected,
  sigma,
  interval,
  undetermined,
  caution,
  nulls,
}: Finding): string {
  const one = corrected ?? value;
  const words = unit === '1' ? '' : ` ${unitLabel(unit)}`;
  const number =
    sigma !== undefined && sigma > 0
      ? measured(one, sigma, unit === '1' ? '' : unit).trim()
      : `${unit === '1' && Number.isInteger(one) ? countLabel(one) : fixedLabel(one)}${words}`;
  const span = interval ? `, 95% ${fixedLabel(interval[0])} to ${fixedLabel(interval[1])}` : '';
  return `${name}: ${number}${span}${undetermined ? ` — not determined: ${undetermined}` : ''}${caution ? ` — beware: ${caution}` : ''}${nullsInLine(nulls)}`;
}

/** What there is where there is nothing to see, in brackets; nothing without nulls. */
export function nullsInLine(nulls: Finding['nulls']): string {
  const words = (Object.entries(nulls) as [AnyNull, Null][]).map(
    ([
      kind,
      {
        mean,
        interval: [low, high],
      },
    ]) =>
      kind === 'shapeless'
        ? `${NULL_WORDS[kind]} ${fixedLabel(mean)}`
        : `${NULL_WORDS[kind]} ${fixedLabel(low)} to ${fixedLabel(high)}`,
  );
  return words.length > 0 ? ` [${words.join('; ')}]` : '';
}
