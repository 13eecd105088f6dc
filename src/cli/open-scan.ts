/** A scan with what the user knows of it beside its file. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileIdentity } from '../core/identity.ts';
import { readNpy } from '../core/npy.ts';
import { setting } from '../core/numbers.ts';
import { fileIdentity, readBytes } from '../node/files.ts';
import { scanFile } from '../node/scan-file.ts';
import { type GivenImage, withGiven } from '../scan/given.ts';
import { withOrder } from '../scan/given-order.ts';
import { openScan } from '../scan/open.ts';
import type { ScanOptions } from '../scan/options.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import type { ScanFile } from '../scan/scan-file.ts';

/**
 * A scan, and what belongs to it beside its file: `given`, by role, are images that the user gave and files that lie beside it and were read for it.
 * @param folder what the names of images are relative to
 * @param voltage_kV takes the place of what the file says; its notes say so
 */
export async function openGivenScan(
  path: string,
  known: ScanOptions,
  folder: string,
  dataset?: string,
  voltage_kV?: number,
): Promise<{ readonly source: PatternSource; readonly given: Readonly<Record<string, FileIdentity>> }> {
  const images: Record<string, GivenImage> = {};
  const given: Record<string, FileIdentity> = {};
  for (const what of ['vacuum', 'dark', 'gain', 'mask'] as const) {
    const name = known[what];
    if (name === undefined) continue;
    const file = resolve(folder, name);
    const { data, shape } = readNpy(await readBytes(file), name);
    images[what] = { data: Float32Array.from(data as ArrayLike<number>, Number), shape };
    given[what] = await fileIdentity(file);
  }
  const beside = new Map<string, string>();
  const source = await openScan(watched(await scanFile(path), beside), {
    dataset,
    scan_shape: known.scan_shape,
    order: known.order,
  });
  try {
    for (const [leaf, file] of [...beside, ...(await framesOf(path))]) given[`file ${leaf}`] = await fileIdentity(file);
    const turned = withGiven(withOrder(source, known), images, known.flip);
    return { source: withStep(withVoltage(turned, voltage_kV), known.step_nm), given };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** The file, with the paths of files beside it that are read for it by their names: patterns may lie there, and count as the scan does. */
function watched(file: ScanFile, beside: Map<string, string>): ScanFile {
  return {
    ...file,
    sibling: async (leaf) => {
      const other = await file.sibling(leaf);
      if (other) beside.set(leaf, other.name);
      return other && watched(other, beside);
    },
  };
}

/** The linked files of a Dectris master file, which HDF5 opens by itself. */
async function framesOf(path: string): Promise<[leaf: string, path: string][]> {
  const stem = /^(.*)_master\.h5$/.exec(basename(path))?.[1];
  if (stem === undefined) return [];
  const found = (await readdir(dirname(path)))
    .filter((leaf) => leaf.startsWith(`${stem}_data_`) && leaf.endsWith('.h5'))
    .toSorted();
  return found.map((leaf) => [leaf, join(dirname(path), leaf)]);
}

function withVoltage(source: PatternSource, voltage_kV: number | undefined): PatternSource {
  if (voltage_kV === undefined || voltage_kV === source.info.voltage_kV) return source;
  const before = source.info.voltage_kV;
  const stated = before === undefined ? 'states none' : `states ${setting(before, 'kV')}`;
  const note = `The voltage is the given one, ${setting(voltage_kV, 'kV')}; the file ${stated}.`;
  return { ...source, info: { ...source.info, voltage_kV, notes: [...source.info.notes, note] } };
}

function withStep(source: PatternSource, step_nm: number | undefined): PatternSource {
  if (step_nm === undefined || step_nm === source.info.step_nm) return source;
  const before = source.info.step_nm;
  const stated = before === undefined ? 'states none' : `states ${setting(before, 'nm')}`;
  const note = `The step is the given one, ${setting(step_nm, 'nm')}; the file ${stated}.`;
  return { ...source, info: { ...source.info, step_nm, notes: [...source.info.notes, note] } };
}
