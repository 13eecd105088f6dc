/** Every case of ../shared/cases/structures comes to its right value, or is refused with the true cause. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { structureCases } from '../scripts/cases/structures.ts';
import { skipAloud } from './skip-aloud.ts';

const CASES = resolve(import.meta.dirname, '../../shared/cases/structures');

test('cases of structures', async (context) => {
  if (!existsSync(CASES)) skipAloud(context, CASES);
  const verdicts = await structureCases(CASES);
  expect(verdicts.filter(({ verdict }) => verdict === 'wrong')).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(0);
});
