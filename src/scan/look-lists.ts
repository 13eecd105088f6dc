/**
 * Whether an array of four axes holds lists (of disks, peaks, atoms) instead of patterns: a few columns, each of one quantity. What numbers an entry, such as the
 * indices of its disk, is the same at every position, while the others change; of counts no row is so. Looked at where a pattern's side is short, for no camera's is.
 */

import { fail } from '../core/errors.ts';
import type { PatternSource } from './pattern-source.ts';

/** Sides of patterns up to this are looked at, and up to this are no camera's [pixels]. */
const SHORT = 8;
const NO_CAMERA = 3;
/** Positions that are looked at, at most and at least. */
const MOST = 32;
const FEWEST = 4;
/** Different values of what numbers entries, at least. */
const VALUES = 3;

/**
 * What has to be said of patterns with so short a side.
 * @throws 'shape' where they are lists
 */
export async function refuseLists(
  { shape, read }: Pick<PatternSource, 'shape' | 'read'>,
  where: string,
): Promise<readonly string[]> {
  const [ry, rx, qy, qx] = shape;
  if (Math.min(qy, qx) > SHORT) return [];
  const count = Math.min(MOST, ry * rx);
  const patterns: Float32Array[] = [];
  for (let i = 0; count >= FEWEST && i < count; i++) {
    patterns.push(await read(Math.floor((i * ry * rx) / count), 1));
  }
  const rows = Array.from({ length: qy }, (_, y) => Array.from({ length: qx }, (_, x) => y * qx + x));
  const columns = Array.from({ length: qx }, (_, x) => Array.from({ length: qy }, (_, y) => y * qx + x));
  for (const [lines, entries] of [
    [rows, qx],
    [columns, qy],
  ] as const) {
    if (lines.length > SHORT || patterns.length === 0) continue;
    const same = (line: readonly number[]): boolean =>
      line.every((at) => patterns.every((pattern) => pattern[at] === patterns[0]![at]));
    const numbering = lines.find((line) => same(line) && new Set(line.map((at) => patterns[0]![at])).size >= VALUES);
    if (!numbering || lines.every(same)) continue;
    const values = numbering.slice(0, 8).map((at) => patterns[0]![at]);
    fail(
      'shape',
      `${where}, ${shape.join(' × ')}, holds lists of ${entries} entries with ${lines.length} numbers each, no patterns: ${values.join(', ')}${entries > 8 ? ', …' : ''} stand at every position, as numbers of disks do.`,
      'Give the scan that they were measured on, or another array of the file (--dataset).',
      { shape, entries },
    );
  }
  return Math.min(qy, qx) <= NO_CAMERA
    ? [`A pattern of ${qy} × ${qx} pixels is no camera’s: if these are lists of disks or positions, no map follows.`]
    : [];
}
