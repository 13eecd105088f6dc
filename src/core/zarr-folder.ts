/** Zarr groups in folders, Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as zarr from 'zarrita';
import { fileError } from './files.ts';

/** A folder as a store that Zarr reads from. */
export function folderStore(path: string): zarr.AsyncReadable {
  return {
    async get(key) {
      try {
        return new Uint8Array(await readFile(join(path, key)));
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw fileError(error, path);
      }
    },
  };
}
