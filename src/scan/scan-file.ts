/**
 * The file that a scan lies in, wherever that is: a path (`node/scan-file.ts`), a File of a page (`web/scan-file.ts`). Readers of formats take their bytes
 * from here, piece by piece. Not here: what they mean.
 */

import type { Hdf5File } from './hdf5.ts';

/** Files in folders, by their paths from '/'. */
export interface FileTree {
  /** @returns undefined where there is nothing. @throws 'file-unreadable' */
  get(path: `/${string}`): Promise<Uint8Array | undefined>;
  /** Part of a file, from `offset` on or the last bytes; shorter where it ends early. */
  getRange(
    path: `/${string}`,
    range: { readonly offset: number; readonly length: number } | { readonly suffixLength: number },
  ): Promise<Uint8Array | undefined>;
  /** Names of what lies directly in a folder; none where it is not there. */
  list(folder: `/${string}`): Promise<readonly string[]>;
}

export interface ScanFile {
  /** For messages: the path, or the name alone. */
  readonly name: string;
  readonly size_bytes: number;
  /**
   * Bytes from `offset` on, the caller's own to change; fewer where the file ends before.
   * @throws 'file-unreadable'
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * The file as HDF5, for reading.
   * @throws 'file-unreadable' where it is damaged, or none
   */
  openHdf5(): Promise<Hdf5File>;
  /** zlib's inflate, where the host has a fast one: `bytes` unpacked bytes, undefined for damaged or more ones. */
  readonly inflate?: ((packed: Uint8Array, bytes: number) => Uint8Array | undefined) | undefined;
  /** Another file in the same folder, by its name; undefined where there is none, or the host cannot look. @throws 'file-unreadable' */
  sibling(leaf: string): Promise<ScanFile | undefined>;
  /** What lies in it, where it is a folder. */
  readonly tree?: FileTree;
}

/** All of the bytes there. @throws RangeError where the file does not hold them: for what damaged files say of themselves */
export async function bytesAt(file: ScanFile, offset: number, length: number): Promise<Uint8Array> {
  if (!(offset >= 0 && length >= 0 && offset + length <= file.size_bytes))
    throw new RangeError(`${length} bytes at ${offset} of ${file.name}`);
  const bytes = await file.read(offset, length);
  if (bytes.length < length) throw new RangeError(`${file.name} was cut while it was read`);
  return bytes;
}

/** The name without its folders. */
export function leafName({ name }: ScanFile): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}
