/**
 * Where artefacts lie: keyed bytes under one name, such as a folder. What zarrita reads and writes, and whole-or-nothing commits. Keys are absolute, as
 * zarrita's: '/training-0007/patterns/c/0/0/0'.
 *
 * What this is not: files of the operating system. `node/` makes a store of a folder; {@link memoryStore} serves tests and pages.
 */

import type { AbsolutePath, RangeQuery } from 'zarrita';

/** Files by their key below the folder that is committed: 'patterns/c/0/0/0'. */
export type Files = Iterable<readonly [string, Uint8Array]> | AsyncIterable<readonly [string, Uint8Array]>;

export interface Store {
  /** For messages: the folder's path. */
  readonly name: string;
  /** @returns undefined where there is nothing. @throws 'file-unreadable' */
  get(key: AbsolutePath): Promise<Uint8Array | undefined>;
  /** Part of a value; shorter where it ends early. */
  getRange(key: AbsolutePath, range: RangeQuery): Promise<Uint8Array | undefined>;
  /** Writes one value, whole or not at all. @throws 'disk-full', 'file-unreadable' */
  set(key: AbsolutePath, bytes: Uint8Array): Promise<void>;
  /** Names of what lies directly here; none where the store itself is not there yet. */
  list(): Promise<string[]>;
  /** Writes a folder of files, whole or not at all; one that is there already is replaced. @throws 'disk-full', 'file-unreadable' */
  commit(folder: string, files: Files): Promise<void>;
  /** Takes away a file or folder that lies directly here, if it is there. */
  remove(entry: string): Promise<void>;
  /** The store of a folder in this one. */
  within(folder: string): Store;
}

/** Marks what is being written, or replaced, until it is whole. */
export const UNFINISHED: RegExp = /\.(part|old)$/;

/** A store in memory. */
export function memoryStore(name = 'memory', values: Map<string, Uint8Array> = new Map(), root = ''): Store {
  const at = (key: string) => `${root}${key}`;
  const within = (folder: string) => `${root}/${folder}/`;
  const store: Store = {
    name,
    get: async (key) => values.get(at(key)),
    getRange: async (key, range) => {
      const value = values.get(at(key));
      if (!value) return undefined;
      if ('suffixLength' in range) return value.slice(Math.max(0, value.length - range.suffixLength));
      return value.slice(range.offset, range.offset + range.length);
    },
    set: async (key, bytes) => {
      values.set(at(key), bytes);
    },
    list: async () => {
      const below = [...values.keys()].filter((key) => key.startsWith(`${root}/`));
      return [...new Set(below.map((key) => key.slice(root.length + 1).split('/')[0]!))];
    },
    commit: async (folder, files) => {
      const made: [string, Uint8Array][] = [];
      for await (const [key, bytes] of files) made.push([`${within(folder)}${key}`, bytes]);
      await store.remove(folder);
      for (const [key, bytes] of made) values.set(key, bytes);
    },
    remove: async (entry) => {
      for (const key of [...values.keys()]) {
        if (key === `${root}/${entry}` || key.startsWith(within(entry))) values.delete(key);
      }
    },
    within: (folder) => memoryStore(`${name}/${folder}`, values, `${root}/${folder}`),
  };
  return store;
}
