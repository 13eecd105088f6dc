/**
 * Nion Swift's calibrations: JSON beside the data (attribute 'properties' of an HDF5 dataset, metadata.json of an .ndata archive) with dimensional_calibrations in
 * the order of the array's axes and the counts of dimensions: a sequence, then the collection (scan), then the datum (pattern). Facts from nionswift's
 * documentation of DataAndMetadata.
 */

import type { Axis } from '../axis-order.ts';
import { type Hdf5Dataset, type Hdf5File, isDataset, walk } from '../hdf5.ts';
import { type Found, leaf, type Metadata, usable } from './found.ts';

type Json = Readonly<Record<string, unknown>>;

export interface NionData {
  readonly axes: readonly (Axis | undefined)[];
  readonly metadata: Metadata;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first value of that name, at whatever depth. */
function deep(value: unknown, name: RegExp, levels = 6): unknown {
  if (levels === 0 || typeof value !== 'object' || value === null) return undefined;
  for (const [key, below] of Object.entries(value)) if (name.test(key) && below !== null) return below;
  for (const below of Object.values(value)) {
    const found = deep(below, name, levels - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What JSON says of an array; undefined where it is none of Nion Swift's. */
export function nionData(text: string, rank: number): NionData | undefined {
  let properties: unknown;
  try {
    properties = JSON.parse(text);
  } catch {
    return undefined;
  }
  const calibrations = deep(properties, /^(dimensional|spatial)_calibrations$/);
  if (!Array.isArray(calibrations) || calibrations.length !== rank) return undefined;
  const count = (name: RegExp): number | undefined => {
    const value = deep(properties, name);
    return typeof value === 'number' ? value : undefined;
  };
  const datum = count(/^datum_dimension_count$/);
  const collection = count(/^collection_dimension_count$/);
  const axes = Array.from({ length: rank }, (_, i): Axis | undefined => {
    const one: unknown = calibrations[i];
    const role =
      datum === 2 && collection !== undefined && collection > 0 ? (i < rank - datum ? 'scan' : 'pattern') : undefined;
    if (!isObject(one)) return { name: '', unit: '', role };
    return { name: '', unit: typeof one.units === 'string' ? one.units : '', step: usable(one.scale), role };
  });
  const metadata = new Map<string, number>();
  const voltage = deep(properties, /^(high_tension(_v)?|high_voltage|eht|accelerating_voltage(_v)?)$/i);
  if (typeof voltage === 'number' && voltage > 0) metadata.set('accelerating_voltage', voltage);
  return { axes, metadata };
}

export function nionArrays(file: Hdf5File): Found[] {
  const found: Found[] = [];
  for (const node of walk(file)) {
    if (!isDataset(node)) continue;
    const data = propertiesOf(node);
    if (!data) continue;
    found.push({
      kind: 'nion-swift',
      layout: 'Nion Swift',
      parts: [node],
      title: leaf(node.path),
      axes: data.axes,
      metadata: () => data.metadata,
    });
  }
  return found;
}

function propertiesOf(dataset: Hdf5Dataset): NionData | undefined {
  const text = dataset.attrs.properties?.json_value;
  return typeof text === 'string' ? nionData(text, dataset.shape?.length ?? 0) : undefined;
}
