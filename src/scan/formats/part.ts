/** Parts of a file as files of their own: bytes as they lie, or deflated ones inflated as they are asked for, in bounded memory. */

import { FerroscopeError, fail } from '../../core/errors.ts';
import type { ScanFile } from '../scan-file.ts';

/** Deflate makes nothing smaller than this [times]: 258 bytes in two bits. */
const MOST_DEFLATED = 1032;
/** What is read of the packed bytes at once, and kept of the unpacked ones [bytes]. */
const PIECE = 2 ** 18;
const BLOCK = 2 ** 20;
const KEPT_BLOCKS = 256;
/** Of the unpacked bytes; more have to be unpacked again. */
export const KEPT_MB = (KEPT_BLOCKS * BLOCK) / 1e6;

function noHdf5(name: string): Promise<never> {
  return Promise.reject(
    new FerroscopeError('unsupported', `${name} is HDF5 within another file.`, 'Unpack it, and open it by itself.', {
      name,
    }),
  );
}

/** `length` bytes of a file from `offset` on. @param name for messages @throws 'format' where the file ends before */
export function partOf(file: ScanFile, name: string, offset: number, length: number): ScanFile {
  if (!(offset >= 0 && length >= 0 && offset + length <= file.size_bytes)) {
    fail(
      'format',
      `${file.name} ends after ${file.size_bytes} bytes, and ${name} ends at ${offset + length}.`,
      'Copy the file again.',
      { name },
    );
  }
  return {
    name,
    size_bytes: length,
    read: (at, count) => file.read(offset + at, Math.max(0, Math.min(count, length - at))),
    openHdf5: () => noHdf5(name),
    sibling: file.sibling,
  };
}

/** The unpacked bytes of a packed file, in order. */
function unpack(packed: ScanFile, format: CompressionFormat): ReadableStreamDefaultReader<Uint8Array> {
  let at = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const piece = Uint8Array.from(await packed.read(at, PIECE));
      at += piece.length;
      if (piece.length > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
  return pieces.pipeThrough(new DecompressionStream(format)).getReader();
}

/** The next piece of unpacked bytes; undefined at the end. @throws 'format' for damaged ones, and what reading the file throws */
async function next(stream: ReadableStreamDefaultReader<Uint8Array>, name: string): Promise<Uint8Array | undefined> {
  try {
    return (await stream.read()).value;
  } catch (error) {
    if (error instanceof FerroscopeError) throw error;
    fail('format', `${name} cannot be unpacked: its compressed bytes are damaged or cut off.`, 'Copy the file again.', {
      cause: (error as Error).message,
    });
  }
}

/** The first `length` unpacked bytes; fewer where there are no more. @throws 'format' */
export async function inflatedHead(packed: ScanFile, format: CompressionFormat, length: number): Promise<Uint8Array> {
  const stream = unpack(packed, format);
  const out = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const piece = await next(stream, packed.name);
    if (!piece) break;
    out.set(piece.subarray(0, length - done), done);
    done += Math.min(piece.length, length - done);
  }
  await stream.cancel().catch(() => {});
  return out.subarray(0, done);
}

/**
 * A deflated file, unpacked. 256 MB of it are kept; what was dropped is unpacked again from the beginning.
 * @param size_bytes unpacked, as stated: never allocated at once
 * @param crc32 of the unpacked bytes, where it is known: checked when they were all read in order
 * @throws 'format' where the stated size cannot be; read: 'format' where the bytes are damaged, fewer or more
 */
export function inflatedFile(
  packed: ScanFile,
  format: CompressionFormat,
  size_bytes: number,
  crc32?: number,
): ScanFile {
  const { name } = packed;
  if (!(size_bytes >= 0 && size_bytes <= MOST_DEFLATED * packed.size_bytes + 64)) {
    fail(
      'format',
      `${name} states ${size_bytes} bytes in ${packed.size_bytes} compressed ones.`,
      'Copy the file again.',
    );
  }
  const kept = new Map<number, Uint8Array>();
  let stream: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let following = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let sum = 0;

  async function restart(): Promise<void> {
    await stream?.cancel().catch(() => {});
    stream = unpack(packed, format);
    following = 0;
    sum = 0;
    rest = new Uint8Array(0);
  }

  /** Unpacks the block that follows. */
  async function advance(): Promise<Uint8Array> {
    const block = new Uint8Array(Math.min(BLOCK, size_bytes - following * BLOCK));
    for (let done = 0; done < block.length; ) {
      if (rest.length === 0) {
        const piece = await next(stream!, name);
        if (!piece) fail('format', `${name} ends within its compressed bytes.`, 'Copy the file again.');
        rest = piece;
      }
      const count = Math.min(rest.length, block.length - done);
      block.set(rest.subarray(0, count), done);
      rest = rest.subarray(count);
      done += count;
    }
    if (crc32 !== undefined) sum = crc(block, sum);
    following++;
    if (following * BLOCK >= size_bytes) {
      // To the end, where a checksum of zlib stands.
      const more = rest.length > 0 ? rest : await next(stream!, name);
      if ((more && more.length > 0) || (crc32 !== undefined && sum !== crc32)) {
        fail(
          'format',
          `${name} does not unpack to what its checksum or size says: it is damaged.`,
          'Copy the file again.',
        );
      }
    }
    return block;
  }

  async function blockAt(index: number): Promise<Uint8Array> {
    const old = kept.get(index);
    if (old) return old;
    if (!stream || index < following) await restart();
    try {
      for (;;) {
        const block = await advance();
        kept.set(following - 1, block);
        if (kept.size > KEPT_BLOCKS) kept.delete(kept.keys().next().value!);
        if (following > index) return block;
      }
    } catch (error) {
      stream = undefined;
      throw error;
    }
  }

  async function readNow(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, size_bytes);
    const out = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / BLOCK);
      const piece = (await blockAt(index)).subarray(at - index * BLOCK, end - index * BLOCK);
      out.set(piece, at - offset);
      at += piece.length;
    }
    return out;
  }

  // One stream: reads wait for each other.
  let last: Promise<unknown> = Promise.resolve();
  return {
    name,
    size_bytes,
    read(offset, length) {
      const mine = last.then(() => readNow(offset, length));
      last = mine.catch(() => {});
      return mine;
    },
    openHdf5: () => noHdf5(name),
    sibling: packed.sibling,
  };
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of ZIP and PNG. @param before of the bytes before these */
export function crc(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (let i = 0; i < bytes.length; i++) value = CRC_TABLE[(value ^ bytes[i]!) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}
