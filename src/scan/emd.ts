/**
 * 4D scans in HDF5 files as a {@link PatternSource}: EMD 1.0, py4DSTEM 0.x, Prismatic, Berkeley EMD and plain 4D
 * datasets. Reads lazily, hyperslab by hyperslab. Vacuum probe, dark reference and gain are taken from 2D arrays of the
 * same tree whose names say so and whose shape is that of a pattern. Not here: measuring anything.
 */

import { fail } from '../core/errors.ts';
import { plural } from '../core/numbers.ts';
import { type Found, findArrays, scalars } from './emd-find.ts';
import { checkReadable, childGroup, guarded, type Hdf5File, readAll, readSlab } from './hdf5.ts';
import { checkRange, checkShape, type PatternSource, type ScanInfo } from './pattern-source.ts';
import type { ScanFile } from './scan-file.ts';
import { lengthInNm, reciprocal } from './units.ts';

/** Names under which 2D arrays beside a datacube are recognised. */
const COMPANIONS = { vacuum: /vacuum|^probe$/i, dark: /dark/i, gain: /gain|flat_?field/i } as const;
type Companion = keyof typeof COMPANIONS;

/** The metadata that belongs to an array: its root's bundle (EMD 1.0) or its tree's metadata (0.x, Prismatic). */
function metadataOf(found: Found): Map<string, number | string | boolean> {
  if (!found.root) return new Map();
  const bundle = childGroup(found.root, 'metadatabundle') ?? childGroup(found.root, 'metadata');
  return new Map([...scalars(bundle), ...scalars(found.group && childGroup(found.group, 'metadatabundle'))]);
}

/** What the file says about an array. */
export function infoOf(found: Found): ScanInfo {
  const meta = metadataOf(found);
  const notes: string[] = [];
  const number = (...names: string[]): number | undefined => {
    for (const name of names) {
      const value = meta.get(name);
      if (typeof value === 'number' && Number.isFinite(value)) return value;
    }
    return undefined;
  };
  const [ry, rx, qy, qx] = found.axes;
  const prismatic = found.layout === 'Prismatic';
  // Prismatic computes in Å (its parameter rx is the probe step in Å) and labels the axes n_m.
  const probeStep = number('rx');
  const mislabelled =
    prismatic &&
    ry?.unit === '[n_m]' &&
    ry.step !== undefined &&
    probeStep !== undefined &&
    Math.abs(ry.step - probeStep) < 1e-4;
  if (mislabelled)
    notes.push("Prismatic labels its axes 'n_m', but its parameters show that they are in Å: read as Å.");

  // A calibration has one step; a scan with two states them along its axes, and counts in pixels here.
  const calibrated =
    lengthInNm(String(meta.get('r_pixel_units') ?? '')) === undefined ? undefined : number('r_pixel_size');
  const stepUnit = mislabelled ? 'A' : String((calibrated && meta.get('r_pixel_units')) ?? ry?.unit ?? '');
  const steps = calibrated === undefined ? [ry?.step, rx?.step].filter((step) => step !== undefined) : [calibrated];
  const rawStep = steps.length > 0 ? steps.reduce((a, b) => a + b, 0) / steps.length : number('r_pixel_size');
  const nm = lengthInNm(stepUnit);
  if (rawStep !== undefined && nm === undefined)
    notes.push(`Scan step ${rawStep} in '${stepUnit || 'no unit'}': not a length.`);
  if (steps.length === 2 && Math.abs(steps[0]! - steps[1]!) > 1e-6 * steps[0]!) {
    notes.push(`Scan steps differ: ${steps.join(' and ')} ${stepUnit}; their mean is used.`);
  }

  const qUnit = mislabelled ? 'A^-1' : String(meta.get('q_pixel_units') ?? qy?.unit ?? '');
  const rawPixel = number('q_pixel_size') ?? qy?.step ?? qx?.step;
  const pixel = rawPixel === undefined ? undefined : reciprocal(rawPixel, qUnit);
  if (rawPixel !== undefined && !pixel)
    notes.push(`Detector pixel ${rawPixel} in '${qUnit || 'no unit'}': not understood.`);

  const voltage = number('accelerating_voltage', 'voltage', 'beam_energy', 'voltage_kv', ...(prismatic ? ['E'] : []));
  const flip = meta.get('qr_flip');
  return {
    format: found.version && found.layout === 'py4DSTEM 0.x' ? `py4DSTEM ${found.version}` : found.layout,
    title: found.title,
    dataset: found.dataset.path,
    dtype: String(found.dataset.dtype),
    step_nm: rawStep === undefined || nm === undefined ? undefined : rawStep * nm,
    q_pixel: pixel?.size,
    q_unit: pixel?.unit,
    voltage_kV: voltage === undefined ? undefined : voltage > 2000 ? voltage / 1e3 : voltage,
    semiangle_mrad: number(
      'probe_convergence_semiangle_mrad',
      'convergence_semiangle_mrad',
      'probe_semiangle_mrad',
      // Ferroscope's own.
      'convergence_mrad',
      ...(prismatic ? ['A'] : []),
    ),
    rotation_deg: number('qr_rotation_degrees'),
    flip: typeof flip === 'boolean' ? flip : undefined,
    notes,
  };
}

