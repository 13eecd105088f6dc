/**
 * Adam (Kingma and Ba 2015, algorithm 1) in a kernel of its own (kernels/adam.ts), on the flat arrays of a training, in place:
 *   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − α·m/(√v + ε̂),
 *   α = rate·√(1−β₂ᵗ)/(1−β₁ᵗ),  ε̂ = ε·√(1−β₂ᵗ)   (section 2's equivalent form).
 * The arrays hold m/(1−β₁) and v/(1−β₂), which saves two products; α and ε̂ take up the constants. As nodes of the training graph it was twelve passes over the
 * memory in place of one, and most of a step of dense layers (note 12).
 */

import { bytesOfBase64 } from '../core/base64.ts';
import { fail } from '../core/errors.ts';
import { kernelImports } from '../core/kernel-imports.ts';
import { PLAIN } from './adam.generated.ts';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

interface AdamExports {
  update(
    p: number,
    m: number,
    v: number,
    gradient: number,
    fours: number,
    beta1: number,
    beta2: number,
    size: number,
    epsilon: number,
  ): void;
}

/** Parameters, scaled moments and the gradient of the next step, `count` float32 each, in the kernel's memory, which never grows. */
export class Adam {
  readonly p: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** To be filled before a step. */
  readonly gradient: Float32Array;
  readonly #run: AdamExports;

  private constructor(arrays: readonly Float32Array[], run: AdamExports) {
    [this.p, this.m, this.v, this.gradient] = arrays as [Float32Array, Float32Array, Float32Array, Float32Array];
    this.#run = run;
  }

  /** @throws 'range' for more parameters than the kernel's 4 GB hold */
  static async load(count: number): Promise<Adam> {
    // What a module keeps for itself lies below the first page's end; each array begins on a cache line.
    const bytes = Math.ceil(count / 16) * 64;
    const pages = 1 + Math.ceil((4 * bytes) / 65536);
    if (pages > 65536) {
      fail(
        'range',
        `A network of ${count} weights takes more than 4 GB to train.`,
        'Lower network.widths or network.channels.',
        { count },
      );
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
    const imports = kernelImports(memory, 'kernel of Adam');
    const { instance } = await WebAssembly.instantiate(bytesOfBase64(PLAIN), imports);
    const arrays = [0, 1, 2, 3].map((i) => new Float32Array(memory.buffer, 65536 + i * bytes, count));
    return new Adam(arrays, instance.exports as unknown as AdamExports);
  }

  /**
   * One step along `gradient`.
   * @param rate learning rate @param t number of the step, 1, 2, …
   */
  step(rate: number, t: number): void {
    const root = Math.sqrt(1 - BETA2 ** t);
    this.#run.update(
      this.p.byteOffset,
      this.m.byteOffset,
      this.v.byteOffset,
      this.gradient.byteOffset,
      Math.ceil(this.p.length / 4),
      BETA1,
      BETA2,
      (rate * root * (1 - BETA1)) / Math.sqrt(1 - BETA2) / (1 - BETA1 ** t),
      (EPSILON * root) / Math.sqrt(1 - BETA2),
    );
  }
}
