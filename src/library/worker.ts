/** A worker thread, Node only: makes shards and writes them. Started by `run.ts`. */

import type { MessagePort } from 'node:worker_threads';
import { serve } from '../core/pool.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import type { ImportedFrame } from './imported.ts';
import type { LibraryInputs } from './options.ts';
import { simulateShard } from './shard.ts';
import type { ShardName } from './shard-names.ts';
import { remoteEngine } from './shared-gpu.ts';
import { writeShard } from './store.ts';

export interface ShardJob {
  readonly inputs: LibraryInputs;
  readonly path: string;
  readonly name: ShardName;
  /** Where a GPU answers (`SharedGpu`); without it the CPU computes. */
  readonly gpu?: MessagePort | undefined;
  /** The structure, where it comes from a file. */
  readonly imported?: ImportedFrame | undefined;
}

let kernel: Promise<SliceKernel> | undefined;

/** Makes one shard; returns its number of plane-wave passes. */
serve<ShardJob, number>(async ({ inputs, path, name, gpu, imported }, progress) => {
  if (!gpu) kernel ??= SliceKernel.load();
  const engine = gpu ? remoteEngine(gpu) : cpuEngine(await kernel!);
  const task = {
    signal: new AbortController().signal,
    progress: (done: number, total: number) => progress(done / total),
  };
  const shard = await simulateShard(inputs, name.index, name.heldOut, engine, task, imported?.structure);
  await writeShard(path, name, shard, inputs.library.pixels, gpu ? 'gpu' : 'cpu', imported?.source);
  return shard.passes;
});
