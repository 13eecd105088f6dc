/** A worker thread, Node only: makes shards and writes them. Started by `run.ts`. */

import { serve } from '../core/pool.ts';
import type { Recipe } from '../core/recipe.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { simulateShard } from './shard.ts';
import { type ShardName, writeShard } from './store.ts';

export interface ShardJob {
  readonly recipe: Recipe;
  readonly path: string;
  readonly name: ShardName;
}

const kernel = SliceKernel.load();

/** Makes one shard; returns its number of plane-wave passes. */
serve<ShardJob, number>(async ({ recipe, path, name }, progress) => {
  const shard = simulateShard(recipe, name.index, name.heldOut, await kernel, {
    signal: new AbortController().signal,
    progress: (done, total) => progress(done / total),
  });
  await writeShard(path, name, shard, recipe.library.pixels);
  return shard.passes;
});
