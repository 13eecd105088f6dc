/**
 * Data of NeXus (NXdata: attributes 'signal' and 'axes', or 'signal' and 'axes' of the dataset in old files; manual.nexusformat.org), and the plain HDF5 that
 * states its axes by dimension scales, as netCDF-4 does.
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
  walk,
} from '../hdf5.ts';
import { type Found, leaf, stepOf } from './found.ts';

const NOTHING = () => new Map<string, never>();

function axisOf(name: string, along: Hdf5Dataset | undefined): Axis {
  return {
    name: name === '.' ? '' : name,
    unit: String((along && attribute(along, 'units')) ?? ''),
    step: along?.shape?.length === 1 ? stepOf(along.value) : undefined,
  };
}

/** Names in a list, a list in one text ('y:x', '[y,x]'), or one name. */
function names(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.replace(/[[\]\s]/g, '').split(/[:,]/) : [];
}

export function nexusArrays(file: Hdf5File): Found[] {
  const found: Found[] = [];
  for (const group of [file, ...walk(file)]) {
    if (!isGroup(group) || attribute(group, 'NX_class') !== 'NXdata') continue;
    const signal = attribute(group, 'signal');
    const name = typeof signal === 'string' ? signal : group.keys().find((key) => isSignal(group, key));
    const dataset = name === undefined ? undefined : childDataset(group, name);
    if (!dataset) continue;
    const axes = names((group.attrs.axes ?? dataset.attrs.axes)?.json_value);
    found.push({
      kind: 'nexus',
      layout: 'NeXus',
      parts: [dataset],
      group,
      title: leaf(group.path) || leaf(dataset.path),
      axes: (dataset.shape ?? []).map((_, i) => {
        const axis = axes[i];
        return axis === undefined ? undefined : axisOf(axis, axis === '.' ? undefined : childDataset(group, axis));
      }),
      metadata: NOTHING,
    });
  }
  return found;
}

function isSignal(group: Hdf5Group, key: string): boolean {
  const dataset = childDataset(group, key);
  return dataset !== undefined && Number(attribute(dataset, 'signal')) === 1;
}

/** A dataset by itself. */
export function plainArray(file: Hdf5File, dataset: Hdf5Dataset, above: string): Found {
  const labels = dataset.get_dimension_labels?.() ?? [];
  const scales = (dataset.shape ?? []).map((_, i) => dataset.get_attached_scales?.(i)?.[0]);
  return {
    kind: 'hdf5',
    layout: 'HDF5',
    parts: [dataset],
    group: above === '/' ? file : childGroup(file, above),
    title: leaf(dataset.path),
    axes: scales.map((scale, i) => {
      const label = labels[i] ?? '';
      if (!scale) return label ? axisOf(label, undefined) : undefined;
      return axisOf(label || leaf(scale), childDataset(file, scale));
    }),
    metadata: NOTHING,
  };
}
