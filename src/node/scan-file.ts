/** A file of a microscope on disk. */

import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import type { ScanFile } from '../scan/scan-file.ts';
import { fileError } from './files.ts';
import { openHdf5 } from './hdf5.ts';

/** @throws 'file-missing', 'file-unreadable' */
export async function scanFile(path: string): Promise<ScanFile> {
  const found = await stat(path).catch((error) => {
    throw fileError(error, path);
  });
  if (found.isDirectory()) {
    fail('file-unreadable', `${path} is a folder.`, 'Give the file itself.', { path });
  }
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
