/**
 * A scan as a TIFF stack, a page per pattern in scan order, which Fiji, tifffile and HyperSpy open as [ry][rx][qy][qx] (ImageJ's frames and slices). Beyond 4 GB
 * it is BigTIFF, which tifffile, HyperSpy and Bio-Formats read, and ImageJ by itself does not. It holds the size of a detector's pixel, and nothing else.
 */

import type { Task } from '../../core/task.ts';
import { ascii, directory, type Entry, escaped, pageEntries, tiffHead } from '../../core/tiff-directory.ts';
import { bytesOf } from './number-type.ts';
import { axesOf, type ScanToWrite } from './scan-to-write.ts';

/** TIFF's offsets have 32 bits [bytes]. */
const LARGEST = 2 ** 32 - 1;

/** The file, piece by piece. @param largest beyond it is BigTIFF [bytes] @throws what reading the scan throws, 'aborted' */
export async function* tiffPieces(scan: ScanToWrite, task: Task, largest = LARGEST): AsyncGenerator<Uint8Array> {
  const { shape, kind } = scan;
  const [ry, rx, qy, qx] = shape;
  const pages = ry * rx;
  const pageBytes = qy * qx * kind.bytes;
  const [, , { step, unit }] = axesOf(scan) as [unknown, unknown, { step: number; unit: string }];
  const page = { width: qx, height: qy, bits: 8 * kind.bytes, sample: kind.sample, pixel: [step, step] } as const;
  const description = [
    'ImageJ=1.53t',
    `images=${pages}`,
    ...(rx > 1 ? [`slices=${rx}`] : []),
    ...(ry > 1 ? [`frames=${ry}`] : []),
    ...(pages > 1 ? ['hyperstack=true', 'mode=grayscale'] : []),
    `unit=${unit === 'px' ? 'pixel' : unit}`,
    'loop=false',
    '',
  ].join('\n');
  const more: readonly Entry[] = [ascii(270, escaped(description))];
  // Directories are as long wherever pixels and directories lie.
  const length = (entries: readonly Entry[], big: boolean) => directory(entries, 0, 0, big).length;
  const needed = 8 + length([...pageEntries(page, 0, false), ...more], false) + pages * pageBytes;
  const big = needed + (pages - 1) * length(pageEntries(page, 0, false), false) > largest;
  const head = tiffHead(big);
  const each = length(pageEntries(page, 0, big), big);
  const pixelsAt = head.length + length([...pageEntries(page, 0, big), ...more], big);
  // Directories are aligned, whatever the pixels are.
  const gap = (4 - ((pages * pageBytes) % 4)) % 4;
  const othersAt = pixelsAt + pages * pageBytes + gap;
  yield head;
  const first = [...pageEntries(page, pixelsAt, big), ...more];
  yield directory(first, head.length, pages > 1 ? othersAt : 0, big);
  for await (const pattern of scan.patterns(task)) yield bytesOf(pattern);
  yield new Uint8Array(gap);
  for (let index = 1; index < pages; index++) {
    const at = othersAt + (index - 1) * each;
    const entries = pageEntries(page, pixelsAt + index * pageBytes, big);
    yield directory(entries, at, index + 1 < pages ? at + each : 0, big);
  }
}
