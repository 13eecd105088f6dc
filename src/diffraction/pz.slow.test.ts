/**
 * Is the derivative of a pattern with respect to P_z converged, wherever the atoms lie against the slices, in a slab and in a repeated cell, for every scheme?
 * A slab of whole atoms, 127 cells (50 nm), room for
 * the potential's tails; Ti ±10 pm along the beam; reference: box slices a/32. Errors are relative norms over all beams of one tilted plane wave (a single
 * direction is harsher than the mean over an aperture).
 */

import { expect, test } from 'vitest';
import type { SliceOptions } from './slices.ts';
import { repeatedSignal, signalError, slabSignal } from './test-pz.ts';
import { r1 } from './test-structures.ts';

test('P_z derivative of a slab of whole atoms, as it lies and shifted by part of a slice', () => {
  const want = slabSignal('box', 32, 0);
  const lines: string[] = [];
  const error = (slicing: SliceOptions['slicing'], perCell: number, shift: number): number => {
    const got = slabSignal(slicing, perCell, shift);
    const value = signalError(got, want);
    lines.push(
      `${slicing} a/${perCell} shifted ${shift}: P_z ${value.toFixed(3)}, R1 ${r1(got.plus, want.plus).toExponential(1)}`,
    );
    return value;
  };
  const smooth = [0, 0.37, 0.8].map((shift) => error('smooth', 16, shift));
  const spline = [0, 0.37, 0.8].map((shift) => error('spline', 16, shift));
  const coarse = error('spline', 8, 0.37);
  const box = [0, 0.37].map((shift) => error('box', 16, shift));
  const fine = error('box', 32, 0.37);
  const whole = error('whole-atom', 16, 0.37);
  const mid = slabSignal('whole-atom', 4, 0.5);
  console.log(lines.join('\n'));
  expect(fine).toBeLessThan(0.02);
  for (const value of smooth) expect(value).toBeLessThan(0.03);
  expect(spline[0]!).toBeLessThan(0.02);
  for (const value of spline) expect(value).toBeLessThan(0.15);
  expect(coarse).toBeGreaterThan(2 * spline[1]!);
  expect(box[0]!).toBeLessThan(0.02);
  expect(whole).toBeGreaterThan(0.3);
  // Planes in the middle of slices: +P_z and −P_z are the same pattern, to the last bit.
  expect(Math.hypot(...mid.derivative)).toBe(0);
});

test('box integrals need slices of a/20 for what smooth ones do with a/10', () => {
  const want = slabSignal('box', 48, 0);
  // A quarter of a slice is where box integrals are worst.
  const worst = (slicing: SliceOptions['slicing'], perCell: number) => {
    const error = signalError(slabSignal(slicing, perCell, 0.25), want);
    console.log(`${slicing} a/${perCell}: P_z ${error.toFixed(3)}, a quarter of a slice off`);
    return error;
  };
  expect(worst('box', 10)).toBeGreaterThan(1);
  expect(worst('box', 18)).toBeGreaterThan(0.05);
  expect(worst('box', 20)).toBeLessThan(0.05);
  expect(worst('smooth', 10)).toBeLessThan(0.05);
});

test('P_z derivative of a repeated cell: right with whole atoms at both faces, a third wrong without', () => {
  const want = slabSignal('box', 32, 0);
  const lines: string[] = [];
  const error = (slicing: SliceOptions['slicing'], perCell: number, shift: number, whole = true): number => {
    const got = repeatedSignal(slicing, perCell, shift, whole);
    const value = signalError(got, want);
    const difference = r1(got.plus, want.plus);
    lines.push(
      `repeated, ${whole ? 'whole' : 'cut'}: ${slicing} a/${perCell} shifted ${shift}: P_z ${value.toFixed(3)}, R1 ${difference.toExponential(1)}`,
    );
    expect(difference).toBeLessThan(5e-3);
    return value;
  };
  for (const shift of [0, 0.37, 0.5, 0.8]) {
    expect(error('smooth', 16, shift)).toBeLessThan(0.03);
    expect(error('smooth', 12, shift)).toBeLessThan(0.03);
    expect(error('smooth', 10, shift)).toBeLessThan(0.05);
  }
  expect(error('spline', 16, 0)).toBeLessThan(0.02);
  expect(error('box', 32, 0)).toBeLessThan(0.02);
  expect(error('smooth', 16, 0, false)).toBeGreaterThan(0.2);
  console.log(lines.join('\n'));
});
