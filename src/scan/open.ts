/** Opens a scan by what the file holds, not by its name. The one place that knows all readers. */

import { fail } from '../core/errors.ts';
import { describeFile } from './describe.ts';
import { isRaw, openRaw } from './formats/raw.ts';
import type { OpenOptions } from './formats/reader.ts';
import { readerOf } from './formats/readers.ts';
import { ZARR_ZIP } from './formats/zarr-zip.ts';
import { isHdf5 } from './hdf5.ts';
import { openHdf5Scan } from './hdf5-scan.ts';
import type { PatternSource } from './pattern-source.ts';
import { withNumbers } from './references.ts';
import type { ScanFile } from './scan-file.ts';
import { openZarrScan } from './zarr-scan.ts';

/** @throws 'file-unreadable', 'format', 'shape', 'unsupported' */
export async function openScan(file: ScanFile, options: OpenOptions = {}): Promise<PatternSource> {
  return withNumbers(await openAny(file, options));
}

async function openAny(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  if (isRaw(options)) return openRaw(file, options);
  if (file.tree) return openZarrScan(file, file.tree, options);
  const head = await file.read(0, 1024);
  if (isHdf5(head)) return openHdf5Scan(file, options);
  const reader = readerOf(file, head);
  if (reader && reader !== ZARR_ZIP && options.order) {
    fail(
      'unsupported',
      `--order ${options.order.join(',')}: the order of axes is chosen for HDF5 and Zarr alone, and ${file.name} is ${reader.name}.`,
      'Leave it out, or save the scan as HDF5.',
    );
  }
  if (reader) return reader.open(file, options);
  const { lines } = await describeFile(file);
  fail('unsupported', lines[0] ?? file.name, lines[1] ?? 'Convert it to EMD.', { path: file.name });
}
