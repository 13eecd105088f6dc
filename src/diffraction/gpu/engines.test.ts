/** The same checks over both engines, WebAssembly on the CPU and WGSL on a GPU (SwiftShader unless told otherwise, see `test-gpu.ts`), float32 against float64. */

import { afterAll, expect, test } from 'vitest';
import { Fft2 } from '../../core/fft.ts';
import { RandomStream } from '../../core/random.ts';
import { absorbingStack } from '../absorption.ts';
import { multisliceReference, planeWave, type Wave } from '../reference.ts';
import { sliceStack } from '../slices.ts';
import { perovskiteBlock, strontiumTitanate } from '../test-structures.ts';
import { GpuMultislice } from './multislice.ts';
import { testEngines } from './test-engines.ts';
import { openTestGpu } from './test-gpu.ts';

const gpu = await openTestGpu();
afterAll(() => gpu?.close());
const engines = testEngines(gpu);

const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };

test.each(engines)(
  'vacuum without propagation leaves the transform of any field, every radix: $name',
  async (engine) => {
    for (const [nx, ny, gpuOptions] of [
      [4, 28, {}],
      [8, 12, { threads: 256 }],
      [60, 16, {}],
      [56, 20, { largestRadix: 4 }],
      [84, 100, { threads: 256 }],
      [128, 48, { largestRadix: 16 }],
      [1024, 8, {}],
    ] as const) {
      const zero = new Float64Array(nx * ny);
      const stack = { nx, ny, nSlices: 1, cell_A: [nx, ny, 0] as const, dz_A: 0, slice: () => zero };
      const random = new RandomStream(nx, 'field');
      const field = () => Float64Array.from({ length: nx * ny }, () => random.normal());
      const waves = [0, 1, 2].map(() => ({ re: field(), im: field() }));
      const got = await engine.run(stack, waves, [0, 3], {}, gpuOptions);
      for (const [w, { re, im }] of waves.entries()) {
        const want = { re: re.slice(), im: im.slice() };
        new Fft2(nx, ny).run(want.re, want.im, -1);
        for (const spectrum of got[w]!) {
          let worst = 0;
          for (let i = 0; i < nx * ny; i++) {
            const scale = nx * ny;
            worst = Math.max(
              worst,
              Math.hypot(spectrum.re[i]! * scale - want.re[i]!, spectrum.im[i]! * scale - want.im[i]!),
            );
          }
          expect(worst / Math.sqrt(nx * ny)).toBeLessThan(5e-6);
        }
      }
    }
  },
);

test.each(engines)(
  'absorbing crystal cut anywhere, tilted, band-limited, two waves: equals float64: $name',
  async (engine) => {
    const stack = absorbingStack(strontiumTitanate(3.905), { nx: 28, ny: 32, nSlices: 16, slicing: 'smooth', u2_A2 });
    const options = { tilt_mrad: [3, -1.5], offset_invA: [0.02, 0.05], bandLimit: 0.8 } as const;
    const exits = [5, 16, 150];
    const waves = [planeWave(28, 32, 0, 0), planeWave(28, 32, 2, -1)];
    const got = await engine.run(stack, waves, exits, options);
    for (const [w, wave] of waves.entries()) {
      const want: Wave[] = [];
      const copy = { re: wave.re.slice(), im: wave.im.slice() };
      multisliceReference(stack, copy, exits, { voltage_kV: 300, ...options }, (_, spectrum) => want.push(spectrum));
      for (const [e, { re, im }] of want.entries()) {
        const here = got[w]![e]!;
        const worst = re.reduce((a, r, i) => Math.max(a, Math.hypot(r - here.re[i]!, im[i]! - here.im[i]!)), 0);
        expect(worst).toBeLessThan(5e-6);
      }
    }
  },
);

test.runIf(gpu)(
  'plane waves, and sums of them, made on the GPU equal those of the host, negative indices too',
  async () => {
    const atoms = perovskiteBlock([1, 1, 1], 3.95, new RandomStream(1, 'plane'));
    const stack = sliceStack(atoms, { nx: 24, ny: 20, nSlices: 16, slicing: 'smooth', u2_A2 });
    const multislice = new GpuMultislice(gpu!, stack, 300);
    const plane = [
      [0, 0],
      [3, -2],
      [-1, 4],
    ] as const;
    const fields = plane.map(([gx, gy]) => planeWave(24, 20, gx, gy));
    const [made] = await multislice.run({ plane }, [7]);
    const [given] = await multislice.run({ fields }, [7]);
    const worst = (a: Float32Array, b: Float32Array) =>
      a.reduce((w, value, i) => Math.max(w, Math.abs(value - b[i]!)), 0);
    expect(worst(made!, given!)).toBeLessThan(1e-6);
    // Two waves over all three, of which two share a row.
    const points = [
      [3, -2],
      [-4, -2],
      [-1, 4],
    ] as const;
    const random = new RandomStream(1, 'amplitudes');
    const amplitudes = Float32Array.from({ length: 12 }, () => random.normal());
    const sums = [0, 1].map((w) => {
      const sum = { re: new Float64Array(480), im: new Float64Array(480) };
      for (const [p, [gx, gy]] of points.entries()) {
        const { re, im } = planeWave(24, 20, gx, gy);
        const [ar, ai] = [amplitudes[6 * w + 2 * p]!, amplitudes[6 * w + 2 * p + 1]!];
        for (let i = 0; i < 480; i++) {
          sum.re[i] = sum.re[i]! + ar * re[i]! - ai * im[i]!;
          sum.im[i] = sum.im[i]! + ar * im[i]! + ai * re[i]!;
        }
      }
      return sum;
    });
    const [summed] = await multislice.run({ points, amplitudes }, [7]);
    const [want] = await multislice.run({ fields: sums }, [7]);
    multislice.close();
    expect(worst(summed!, want!)).toBeLessThan(2e-6);
  },
);

test.runIf(gpu)('what the device refuses is an error, once', async () => {
  const { device } = gpu!;
  device.createBuffer({ size: 2 * device.limits.maxBufferSize, usage: 128 });
  await expect(gpu!.settled()).rejects.toMatchObject({ tag: 'unsupported' });
  await gpu!.settled();
});
