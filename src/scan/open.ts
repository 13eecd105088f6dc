/** Opens a scan by what the file holds, not by its name. The one place that knows all readers. */

import { fail } from '../core/errors.ts';
import { describeFile } from './describe.ts';
import { openEmd } from './emd.ts';
import { isRaw, openRaw } from './formats/raw.ts';
import type { OpenOptions } from './formats/reader.ts';
import { readerOf } from './formats/readers.ts';
import { isHdf5 } from './hdf5.ts';
import type { PatternSource } from './pattern-source.ts';
import type { ScanFile } from './scan-file.ts';

/** @throws 'file-unreadable', 'format', 'shape', 'unsupported' */
export async function openScan(file: ScanFile, options: OpenOptions = {}): Promise<PatternSource> {
  if (isRaw(options)) return openRaw(file, options);
  const head = await file.read(0, 1024);
  if (isHdf5(head)) {
    const { scan_shape } = options;
    if (scan_shape) {
      fail(
        'unsupported',
        `--scan-shape ${scan_shape.join(',')}: an HDF5 file states the shape of its scan itself.`,
        'Leave it out, or save the scan with the right shape.',
      );
    }
    return openEmd(file, options.dataset);
  }
  const reader = readerOf(file, head);
  if (reader) return reader.open(file, options);
  const { lines } = await describeFile(file);
  fail('unsupported', lines[0] ?? file.name, lines[1] ?? 'Convert it to EMD.', { path: file.name });
}
