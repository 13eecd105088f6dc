/** A finding in one line, for a terminal. */

import { fixedLabel, measured, unitLabel } from '../core/numbers.ts';
import type { AnyNull, Finding } from '../findings/finding.ts';
import { NULL_WORDS } from './finding-table.ts';

export function findingLine({ name, unit, value, corrected, sigma, interval, undetermined, nulls }: Finding): string {
  const one = corrected ?? value;
  const words = unit === '1' ? '' : ` ${unitLabel(unit)}`;
  const number =
    sigma !== undefined && sigma > 0
      ? measured(one, sigma, unit === '1' ? '' : unit).trim()
      : `${fixedLabel(one)}${words}`;
  const span = interval ? `, 95% ${fixedLabel(interval[0])} to ${fixedLabel(interval[1])}` : '';
  const others = (Object.entries(nulls) as [AnyNull, { mean: number; interval: readonly [number, number] }][]).map(
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
  const against = others.length > 0 ? ` [${others.join('; ')}]` : '';
  return `${name}: ${number}${span}${undetermined ? ` — not determined: ${undetermined}` : ''}${against}`;
}
