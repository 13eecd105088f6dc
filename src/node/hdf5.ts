/** h5wasm's build for Node, which reads and writes files in place. Its errors throw (by default it prints to stderr and returns zeros). */

import { File, Module, ready } from 'h5wasm/node';
import type { NewGroup } from '../scan/emd-write.ts';
import { guarded, type Hdf5File, opened } from '../scan/hdf5.ts';

async function load(): Promise<void> {
  await ready;
  Module.activate_throwing_error_handler();
}

/** Opens a file for reading. @throws 'file-unreadable' */
export async function openHdf5(path: string): Promise<Hdf5File> {
  await load();
  return opened(path, () => new File(path, 'r'));
}

/** Creates a file. @throws 'disk-full', 'file-unreadable' */
export async function createHdf5(path: string): Promise<NewGroup & Pick<Hdf5File, 'close'>> {
  await load();
  return guarded(path, 'creating', () => new File(path, 'w'));
}
