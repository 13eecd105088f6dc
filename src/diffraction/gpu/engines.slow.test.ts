/** 80 nm of crystal on every engine in float32 (test-engines.ts), against float64. */

import { afterAll, expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { planeWave } from '../reference.ts';
import { sliceStack } from '../slices.ts';
import { intensities, perovskiteBlock, planeWaveBeams, r1, virtualCrystal } from '../test-structures.ts';
import { testEngines } from './test-engines.ts';
import { openTestGpu } from './test-gpu.ts';

const gpu = await openTestGpu();
afterAll(() => gpu?.close());
const engines = testEngines(gpu);

const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };

test.each(engines)(
  '80 nm of BST, slices a/16 (3,248 slices): R1 ≤ 1e-4 against float64, flux kept: $name',
  async (engine) => {
    for (const [n, slicing] of [
      [28, 'spline'],
      [32, 'smooth'],
      [40, 'spline'],
    ] as const) {
      const atoms = perovskiteBlock([1, 1, 2], 3.95, new RandomStream(4, 'float32'));
      const stack = sliceStack(atoms, { nx: n, ny: n, nSlices: 32, slicing, u2_A2 });
      const offset_invA = [0.03, -0.011] as const;
      const exits = [203 * 16];
      const want = planeWaveBeams(stack, exits, { voltage_kV: 300, offset_invA })[0]!;
      const got = intensities((await engine.run(stack, [planeWave(n, n, 0, 0)], exits, { offset_invA }))[0]![0]!);
      const difference = r1(got, want);
      const worst = want.reduce((w, I, i) => (I > 1e-4 ? Math.max(w, Math.abs(got[i]! / I - 1)) : w), 0);
      const drift = got.reduce((a, b) => a + b) - 1;
      console.log(
        `float32 at 80 nm, ${n} pixels a cell, ${engine.name}: R1 ${difference.toExponential(1)}, worst beam above 1e-4 ${worst.toExponential(1)}, flux ${drift.toExponential(1)}`,
      );
      expect(difference).toBeLessThan(5e-5);
      expect(worst).toBeLessThan(1e-3);
      expect(Math.abs(drift)).toBeLessThan(5e-5);
    }
  },
);

test.each(engines)('I000(+Pz) = I000(−Pz) in float32: $name', async (engine) => {
  const I: number[] = [];
  for (const dz of [0.1, -0.1]) {
    const crystal = virtualCrystal({ a_A: 3.95, planes: [0.25, 0.75], ti_A: [0, 0, dz] });
    const stack = sliceStack(crystal, { nx: 32, ny: 32, nSlices: 16, slicing: 'smooth', u2_A2 });
    const waves = [planeWave(32, 32, 0, 0)];
    const spectra = await engine.run(stack, waves, [126.5 * 16], { offset_invA: [0.02, 0.05] });
    I.push(intensities(spectra[0]![0]!)[0]!);
  }
  const asymmetry = I[0]! / I[1]! - 1;
  console.log(`I000 asymmetry in float32, ${engine.name}: ${asymmetry.toExponential(1)}`);
  expect(Math.abs(asymmetry)).toBeLessThan(5e-6);
});
