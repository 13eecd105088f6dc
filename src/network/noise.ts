/** Counting: what a dose leaves of a pattern, in a kernel (kernels/poisson.ts). A training counts some hundred million pixels. */

import { bytesOfBase64 } from '../core/base64.ts';
import { kernelImports } from '../core/kernel-imports.ts';
import type { RandomStream } from '../core/random.ts';
import { PLAIN } from './poisson.generated.ts';

interface PoissonExports {
  counted(at: number, count: number, dose: number, path2: number, path3: number, key0: number, key1: number): void;
}

/** What the module keeps for itself lies below. */
const BASE = 65536;

let kernel: { readonly memory: WebAssembly.Memory; readonly run: PoissonExports } | undefined;

/** This thread's kernel, with room for `count` numbers. */
function kernelFor(count: number) {
  if (!kernel) {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536 });
    const imports = kernelImports(memory, 'kernel of counting');
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytesOfBase64(PLAIN)), imports);
    kernel = { memory, run: instance.exports as unknown as PoissonExports };
  }
  const missing = BASE + 4 * count - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  return kernel;
}

/**
 * Replaces the pattern, intensity fractions per pixel, by Poisson counts of `dose` [electrons per pattern], divided by the dose again.
 * @param stream gives two words, which name the stream of the deviates
 */
export function addNoise(pattern: Float32Array, dose: number, stream: RandomStream): void {
  const { memory, run } = kernelFor(pattern.length);
  const view = new Float32Array(memory.buffer, BASE, pattern.length);
  view.set(pattern);
  run.counted(BASE, pattern.length, dose, stream.bits(), stream.bits(), ...stream.key);
  pattern.set(view);
}
