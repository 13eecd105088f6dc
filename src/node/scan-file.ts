/** A file of a microscope on disk. */

import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FerroscopeError, fail } from '../core/errors.ts';
import type { ScanFile } from '../scan/scan-file.ts';
import { isZarr } from '../scan/zarr-scan.ts';
import { fileError } from './files.ts';
import { folderStore } from './folder-store.ts';
import { openHdf5 } from './hdf5.ts';

/** @throws 'file-missing', 'file-unreadable' */
export async function scanFile(path: string): Promise<ScanFile> {
  const found = await stat(path).catch((error) => {
    throw fileError(error, path);
  });
  if (found.isDirectory()) return folder(path);
  return {
    name: path,
    size_bytes: found.size,
    async read(offset, length) {
      try {
        await using handle = await open(path);
        const bytes = new Uint8Array(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      } catch (error) {
        throw fileError(error, path);
      }
    },
    openHdf5: () => openHdf5(path),
    sibling: async (leaf) => {
      const beside = resolve(dirname(path), leaf);
      return existsSync(beside) ? scanFile(beside) : undefined;
    },
  };
}

/** A folder of Zarr. @throws 'file-unreadable' for any other */
async function folder(path: string): Promise<ScanFile> {
  const store = folderStore(path);
  if (!isZarr(await store.list())) {
    fail('file-unreadable', `${path} is a folder, and none of Zarr.`, 'Give the file itself.', { path });
  }
  const noBytes = () => Promise.reject(new FerroscopeError('file-unreadable', `${path} is a folder.`, 'Give a file.'));
  return {
    name: path,
    size_bytes: 0,
    read: noBytes,
    openHdf5: noBytes,
    sibling: async () => undefined,
    tree: {
      get: (key) => store.get(key),
      getRange: (key, range) => store.getRange(key, range),
      list: (key) => (key === '/' ? store : store.within(key.slice(1))).list(),
    },
  };
}
