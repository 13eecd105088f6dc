/**
 * Fills an HDF5 file with a 4D-STEM scan as EMD 1.0, the layout that py4DSTEM and emdfile read: a root with a DataCube (one chunk per pattern, shuffle-free
 * gzip), 2D arrays for vacuum probe and dark reference, and a Calibration. Patterns are taken one by one, so a scan never needs to be in memory. The UUID is
 * a hash of what was written: the same scan gives the same one. What this is not: a file, which its host makes, and lets appear whole (`node/emd.ts`).
 *
 * Axes are named and ordered as everywhere here: Ry, Rx, Qy, Qx. py4DSTEM calls them Rx, Ry, Qx, Qy whatever the file says.
 */

import { fail } from '../core/errors.ts';
import { ByteHash } from '../core/hash.ts';
import type { Task } from '../core/task.ts';
import { guarded } from './hdf5.ts';
import { checkShape } from './pattern-source.ts';
import type { ReciprocalUnit } from './units.ts';
import { type NewGroup, type PatternArray, type Patterns, writePatterns } from './writers/hdf5-patterns.ts';

export type MetadataTree = { readonly [key: string]: number | string | boolean | null | MetadataTree };

export interface EmdScan {
  /** [ry, rx, qy, qx] */
  readonly shape: readonly [number, number, number, number];
  readonly patterns: Patterns;
  /**
   * Step between scan positions [nm]; left out: the file says 'pixels'. py4DSTEM knows a single step: where x and y differ, only the axes state them,
   * and py4DSTEM counts in pixels.
   */
  readonly step_nm?: number | readonly [x: number, y: number] | undefined;
  /** Size of a detector pixel in `qUnits`; left out: the file says 'pixels'. */
  readonly qPixel?: number | undefined;
  readonly qUnits?: ReciprocalUnit | undefined;
  /**
   * Pixel that the direct beam hits in every pattern: zero of the pattern's axes, which is the first pixel where left out. Not in the calibration as
   * py4DSTEM's origin: that would make it (0.14.18) subtract pixels from mrad.
   */
  readonly beam?: readonly [x: number, y: number] | undefined;
  /** Raw counts [qy][qx]. */
  readonly vacuum?: ArrayLike<number> | undefined;
  readonly dark?: ArrayLike<number> | undefined;
  /** Relative gain [qy][qx]: counts are to be divided by it. */
  readonly gain?: ArrayLike<number> | undefined;
  /** Rotation between scan and detector [degrees], and whether their axes are swapped, as py4DSTEM counts them; left out: the file does not say. */
  readonly rotation_deg?: number | undefined;
  readonly flip?: boolean | undefined;
  /** Further metadata groups of the root, such as { microscope: { voltage_kV: 300 } }. */
  readonly metadata?: { readonly [group: string]: MetadataTree } | undefined;
  /** gzip level, 1 to 9. */
  readonly compression?: number | undefined;
}

/** What py4DSTEM knows; it refuses a file in 1/nm. */
const RECIPROCAL: Record<ReciprocalUnit, { readonly unit: string; readonly factor: number }> = {
  '1/A': { unit: 'A^-1', factor: 1 },
  '1/nm': { unit: 'A^-1', factor: 0.1 },
  mrad: { unit: 'mrad', factor: 1 },
};

function mark(group: NewGroup, type: string, pythonClass?: string): NewGroup {
  group.create_attribute('emd_group_type', type);
  if (pythonClass) group.create_attribute('python_class', pythonClass);
  return group;
}

/**
 * Writes the scan into an HDF5 file that holds nothing yet.
 * @param path of the file, for messages
 * @throws 'shape', 'incomplete', 'unsupported', 'disk-full', 'file-unreadable', 'aborted'
 */
