/** A folder as a store. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Store } from '../core/store.ts';
import { fileError, writeFolderWhole, writeWhole } from './files.ts';

const missing = (error: unknown) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as { code?: string }).code ?? '');

export function folderStore(path: string): Store {
  return {
    name: path,
    async get(key) {
      try {
        return new Uint8Array(await readFile(join(path, key)));
      } catch (error) {
        if (missing(error)) return undefined;
        throw fileError(error, join(path, key));
      }
    },
    // A training reads some kB at a time, a million times: without a thread's turn for each step it costs a tenth.
    async getRange(key, range) {
      let file: number | undefined;
      try {
        file = openSync(join(path, key), 'r');
        const [offset, length] =
          'suffixLength' in range
            ? [fstatSync(file).size - range.suffixLength, range.suffixLength]
            : [range.offset, range.length];
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, Math.max(0, offset)));
      } catch (error) {
        if (missing(error)) return undefined;
        throw fileError(error, join(path, key));
      } finally {
        if (file !== undefined) closeSync(file);
      }
    },
    set: (key, bytes) => writeWhole(join(path, key), bytes),
    async list() {
      try {
        return await readdir(path);
      } catch (error) {
        if (missing(error)) return [];
        throw fileError(error, path);
      }
    },
    async commit(folder, files) {
      try {
        await mkdir(path, { recursive: true });
      } catch (error) {
        throw fileError(error, path);
      }
      await writeFolderWhole(join(path, folder), files);
    },
    remove: (entry) => rm(join(path, entry), { recursive: true, force: true }),
    within: (folder) => folderStore(join(path, folder)),
  };
}

/** The store that a folder lies in, and the folder's name there: for committing it whole. */
export function placeOf(path: string): { readonly store: Store; readonly folder: string } {
  return { store: folderStore(dirname(path)), folder: basename(path) };
}
