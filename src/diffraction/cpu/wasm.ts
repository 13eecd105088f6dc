/**
 * The compiled slice kernel: picks relaxed SIMD where the engine has it, owns one linear memory and hands out blocks of it.
 * The bytes come with the program (npm run kernels).
 */

import { bytesOfBase64 } from '../../core/base64.ts';
import { fail } from '../../core/errors.ts';
import { kernelImports } from '../../core/kernel-imports.ts';
import { PLAIN, RELAXED } from './slice.generated.ts';

interface SliceExports {
  propagate(
    psi: number,
    tmp: number,
    scratch: number,
    nx: number,
    ny: number,
    transmission: number,
    order: number,
    period: number,
    first: number,
    count: number,
    planX: number,
    planY: number,
    factors: number,
    factorX: number,
    factorY: number,
  ): void;
  transform(
    psi: number,
    t: number,
    tmp: number,
    out: number,
    scratch: number,
    nx: number,
    ny: number,
    planX: number,
    planY: number,
    orderX: number,
    orderY: number,
  ): void;
}

/** (module (func (result v128) … f32x4.relaxed_madd)): valid only where relaxed SIMD is. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
]);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/** The kernel with its memory. Addresses are byte offsets; blocks are 64-byte aligned and live as long as the kernel. */
export class SliceKernel {
  readonly run: SliceExports;
  readonly relaxed: boolean;
  readonly #memory: WebAssembly.Memory;
  #top = 1024;

  private constructor(memory: WebAssembly.Memory, run: SliceExports, relaxed: boolean) {
    this.#memory = memory;
    this.run = run;
    this.relaxed = relaxed;
  }

  static async load(relaxed: boolean = hasRelaxedSimd()): Promise<SliceKernel> {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
    const imports = kernelImports(memory, 'slice kernel');
    const { instance } = await WebAssembly.instantiate(bytesOfBase64(relaxed ? RELAXED : PLAIN), imports);
    return new SliceKernel(memory, instance.exports as unknown as SliceExports, relaxed);
  }

  /** A block of `bytes`; earlier views stay usable only until the next call, so take views afresh. @throws 'range' past 4 GB */
  allocate(bytes: number): number {
    const at = this.#top;
    this.#top = (at + bytes + 63) & ~63;
    if (at + bytes > 2 ** 31 - 65536 && at + bytes > this.#memory.buffer.byteLength) {
      // Past 2 GB the bit trick above would overflow; no simulation here comes near it.
      fail('range', 'A simulation needs more than 2 GB of kernel memory.', 'Use a smaller grid or fewer thicknesses.');
    }
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  /** Where the next block will be; give it to `release` to forget every block allocated since. */
  mark(): number {
    return this.#top;
  }

  /** Forgets what was allocated since `mark`. */
  release(mark: number): void {
    this.#top = mark;
  }

  /** `length` float32 numbers of the kernel's memory from byte `at` on: a view, void once the memory grows. */
  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  /** The same, bytes. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** The same, int32. */
  ints(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }
}
