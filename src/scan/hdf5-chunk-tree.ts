/** Chunks of an HDF5 dataset by their place in the array: the B-tree of version 1 (HDF5 File Format Specification 3.0, III.A.1). Not here: unpacking them. */

import { longAt } from './hdf5-layout.ts';
import { bytesAt, type ScanFile } from './scan-file.ts';

export interface StoredChunk {
  /** In the file [bytes], and as it is packed [bytes]. */
  readonly offset: number;
  readonly size: number;
  /** Filters that were left out of this chunk, one bit each. */
  readonly mask: number;
}

interface Entry extends StoredChunk {
  /** The array's index at which the chunk, or the part of the tree, begins. */
  readonly start: readonly number[];
}

interface Node {
  readonly leaf: boolean;
  readonly entries: readonly Entry[];
}

/** Levels of a tree, and what is kept of one [nodes]: some 64 chunks each. */
const DEEPEST = 16;
const KEPT = 4096;

/** Looks chunks up by the array's index at which they begin; undefined for one that was not written. @throws RangeError for a damaged tree */
export function chunkTree(
  file: ScanFile,
  { tree, base }: { readonly tree: number; readonly base: number },
  rank: number,
): (start: readonly number[]) => Promise<StoredChunk | undefined> {
  const kept = new Map<number, Node>();
  // A key: size and mask of 4 bytes, an index of 8 bytes for each axis and 0 for the bytes of a number; then the child's address.
  const key = 8 + 8 * (rank + 1);

  async function nodeAt(offset: number): Promise<Node> {
    const old = kept.get(offset);
    if (old) return old;
    const head = await bytesAt(file, offset, 24);
    if (String.fromCharCode(...head.subarray(0, 5)) !== 'TREE\x01') throw new RangeError(`no B-tree at ${offset}`);
    const count = new DataView(head.buffer, head.byteOffset, head.length).getUint16(6, true);
    const bytes = await bytesAt(file, offset + 24, count * (key + 8));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const entries = Array.from({ length: count }, (_, i): Entry => {
      const at = i * (key + 8);
      return {
        size: view.getUint32(at, true),
        mask: view.getUint32(at + 4, true),
        start: Array.from({ length: rank }, (_, axis) => longAt(view, at + 8 + 8 * axis) ?? Number.NaN),
        offset: base + (longAt(view, at + key) ?? Number.NaN),
      };
    });
    const node = { leaf: head[5] === 0, entries };
    if (kept.size >= KEPT) kept.clear();
    kept.set(offset, node);
    return node;
  }

  return async (start) => {
    let offset = tree;
    for (let level = 0; level < DEEPEST; level++) {
      const { leaf, entries } = await nodeAt(offset);
      const entry = entries[lastUpTo(entries, start)];
      if (!entry) return undefined;
      if (leaf) return compare(entry.start, start) === 0 ? entry : undefined;
      offset = entry.offset;
    }
    throw new RangeError('a B-tree without end');
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return a[axis]! - b[axis]!;
  return 0;
}

/** The last of the entries, which are in order, that begins at `start` or before; −1 where none does. */
function lastUpTo(entries: readonly Entry[], start: readonly number[]): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(entries[middle]!.start, start) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
