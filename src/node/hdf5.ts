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
  return Object.assign(
    opened(path, () => new File(path, 'r')),
    { plugins },
  );
}

/** Creates a file. @throws 'disk-full', 'file-unreadable' */
export async function createHdf5(path: string): Promise<NewGroup & Pick<Hdf5File, 'close'>> {
  await load();
  return guarded(path, 'creating', () => new File(path, 'w'));
}
