import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { primitiveBasis } from './primitive.ts';

test('a cell with an edge of a wrong length is refused, not searched for ever', () => {
  const crystal = {
    name: 'mistyped',
    lattice_A: [
      [5.6e6, 0, 0],
      [-2.8, 4.85, 0],
      [0, 0, 13.9],
    ],
    symbols: ['Bi', 'Fe'],
    fractional: Float64Array.of(0, 0, 0, 0.5, 0.5, 0.5),
    occupancy: Float64Array.of(1, 1),
    uIso_A2: Float64Array.of(Number.NaN, Number.NaN),
  } as const;
  const { tag, message } = problem(() => primitiveBasis(crystal));
  expect(tag).toBe('range');
  expect(message).toContain('5.600e+6, 5.600, 13.90 Å');
});