export async function writeEmdTree(file: NewGroup, path: string, scan: EmdScan, task: Task): Promise<void> {
  checkShape(scan.shape, 'The scan to write');
  const [, , qy, qx] = scan.shape;
  const hash = new ByteHash();
  const q = scan.qUnits && RECIPROCAL[scan.qUnits];
  const [beamX, beamY] = scan.beam ?? [0, 0];
  const patternAxes = [
    axis('Qy', scan.qPixel && q && scan.qPixel * q.factor, q?.unit, beamY),
    axis('Qx', scan.qPixel && q && scan.qPixel * q.factor, q?.unit, beamX),
  ] as const;
  const [stepX, stepY] = typeof scan.step_nm === 'object' ? scan.step_nm : [scan.step_nm, scan.step_nm];
  const scanAxes = [axis('Ry', stepY, 'nm'), axis('Rx', stepX, 'nm')] as const;
  const step = stepX === stepY ? scanAxes[1] : axis('', undefined, undefined);
  const root = guarded(path, 'writing', () => {
    mark(file, 'file');
    file.create_attribute('version_major', 1, null, '<q');
    file.create_attribute('version_minor', 0, null, '<q');
    file.create_attribute('authoring_program', 'ferroscope');
    file.create_attribute('authoring_user', '');
    return mark(file.create_group('datacube_root'), 'root', 'Root');
  });
  const cube = guarded(path, 'writing', () => mark(root.create_group('datacube'), 'array', 'DataCube'));
  const each = (pattern: PatternArray) => hash.update(pattern);
  await writePatterns(cube, path, { ...scan, each }, task);
  guarded(path, 'writing', () => {
    writeAxes(cube, [...scanAxes, ...patternAxes]);
    for (const [name, data, units] of [
      ['vacuum_probe', scan.vacuum, 'counts'],
      ['dark_reference', scan.dark, 'counts'],
      ['gain', scan.gain, ''],
    ] as const) {
      if (!data) continue;
      if (data.length !== qy * qx) {
        fail(
          'shape',
          `${name} has ${data.length} values where a pattern has ${qy} × ${qx}.`,
          'Give the whole detector.',
        );
      }
      const group = mark(root.create_group(name), 'array', 'Array');
      const values = Float32Array.from(data);
      hash.update(values);
      const dataset = group.create_dataset({
        name: 'data',
        data: values,
        shape: [qy, qx],
        chunks: [qy, qx],
        compression: 'gzip',
        dtype: '<f',
      });
      dataset.create_attribute('units', units);
      writeAxes(group, patternAxes);
    }
    const bundle = mark(root.create_group('metadatabundle'), 'metadatabundle');
    const calibration = mark(bundle.create_group('calibration'), 'metadata', 'Calibration');
    const values = {
      Q_pixel_size: patternAxes[0].size,
      Q_pixel_units: patternAxes[0].unit,
      R_pixel_size: step.size,
      R_pixel_units: step.unit,
      ...(scan.flip === undefined ? {} : { QR_flip: scan.flip }),
      ...(scan.rotation_deg === undefined ? {} : { QR_rotation_degrees: scan.rotation_deg }),
    };
    writeItems(calibration, { ...values, _root_treepath: '' });
    const targets = calibration.create_group('_target_paths');
    targets.create_attribute('type', 'list_of_strings');
    targets.create_attribute('length', 1, null, '<q');
    targets.create_dataset({ name: '0', data: '/datacube', shape: [], dtype: 'S' });
    for (const [name, tree] of Object.entries(scan.metadata ?? {})) {
      writeItems(mark(bundle.create_group(name), 'metadata', 'Metadata'), tree);
    }
    hash.update(new TextEncoder().encode(JSON.stringify([scan.shape, values, scan.metadata ?? {}])));
    const hex = hash.digest();
    // Version 8 (RFC 9562): made of what is inside, in a way of its own.
    const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    file.create_attribute('UUID', uuid);
  });
}

interface WrittenAxis {
  readonly name: string;
  readonly size: number;
  readonly unit: string;
  /** Pixel at zero. */
  readonly zero: number;
}

function axis(name: string, size: number | undefined, unit: string | undefined, zero = 0): WrittenAxis {
  return size !== undefined && unit !== undefined
    ? { name, size, unit, zero }
    : { name, size: 1, unit: 'pixels', zero };
}

/** A linear axis is written as its first two values. */
function writeAxes(group: NewGroup, axes: readonly WrittenAxis[]): void {
  for (const [i, { name, size, unit, zero }] of axes.entries()) {
    const dim = group.create_dataset({
      name: `dim${i}`,
      data: new Float64Array([(0 - zero) * size, (1 - zero) * size]),
    });
    dim.create_attribute('name', name);
    dim.create_attribute('units', unit);
  }
}

/** emdfile's metadata items: scalars with a 'type' attribute, groups for nested trees. */
function writeItems(group: NewGroup, tree: MetadataTree): void {
  for (const [name, value] of Object.entries(tree)) {
    if (value !== null && typeof value === 'object') {
      const nested = group.create_group(name);
      nested.create_attribute('type', 'dict');
      writeItems(nested, value);
    } else if (typeof value === 'number') {
      group.create_dataset({ name, data: value, shape: [], dtype: '<d' }).create_attribute('type', 'number');
    } else if (typeof value === 'boolean') {
      group.create_dataset({ name, data: value ? 1 : 0, shape: [], dtype: '<b' }).create_attribute('type', 'bool');
    } else {
      const dataset = group.create_dataset({ name, data: value ?? '_None', shape: [], dtype: 'S' });
      dataset.create_attribute('type', value === null ? 'None' : 'string');
    }
  }
}
