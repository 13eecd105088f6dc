/** All readers of files that are not HDF5, in the order in which they are asked. */

import { leafName, type ScanFile } from '../scan-file.ts';
import { BLO } from './blo.ts';
import { DM3, DM4 } from './dm.ts';
import { EMPAD } from './empad.ts';
import { MAT } from './mat.ts';
import { MIB } from './mib.ts';
import { MRC } from './mrc.ts';
import { NPY } from './npy.ts';
import { NPZ } from './npz.ts';
import { PRZ } from './prz.ts';
import type { ScanReader } from './reader.ts';
import { SEQ } from './seq.ts';
import { EMI, SER } from './tia.ts';
import { TVIPS } from './tvips.ts';
import { ZARR_ZIP } from './zarr-zip.ts';

export const READERS: readonly ScanReader[] = [
  NPY,
  PRZ,
  NPZ,
  MAT,
  SEQ,
  BLO,
  MIB,
  DM4,
  DM3,
  TVIPS,
  SER,
  EMI,
  MRC,
  EMPAD,
  ZARR_ZIP,
];

/** The reader of a file; undefined where none knows it. @param head its first 1024 bytes */
export function readerOf(file: ScanFile, head: Uint8Array): ScanReader | undefined {
  return READERS.find((reader) => reader.matches(head, leafName(file)));
}
