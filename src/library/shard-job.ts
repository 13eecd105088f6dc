/** What a worker thread of a library does: one shard after another. */

import { hashOfArrays } from '../core/hash.ts';
import type { Task } from '../core/task.ts';
import type { Worker } from '../core/threads.ts';
import type { Structure } from '../crystal/structure.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import type { LibraryInputs } from './options.ts';
import { type Shard, simulateShard } from './shard.ts';
import type { ShardName } from './shard-names.ts';
import { remoteEngine } from './shared-gpu.ts';

export interface ShardJob {
  readonly inputs: LibraryInputs;
  readonly name: ShardName;
  /** Where a GPU answers (`SharedGpu`); without it the CPU computes. */
  readonly gpu?: MessagePort | undefined;
  /** Where it comes from a file. */
  readonly structure?: Structure | undefined;
}

export interface MadeShard extends Shard {
  /** Hash of patterns and labels. */
  readonly content: string;
}

export async function shardWorker(): Promise<Worker<ShardJob, MadeShard>> {
  let kernel: Promise<SliceKernel> | undefined;
  return {
    async run({ inputs, name, gpu, structure }, progress) {
      if (!gpu) kernel ??= SliceKernel.load();
      const engine = gpu ? remoteEngine(gpu) : cpuEngine(await kernel!);
      const task: Task = {
        signal: new AbortController().signal,
        progress: (done, total) => progress(done / total),
      };
      const shard = await simulateShard(inputs, name.index, name.heldOut, engine, task, structure);
      return { ...shard, content: hashOfArrays(shard.patterns, shard.labels) };
    },
    handOver: ({ patterns, labels }) => [patterns.buffer as ArrayBuffer, labels.buffer as ArrayBuffer],
  };
}
