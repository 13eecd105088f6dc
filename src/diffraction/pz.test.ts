/**
 * Is the derivative of a pattern with respect to P_z converged, wherever the atoms lie against the slices, in a slab and in a repeated cell? A slab of whole atoms, 127 cells (50 nm), room for
 * the potential's tails; Ti ±10 pm along the beam; reference: box slices a/32. Errors are relative norms over all beams of one tilted plane wave (a single
 * direction is harsher than the mean over an aperture).
 */

import { expect, test } from 'vitest';
import { type SliceOptions, type SliceStack, sliceStack } from './slices.ts';
import { planeWaveBeams, r1, virtualCrystal } from './test-structures.ts';

const A = 3.95;
const N = 28;
const CELLS = 127;
const U2 = { Ba: 0.007, Sr: 0.0079, Ti: 0.0056, O: 0.0095 };

/** A slab as the sum of its cells' slices, each cell in two periods of vacuum on either side. `shift` in slices. */
function slab(slicing: SliceOptions['slicing'], perCell: number, ti_A: number, shift: number): SliceStack {
  const cell = virtualCrystal({
    a_A: A,
    planes: [0.25, 0.75],
    ti_A: [0, 0, ti_A],
    shift_A: [0, 0, (shift * A) / perCell + 2 * A],
  });
  const one = sliceStack(
    { ...cell, cell_A: [A, A, 5 * A] },
    { nx: N, ny: N, nSlices: 5 * perCell, slicing, u2_A2: U2 },
  );
  const parts = Array.from({ length: 5 * perCell }, (_, s) => one.slice(s));
  const slice = (s: number) => {
    const out = new Float64Array(N * N);
    for (let c = Math.max(0, Math.ceil((s + 1) / perCell) - 5); c < CELLS && c * perCell <= s; c++) {
      const part = parts[s - c * perCell]!;
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + part[i]!;
    }
    return out;
  };
  return {
    nx: N,
    ny: N,
    nSlices: (CELLS + 4) * perCell,
    cell_A: [A, A, (CELLS + 4) * A],
    dz_A: A / perCell,
    slice,
  };
}

function run(slicing: SliceOptions['slicing'], perCell: number, shift: number) {
  const exits = [(CELLS + 4) * perCell];
  const [plus, minus] = [0.1, -0.1].map(
    (z) => planeWaveBeams(slab(slicing, perCell, z, shift), exits, { voltage_kV: 300, tilt_mrad: [0.8, 0.5] })[0]!,
  ) as [Float64Array, Float64Array];
  return { plus, derivative: plus.map((I, i) => I - minus[i]!) };
}

test('P_z derivative of a slab of whole atoms, as it lies and shifted by part of a slice', () => {
  const want = run('box', 32, 0);
  const norm = Math.hypot(...want.derivative);
  const lines: string[] = [];
  const error = (slicing: SliceOptions['slicing'], perCell: number, shift: number): number => {
    const got = run(slicing, perCell, shift);
    const value = Math.hypot(...got.derivative.map((d, i) => d - want.derivative[i]!)) / norm;
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
  const mid = run('whole-atom', 4, 0.5);
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

/** One cell repeated 127 times, cut between its planes, with or without whole atoms at both faces. */
function repeated(slicing: SliceOptions['slicing'], perCell: number, shift: number, whole: boolean) {
  const [plus, minus] = [0.1, -0.1].map((z) => {
    const shift_A = [0, 0, (shift * A) / perCell] as const;
    const cell = virtualCrystal({ a_A: A, planes: [0.25, 0.75], ti_A: [0, 0, z], shift_A });
    const options = { nx: N, ny: N, nSlices: perCell, slicing, u2_A2: U2 };
    const { cut, ...stack } = sliceStack({ ...cell, cell_A: [A, A, A] }, options);
    const given = whole && cut ? { ...stack, cut } : stack;
    return planeWaveBeams(given, [CELLS * perCell], { voltage_kV: 300, tilt_mrad: [0.8, 0.5] })[0]!;
  }) as [Float64Array, Float64Array];
  return { plus, derivative: plus.map((I, i) => I - minus[i]!) };
}

test('P_z derivative of a repeated cell: right with whole atoms at both faces, a third wrong without', () => {
  const want = run('box', 32, 0);
  const norm = Math.hypot(...want.derivative);
  const lines: string[] = [];
  const error = (slicing: SliceOptions['slicing'], perCell: number, shift: number, whole = true): number => {
    const got = repeated(slicing, perCell, shift, whole);
    const value = Math.hypot(...got.derivative.map((d, i) => d - want.derivative[i]!)) / norm;
    const difference = r1(got.plus, want.plus);
    lines.push(
      `repeated, ${whole ? 'whole' : 'cut'}: ${slicing} a/${perCell} shifted ${shift}: P_z ${value.toFixed(3)}, R1 ${difference.toExponential(1)}`,
    );
    expect(difference).toBeLessThan(5e-3);
    return value;
  };
  for (const shift of [0, 0.37, 0.5, 0.8]) {
    expect(error('smooth', 16, shift)).toBeLessThan(0.03);
    expect(error('smooth', 12, shift)).toBeLessThan(0.1);
  }
  expect(error('spline', 16, 0)).toBeLessThan(0.02);
  expect(error('box', 32, 0)).toBeLessThan(0.02);
  expect(error('smooth', 16, 0, false)).toBeGreaterThan(0.2);
  console.log(lines.join('\n'));
});
