/**
 * A stored array with what is told of it, as a scan: its axes put in order, the scan's shape, and what has to be said. The same for every file that holds such
 * arrays, HDF5 or Zarr. Not here: finding the array.
 */

import { type AxisName, orderOf } from './axis-order.ts';
import { blocksOf } from './block-source.ts';
import { type OpenOptions, scanShapeOf, typeNotes } from './formats/reader.ts';
import { refuseLists } from './look-lists.ts';
import { refuseReversed } from './look-reversed.ts';
import { checkShape, type PatternSource } from './pattern-source.ts';
import type { ScanFile } from './scan-file.ts';
import { statedOf, type Told } from './stated.ts';
import type { StoredArray } from './stored-array.ts';

/** A frame of EMPAD as its camera sends it: 128 rows of the pattern, and two of other things. */
const EMPAD_ROWS = 130;
const EMPAD_COLUMNS = 128;

export interface StoredScan extends Pick<PatternSource, 'shape' | 'info' | 'read' | 'close'> {
  /** Rows and columns that are stored of a pattern, and whether columns come first. */
  readonly stored: { readonly rows: number; readonly columns: number; readonly transposed: boolean };
}

export interface StoredScanOptions extends Told {
  readonly title: string;
  /** Whether the format defines that the scan comes first. */
  readonly conventional?: boolean;
  readonly notes?: readonly string[];
}

/** @throws 'shape' where the axes are none of a scan, or a stack's scan shape is not given */
export async function storedScan(
  file: ScanFile,
  array: StoredArray,
  told: StoredScanOptions,
  options: OpenOptions,
): Promise<StoredScan> {
  const where = `${file.name}:${array.path}`;
  const { shape: size } = array;
  if (size.length < 3) checkShape(size, where);
  const order = orderOf(where, size, told.axes, told.conventional ?? false, options.order);
  const { scan, pattern } = order.axes;
  const [rows, columns] = [size[pattern[0]]!, size[pattern[1]]!];
  const grid = scan.length === 2 ? ([size[scan[0]]!, size[scan[1]]!] as const) : undefined;
  const frames = scan.reduce((n, axis) => n * size[axis]!, 1);
  const taken = scanShapeOf({ ...file, name: grid ? where : `${where} of ${size.join(' × ')}` }, frames, options, grid);
  const empad = rows === EMPAD_ROWS && columns === EMPAD_COLUMNS;
  const qy = empad ? EMPAD_COLUMNS : rows;
  const blocks = blocksOf(array, order.axes, [...(grid ?? ([1, frames] as const)), qy, columns]);
  if (!options.order) {
    const inOrder = order.names.filter((name): name is AxisName => name !== undefined).join(',');
    await refuseReversed(blocks, [...(grid ?? ([1, frames] as const)), qy, columns], where, inOrder);
  }
  const lists = order.stated
    ? []
    : await refuseLists({ shape: [...taken.shape, qy, columns], read: blocks.read }, where);
  const stated = statedOf(told, order);
  return {
    shape: [...taken.shape, qy, columns],
    stored: { rows, columns, transposed: pattern[0] > pattern[1] },
    info: {
      ...stated,
      format: told.layout,
      title: told.title,
      dataset: array.path,
      dtype: array.dtype,
      notes: [
        ...order.notes,
        ...taken.notes,
        ...stated.notes,
        ...(told.notes ?? []),
        ...lists,
        ...(empad
          ? ['Patterns of 130 × 128 are EMPAD’s frames, whose last two rows are no part of the pattern: left out.']
          : []),
        ...typeNotes(array.dtype),
        ...blocks.notes,
      ],
    },
    read: blocks.read,
    close: blocks.close,
  };
}
