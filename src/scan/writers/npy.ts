/** A scan as NumPy's .npy: numbers in the order of the scan, and nothing else. */

import { npyHead } from '../../core/npy.ts';
import type { Task } from '../../core/task.ts';
import { bytesOf } from './number-type.ts';
import type { ScanToWrite } from './scan-to-write.ts';

/** The file, piece by piece. @throws what reading the scan throws, 'aborted' */
export async function* npyPieces(scan: ScanToWrite, task: Task): AsyncGenerator<Uint8Array> {
  yield npyHead(scan.kind.numpy, scan.shape);
  for await (const pattern of scan.patterns(task)) yield bytesOf(pattern);
}
