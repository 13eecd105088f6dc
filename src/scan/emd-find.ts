/**
 * Where the 4D arrays of an HDF5 file are and what surrounds them. Layouts (format facts from emdfile and py4DSTEM):
 * - EMD 1.0: groups marked emd_group_type 'root' → 'array' (data, dim0…dimN with name and units; a linear dim holds
 *   only its first two values), calibration in <root>/metadatabundle/calibration.
 * - py4DSTEM 0.5–0.12 and Prismatic: /4DSTEM_{experiment,simulation}/data/datacubes/<name>/datacube + dim1…dim4
 *   (0.5: the array is called 'datacube', later 'data'), calibration in …/metadata/metadata_0.
 * - Berkeley EMD 0.2: any group with emd_group_type = 1 that holds data and dim1…dimN.
 * - anything else: any 4D numeric dataset.
 */

import {
  attribute,
  childDataset,
  childGroup,
  type Hdf5Dataset,
  type Hdf5File,
  type Hdf5Group,
  isDataset,
  isGroup,
  numberType,
  plain,
  walk,
} from './hdf5.ts';

export type Layout = 'EMD 1.0 (py4DSTEM)' | 'py4DSTEM 0.x' | 'Prismatic' | 'Berkeley EMD 0.2' | 'HDF5';

export interface Axis {
  readonly name: string;
  readonly unit: string;
  /** Difference of the first two values; undefined for an axis of one value. */
  readonly step?: number | undefined;
}

export interface Found {
  readonly layout: Layout;
  readonly dataset: Hdf5Dataset;
  /** Group that holds the array, and the tree's root group where the layout has one. */
  readonly group?: Hdf5Group | undefined;
  readonly root?: Hdf5Group | undefined;
  readonly title: string;
  readonly axes: readonly (Axis | undefined)[];
  readonly version?: string | undefined;
}

const leaf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const parentPath = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

function axis(group: Hdf5Group, name: string): Axis | undefined {
  const dim = childDataset(group, name);
  if (!dim) return undefined;
  const value = dim.value;
  const numbers = ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<number | bigint>) : undefined;
  const step = numbers && numbers.length > 1 ? Number(numbers[1]) - Number(numbers[0]) : undefined;
  return {
    name: String(attribute(dim, 'name') ?? ''),
    unit: String(attribute(dim, 'units') ?? ''),
    step: step !== undefined && Number.isFinite(step) && step !== 0 ? Math.abs(step) : undefined,
  };
}

function axes(group: Hdf5Group | undefined, rank: number, from: 0 | 1): (Axis | undefined)[] {
  return Array.from({ length: rank }, (_, i) => group && axis(group, `dim${i + from}`));
}

/** The array of a group: 'data', or 'datacube' in old py4DSTEM files and Prismatic. */
function arrayOf(group: Hdf5Group): Hdf5Dataset | undefined {
  return childDataset(group, 'data') ?? childDataset(group, 'datacube');
}

function version(group: Hdf5Group): string | undefined {
  const major = attribute(group, 'version_major');
  return major === undefined ? undefined : `${major}.${attribute(group, 'version_minor') ?? 0}`;
}

/** Every array of the file that sits in an EMD group, whatever its rank, then every other 4D numeric dataset. */
export function findArrays(file: Hdf5File): Found[] {
  const found: Found[] = [];
  const roots = new Map<string, { root: Hdf5Group; legacy: boolean }>();
  for (const node of walk(file)) {
    if (!isGroup(node)) continue;
    const type = attribute(node, 'emd_group_type');
    if (type === undefined) continue;
    if (type === 'root') roots.set(node.path, { root: node, legacy: false });
    else if (/^\/4DSTEM_(experiment|simulation)$/.test(node.path)) roots.set(node.path, { root: node, legacy: true });
    else {
      const dataset = type === 'array' || type === 1 ? arrayOf(node) : undefined;
      if (!dataset || !numberType(dataset)) continue;
      const home = [...roots.entries()].find(([path]) => node.path.startsWith(`${path}/`))?.[1];
      const rank = dataset.shape?.length ?? 0;
      const prismatic = home?.legacy && home.root.path === '/4DSTEM_simulation';
      found.push({
        layout: home
          ? home.legacy
            ? prismatic
              ? 'Prismatic'
              : 'py4DSTEM 0.x'
            : 'EMD 1.0 (py4DSTEM)'
          : 'Berkeley EMD 0.2',
        dataset,
        group: node,
        root: home?.root,
        title: leaf(node.path),
        axes: axes(node, rank, home && !home.legacy ? 0 : 1),
        version: home?.legacy ? version(home.root) : version(file),
      });
    }
  }
  const known = new Set(found.map((item) => item.dataset.path));
  for (const node of walk(file)) {
    if (!isDataset(node) || known.has(node.path) || node.shape?.length !== 4 || !numberType(node)) continue;
    const above = parentPath(node.path);
    const group = above === '/' ? file : childGroup(file, above);
    found.push({ layout: 'HDF5', dataset: node, group, title: leaf(node.path), axes: [] });
  }
  return found;
}

/** All scalar values below a metadata group, datasets and attributes, by name and (where free) by lower-case name. */
export function scalars(group: Hdf5Group | undefined): Map<string, number | string | boolean> {
  const values = new Map<string, number | string | boolean>();
  if (!group) return values;
  const keep = (name: string, value: number | string | boolean): void => {
    values.set(name, value);
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value);
  };
  const attributes = (node: Hdf5Group | Hdf5Dataset): void => {
    for (const name of Object.keys(node.attrs)) {
      const value = attribute(node, name);
      if (value !== undefined && !['emd_group_type', 'python_class', 'type'].includes(name)) keep(name, value);
    }
  };
  attributes(group);
  for (const node of walk(group, 2000)) {
    if (isGroup(node)) attributes(node);
    else if (node.shape?.reduce((a, b) => a * b, 1) === 1) {
      const value = plain(node.json_value);
      if (value !== undefined) keep(leaf(node.path), value);
    }
  }
  return values;
}
