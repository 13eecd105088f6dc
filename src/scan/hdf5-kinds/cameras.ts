/**
 * Frames as cameras write them: the master file of a Dectris camera (ARINA, QUADRO, ELA), whose frames lie in linked files /entry/data/data_000001, …,
 * [frame][y][x] (Dectris, HDF5 file format); and Velox's stacks /Data/Image/<id>/Data, [y][x][frame], with JSON in the columns of Metadata. Neither states the
 * scan's shape.
 */

import type { Axis } from '../axis-order.ts';
import { attribute, child, childDataset, childGroup, type Hdf5Dataset, type Hdf5File, isDataset } from '../hdf5.ts';
import { type Found, type Metadata, usable } from './found.ts';

const PATTERN: Axis = { name: '', unit: '', role: 'pattern' };
const SCAN: Axis = { name: 'frames', unit: '', role: 'scan' };

export function dectrisArrays(file: Hdf5File): Found[] {
  const group = childGroup(file, 'entry/data');
  const all = (group?.keys() ?? []).filter((name) => /^data_\d+$/.test(name)).toSorted();
  const parts = all.flatMap((name) => childDataset(group!, name) ?? []);
  const [first] = parts;
  if (!first) return [];
  const photon = child(file, 'entry/instrument/detector/detectorSpecific/photon_energy');
  const description = child(file, 'entry/instrument/detector/description');
  const camera = isDataset(description) ? [description.json_value].flat().join() : '';
  return [
    {
      kind: 'dectris-master',
      layout: camera || 'Dectris camera',
      parts: [first, ...parts.slice(1)],
      group,
      title: 'data',
      axes: [SCAN, PATTERN, PATTERN],
      // Electron cameras have the beam's energy [eV] where X-ray ones have the photons'.
      metadata: () => {
        const energy = isDataset(photon) ? Number(photon.json_value) : 0;
        return new Map(energy >= 20_000 ? [['accelerating_voltage', energy] as const] : []);
      },
    },
  ];
}

/** One file of frames, alone: Dectris numbers its images by attributes. */
export const isDectrisData = (dataset: Hdf5Dataset): boolean =>
  dataset.shape?.length === 3 && attribute(dataset, 'image_nr_low') !== undefined;

export function veloxArrays(file: Hdf5File): Found[] {
  const images = childGroup(file, 'Data/Image');
  return (images?.keys() ?? []).flatMap((id): Found[] => {
    const group = childGroup(images!, id);
    const dataset = group && childDataset(group, 'Data');
    if (!group || dataset?.shape?.length !== 3) return [];
    const { axis, metadata } = veloxMetadata(childDataset(group, 'Metadata'));
    return [
      {
        kind: 'velox',
        layout: 'Velox',
        parts: [dataset],
        group,
        title: id,
        axes: [axis, axis, SCAN],
        metadata: () => metadata,
      },
    ];
  });
}

interface VeloxJson {
  readonly Optics?: { readonly AccelerationVoltage?: string };
  readonly BinaryResult?: { readonly PixelSize?: { readonly width?: string }; readonly PixelUnitX?: string };
}

function veloxMetadata(dataset: Hdf5Dataset | undefined): { readonly axis: Axis; readonly metadata: Metadata } {
  const nothing = { axis: PATTERN, metadata: new Map() };
  const [rows] = dataset?.shape ?? [];
  if (!dataset || !rows) return nothing;
  const bytes = dataset.slice([
    [0, rows],
    [0, 1],
  ]);
  if (!(bytes instanceof Uint8Array)) return nothing;
  const end = bytes.indexOf(0);
  try {
    const json = JSON.parse(new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))) as VeloxJson;
    const size = usable(Number(json.BinaryResult?.PixelSize?.width));
    const unit = json.BinaryResult?.PixelUnitX ?? '';
    const volts = Number(json.Optics?.AccelerationVoltage);
    const metadata = new Map(volts > 0 ? [['accelerating_voltage', volts] as const] : []);
    // A stack of images of the specimen has pixels in metres, one of patterns in 1/m or radians.
    return { axis: { name: '', unit, step: size, role: 'pattern' }, metadata };
  } catch {
    return nothing;
  }
}
