/**
 * Arrays of EMD files (format facts from emdfile and py4DSTEM):
 * - EMD 1.0: groups marked emd_group_type 'root' → 'array' (data, dim0…dimN with name and units; a linear dim holds
 *   only its first two values), calibration in <root>/metadatabundle/calibration.
 * - py4DSTEM 0.5–0.12 and Prismatic: /4DSTEM_{experiment,simulation}/data/datacubes/<name>/datacube + dim1…dim4
 *   (0.5: the array is called 'datacube', later 'data'), calibration in …/metadata/metadata_0.
 * - Berkeley EMD 0.2: any group with emd_group_type = 1 that holds data and dim1…dimN.
 */

import type { Axis } from '../axis-order.ts';
import {
  attribute,
  childDataset,
  childGroup,
  type Hdf5Dataset,
  type Hdf5File,
  type Hdf5Group,
  isGroup,
  plain,
  walk,
} from '../hdf5.ts';
import { axisOf, type Found, leaf, type Metadata } from './found.ts';

function axes(group: Hdf5Group, rank: number, from: 0 | 1): (Axis | undefined)[] {
  return Array.from({ length: rank }, (_, i) => axisOf(group, `dim${i + from}`));
}

/** The array of a group: 'data', or 'datacube' in old py4DSTEM files and Prismatic. */
function arrayOf(group: Hdf5Group): Hdf5Dataset | undefined {
  return childDataset(group, 'data') ?? childDataset(group, 'datacube');
}

function version(group: Hdf5Group): string | undefined {
  const major = attribute(group, 'version_major');
  return major === undefined ? undefined : `${major}.${attribute(group, 'version_minor') ?? 0}`;
}

/** The metadata that belongs to an array: its root's bundle (EMD 1.0) or its tree's metadata (0.x, Prismatic). */
function metadataOf(root: Hdf5Group | undefined, group: Hdf5Group): Metadata {
  if (!root) return new Map();
  const bundle = childGroup(root, 'metadatabundle') ?? childGroup(root, 'metadata');
  return new Map([...scalars(bundle), ...scalars(childGroup(group, 'metadatabundle'))]);
}

/** Every array of the file that sits in an EMD group, whatever its rank and numbers. */
export function emdArrays(file: Hdf5File): Found[] {
  const found: Found[] = [];
  const roots = new Map<string, { root: Hdf5Group; legacy: boolean }>();
  for (const node of walk(file)) {
    if (!isGroup(node)) continue;
    const type = attribute(node, 'emd_group_type');
    if (type === undefined) continue;
    if (type === 'root') roots.set(node.path, { root: node, legacy: false });
    else if (/^\/4DSTEM_(experiment|simulation)$/.test(node.path)) roots.set(node.path, { root: node, legacy: true });
    else {
      const dataset = type === 'array' || Number(type) === 1 ? arrayOf(node) : undefined;
      if (!dataset) continue;
      const home = [...roots.entries()].find(([path]) => node.path.startsWith(`${path}/`))?.[1];
      const rank = dataset.shape?.length ?? 0;
      found.push({
        ...layoutOf(home),
        parts: [dataset],
        group: node,
        root: home?.root,
        title: leaf(node.path),
        axes: axes(node, rank, home && !home.legacy ? 0 : 1),
        conventional: home !== undefined,
        metadata: () => metadataOf(home?.root, node),
      });
    }
  }
  return found;
}

function layoutOf(
  home: { readonly root: Hdf5Group; readonly legacy: boolean } | undefined,
): Pick<Found, 'kind' | 'layout'> {
  if (!home) return { kind: 'berkeley-emd', layout: 'Berkeley EMD 0.2' };
  if (!home.legacy) return { kind: 'emd-1.0', layout: 'EMD 1.0 (py4DSTEM)' };
  if (home.root.path === '/4DSTEM_simulation') return { kind: 'prismatic', layout: 'Prismatic' };
  const number = version(home.root);
  return { kind: 'py4dstem-0.x', layout: number ? `py4DSTEM ${number}` : 'py4DSTEM 0.x' };
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
