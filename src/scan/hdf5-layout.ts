/**
 * Where the numbers of an HDF5 dataset lie in the file: the data layout message of its object header (HDF5 File Format Specification 3.0, IV.A.1 and IV.A.2.i). The library
 * says where the header is and knows all else, types and filters. Not here: reading the numbers (hdf5-direct.ts); layouts older than HDF5 1.6; indices of chunks other
 * than the B-tree of version 1, which files have that were not written for the newest readers alone. What is not here is undefined, and the library reads it.
 */

import { bytesAt, type ScanFile } from './scan-file.ts';

/** Numbers one behind the other from `offset` on, or chunks in a B-tree at `tree` [bytes from the file's beginning]. */
export type Hdf5Layout =
  | { readonly kind: 'contiguous'; readonly offset: number; readonly size: number }
  | { readonly kind: 'chunked'; readonly tree: number; readonly base: number };

const LAYOUT = 0x0008;
const EXTERNAL_FILES = 0x0007;
const CONTINUATION = 0x0010;
/** A header of more bytes, or in more pieces, is damaged or no scan's. */
const LONGEST = 2 ** 20;
const PIECES = 64;
const UNDEFINED = 0xffff_ffff_ffff_ffffn;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
/** An address or length; undefined for none, and where it is no exact number. */
export function longAt(view: DataView, at: number): number | undefined {
  const value = view.getBigUint64(at, true);
  return value === UNDEFINED || value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
}

const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Where addresses of the file count from; undefined where they are not of 8 bytes. */
async function baseOf(file: ScanFile): Promise<number | undefined> {
  // MATLAB 7.3 puts 512 bytes before it.
  for (const base of [0, 512]) {
    const head = await file.read(base, 16);
    if (head.length < 16 || text(head, 0) !== '\x89HDF') continue;
    const widths = head[8]! < 2 ? head.subarray(13, 15) : head.subarray(9, 11);
    return widths[0] === 8 && widths[1] === 8 ? base : undefined;
  }
  return undefined;
}

interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** Finds the layout in the header at `address`. @throws RangeError for a damaged one */
export async function layoutAt(file: ScanFile, address: number): Promise<Hdf5Layout | undefined> {
  const base = await baseOf(file);
  if (base === undefined) return undefined;
  const start = base + address;
  const head = await bytesAt(file, start, Math.min(32, file.size_bytes - start));
  const view = viewOf(head);
  const second = text(head, 0) === 'OHDR';
  const flags = second ? head[5]! : 0;
  const tracked = (flags & 4) !== 0;
  const pieces: Piece[] = [];
  if (second) {
    const at = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const width = 1 << (flags & 3);
    const length = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    pieces.push({ offset: start + at + width, length });
  } else if (head[0] === 1) pieces.push({ offset: start + 16, length: view.getUint32(8, true) });
  let found: Hdf5Layout | undefined;
  for (let i = 0; i < pieces.length && i < PIECES; i++) {
    const { offset, length } = pieces[i]!;
    if (length > LONGEST) return undefined;
    for (const [type, body] of messages(await bytesAt(file, offset, length), second, tracked)) {
      if (type === EXTERNAL_FILES) return undefined;
      if (type === LAYOUT) found = layoutOf(body, base);
      if (type !== CONTINUATION) continue;
      const [from, size] = [longAt(body, 0), longAt(body, 8)];
      if (from === undefined || size === undefined) return undefined;
      // Of version 2: 'OCHK' before, a checksum behind.
      pieces.push(second ? { offset: base + from + 4, length: size - 8 } : { offset: base + from, length: size });
    }
  }
  return found;
}

function* messages(bytes: Uint8Array, second: boolean, tracked: boolean): Generator<[type: number, body: DataView]> {
  const view = viewOf(bytes);
  const head = second ? (tracked ? 6 : 4) : 8;
  for (let at = 0; at + head <= bytes.length; ) {
    const type = second ? view.getUint8(at) : view.getUint16(at, true);
    const size = view.getUint16(at + (second ? 1 : 2), true);
    yield [type, viewOf(bytes.subarray(at + head, at + head + size))];
    at += head + size;
  }
}

function layoutOf(body: DataView, base: number): Hdf5Layout | undefined {
  const [version, kind] = [body.getUint8(0), body.getUint8(1)];
  if (kind === 1 && (version === 3 || version === 4)) {
    const [address, size] = [longAt(body, 2), longAt(body, 10)];
    if (address === undefined || size === undefined) return undefined;
    return { kind: 'contiguous', offset: base + address, size };
  }
  if (kind !== 2 || version !== 3) return undefined;
  const address = longAt(body, 3);
  return address === undefined ? undefined : { kind: 'chunked', tree: base + address, base };
}
