/**
 * h5wasm's build for browsers. In a worker a file is read where it lies, piece by piece; a page may not wait for a disk and holds the file in memory, up to a
 * limit: long scans are opened in a worker.
 */

import { FS, File as H5wasmFile, Module, ready } from 'h5wasm';
import { fail } from '../core/errors.ts';
import { type Hdf5File, opened } from '../scan/hdf5.ts';

/** Largest file that a page holds in memory [bytes]. */
const MEMORY_LIMIT = 2 ** 30;

let count = 0;

/**
 * Opens a file for reading.
 * @param name for messages
 * @throws 'file-unreadable', and 'unsupported' for a file that is too large for a page
 */
export async function openHdf5(blob: Blob, name: string): Promise<Hdf5File> {
  await ready;
  Module.activate_throwing_error_handler();
  const away = await put(blob, name, `/scan-${count++}`);
  try {
    const file = opened(name, () => new H5wasmFile(away.path, 'r'));
    const close = file.close.bind(file);
    return Object.assign(file, {
      close: () => {
        const status = close();
        away.remove();
        return status;
      },
    });
  } catch (error) {
    away.remove();
    throw error;
  }
}

/** Makes the blob a file of Emscripten's file system, in a folder of its own. */
async function put(blob: Blob, name: string, folder: string): Promise<{ path: string; remove(): void }> {
  const files = FS!;
  const path = `${folder}/file`;
  // What WORKERFS reads with; pages have none.
  if ('FileReaderSync' in globalThis) {
    files.mkdir(folder);
    files.mount(files.filesystems.WORKERFS, { blobs: [{ name: 'file', data: blob }] }, folder);
    return {
      path,
      remove: () => {
        files.unmount(folder);
        files.rmdir(folder);
      },
    };
  }
  if (blob.size > MEMORY_LIMIT) {
    const gigabytes = (blob.size / 1e9).toFixed(1);
    fail('unsupported', `${name} has ${gigabytes} GB, too many for the memory of a page.`, 'Open it in a worker.', {
      name,
      size_bytes: blob.size,
    });
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  files.mkdir(folder);
  files.writeFile(path, bytes);
  return {
    path,
    remove: () => {
      files.unlink(path);
      files.rmdir(folder);
    },
  };
}
