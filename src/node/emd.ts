/** HDF5 files on disk, whole or not at all; EMD among them. */

import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { quietTask, type Task } from '../core/task.ts';
import { type EmdScan, writeEmdTree } from '../scan/emd-write.ts';
import { guarded } from '../scan/hdf5.ts';
import type { NewGroup } from '../scan/writers/hdf5-patterns.ts';
import { fileError } from './files.ts';
import { createHdf5 } from './hdf5.ts';

/** Writes the scan to `path`. @throws 'disk-full', 'file-unreadable', and what `writeEmdTree` throws */
export async function writeEmd(path: string, scan: EmdScan, task: Task = quietTask): Promise<void> {
  await writeHdf5(path, (file) => writeEmdTree(file, path, scan, task));
}

/** A file that `fill` fills. @throws 'disk-full', 'file-unreadable', and what `fill` throws */
export async function writeHdf5(path: string, fill: (file: NewGroup) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await createHdf5(temporary);
    try {
      await fill(file);
    } finally {
      guarded(path, 'closing', () => file.close());
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if ((error as { code?: string }).code) throw fileError(error, path);
    throw error;
  }
}
