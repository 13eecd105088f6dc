/** A checkpoint of a training: a group whose attributes say where the training stands, with its arrays, float32 vectors. Replaced whole at every save. */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import { GroupFiles, rawAttributes, readArray } from '../core/zarr.ts';

const FOLDER = 'state';
const header = z.object({ header: z.unknown(), arrays: z.array(z.string()) });

/** Where the training stands, as JSON keeps it, and its vectors by name. */
export interface Checkpoint<Header> {
  readonly header: Header;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** Replaces the checkpoint in a store. What storing throws passes through. */
export async function writeCheckpoint<Header>(store: Store, { header, arrays }: Checkpoint<Header>): Promise<void> {
  const group = new GroupFiles();
  for (const [name, data] of Object.entries(arrays)) {
    await group.put(name, { data, shape: [data.length], dimensions: ['value'] });
  }
  await store.commit(FOLDER, group.finish({ header, arrays: Object.keys(arrays) }));
}

/** The checkpoint in a store; undefined where there is none. The header is taken as it was written. @throws 'format' for a damaged one */
export async function readCheckpoint<Header>(store: Store): Promise<Checkpoint<Header> | undefined> {
  const state = store.within(FOLDER);
  const attributes = await rawAttributes(state);
  if (!attributes) return undefined;
  const found = header.safeParse(attributes);
  if (!found.success) fail('format', `${state.name} is damaged.`, `Remove ${store.name} to start the training again.`);
  const arrays: Record<string, Float32Array> = {};
  for (const name of found.data.arrays) arrays[name] = (await readArray(state, name, Float32Array)).data;
  return { header: found.data.header as Header, arrays };
}
