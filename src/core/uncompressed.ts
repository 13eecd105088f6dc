/**
 * Bytes of a file that may be gzip (RFC 1952), told by its first bytes. What this is not: zip, bzip2 or xz; readers refuse those by name.
 */

import { Gunzip } from 'fflate';
import { fail } from './errors.ts';

/** Uncompressed, a file may have this many bytes: Node reads no more at once. */
const MOST_BYTES = 2 ** 31;

/** The bytes as they are, or what the gzip in them holds, all of its members. @throws 'format' for a damaged or cut gzip; 'range' beyond 2 GiB */
export function uncompressed(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const pieces: Uint8Array[] = [];
  let total = 0;
  const gunzip = new Gunzip((piece) => {
    total += piece.length;
    if (total > MOST_BYTES) {
      fail('range', `${name} holds more than 2 GiB.`, 'Uncompress it and keep fewer frames.', { name });
    }
    pieces.push(piece);
  });
  try {
    gunzip.push(bytes, true);
  } catch (error) {
    if (total > MOST_BYTES) throw error;
    fail(
      'format',
      `${name} is a damaged gzip file, or ends early (${error instanceof Error ? error.message : error}).`,
      'Copy it again, or uncompress it with gunzip.',
      { name },
    );
  }
  const all = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
