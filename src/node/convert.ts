/** A scan written to disk in another kind of file, by the ending of its name; whole or not at all. */

import { fail } from '../core/errors.ts';
import { quietTask, type Task } from '../core/task.ts';
import { emdOf, statesRotationOfEmd } from '../scan/writers/emd.ts';
import { HYPERSPY_HOLDS, writeHspyTree } from '../scan/writers/hyperspy.ts';
import { npyPieces } from '../scan/writers/npy.ts';
import { type Fact, leftOut, type ScanToWrite } from '../scan/writers/scan-to-write.ts';
import { tiffPieces } from '../scan/writers/tiff.ts';
import { zspyFiles } from '../scan/writers/zspy.ts';
import { writeEmd, writeHdf5 } from './emd.ts';
import { writeFolderWhole, writePieces } from './files.ts';

interface Target {
  readonly name: string;
  readonly endings: readonly string[];
  readonly holds: (scan: ScanToWrite) => readonly Fact[];
  readonly write: (path: string, scan: ScanToWrite, task: Task) => Promise<void>;
}

const EMD_HOLDS: readonly Fact[] = ['step', 'pixel', 'voltage', 'semi-angle', 'dark', 'vacuum', 'gain'];

const TARGETS: readonly Target[] = [
  {
    name: 'EMD 1.0 (py4DSTEM)',
    endings: ['h5', 'emd'],
    holds: (scan) => [...EMD_HOLDS, ...(statesRotationOfEmd(scan) ? (['rotation'] as const) : [])],
    // The scan tells of progress itself, as for all targets.
    write: (path, scan, task) => writeEmd(path, emdOf(scan, task), { ...quietTask, signal: task.signal }),
  },
  {
    name: 'HyperSpy in HDF5',
    endings: ['hspy'],
    holds: () => HYPERSPY_HOLDS,
    write: (path, scan, task) => writeHdf5(path, (file) => writeHspyTree(file, path, scan, task)),
  },
  {
    name: 'HyperSpy in Zarr',
    endings: ['zspy', 'zarr'],
    holds: () => HYPERSPY_HOLDS,
    write: (path, scan, task) => writeFolderWhole(path, zspyFiles(scan, task)),
  },
  {
    name: 'NumPy array',
    endings: ['npy'],
    holds: () => [],
    write: (path, scan, task) => writePieces(path, npyPieces(scan, task)),
  },
  {
    name: 'TIFF stack',
    endings: ['tif', 'tiff'],
    holds: () => ['pixel'],
    write: (path, scan, task) => writePieces(path, tiffPieces(scan, task)),
  },
];

/** What a name's ending stands for. @throws 'usage' for one that is none of them */
export function targetOf(path: string): Target {
  const ending = /\.([^./\\]+)\/?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return (
    TARGETS.find(({ endings }) => endings.includes(ending)) ??
    fail(
      'usage',
      `${path} ends in no kind of file that scans are written to.`,
      `End it in ${TARGETS.flatMap(({ endings }) => endings.map((one) => `.${one}`)).join(', ')}.`,
    )
  );
}

/**
 * @returns the kind of file, and what it does not hold of what is known
 * @throws 'usage', 'disk-full', 'file-unreadable', 'aborted', and what reading the scan throws
 */
export async function writeScan(
  path: string,
  scan: ScanToWrite,
  task: Task = quietTask,
): Promise<{ readonly name: string; readonly notes: readonly string[] }> {
  const { name, holds, write } = targetOf(path);
  await write(path, scan, task);
  return { name, notes: leftOut(scan, holds(scan), path) };
}
