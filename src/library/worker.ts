/** A worker thread, Node only: makes shards on request and writes them. Started by `run.ts`. */

import { parentPort } from 'node:worker_threads';
import { FerroscopeError } from '../core/errors.ts';
import type { Recipe } from '../core/recipe.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { simulateShard } from './shard.ts';
import { type ShardName, writeShard } from './store.ts';

export interface ShardJob {
  readonly recipe: Recipe;
  readonly path: string;
  readonly name: ShardName;
}

export type ShardReply =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly passes: number }
  | { readonly kind: 'error'; readonly tag?: string; readonly message: string; readonly hint?: string };

const port = parentPort;
if (port) {
  const kernel = SliceKernel.load();
  const send = (reply: ShardReply) => port.postMessage(reply);
  port.on('message', async ({ recipe, path, name }: ShardJob) => {
    try {
      const shard = simulateShard(recipe, name.index, name.heldOut, await kernel, {
        signal: new AbortController().signal,
        progress: (done, total) => send({ kind: 'progress', done, total }),
      });
      await writeShard(path, name, shard, recipe.library.pixels);
      send({ kind: 'done', passes: shard.passes });
    } catch (error) {
      if (error instanceof FerroscopeError) {
        send({ kind: 'error', tag: error.tag, message: error.message, hint: error.hint });
      } else send({ kind: 'error', message: (error as Error).stack ?? String(error) });
    }
  });
}
