/** A file of a microscope in a page: what an <input type="file">, a drop or a download gives. */

import { FerroscopeError } from '../core/errors.ts';
import { ByteHash } from '../core/hash.ts';
import type { FileIdentity } from '../core/identity.ts';
import type { ScanFile } from '../scan/scan-file.ts';
import { openHdf5 } from './hdf5.ts';

/** @param name of the file, for messages */
export function scanFile(blob: Blob, name: string): ScanFile {
  return {
    name,
    size_bytes: blob.size,
    async read(offset, length) {
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        throw blobError(error, name);
      }
    },
    openHdf5: () => openHdf5(blob, name),
    // A page sees the files that it was given, one by one.
    sibling: async () => undefined,
  };
}

/** A file by its contents, read piece by piece. @throws 'file-unreadable' */
export async function fileIdentity(blob: Blob, name: string): Promise<FileIdentity> {
  const hash = new ByteHash();
  try {
    const reader = blob.stream().getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value);
  } catch (error) {
    throw blobError(error, name);
  }
  return { kind: 'file', name, size_bytes: blob.size, content: hash.digest() };
}

function blobError(error: unknown, name: string): FerroscopeError {
  return new FerroscopeError(
    'file-unreadable',
    `${name}: ${(error as Error).message}`,
    'Choose the file again: a page may no longer read one that was changed or moved.',
    { name },
  );
}
