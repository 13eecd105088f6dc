/** Opens a scan by what the file holds, not by its name. The one place that knows all readers. */

import { fail } from '../core/errors.ts';
import { describeFile } from './describe.ts';
import { openEmd } from './emd.ts';
import { firstBytes, isHdf5 } from './hdf5.ts';
import type { PatternSource } from './pattern-source.ts';

/**
 * @param dataset path or name of the array, where a file holds several
 * @throws 'file-missing', 'file-unreadable', 'format', 'shape', 'unsupported'
 */
export async function openScan(path: string, dataset?: string): Promise<PatternSource> {
  if (isHdf5(await firstBytes(path, 8))) return openEmd(path, dataset);
  const { lines } = await describeFile(path);
  fail('unsupported', lines[0] ?? path, lines[1] ?? 'Convert it to EMD.', { path });
}
