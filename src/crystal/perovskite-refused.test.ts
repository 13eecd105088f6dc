/** What is no whole perovskite along x, y, z is refused, saying which atom or site does not fit and why. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { problem } from '../core/test-problem.ts';
import { findPerovskiteCells } from './perovskite-cells.ts';
import type { Structure } from './structure.ts';
import { polarBlock } from './test-perovskites.ts';

/** A perovskite of 2 × 2 × 2 cells with something done to its lists of atoms. */
function spoiled(change: (symbols: string[], positions: number[]) => void): Structure {
  const { cell_A, symbols, positions_A } = polarBlock([2, 2, 2], { u: 0.1, thermal_pm: 5 });
  const [names, xyz] = [[...symbols], [...positions_A]];
  change(names, xyz);
  return { cell_A, symbols: names, positions_A: Float64Array.from(xyz) };
}

test.each([
  [
    'vacancy',
    spoiled((s, x) => {
      s.splice(12, 1);
      x.splice(36, 3);
    }),
    /39 atoms for 40 sites of 2 × 2 × 2 cells; an O site is empty/,
  ],
  [
    'extra atom on a site',
    spoiled((s, x) => {
      s.push('O');
      x.push(...x.slice(6, 9).map((v) => v + 0.3));
    }),
    /atoms 3 \(O\) and 41 \(O\).*share an O site/,
  ],
  [
    'interstitial',
    spoiled((s, x) => {
      s.push('O');
      x.push(2, 0, 1);
    }),
    /atom 41 \(O\) at \(2.00, 0.00, 1.00\) Å lies between the sites of 2 × 2 × 2 cells/,
  ],
  [
    'O on A',
    spoiled((s) => {
      s[5] = 'O';
    }),
    /atom 6 \(O\).*on an A site/,
  ],
  [
    'cation on O',
    spoiled((s) => {
      s[2] = 'Ba';
    }),
    /atom 3 \(Ba\).*on an O site/,
  ],
  [
    'Ti on A too',
    spoiled((s) => {
      s[10] = 'Ti';
    }),
    /Ti sits on A sites \(atom 11\) and on B sites/,
  ],
  ['no O', spoiled((s) => s.fill('Fe')), /holds no O, only Fe/],
  [
    'not finite',
    spoiled((_, x) => {
      x[8] = Number.NaN;
    }),
    /atom 3 has no position/,
  ],
] as const)('refused: %s', (_, structure, message) => {
  const error = problem(() => findPerovskiteCells(structure, 'x.xyz'));
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^x.xyz/);
  expect(error.tag).toBe(/position/.test(error.message) ? 'not-finite' : 'shape');
});

test('refused: rock salt, cells at 45° to the box, a box that the cells do not tile, a slab', () => {
  const rockSalt: Structure = {
    cell_A: [4.2, 4.2, 4.2],
    symbols: ['Mg', 'Mg', 'Mg', 'Mg', 'O', 'O', 'O', 'O'],
    positions_A: Float64Array.of(
      0,
      0,
      0,
      0,
      2.1,
      2.1,
      2.1,
      0,
      2.1,
      2.1,
      2.1,
      0,
      2.1,
      0,
      0,
      0,
      2.1,
      0,
      0,
      0,
      2.1,
      2.1,
      2.1,
      2.1,
    ),
  };
  expect(problem(() => findPerovskiteCells(rockSalt)).tag).toBe('shape');
  const r = Math.SQRT1_2;
  const a = 3.9;
  // c(2 × 2): A at corner and centre of a √2 × √2 cell.
  const turned: Structure = {
    cell_A: [a / r, a / r, a],
    symbols: ['Sr', 'Sr', 'Ti', 'Ti', 'O', 'O', 'O', 'O', 'O', 'O'],
    positions_A: Float64Array.from(
      [
        0, 0, 0, 0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5, 0.5, 0, 0, 0, 0.5, 0, 0.25, 0.25, 0.5, 0.75, 0.25, 0.5, 0.25,
        0.75, 0.5, 0.75, 0.75, 0.5,
      ],
      (f, i) => f * (i % 3 === 2 ? a : a / r),
    ),
  };
  const error = problem(() => findPerovskiteCells(turned));
  expect([error.tag, error.hint]).toEqual(['shape', expect.stringMatching(/45°/)]);
  const block = polarBlock([4, 4, 4]);
  const inBox = (edge: number) =>
    problem(() => findPerovskiteCells({ ...block, cell_A: [block.cell_A[0], block.cell_A[1], edge] }));
  for (const edge of [14, 21, 30, 1000, 1e12]) expect(inBox(edge).tag).toBe('shape');
  expect(inBox(6 * 3.95).message).toMatch(
    /320 atoms for 480 sites of 4 × 4 × 6 cells; .* is empty, and 159 more sites are/,
  );
});

test('any atoms at all: sites or a tagged error', () => {
  const atom = fc.tuple(
    fc.constantFrom('Ba', 'Ti', 'O'),
    fc.double(),
    fc.double({ min: -20, max: 20 }),
    fc.double({ min: 0, max: 8, noNaN: true }),
  );
  fc.assert(
    fc.property(
      fc.array(atom, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0.1, max: 40, noNaN: true }),
      (atoms, edge) => {
        try {
          findPerovskiteCells({
            cell_A: [edge, 8, 8],
            symbols: atoms.map(([s]) => s),
            positions_A: Float64Array.from(atoms.flatMap(([, ...x]) => x)),
          });
        } catch (error) {
          expect(error).toBeInstanceOf(FerroscopeError);
        }
      },
    ),
  );
});
