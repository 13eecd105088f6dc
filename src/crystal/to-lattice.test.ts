/** Imported blocks on a recipe's lattice. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { bornCharges } from './born-charges.ts';
import { localFields } from './local.ts';
import { findPerovskiteCells } from './perovskite-cells.ts';
import { foreign, polarBlock } from './test-perovskites.ts';
import { pseudoCubicEdge, toLattice } from './to-lattice.ts';

test("on a recipe's lattice: displacements stay, too much strain is refused", () => {
  const found = findPerovskiteCells(
    foreign(polarBlock([2, 2, 3]), [1, 2, 3], [1, 1.004, 1.01], new RandomStream(2, 'l')).structure,
  );
  const a = pseudoCubicEdge(found);
  expect(a).toBeCloseTo(3.95 * Math.cbrt(1.004 * 1.01), 9);
  const block = toLattice(found, a);
  expect(block.cell_A).toEqual([2 * a, 2 * a, 3 * a]);
  const [before, after] = [localFields(found, bornCharges(found)), localFields(block, bornCharges(block))];
  for (const key of ['P', 'dTi', 'dO'] as const)
    for (const [i, value] of before[key].entries()) expect(after[key][i]).toBeCloseTo(value, 8);
  const error = problem(() => toLattice(found, 3.8));
  expect([error.tag, error.hint]).toEqual(['range', expect.stringContaining(a.toFixed(3))]);
});
