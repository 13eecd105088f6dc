/**
 * Rocking patterns of a crystal polarized along the beam, from another program with converged slices (/work/shared/reference/lacbed_*: box slices a/64, abTEM's
 * multislice, crystal cut at the A planes, Debye–Waller factor across the beam only): the oracle for P_z. What is compared: the pattern (R1) and
 * the difference between +10 and −10 pm of Ti, I(+) − I(−), relative to its norm over 17×17 beams.
 */

import { expect, test } from 'vitest';
import { planeWave } from './reference.ts';
import { type SliceOptions, sliceStack } from './slices.ts';
import { abtemMultislice } from './test-abtem.ts';
import { intensities, r1, sharedNpy, virtualCrystal } from './test-structures.ts';

const DIRECTION = 100;
const N = 48;
const ORDERS = 17;

test('P_z: box slices reproduce the oracle; a/16 to 2%; spline a/16 to 12%; whole-atom slices are an artefact', (context) => {
  const file = (name: string) => sharedNpy(context, name).data as Float64Array;
  const tilt_mrad = [...file('lacbed_directions').subarray(2 * DIRECTION, 2 * DIRECTION + 2)] as unknown as [
    number,
    number,
  ];
  const [plus, minus] = ['zp10', 'zm10'].map((name) =>
    file(`lacbed_bstvca_fin64_${name}`).subarray(ORDERS ** 2 * DIRECTION, ORDERS ** 2 * (DIRECTION + 1)),
  ) as [Float64Array, Float64Array];

  function pattern(slicing: SliceOptions['slicing'], perCell: number, ti_A: number): Float64Array {
    const stack = sliceStack(virtualCrystal({ a_A: 3.95, planes: [0, 0.5], ti_A: [0, 0, ti_A] }), {
      nx: N,
      ny: N,
      nSlices: perCell,
      slicing,
      u2_A2: { Ba: 0.007, Sr: 0.0079, Ti: 0.0056, O: 0.0095 },
      u2z_A2: { Ba: 0, Sr: 0, Ti: 0, O: 0 },
    });
    let out = new Float64Array();
    const wave = planeWave(N, N, 0, 0);
    abtemMultislice(stack, 1, wave, [127 * perCell], { voltage_kV: 300, tilt_mrad }, (_, spectrum) => {
      const I = intensities(spectrum);
      out = Float64Array.from({ length: ORDERS ** 2 }, (_, i) => {
        const [h, k] = [Math.floor(i / ORDERS) - 8, (i % ORDERS) - 8];
        return I[((k + N) % N) * N + ((h + N) % N)]!;
      });
    });
    return out;
  }

  function compare(slicing: SliceOptions['slicing'], perCell: number) {
    const [p, m] = [0.1, -0.1].map((z) => pattern(slicing, perCell, z)) as [Float64Array, Float64Array];
    let off = 0;
    let norm = 0;
    for (let i = 0; i < p.length; i++) {
      const want = plus[i]! - minus[i]!;
      off += (p[i]! - m[i]! - want) ** 2;
      norm += want ** 2;
    }
    const centre = (ORDERS ** 2 - 1) / 2;
    const result = { r1: r1(p, plus), pz: Math.sqrt(off / norm), i000: Math.abs(p[centre]! / m[centre]! - 1) };
    console.log(
      `P_z oracle, ${slicing} a/${perCell}: R1 ${result.r1.toExponential(1)}, P_z difference off by ${(100 * result.pz).toPrecision(2)}%, ` +
        `I000(+)/I000(−) − 1 = ${result.i000.toExponential(1)}`,
    );
    return result;
  }

  const exact = compare('box', 64);
  expect(exact.r1).toBeLessThan(2e-4);
  expect(exact.pz).toBeLessThan(5e-4);
  expect(exact.i000).toBeLessThan(1e-11);
  const box = compare('box', 16);
  expect(box.r1).toBeLessThan(3e-3);
  expect(box.pz).toBeLessThan(0.03);
  const smooth = compare('smooth', 16);
  expect(smooth.r1).toBeLessThan(5e-3);
  expect(smooth.pz).toBeLessThan(0.03);
  // The whole projection of each plane, with no extent along the beam: more wrong where the surface cuts atoms than in a slab of whole atoms (pz.test.ts).
  const spline = compare('spline', 16);
  expect(spline.r1).toBeLessThan(3e-3);
  expect(spline.pz).toBeLessThan(0.13);
  expect(spline.i000).toBeLessThan(1e-11);
  const whole = compare('whole-atom', 16);
  expect(whole.pz).toBeGreaterThan(0.3);
  expect(whole.i000).toBeGreaterThan(1e-5);
});
