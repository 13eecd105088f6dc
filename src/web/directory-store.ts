/**
 * A directory of a page as a store: in the private file system of its origin (`navigator.storage.getDirectory()`), or one that the user picked.
 *
 * Browsers rename no folders. `commit` writes NAME.part, and last of all a file into it that says that it is whole: from then on NAME.part is what NAME should
 * be, and whoever looks next, this commit or after a crash any other call, makes NAME of it. What is not whole by then counts as never written.
 */

import { diskFullError, FerroscopeError } from '../core/errors.ts';
import type { Files, Store } from '../core/store.ts';

const WHOLE = '.whole';
/** Chromium's, of files that are being written. */
const SWAP = /\.crswap$/;
const partOf = (folder: string): string => `${folder}.part`;

export function directoryStore(directory: FileSystemDirectoryHandle): Store {
  return storeOf(directory.name || 'this page’s files', async () => directory);
}

/** @param open gives the directory, or undefined where it is neither there nor to be made */
function storeOf(name: string, open: (make: boolean) => Promise<FileSystemDirectoryHandle | undefined>): Store {
  const guarded = async <T>(place: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw storeError(error, place);
    }
  };
  /** One at a time, in all pages and workers of the origin. */
  const locked = <T>(folder: string, action: () => Promise<T>): Promise<T> =>
    navigator.locks.request(`ferroscope ${name}/${folder}`, action) as Promise<T>;

  /** Makes a folder of its whole part. */
  const finish = async (root: FileSystemDirectoryHandle, folder: string): Promise<void> => {
    const part = await root.getDirectoryHandle(partOf(folder));
    await drop(root, folder);
    await copy(part, await root.getDirectoryHandle(folder, { create: true }));
    // First, for the folder goes file by file.
    await part.removeEntry(WHOLE);
    await drop(root, partOf(folder));
  };
  const isWhole = async (root: FileSystemDirectoryHandle, folder: string): Promise<boolean> =>
    (await fileAt(root, [partOf(folder), WHOLE])) !== undefined;
  /** Finishes what a commit that was stopped left whole. */
  const settle = async (root: FileSystemDirectoryHandle, folder: string): Promise<void> => {
    if (!(await isWhole(root, folder))) return;
    await locked(folder, async () => {
      if (await isWhole(root, folder)) await finish(root, folder);
    });
  };

  const file = (key: string): Promise<File | undefined> =>
    guarded(`${name}${key}`, async () => {
      const root = await open(false);
      const path = pathOf(key);
      if (root && path.length > 1) await settle(root, path[0]!);
      return root && (await fileAt(root, path))?.getFile();
    });
  const bytes = (key: string, blob: Blob): Promise<Uint8Array> =>
    guarded(`${name}${key}`, async () => new Uint8Array(await blob.arrayBuffer()));

  return {
    name,
    async get(key) {
      const found = await file(key);
      return found && bytes(key, found);
    },
    async getRange(key, range) {
      const found = await file(key);
      if (!found) return undefined;
      const from = 'suffixLength' in range ? Math.max(0, found.size - range.suffixLength) : range.offset;
      const to = 'suffixLength' in range ? found.size : range.offset + range.length;
      return bytes(key, found.slice(from, to));
    },
    set: (key, value) =>
      guarded(`${name}${key}`, async () => {
        const root = (await open(true))!;
        const path = pathOf(key);
        if (path.length > 1) await settle(root, path[0]!);
        await write(root, path, value);
      }),
    list: () =>
      guarded(name, async () => {
        const root = await open(false);
        if (!root) return [];
        for (const entry of await names(root)) {
          if (entry.endsWith(partOf(''))) await settle(root, entry.slice(0, -partOf('').length));
        }
        return names(root);
      }),
    commit: (folder, files) =>
      guarded(`${name}/${folder}`, () =>
        locked(folder, async () => {
          const root = (await open(true))!;
          if (await isWhole(root, folder)) await finish(root, folder);
          try {
            await writePart(root, folder, files);
          } catch (error) {
            await drop(root, partOf(folder)).catch(() => {});
            throw error;
          }
          await finish(root, folder);
        }),
      ),
    remove: (entry) =>
      guarded(`${name}/${entry}`, async () => {
        const root = await open(false);
        if (!root) return;
        await locked(entry, async () => {
          if (await isWhole(root, entry)) await finish(root, entry);
          await drop(root, entry);
        });
      }),
    within: (folder) =>
      storeOf(`${name}/${folder}`, async (make) => {
        const root = await open(make);
        if (root) await settle(root, folder);
        return root && directoryAt(root, [folder], make);
      }),
  };
}

function pathOf(key: string): string[] {
  return key.split('/').filter((part) => part !== '');
}

async function names(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const all: string[] = [];
  for await (const name of directory.keys()) if (!SWAP.test(name)) all.push(name);
  return all;
}

/** @returns undefined where there is nothing, or something else */
async function present<T>(handle: Promise<T>): Promise<T | undefined> {
  try {
    return await handle;
  } catch (error) {
    if (['NotFoundError', 'TypeMismatchError'].includes((error as DOMException).name)) return undefined;
    throw error;
  }
}

async function directoryAt(
  root: FileSystemDirectoryHandle,
  path: readonly string[],
  make: boolean,
): Promise<FileSystemDirectoryHandle | undefined> {
  let directory: FileSystemDirectoryHandle | undefined = root;
  for (const name of path) {
    if (!directory) return undefined;
    const next = directory.getDirectoryHandle(name, { create: make });
    directory = make ? await next : await present(next);
  }
  return directory;
}

async function fileAt(
  root: FileSystemDirectoryHandle,
  path: readonly string[],
): Promise<FileSystemFileHandle | undefined> {
  const directory = await directoryAt(root, path.slice(0, -1), false);
  return directory && present(directory.getFileHandle(path.at(-1)!));
}

/** Whole or not at all: what is written appears when it is closed. */
async function write(
  root: FileSystemDirectoryHandle,
  path: readonly string[],
  value: Uint8Array | Blob,
): Promise<void> {
  const directory = (await directoryAt(root, path.slice(0, -1), true))!;
  const stream = await (await directory.getFileHandle(path.at(-1)!, { create: true })).createWritable();
  try {
    await stream.write(value as Uint8Array<ArrayBuffer> | Blob);
  } catch (error) {
    await stream.abort().catch(() => {});
    throw error;
  }
  await stream.close();
}

async function writePart(root: FileSystemDirectoryHandle, folder: string, files: Files): Promise<void> {
  await drop(root, partOf(folder));
  const part = await root.getDirectoryHandle(partOf(folder), { create: true });
  for await (const [key, value] of files) await write(part, pathOf(key), value);
  await part.getFileHandle(WHOLE, { create: true });
}

async function copy(from: FileSystemDirectoryHandle, to: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of from.entries()) {
    if (handle.kind === 'directory') {
      await copy(handle as FileSystemDirectoryHandle, await to.getDirectoryHandle(name, { create: true }));
    } else if (name !== WHOLE) await write(to, [name], await (handle as FileSystemFileHandle).getFile());
  }
}

async function drop(root: FileSystemDirectoryHandle, name: string): Promise<void> {
  await present(root.removeEntry(name, { recursive: true }));
}

function storeError(error: unknown, place: string): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === 'QuotaExceededError') return diskFullError(place);
  const hint = error.name === 'NotAllowedError' ? 'Allow the page to write there.' : 'Choose the folder again.';
  return new FerroscopeError('file-unreadable', `${place}: ${error.message}`, hint, { path: place });
}
