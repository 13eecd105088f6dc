/**
 * What of a large file is hashed to tell it from another: its size, and blocks drawn evenly from its beginning to its end. A file put in its place, even of the
 * same size, is another by the noise in each block; a few numbers changed in place between two blocks are not seen. Files up to 1 GiB are hashed whole.
 */

/** Up to this a file is hashed whole [bytes]. */
export const HASHED_WHOLE = 2 ** 30;
/** Of a larger one: this many blocks of this many bytes, 64 MiB in all. */
export const BLOCKS = 256;
export const BLOCK = 2 ** 18;

/** Where the blocks of a file of `size` > {@link HASHED_WHOLE} bytes begin: the first at 0, the last at its end less a block. */
export function blockOffsets(size: number): readonly number[] {
  return Array.from({ length: BLOCKS }, (_, k) => Math.floor((k * (size - BLOCK)) / (BLOCKS - 1)));
}

/** Hashed before the blocks: hashes of whole files begin otherwise. */
export const sampledHead = (size: number): Uint8Array =>
  new TextEncoder().encode(`${BLOCKS} blocks of ${BLOCK} of ${size} bytes\0`);
