/**
 * Scans in HDF5 files as a {@link PatternSource}, whatever program wrote them (hdf5-kinds/). Vacuum probe, dark reference and gain are taken from 2D arrays of the
 * same tree whose names say so and whose shape is that of a pattern. Not here: measuring anything.
 */

import { FerroscopeError } from '../core/errors.ts';
import { plural } from '../core/numbers.ts';
import { stackMean } from './companion-stack.ts';
import type { OpenOptions } from './formats/reader.ts';
import { guarded, type Hdf5File, lostLinks } from './hdf5.ts';
import { checkReadable, readAll, storedArray } from './hdf5-array.ts';
import { chooseArray, findArrays, scansOf } from './hdf5-kinds/find.ts';
import { type Found, shapeOf } from './hdf5-kinds/found.ts';
import { lostSources } from './lost-sources.ts';
import type { PatternSource } from './pattern-source.ts';
import type { ScanFile } from './scan-file.ts';
import { joinedArrays } from './stored-array.ts';
import { type StoredScan, storedScan } from './stored-scan.ts';

/** Names under which 2D arrays beside a datacube are recognised. */
const COMPANIONS = { vacuum: /vacuum|^probe$/i, dark: /dark/i, gain: /gain|flat_?field/i } as const;
type Companion = keyof typeof COMPANIONS;

/** Opens a scan in an HDF5 file. @throws 'file-unreadable', 'file-missing', 'format', 'shape', 'unsupported' */
export async function openHdf5Scan(scan: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const file = await scan.openHdf5();
  try {
    return await sourceOf(file, scan, options);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function sourceOf(file: Hdf5File, scan: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const { name: path } = scan;
  const [all, found] = guarded(path, 'reading', () => {
    const arrays = findArrays(file);
    return [arrays, chooseArray(file, arrays, path, options.dataset)] as const;
  });
  const notes = [...(await sourceNotes(file, scan, found)), ...guarded(path, 'reading', () => otherNotes(all, found))];
  const array = joinedArrays(guarded(path, 'reading', () => found.parts.map((part) => storedArray(part, scan, file))));
  const told = guarded(path, 'reading', () => ({
    layout: found.layout,
    title: found.title,
    axes: found.axes,
    metadata: found.metadata(),
    prismatic: found.kind === 'prismatic',
    conventional: found.conventional ?? false,
  }));
  const stored = await storedScan(scan, array, { ...told, notes }, options);
  const beside = guarded(path, 'reading', () => companions(file, path, all, found, stored));
  return {
    shape: stored.shape,
    ...beside.images,
    info: { ...stored.info, notes: [...stored.info.notes, ...beside.notes] },
    read: stored.read,
    close: () => {
      stored.close();
      file.close();
    },
  };
}

/** What of the files that the array is put together from is lost. @throws 'file-missing' where nothing is left, or frames would move up */
async function sourceNotes(file: Hdf5File, scan: ScanFile, found: Found): Promise<string[]> {
  const hint = 'Put the files that belong together into one folder, under the names that they had.';
  const [part] = found.parts;
  const missing = (message: string, targets: readonly string[]): never => {
    throw new FerroscopeError('file-missing', message, hint, { path: scan.name, missing: targets });
  };
  if (found.kind === 'dectris-master') {
    const lost = lostLinks(found.group!).filter((link) => /\/data_\d+$/.test(link.path));
    const [first] = lost;
    if (first)
      missing(
        `${scan.name} shows frames of ${plural(lost.length + found.parts.length, 'file')}, and ${first.target}${more(lost.length)} is not there.`,
        lost.map(({ target }) => target),
      );
  }
  const { count, lost } = await lostSources(scan, file, part);
  const targets = [...new Set(lost.map(({ target }) => target))];
  const [first] = targets;
  if (first === undefined) return [];
  const names = `${first}${more(targets.length)}`;
  if (lost.length >= count)
    missing(
      `${scan.name}:${part.path} shows frames of ${names}, which is not there: HDF5 reads zeros instead.`,
      targets,
    );
  return [
    `Frames of ${names} are missing and read as zeros: ${hint.toLowerCase().replace(/\.$/, '')}, and open the scan again.`,
  ];
}

const more = (count: number): string => (count > 1 ? ` (and ${count - 1} more)` : '');

function otherNotes(all: readonly Found[], found: Found): string[] {
  const others = scansOf(all, 4).filter((other) => other !== found && shapeOf(found).length === 4);
  if (others.length === 0) return [];
  return [
    `The file holds ${plural(others.length, 'more 4D array', 'more 4D arrays')}; this is ${found.parts[0].path}: --dataset chooses another.`,
  ];
}

/** Reference images of the camera in the scan's tree. */
function companions(
  file: Hdf5File,
  path: string,
  all: readonly Found[],
  found: Found,
  { shape, stored }: StoredScan,
): { readonly images: Record<Companion, Float32Array | undefined>; readonly notes: readonly string[] } {
  const { rows, columns, transposed } = stored;
  const [, , qy, qx] = shape;
  const [first, second] = transposed ? [columns, rows] : [rows, columns];
  const notes: string[] = [];
  const companion = (kind: Companion): Float32Array | undefined => {
    const match = all.find(
      (other) => other.root?.path === found.root?.path && other !== found && COMPANIONS[kind].test(other.title),
    );
    if (!match) return undefined;
    const dims = shapeOf(match);
    const [dataset] = match.parts;
    const pattern = dims.length === 2 ? dims : dims.slice(-2);
    if (dims.length > 3 || pattern[0] !== first || pattern[1] !== second) {
      notes.push(`${dataset.path} looks like a ${kind} image but has shape ${dims.join(' × ')}: not used.`);
      return undefined;
    }
    checkReadable(dataset, path, file.plugins);
    const { image, frames } = stackMean(readAll(dataset, path), rows * columns);
    if (frames > 1) notes.push(`The ${kind} image is the mean of the ${frames} frames of ${dataset.path}.`);
    const [down, across] = transposed ? [1, rows] : [columns, 1];
    const out = new Float32Array(qy * qx);
    for (let y = 0, i = 0; y < qy; y++) for (let x = 0; x < qx; x++) out[i++] = image[y * down + x * across]!;
    return out;
  };
  return {
    images: { vacuum: companion('vacuum'), dark: companion('dark'), gain: companion('gain') },
    notes,
  };
}
