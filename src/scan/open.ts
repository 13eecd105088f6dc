/** Opens a scan by what the file holds, not by its name. The one place that knows all readers. */

import { fail } from '../core/errors.ts';
import { describeFile } from './describe.ts';
import { openEmd } from './emd.ts';
import { isHdf5 } from './hdf5.ts';
import type { PatternSource } from './pattern-source.ts';
import type { ScanFile } from './scan-file.ts';

/**
 * @param dataset path or name of the array, where a file holds several
 * @throws 'file-unreadable', 'format', 'shape', 'unsupported'
 */
export async function openScan(file: ScanFile, dataset?: string): Promise<PatternSource> {
  if (isHdf5(await file.read(0, 8))) return openEmd(file, dataset);
  const { lines } = await describeFile(file);
  fail('unsupported', lines[0] ?? file.name, lines[1] ?? 'Convert it to EMD.', { path: file.name });
}
