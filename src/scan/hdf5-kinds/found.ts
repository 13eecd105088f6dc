/** An array of an HDF5 file that may be a scan, with what its layout says of it. Every layout gives the same. */

import type { Axis } from '../axis-order.ts';
import { attribute, childDataset, type Hdf5Dataset, type Hdf5Group } from '../hdf5.ts';

/** Values by name and by lower-case name. */
export type Metadata = ReadonlyMap<string, number | string | boolean>;

export interface Found {
  /** As `ferroscope info --json` names it: 'emd-1.0'. */
  readonly kind: string;
  /** In words: 'EMD 1.0 (py4DSTEM)'. */
  readonly layout: string;
  /** Several are parts of one array, one behind the other along their first axis. */
  readonly parts: readonly [Hdf5Dataset, ...Hdf5Dataset[]];
  readonly title: string;
  /** Of the array, in its order; undefined where the file says nothing. */
  readonly axes: readonly (Axis | undefined)[];
  /** Whether the layout defines that the scan comes first. */
  readonly conventional?: boolean;
  /** The tree that belongs together: references of a scan lie in its tree. */
  readonly root?: Hdf5Group | undefined;
  /** Group that holds the array. */
  readonly group?: Hdf5Group | undefined;
  /** Read when asked for. */
  readonly metadata: () => Metadata;
}

export const leaf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentPath = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Shape of all parts together. */
export function shapeOf({ parts }: Found): readonly number[] {
  const [first] = parts;
  const shape = first.shape ?? [];
  return parts.length === 1 ? shape : [parts.reduce((sum, part) => sum + (part.shape?.[0] ?? 0), 0), ...shape.slice(1)];
}

/** Difference of neighbours, from an array along an axis; undefined for one of one value. */
export function stepOf(values: unknown): number | undefined {
  const numbers = ArrayBuffer.isView(values) ? (values as unknown as ArrayLike<number | bigint>) : undefined;
  if (!numbers || numbers.length < 2) return undefined;
  return usable(Number(numbers[1]) - Number(numbers[0]));
}

/** A step without its sign, where it is one. */
export function usable(step: unknown): number | undefined {
  return typeof step === 'number' && Number.isFinite(step) && step !== 0 ? Math.abs(step) : undefined;
}

/** An axis that an array of its own describes, with attributes name and units. */
export function axisOf(group: Hdf5Group, name: string): Axis | undefined {
  const dim = childDataset(group, name);
  if (!dim) return undefined;
  return {
    name: String(attribute(dim, 'name') ?? ''),
    unit: String(attribute(dim, 'units') ?? ''),
    step: stepOf(dim.value),
  };
}
