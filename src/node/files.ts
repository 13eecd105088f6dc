/** Files on disk, Node only: an output appears whole (temporary name, then rename), and errors are tagged. */

import { createHash, type Hash, randomBytes } from 'node:crypto';
import { accessSync, constants, createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type * as z from 'zod';
import { diskFullError, FerroscopeError, fail } from '../core/errors.ts';
import { HASH_DIGITS } from '../core/hash.ts';
import type { FileIdentity } from '../core/identity.ts';
import { BLOCK, blockOffsets, HASHED_WHOLE, sampledHead } from '../core/sampled-content.ts';
import { firstIssue } from '../core/schema.ts';

/** Small files that say what the others of a folder are. */
const ZARR_METADATA = /(^|\/)(\.z(array|group|attrs|metadata)|zarr\.json)$/;

/** Turns an operating-system error about `path` into a tagged one; any other is left as it is. */
export function fileError(error: unknown, path: string): Error {
  const { code } = error as { code?: string };
  if (error instanceof FerroscopeError || typeof code !== 'string') return error as Error;
  if (code === 'ENOENT')
    return new FerroscopeError('file-missing', `${path} does not exist.`, 'Check the path.', { path });
  if (code === 'EISDIR')
    return new FerroscopeError('file-unreadable', `${path} is a folder, not a file.`, 'Give a file.', { path });
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFullError(path);
  return new FerroscopeError(
    'file-unreadable',
    `${path}: ${(error as Error).message ?? String(error)}`,
    'Check the path and its permissions.',
    { path },
  );
}

/** The file's bytes. @throws 'file-missing', 'file-unreadable' */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** UTF-8. @throws 'format' for other bytes; as `readBytes` */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    fail('format', `${path} is not text in UTF-8.`, 'Save it as UTF-8.', { path });
  }
}

/** JSON, checked. @param hint what to do where it is damaged @throws 'format', 'file-missing', 'file-unreadable' */
export async function readJson<T>(path: string, schema: z.ZodType<T>, hint: string): Promise<T> {
  const text = await readText(path);
  const damaged = (why: string): never =>
    fail('format', `${path} is damaged, or not one of Ferroscope’s: ${why}.`, hint, { path });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return damaged((error as Error).message);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  return damaged(firstIssue(result.error));
}

/** Writes the whole file or nothing, making its folder. @throws 'disk-full', 'file-unreadable' */
export async function writeWhole(path: string, data: Uint8Array | string): Promise<void> {
  await writePieces(path, [data]);
}

/** The same of pieces as they are made, and what making them throws. */
export async function writePieces(
  path: string,
  pieces: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      for await (const piece of pieces) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, path);
  }
}

/** Paths of all files in a folder, in one order everywhere. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.map((file) => file.replaceAll('\\', '/')).toSorted();
}

interface Part {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

/**
 * A file by its contents, read piece by piece; a folder by the names and contents of its files. More than 1 GiB is told by blocks drawn evenly from it
 * (core/sampled-content.ts), and a folder by its files' sizes and Zarr's metadata, too. @throws 'file-missing', 'file-unreadable'
 */
export async function fileIdentity(path: string): Promise<FileIdentity> {
  try {
    const folder = (await stat(path)).isDirectory();
    const parts: Part[] = [];
    for (const name of folder ? await filesBelow(path) : ['']) {
      const full = join(path, name);
      parts.push({ name, path: full, size: (await stat(full)).size });
    }
    const size_bytes = parts.reduce((sum, { size }) => sum + size, 0);
    const hash = createHash('sha256');
    const sampled = size_bytes > HASHED_WHOLE;
    const hashed_bytes = sampled
      ? await hashSampled(hash, parts, size_bytes, folder)
      : await hashWhole(hash, parts, folder);
    const content = hash.digest('hex').slice(0, HASH_DIGITS);
    return { kind: 'file', name: basename(path), size_bytes, content, ...(sampled ? { hashed_bytes } : {}) };
  } catch (error) {
    throw fileError(error, path);
  }
}

async function hashWhole(hash: Hash, parts: readonly Part[], named: boolean): Promise<number> {
  let done = 0;
  for (const { name, path } of parts) {
    if (named) hash.update(`${name}\0`);
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      done += piece.length;
    }
  }
  return done;
}

/** As of all parts one behind the other; a block ends with the part in which it begins. */
async function hashSampled(hash: Hash, parts: readonly Part[], size: number, named: boolean): Promise<number> {
  let done = 0;
  hash.update(sampledHead(size));
  if (named) {
    for (const part of parts) hash.update(`${part.name}\0${part.size}\0`);
    done += await hashWhole(
      hash,
      parts.filter(({ name }) => ZARR_METADATA.test(name)),
      true,
    );
  }
  const buffer = new Uint8Array(BLOCK);
  let at = 0;
  let start = 0;
  for (const offset of blockOffsets(size)) {
    while (offset >= start + parts[at]!.size) start += parts[at++]!.size;
    await using handle = await open(parts[at]!.path);
    const { bytesRead } = await handle.read(buffer, 0, BLOCK, offset - start);
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
  return done;
}

/** Refuses an output where nothing can be written, before any work. @throws 'file-unreadable' */
export function requireWritable(path: string): void {
  let folder = dirname(resolve(path));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = (error as { code?: string }).code === 'EROFS' ? 'the disk is read-only' : 'it may not be written';
    fail('file-unreadable', `${path} cannot be made in ${folder}: ${why}.`, 'Choose another place for the output.', {
      path,
    });
  }
}

/** Refuses to touch an output that exists, unless told to, and one that cannot be written. @throws 'file-exists', 'file-unreadable' */
export function refuseExisting(path: string, overwrite: boolean): void {
  requireWritable(path);
  if (!overwrite && existsSync(path)) {
    fail(
      'file-exists',
      `${path} exists already.`,
      'Choose another name for the output, or add --overwrite to replace it.',
      { path },
    );
  }
}

/**
 * Writes a folder of files (paths relative to it) whole or not at all: under a temporary name beside its place, then renamed.
 * A folder that is there already is replaced. @throws 'disk-full', 'file-unreadable'
 */
export async function writeFolderWhole(
  path: string,
  files: Iterable<readonly [string, Uint8Array]> | AsyncIterable<readonly [string, Uint8Array]>,
): Promise<void> {
  const tag = randomBytes(4).toString('hex');
  const temporary = join(dirname(path), `.${basename(path)}.${tag}.part`);
  const replaced = join(dirname(path), `.${basename(path)}.${tag}.old`);
  try {
    await mkdir(temporary, { recursive: true });
    for await (const [name, bytes] of files) {
      const file = join(temporary, name);
      await mkdir(dirname(file), { recursive: true });
      // On the disk before the rename is: a machine that loses power must not leave a folder that only looks whole.
      await writeFile(file, bytes, { flush: true });
    }
    if (existsSync(path)) await rename(path, replaced);
    await rename(temporary, path);
    await rm(replaced, { recursive: true, force: true });
  } catch (error) {
    if (existsSync(replaced) && !existsSync(path)) await rename(replaced, path).catch(() => {});
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw fileError(error, path);
  }
}
