/** A file of a microscope in a page: what an <input type="file">, a drop or a download gives. */

import { FerroscopeError } from '../core/errors.ts';
import { ByteHash } from '../core/hash.ts';
import type { FileIdentity } from '../core/identity.ts';
import { BLOCK, BLOCKS, blockOffsets, HASHED_WHOLE, sampledHead } from '../core/sampled-content.ts';
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

/** A file by its contents, read piece by piece; more than 1 GiB by blocks drawn evenly from it (core/sampled-content.ts). @throws 'file-unreadable' */
export async function fileIdentity(blob: Blob, name: string): Promise<FileIdentity> {
  const hash = new ByteHash();
  const { size } = blob;
  const sampled = size > HASHED_WHOLE;
  try {
    if (sampled) {
      hash.update(sampledHead(size));
      for (const offset of blockOffsets(size))
        hash.update(new Uint8Array(await blob.slice(offset, offset + BLOCK).arrayBuffer()));
    } else {
      const reader = blob.stream().getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value);
    }
  } catch (error) {
    throw blobError(error, name);
  }
  const of = { kind: 'file' as const, name, size_bytes: size, content: hash.digest() };
  return sampled ? { ...of, hashed_bytes: BLOCKS * BLOCK } : of;
}

function blobError(error: unknown, name: string): FerroscopeError {
  return new FerroscopeError(
    'file-unreadable',
    `${name}: ${(error as Error).message}`,
    'Choose the file again: a page may no longer read one that was changed or moved.',
    { name },
  );
}
