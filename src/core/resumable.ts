/**
 * Long work in units, each committed whole to a store whose root states the identity of the work. Run again, only what is missing is made; under another
 * identity the store is refused, and the difference named.
 *
 *     const made = await resumable({ store, identity, attributes, units, key, alone: true }, (missing) => runJobs(…));
 */

import * as z from 'zod';
import { fail } from './errors.ts';
import { type Identity, identitySchema, requireSame } from './identity.ts';
import { type Store, UNFINISHED } from './store.ts';
import { GroupFiles, readAttributes } from './zarr.ts';

export interface ResumableWork<Unit> {
  readonly store: Store;
  readonly identity: Identity;
  /** What the root says besides its identity. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly units: readonly Unit[];
  /** Name of a unit's folder in the store. */
  readonly key: (unit: Unit) => string;
  /** No other process writes here: sweep up what killed runs left. */
  readonly alone: boolean;
  /** Drop work of another identity in place of refusing it. Default false. */
  readonly overwrite?: boolean | undefined;
}

const stamp = z.looseObject({ identity: identitySchema });
const HINT = 'Choose another --out, or remove it.';

/**
 * Makes the root, or checks that the one there is of the same identity; then hands over the units that are missing. Several processes may do this at once in
 * one store, where none is `alone`.
 * @returns what `make` returns
 * @throws 'stale' for work of another identity, 'file-exists' for a place that holds something else, and what `make` throws
 */
export async function resumable<Unit, Result>(
  work: ResumableWork<Unit>,
  make: (missing: readonly Unit[]) => Promise<Result>,
): Promise<Result> {
  const present = new Set(await begin(work));
  return make(work.units.filter((unit) => !present.has(work.key(unit))));
}

/** @returns what is whole in the store */
async function begin<Unit>({ store, identity, attributes, alone, overwrite }: ResumableWork<Unit>): Promise<string[]> {
  // One listing answers all questions: between two looks another process may have made the root.
  const entries = await store.list();
  const whole = entries.filter((entry) => !UNFINISHED.test(entry));
  if (whole.includes('zarr.json')) {
    const kept = await readAttributes(store, stamp, 'work that this version of Ferroscope can go on with', HINT);
    if (!overwrite || kept.identity.id === identity.id) {
      requireSame(kept.identity, identity, store.name, HINT);
      for (const entry of alone ? entries : []) if (UNFINISHED.test(entry)) await store.remove(entry);
      return whole;
    }
    for (const entry of entries) await store.remove(entry);
  } else if (whole.length > 0) {
    fail('file-exists', `${store.name} exists and holds something else.`, HINT, { path: store.name });
  }
  const [[, root]] = new GroupFiles().finish({ ...attributes, identity }) as [[string, Uint8Array]];
  await store.set('/zarr.json', root);
  return [];
}
