/** Values of a CIF block: numbers with their uncertainties, the first of a column. */

import { fail } from '../core/errors.ts';
import type { CifBlock, CifValue } from './cif-syntax.ts';

/** A number, its standard uncertainty in brackets dropped: 3.905(2). @throws 'format' */
export function numberOf(text: string, what: string, name: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\(\d*\))?$/.exec(text.trim());
  return match
    ? Number(match[1])
    : fail('format', `${name}: ${what} is '${text}', which is not a number.`, 'Write it as 3.905 or 3.905(2).', {
        name,
      });
}

/** The only value of an item, or the first of a column. */
export function first(block: CifBlock, tag: string): CifValue {
  return block.columns.get(tag)?.[0];
}
