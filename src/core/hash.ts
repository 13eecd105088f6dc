/** Hashes of plain data and of bytes: SHA-256, the first 128 bits, hexadecimal. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Hexadecimal digits of a hash. */
export const HASH_DIGITS = 32;

/** A hash of JSON-like data, whatever the order of keys; keys whose value is undefined count as left out. */
export function hashOf(value: unknown): string {
  return bytesToHex(sha256(new TextEncoder().encode(canonical(value)))).slice(0, HASH_DIGITS);
}

/** Bytes hashed piece by piece. */
export class ByteHash {
  readonly #hash = sha256.create();

  update(bytes: ArrayBufferView): this {
    this.#hash.update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return this;
  }

  digest(): string {
    return bytesToHex(this.#hash.digest()).slice(0, HASH_DIGITS);
  }
}

/** Of the bytes of arrays, one after another. */
export function hashOfArrays(...arrays: readonly ArrayBufferView[]): string {
  const hash = new ByteHash();
  for (const array of arrays) hash.update(array);
  return hash.digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return `{${entries
      .toSorted(([x], [y]) => (x < y ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
