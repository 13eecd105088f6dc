/** The engines that the tests of this folder run alike: WebAssembly on the CPU, and WGSL on a GPU where there is one (test-gpu.ts). */

import { Multislice } from '../cpu/multislice.ts';
import { toPanels } from '../cpu/panels.ts';
import { hasRelaxedSimd, SliceKernel } from '../cpu/wasm.ts';
import type { MultisliceOptions, Wave } from '../reference.ts';
import type { SliceStack } from '../slices.ts';
import { fromPanels } from '../test-panels.ts';
import type { Gpu } from './device.ts';
import { GpuMultislice, type GpuMultisliceOptions } from './multislice.ts';

export interface Engine {
  readonly name: string;
  /** Spectra over nx·ny at each exit of each wave. */
  run(
    stack: SliceStack,
    waves: readonly Wave[],
    exits: readonly number[],
    options: Omit<MultisliceOptions, 'voltage_kV'>,
    gpuOptions?: GpuMultisliceOptions,
  ): Promise<Wave[][]>;
}

const cpu = (relaxed: boolean): Engine => ({
  name: relaxed ? 'CPU' : 'CPU, plain SIMD',
  async run(stack, waves, exits, { bandLimit, ...options }) {
    const { nx, ny } = stack;
    const multislice = new Multislice(await SliceKernel.load(relaxed), stack, 300, [1, 1], bandLimit);
    return waves.map(({ re, im }) => {
      const out: Wave[] = [];
      multislice.run(
        (panels) => toPanels(re, im, nx, ny, panels),
        exits,
        options,
        (_, panels) => {
          const spectrum = fromPanels(panels, nx, ny);
          const over = (part: Float64Array) => part.map((value) => value / (nx * ny));
          out.push({ re: over(spectrum.re), im: over(spectrum.im) });
        },
      );
      return out;
    });
  },
});

const onGpu = (gpu: Gpu): Engine => ({
  name: `GPU (${gpu.name})`,
  async run(stack, waves, exits, { bandLimit = 1, ...options }, gpuOptions) {
    const size = stack.nx * stack.ny;
    const multislice = new GpuMultislice(gpu, stack, 300, { bandLimit, ...gpuOptions });
    const spectra = await multislice.run({ fields: waves }, exits, options);
    multislice.close();
    return waves.map((_, w) =>
      spectra.map((all) => {
        const part = (at: number) => Float64Array.from({ length: size }, (_, i) => all[2 * (w * size + i) + at]!);
        return { re: part(0), im: part(1) };
      }),
    );
  },
});

/** Both builds of the kernel (relaxed SIMD where this Node has it), and the GPU. */
export function testEngines(gpu: Gpu | undefined): Engine[] {
  if (!hasRelaxedSimd()) console.warn('SKIPPED: relaxed SIMD, for want of an engine that has it.');
  return [...(hasRelaxedSimd() ? [cpu(true)] : []), cpu(false), ...(gpu ? [onGpu(gpu)] : [])];
}
