/**
 * The signal of P along the beam, I(+Pz) − I(−Pz), of 127 cells (50 nm) of a BST virtual crystal, Ti ±10 pm, one tilted plane wave: what schemes of slices
 * are judged by, in `pz.test.ts`, `pz.slow.test.ts` and in the figures of docs/verification.md.
 */

import { type SliceOptions, type SliceStack, sliceStack } from './slices.ts';
import { planeWaveBeams, virtualCrystal } from './test-structures.ts';

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

export interface Signal {
  /** Beams for +Pz, and what changes with its sign. */
  readonly plus: Float64Array;
  readonly derivative: Float64Array;
}

/** Of a slab of whole atoms in vacuum. */
export function slabSignal(slicing: SliceOptions['slicing'], perCell: number, shift: number): Signal {
  const exits = [(CELLS + 4) * perCell];
  const [plus, minus] = [0.1, -0.1].map(
    (z) => planeWaveBeams(slab(slicing, perCell, z, shift), exits, { voltage_kV: 300, tilt_mrad: [0.8, 0.5] })[0]!,
  ) as [Float64Array, Float64Array];
  return { plus, derivative: plus.map((I, i) => I - minus[i]!) };
}

/** One cell repeated 127 times, cut between its planes, with or without whole atoms at both faces. */
export function repeatedSignal(
  slicing: SliceOptions['slicing'],
  perCell: number,
  shift: number,
  whole: boolean,
): Signal {
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

/** Norm of the difference of two signals over that of the second. */
export function signalError(got: Signal, want: Signal): number {
  return Math.hypot(...got.derivative.map((d, i) => d - want.derivative[i]!)) / Math.hypot(...want.derivative);
}
