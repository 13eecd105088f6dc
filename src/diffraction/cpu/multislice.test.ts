/** The WebAssembly kernel, float32, against the float64 reference: transforms, and 80 nm of crystal; both builds. More grids, and the GPU: gpu/engines.slow.test.ts. */

import { expect, test } from 'vitest';
import { Fft2 } from '../../core/fft.ts';
import { RandomStream } from '../../core/random.ts';
import { planeWave } from '../reference.ts';
import { sliceStack } from '../slices.ts';
import { fromPanels } from '../test-panels.ts';
import { intensities, perovskiteBlock, planeWaveBeams, r1, virtualCrystal } from '../test-structures.ts';
import { fftPlan, radices } from './fft-plan.ts';
import { Multislice } from './multislice.ts';
import { toPanels } from './panels.ts';
import { hasRelaxedSimd, SliceKernel } from './wasm.ts';

/** Relaxed SIMD where the engine has it (Node 24 has); plain SIMD everywhere. */
const builds = hasRelaxedSimd() ? [true, false] : [false];
if (builds.length === 1) console.warn('SKIPPED: relaxed SIMD, which this engine lacks.');

const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };

async function beams(
  relaxed: boolean,
  stack: Parameters<typeof planeWaveBeams>[0],
  exits: readonly number[],
  options: { offset_invA?: readonly [number, number] },
): Promise<Float64Array[]> {
  const multislice = new Multislice(await SliceKernel.load(relaxed), stack, 300);
  const { nx, ny } = stack;
  const out: Float64Array[] = [];
  const wave = planeWave(nx, ny, 0, 0);
  multislice.run(
    (panels) => toPanels(wave.re, wave.im, nx, ny, panels),
    exits,
    options,
    (_, s) => {
      const spectrum = fromPanels(s, nx, ny);
      out.push(intensities(spectrum).map((I) => I / (nx * ny) ** 2));
    },
  );
  return out;
}

test('radices: 4 times any product of 2, 3, 5, 7, at least two stages', () => {
  for (const n of [4, 8, 28, 60, 84, 448]) {
    expect(radices(n).reduce((a, b) => a * b)).toBe(n);
    expect(radices(n).length).toBeGreaterThan(1);
    expect([...fftPlan(n).position].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  }
  for (const n of [2, 6, 44, 30]) expect(() => radices(n)).toThrow(/product/);
});

test.each(builds)(
  'vacuum without propagation leaves the transform of any field, every radix, two shapes: relaxed %s',
  async (relaxed) => {
    for (const [nx, ny] of [
      [4, 28],
      [8, 12],
      [60, 16],
      [56, 20],
      [84, 100],
    ] as const) {
      const zero = new Float64Array(nx * ny);
      const stack = { nx, ny, nSlices: 1, cell_A: [nx, ny, 0] as const, dz_A: 0, slice: () => zero };
      const multislice = new Multislice(await SliceKernel.load(relaxed), stack, 300);
      const random = new RandomStream(nx, 'field');
      const re = Float64Array.from({ length: nx * ny }, () => random.normal());
      const im = Float64Array.from({ length: nx * ny }, () => random.normal());
      multislice.run(
        (panels) => toPanels(re, im, nx, ny, panels),
        [0, 3],
        {},
        (_, s) => {
          const got = fromPanels(s, nx, ny);
          const want = { re: re.slice(), im: im.slice() };
          new Fft2(nx, ny).run(want.re, want.im, -1);
          let worst = 0;
          for (let i = 0; i < nx * ny; i++) {
            worst = Math.max(worst, Math.hypot(got.re[i]! - want.re[i]!, got.im[i]! - want.im[i]!));
          }
          expect(worst / Math.sqrt(nx * ny)).toBeLessThan(5e-6);
        },
      );
    }
  },
);

test.each(builds)(
  '80 nm of BST, slices a/16 (3,248 slices): R1 ≤ 1e-4 against float64, relaxed %s',
  async (relaxed) => {
    const n = 32;
    const atoms = perovskiteBlock([1, 1, 2], 3.95, new RandomStream(4, 'float32'));
    const stack = sliceStack(atoms, { nx: n, ny: n, nSlices: 32, slicing: 'smooth', u2_A2 });
    const offset_invA = [0.03, -0.011] as const;
    const exits = [203 * 16];
    const want = planeWaveBeams(stack, exits, { voltage_kV: 300, offset_invA })[0]!;
    const got = (await beams(relaxed, stack, exits, { offset_invA }))[0]!;
    const difference = r1(got, want);
    const worst = want.reduce((w, I, i) => (I > 1e-4 ? Math.max(w, Math.abs(got[i]! / I - 1)) : w), 0);
    const drift = got.reduce((a, b) => a + b) - 1;
    console.log(
      `float32 at 80 nm, ${n} pixels a cell, relaxed ${relaxed}: R1 ${difference.toExponential(1)}, worst beam above 1e-4 ${worst.toExponential(1)}, flux ${drift.toExponential(1)}`,
    );
    expect(difference).toBeLessThan(5e-5);
    expect(worst).toBeLessThan(1e-3);
  },
);

test.each(builds)('I000(+Pz) = I000(−Pz) in float32, relaxed %s', async (relaxed) => {
  const I: Float64Array[] = [];
  for (const dz of [0.1, -0.1]) {
    const crystal = virtualCrystal({ a_A: 3.95, planes: [0.25, 0.75], ti_A: [0, 0, dz] });
    const stack = sliceStack(crystal, { nx: 40, ny: 40, nSlices: 16, slicing: 'smooth', u2_A2 });
    I.push((await beams(relaxed, stack, [126.5 * 16], { offset_invA: [0.02, 0.05] }))[0]!);
  }
  const [plus, minus] = I as [Float64Array, Float64Array];
  console.log(`I000 asymmetry in float32, relaxed ${relaxed}: ${(plus[0]! / minus[0]! - 1).toExponential(1)}`);
  expect(Math.abs(plus[0]! / minus[0]! - 1)).toBeLessThan(5e-6);
});
