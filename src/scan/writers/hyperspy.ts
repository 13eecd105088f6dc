/**
 * A scan as HyperSpy lays it out (versions 3.3 of its hspy and zspy files, as HyperSpy 2.5 writes them): groups with attributes, and one array. The same tree
 * stands in HDF5 (.hspy, here) and in Zarr 2 (.zspy, zspy.ts). HyperSpy stores axes slowest first, and knows no vacuum probe, dark reference or gain.
 */

import type { Task } from '../../core/task.ts';
import { guarded } from '../hdf5.ts';
import { type NewGroup, writePatterns } from './hdf5-patterns.ts';
import { axesOf, type Fact, type ScanToWrite } from './scan-to-write.ts';

type Value = number | string | boolean;
type Attributes = Readonly<Record<string, Value>>;

/** The group of the signal; its array is `data` below it. */
export const SIGNAL = 'Experiments/scan';
export const HYPERSPY_HOLDS: readonly Fact[] = ['step', 'pixel', 'voltage', 'semi-angle'];

/** Groups below the root, parents first, with their attributes. */
export function hyperspyGroups(scan: ScanToWrite): readonly (readonly [path: string, attributes: Attributes])[] {
  const { info, from } = scan;
  const microscope: Record<string, number> = {};
  if (info.voltage_kV !== undefined) microscope.beam_energy = info.voltage_kV;
  if (info.semiangle_mrad !== undefined) microscope.convergence_angle = info.semiangle_mrad;
  return [
    ['Experiments', {}],
    [SIGNAL, { package: 'hyperspy', package_version: '2.5.0' }],
    ...axesOf(scan).map(
      ({ name, count, step, unit }, i) =>
        [
          `${SIGNAL}/axis-${i}`,
          {
            _type: 'UniformDataAxis',
            name,
            scale: step,
            offset: 0,
            size: count,
            units: unit,
            navigate: i < 2,
            is_binned: false,
          },
        ] as const,
    ),
    [`${SIGNAL}/metadata`, {}],
    [`${SIGNAL}/metadata/General`, { title: info.title }],
    // 'image': the last two axes are the signal's, also where no axis says so itself.
    [`${SIGNAL}/metadata/Signal`, { signal_type: '', record_by: 'image' }],
    [`${SIGNAL}/metadata/Acquisition_instrument`, {}],
    [`${SIGNAL}/metadata/Acquisition_instrument/TEM`, microscope],
    [`${SIGNAL}/learning_results`, {}],
    [`${SIGNAL}/original_metadata`, {}],
    [`${SIGNAL}/original_metadata/ferroscope`, { file: from, format: info.format, notes: info.notes.join(' ') }],
  ];
}

function attribute(group: NewGroup, name: string, value: Value): void {
  if (typeof value === 'string') group.create_attribute(name, value);
  // HyperSpy takes h5py's truth values alone, which h5wasm does not write; without them its defaults hold, which are the same.
  else if (typeof value === 'number') group.create_attribute(name, value, null, name === 'size' ? '<q' : '<d');
}

/** Writes the scan into an HDF5 file that holds nothing yet. @param path of the file, for messages @throws as `writePatterns` */
export async function writeHspyTree(file: NewGroup, path: string, scan: ScanToWrite, task: Task): Promise<void> {
  const made = new Map<string, NewGroup>();
  guarded(path, 'writing', () => {
    attribute(file, 'file_format', 'HyperSpy');
    attribute(file, 'file_format_version', '3.3');
    for (const [where, attributes] of hyperspyGroups(scan)) {
      const cut = where.lastIndexOf('/');
      const group = (made.get(where.slice(0, Math.max(0, cut))) ?? file).create_group(where.slice(cut + 1));
      made.set(where, group);
      for (const [name, value] of Object.entries(attributes)) attribute(group, name, value);
    }
  });
  await writePatterns(made.get(SIGNAL)!, path, { shape: scan.shape, patterns: scan.patterns(task) }, task);
}
