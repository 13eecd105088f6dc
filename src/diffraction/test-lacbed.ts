/**
 * The oracle for P along the beam, and what schemes of slices are held to: beams of a virtual crystal whose Ti lies ±10 pm off, from another program with
 * converged slices (box slices a/64, abTEM's multislice, 127 cells, crystal cut at the A planes, Debye–Waller factor across the beam only;
 * test/oracles/README.md). What is compared: the pattern (R1) and its change from +10 to −10 pm, I(+) − I(−), relative to its norm over 17×17 beams.
 */

import { oracle } from '../../test/oracles/oracle.ts';
import { type SliceOptions, type SliceStack, sliceStack } from './slices.ts';
import { r1, virtualCrystal } from './test-structures.ts';

const ORDERS = 17;
const tilt_mrad = [...oracle('lacbed_directions').data] as unknown as readonly [number, number];

/** Intensities [n][n] of the beams after `exit` slices, frequencies in FFT order. */
export type Pattern = (
  stack: SliceStack,
  exit: number,
  options: { voltage_kV: number; tilt_mrad: readonly [number, number] },
) => Float64Array;

interface OracleErrors {
  readonly r1: number;
  /** Of I(+) − I(−). */
  readonly pz: number;
  /** I000(+)/I000(−) − 1, which is 0 in truth. */
  readonly i000: number;
}

/** What `pattern` makes of slices on n×n points. */
export function againstOracle(
  slicing: SliceOptions['slicing'],
  perCell: number,
  n: number,
  pattern: Pattern,
): OracleErrors {
  const [p, m] = [0.1, -0.1].map((z) => {
    const crystal = virtualCrystal({ a_A: 3.95, planes: [0, 0.5], ti_A: [0, 0, z] });
    const u2 = { Ba: 0.007, Sr: 0.0079, Ti: 0.0056, O: 0.0095 };
    // Cut through the atoms at both faces, as the oracle's crystal is.
    const { cut: _, ...stack } = sliceStack(crystal, {
      nx: n,
      ny: n,
      nSlices: perCell,
      slicing,
      u2_A2: u2,
      u2z_A2: { Ba: 0, Sr: 0, Ti: 0, O: 0 },
    });
    const I = pattern(stack, 127 * perCell, { voltage_kV: 300, tilt_mrad });
    return Float64Array.from({ length: ORDERS ** 2 }, (_, i) => {
      const [h, k] = [Math.floor(i / ORDERS) - 8, (i % ORDERS) - 8];
      return I[((k + n) % n) * n + ((h + n) % n)]!;
    });
  }) as [Float64Array, Float64Array];
  const [plus, minus] = ['zp10', 'zm10'].map((name) => oracle(`lacbed_bstvca_fin64_${name}`).data) as [
    Float64Array,
    Float64Array,
  ];
  const want = plus.map((I, i) => I - minus[i]!);
  const centre = (ORDERS ** 2 - 1) / 2;
  const result = {
    r1: r1(p, plus),
    pz: Math.hypot(...want.map((d, i) => p[i]! - m[i]! - d)) / Math.hypot(...want),
    i000: Math.abs(p[centre]! / m[centre]! - 1),
  };
  console.log(
    `P_z oracle, ${slicing} a/${perCell}: R1 ${result.r1.toExponential(1)}, P_z difference off by ${(100 * result.pz).toPrecision(2)}%, ` +
      `I000(+)/I000(−) − 1 = ${result.i000.toExponential(1)}`,
  );
  return result;
}
