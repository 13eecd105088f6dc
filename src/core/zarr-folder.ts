/** Zarr groups in folders, Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as zarr from 'zarrita';
import { fileError, readText } from './files.ts';

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

/** Attributes of the group in a folder where their `format` is the one asked for, else undefined. @throws 'file-missing', 'file-unreadable' */
export async function groupAttributes<T>(path: string, format: string): Promise<T | undefined> {
  const text = await readText(join(path, 'zarr.json'));
  try {
    const { attributes } = JSON.parse(text) as { attributes?: { format?: string } };
    return attributes?.format === format ? (attributes as T) : undefined;
  } catch {
    return undefined;
  }
}
