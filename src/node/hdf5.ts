/** h5wasm's build for Node, which reads and writes files in place. Its errors throw (by default it prints to stderr and returns zeros). */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { File, Module, ready } from 'h5wasm/node';
import { guarded, type Hdf5File, opened } from '../scan/hdf5.ts';
import type { NewGroup } from '../scan/writers/hdf5-patterns.ts';

/** Filters that h5wasm-plugins has, by number: bzip2, LZF, Blosc, LZ4, bitshuffle, ZFP, Zstandard, Blosc2. */
const PLUGINS: ReadonlySet<number> = new Set([307, 32000, 32001, 32004, 32008, 32013, 32015, 32026]);
const NONE: ReadonlySet<number> = new Set();

let plugins: ReadonlySet<number> | undefined;

async function load(): Promise<ReadonlySet<number>> {
  await ready;
  Module.activate_throwing_error_handler();
  if (!plugins) {
    const folder = join(dirname(fileURLToPath(import.meta.resolve('h5wasm-plugins'))), 'plugins');
    const there = existsSync(folder);
    if (there) Module.insert_plugin_search_path(folder, 0);
    plugins = there ? PLUGINS : NONE;
  }
  return plugins;
}

/** Opens a file for reading. @throws 'file-unreadable' */
export async function openHdf5(path: string): Promise<Hdf5File> {
  const plugins = await load();
  const file = opened(path, () => new File(path, 'r'));
  return Object.assign(file, { plugins, headerAddress: (place: string) => headerAddress(file.file_id, place) });
}

/** HDF5's references to objects are addresses of their headers. */
function headerAddress(file: bigint, path: string): number | undefined {
  const names = path.split('/').filter((name) => name !== '');
  for (let i = 1; i <= names.length; i++) {
    const above = `/${names.slice(0, i).join('/')}`;
    if (Module.get_symbolic_link(file, above) || Module.get_external_link(file, above).filename) return undefined;
  }
  const reference = Uint8Array.from(Module.create_object_reference(file, path));
  if (reference.length !== 8) return undefined;
  return Number(new DataView(reference.buffer).getBigUint64(0, true));
}

/** Creates a file. @throws 'disk-full', 'file-unreadable' */
export async function createHdf5(path: string): Promise<NewGroup & Pick<Hdf5File, 'close'>> {
  await load();
  return guarded(path, 'creating', () => new File(path, 'w'));
}
