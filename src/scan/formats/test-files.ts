/** Files made by hand for tests of readers, in memory: nothing lies on disk. */

import { expect } from 'vitest';
import { FerroscopeError } from '../../core/errors.ts';
import { openScan } from '../open.ts';
import type { ScanFile } from '../scan-file.ts';
import type { OpenOptions } from './reader.ts';

/** The file `name`, and beside it those of `folder`. */
export function testFile(name: string, bytes: Uint8Array, folder: Readonly<Record<string, Uint8Array>> = {}): ScanFile {
  return {
    name,
    size_bytes: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
    openHdf5: () => Promise.reject(new Error('no HDF5')),
    sibling: async (leaf) => (folder[leaf] ? testFile(leaf, folder[leaf], folder) : undefined),
  };
}

/** Opens each beginning of `bytes` and reads it through: what does not open or ends early has to say so by a tagged error. @param cuts lengths */
export async function expectTaggedWhenCut(
  name: string,
  bytes: Uint8Array,
  cuts: readonly number[],
  options: OpenOptions = {},
  folder: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  for (const length of cuts) {
    const cut = testFile(name, bytes.subarray(0, length), folder);
    const outcome = await openScan(cut, options).then(
      (source) => source.read(0, source.shape[0] * source.shape[1]).then(() => 'read'),
      (error: unknown) => error,
    );
    expect(outcome, `${name}, ${length} of ${bytes.length} bytes`).toBeInstanceOf(FerroscopeError);
  }
}

export const ascii = (text: string, length = text.length): Uint8Array => {
  const out = new Uint8Array(length);
  out.set(new TextEncoder().encode(text));
  return out;
};

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Bytes of `count` numbers. */
export function numbers(count: number, bytes: 1 | 2 | 4, little: boolean, value: (i: number) => number): Uint8Array {
  const out = new Uint8Array(count * bytes);
  const view = new DataView(out.buffer);
  for (let i = 0; i < count; i++) {
    if (bytes === 1) view.setUint8(i, value(i));
    else if (bytes === 2) view.setUint16(2 * i, value(i), little);
    else view.setUint32(4 * i, value(i), little);
  }
  return out;
}
