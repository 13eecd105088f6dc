/** A file of a microscope on disk. */

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { FerroscopeError, fail } from '../core/errors.ts';
import type { ScanFile } from '../scan/scan-file.ts';
import { isZarr } from '../scan/zarr-scan.ts';
import { fileError } from './files.ts';
import { folderStore } from './folder-store.ts';
import { openHdf5 } from './hdf5.ts';

/** Pieces up to this are waited for [bytes]: sending a read to another thread takes as long as reading a pattern. */
const WAITED = 2 ** 20;

function readNow(path: string, into: Uint8Array, offset: number): number {
  const file = openSync(path, 'r');
  try {
    return readSync(file, into, 0, into.length, offset);
  } finally {
    closeSync(file);
  }
}

async function readLater(path: string, into: Uint8Array, offset: number): Promise<number> {
  await using handle = await open(path);
  return (await handle.read(into, 0, into.length, offset)).bytesRead;
}

function inflate(packed: Uint8Array, bytes: number): Uint8Array | undefined {
  try {
    // A piece that is filled to its end would be followed by a second one.
    const { buffer, byteOffset, length } = inflateSync(packed, { chunkSize: bytes + 64, maxOutputLength: bytes });
    return new Uint8Array(buffer, byteOffset, length);
  } catch {
    return undefined;
  }
}

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
        const bytes = new Uint8Array(length);
        const count = length > WAITED ? await readLater(path, bytes, offset) : readNow(path, bytes, offset);
        return bytes.subarray(0, count);
      } catch (error) {
        throw fileError(error, path);
      }
    },
    openHdf5: () => openHdf5(path),
    inflate,
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