/** The 4D array to open: the named one, or the first. @throws 'shape', 'unsupported', 'format' */
function choose(all: readonly Found[], path: string, name: string | undefined): Found {
  if (name !== undefined) {
    const wanted = all.find(
      (found) => found.dataset.path === name || found.title === name || found.group?.path === name,
    );
    const known = all.map((found) => found.dataset.path).join(', ');
    return (
      wanted ??
      fail('format', `${path} has no array '${name}'.`, known ? `It has: ${known}.` : 'It has no arrays.', { path })
    );
  }
  const cube = all.find((found) => found.dataset.shape?.length === 4);
  if (cube) return cube;
  const other = all.find((found) => found.dataset.shape?.length === 3) ?? all[0];
  if (other) checkShape(other.dataset.shape ?? [], `${path}:${other.dataset.path}`);
  fail('unsupported', `${path} holds no 4D numeric dataset.`, `See what it holds: ferroscope info ${path}`, { path });
}

/** Opens a scan in an HDF5 file; `dataset` names one of several. @throws 'file-unreadable', 'format', 'shape', 'unsupported' */
export async function openEmd(scan: ScanFile, dataset?: string): Promise<PatternSource> {
  const file = await scan.openHdf5();
  try {
    return guarded(scan.name, 'reading', () => sourceOf(file, scan.name, dataset));
  } catch (error) {
    file.close();
    throw error;
  }
}

function sourceOf(file: Hdf5File, path: string, name: string | undefined): PatternSource {
  const all = findArrays(file);
  const found = choose(all, path, name);
  const data = found.dataset;
  const shape = data.shape ?? [];
  checkShape(shape, `${path}:${data.path}`);
  const dtype = checkReadable(data, path);
  const [, rx, qy, qx] = shape;
  const info = infoOf(found);
  const cubes = all.filter((other) => other !== found && other.dataset.shape?.length === 4);
  const notes = [...info.notes];
  if (cubes.length > 0)
    notes.push(`The file holds ${plural(cubes.length, 'more 4D array', 'more 4D arrays')}; this is ${data.path}.`);

  const companion = (kind: Companion): Float32Array | undefined => {
    const match = all.find(
      (other) => other.root?.path === found.root?.path && other !== found && COMPANIONS[kind].test(other.title),
    );
    const dims = match?.dataset.shape;
    if (!match || !dims) return undefined;
    const pattern = dims.length === 2 ? dims : dims.slice(-2);
    if (dims.length > 3 || pattern[0] !== qy || pattern[1] !== qx) {
      notes.push(`${match.dataset.path} looks like a ${kind} image but has shape ${dims.join(' × ')}: not used.`);
      return undefined;
    }
    checkReadable(match.dataset, path);
    // A py4DSTEM Probe is a stack of probe and kernel: the probe comes first.
    return readAll(match.dataset, path).slice(0, qy * qx);
  };

  return {
    shape,
    info: { ...info, dtype, notes },
    vacuum: companion('vacuum'),
    dark: companion('dark'),
    gain: companion('gain'),
    read: async (first, count) => {
      checkRange(shape, first, count);
      const out = new Float32Array(count * qy * qx);
      for (let done = 0; done < count; ) {
        const y = Math.floor((first + done) / rx);
        const x = (first + done) % rx;
        const n = Math.min(rx - x, count - done);
        const slab = [
          [y, y + 1],
          [x, x + n],
          [0, qy],
          [0, qx],
        ] as const;
        readSlab(data, slab, path, out.subarray(done * qy * qx, (done + n) * qy * qx));
        done += n;
      }
      return out;
    },
    close: () => {
      file.close();
    },
  };
}
