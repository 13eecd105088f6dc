/** Time that the GPU spends in passes, by its own clock; only where the device has timestamps. */

import { allocate, readFloats, USAGE } from './buffers.ts';
import type { Gpu } from './device.ts';

/** Passes that can be timed between two readings. */
const CAPACITY = 4096;

export class Stopwatch {
  readonly #gpu: Gpu;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #log: GPUBuffer;
  #passes = 0;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#queries = gpu.device.createQuerySet({ type: 'timestamp', count: 2 });
    this.#resolved = allocate(gpu.device, 256, USAGE.queryResolve | USAGE.copySource);
    this.#log = allocate(gpu.device, 16 * CAPACITY);
  }

  /** A compute pass that is timed. Call `stop` with the encoder once the pass has ended. */
  begin(encoder: GPUCommandEncoder): GPUComputePassEncoder {
    return encoder.beginComputePass({
      timestampWrites: { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
  }

  stop(encoder: GPUCommandEncoder): void {
    if (this.#passes === CAPACITY) return;
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#log, 16 * this.#passes++, 16);
  }

  /** Seconds of all passes since the last reading, or undefined if they were too many. */
  async seconds(): Promise<number | undefined> {
    const passes = this.#passes;
    const raw = new Float32Array(4 * passes);
    await readFloats(this.#gpu.device, this.#log, raw);
    this.#passes = 0;
    if (passes === CAPACITY) return undefined;
    const stamps = new BigUint64Array(raw.buffer);
    let sum = 0n;
    for (let i = 0; i < stamps.length; i += 2) sum += stamps[i + 1]! - stamps[i]!;
    return Number(sum) * 1e-9;
  }
}
