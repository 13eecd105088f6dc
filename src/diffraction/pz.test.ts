/**
 * Is the derivative of a pattern with respect to P_z right where libraries are made: slices of a/10, a repeated cell, atoms anywhere against the slices? The
 * reference is a slab of whole atoms in box slices a/32 (test-pz.ts). Every scheme, at rest and shifted: pz.slow.test.ts.
 */

import { expect, test } from 'vitest';
import { repeatedSignal, signalError, slabSignal } from './test-pz.ts';
import { r1 } from './test-structures.ts';

test('smooth a/10, repeated cell: P_z to 5%, pattern to 0.5%; cut faces and whole-atom slices are wrong by far more', () => {
  const want = slabSignal('box', 32, 0);
  for (const shift of [0.37, 0.8]) {
    const got = repeatedSignal('smooth', 10, shift, true);
    expect(signalError(got, want)).toBeLessThan(0.05);
    expect(r1(got.plus, want.plus)).toBeLessThan(5e-3);
  }
  expect(signalError(repeatedSignal('smooth', 10, 0, false), want)).toBeGreaterThan(0.2);
  expect(signalError(slabSignal('whole-atom', 10, 0.37), want)).toBeGreaterThan(0.3);
});
