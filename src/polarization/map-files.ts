/**
 * Polarization maps on disk, Node only: `map.zarr` (Zarr v3, read and written), CSV and NPZ (written).
 *
 * map.zarr is a group; each channel is a float32 array [ry][rx] with dimension_names ["y", "x"] and the attributes
 * `units` and `long_name`; its uncertainty, where stated, is the array `<name>_sigma`; `y` and `x` are the coordinates [nm]. The group's
 * attributes hold `format`, `shape`, `step_nm`, `channels` (their order) and the provenance. One plain chunk each. Any Zarr v3
 * reader opens it; xarray takes it for a Dataset. Units are spelled as pint reads them: 'uC/cm^2' for this program's 'uC/cm2'.
 *
 * A folder appears whole: it is written under a temporary name beside its place and renamed.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as zarr from 'zarrita';
import { fail } from '../core/errors.ts';
import { fileError, refuseExisting, writeFolderWhole, writeWhole } from '../core/files.ts';
import { writeNpz } from '../core/npy.ts';
import { folderStore } from '../core/zarr-folder.ts';
import { evenSteps, type GroupFiles, groupFiles, putArray, putAxis } from '../core/zarr-write.ts';
import { checkMap, longName, type MapChannel, type MapProvenance, type PolarizationMap } from './polarization-map.ts';

const FORMAT = 'ferroscope-map/1';

export interface WriteOptions {
  /** Replace a map that is there already; default false. */
  readonly overwrite?: boolean;
}

/** Every file of the map's Zarr group, by its path inside the folder. @throws 'shape', 'range' */
export function encodeMapZarr(map: PolarizationMap): Map<string, Uint8Array> {
  checkMap(map);
  const { shape, step_nm } = map;
  const files: GroupFiles = new Map();
  putAxis(files, 'y', evenSteps(shape[0], step_nm), 'nm', 'position along y');
  putAxis(files, 'x', evenSteps(shape[1], step_nm), 'nm', 'position along x');
  for (const { name, unit, values, sigma } of map.channels) {
    const put = (key: string, long_name: string, data: Float32Array): void =>
      putArray(
        files,
        key,
        { shape, dimensions: ['y', 'x'], attributes: { units: unitInFiles(unit), long_name } },
        data,
      );
    put(name, longName(name), values);
    if (sigma) put(`${name}_sigma`, `standard uncertainty of the ${longName(name)}`, sigma);
  }
  const channels = map.channels.map(({ name }) => name);
  return groupFiles(files, { format: FORMAT, shape, step_nm, channels, provenance: map.meta });
}

/** As pint reads it: 'uC/cm2' gives 'uC/cm^2'. */
const unitInFiles = (unit: string): string => unit.replaceAll(/(?<=[a-z])(?=\d)/gi, '^');

/** Writes the map as a Zarr v3 folder, whole or not at all. @throws 'file-exists', 'shape', 'range', 'disk-full' */
export async function writeMapZarr(path: string, map: PolarizationMap, options: WriteOptions = {}): Promise<void> {
  refuseExisting(path, options.overwrite ?? false);
  await writeFolderWhole(path, encodeMapZarr(map));
}

interface GroupAttributes {
  readonly format?: string;
  readonly shape: [number, number];
  readonly step_nm: number;
  readonly channels: string[];
  readonly provenance: MapProvenance;
}

/** Reads a map that {@link writeMapZarr} wrote. @throws 'file-missing', 'format', 'incomplete', 'shape' */
export async function readMapZarr(path: string): Promise<PolarizationMap> {
  if (!existsSync(path)) fail('file-missing', `${path} does not exist.`, 'Check the path.', { path });
  const store = folderStore(path);
  const group = await zarr.open.v3(store, { kind: 'group' }).catch(() => undefined);
  const attributes = group?.attrs as GroupAttributes | undefined;
  if (!group || attributes?.format !== FORMAT) {
    fail('format', `${path} is not a map of Ferroscope.`, `Give a folder that 'ferroscope map' wrote.`, { path });
  }
  const load = async (name: string): Promise<{ values: Float32Array; unit: string } | undefined> => {
    if (!existsSync(join(path, name, 'zarr.json'))) return undefined;
    try {
      const array = await zarr.open.v3(group.resolve(name), { kind: 'array' });
      if (!array.is('float32'))
        fail('format', `${path}: ${name} is not float32.`, 'Write the map again.', { path, name });
      const { data } = await zarr.get(array);
      // Once the attribute was `unit`, spelled as in this program.
      const unit = String(array.attrs.units ?? array.attrs.unit).replaceAll('^', '');
      return { values: data as Float32Array, unit };
    } catch (error) {
      throw fileError(error, join(path, name));
    }
  };
  const channels: MapChannel[] = [];
  for (const name of attributes.channels) {
    const found = await load(name);
    if (!found) fail('incomplete', `${path} lacks its channel ${name}.`, 'Map the scan again.', { path, name });
    const sigma = (await load(`${name}_sigma`))?.values;
    channels.push({ name, unit: found.unit, values: found.values, ...(sigma ? { sigma } : {}) });
  }
  const { shape, step_nm, provenance } = attributes;
  const map: PolarizationMap = { shape, step_nm, channels, meta: provenance };
  checkMap(map);
  return map;
}

/** A unit as part of a column's name: 'uC/cm2' gives 'uC_cm2'. */
const unitSuffix = (unit: string): string => unit.replaceAll(/[^A-Za-z0-9]+/g, '_');

/**
 * One line per position, row by row: `y_nm,x_nm,P_x_uC_cm2,P_x_sigma_uC_cm2,…`. Positions count from the scan's first
 * corner; a value that was not measured is an empty field; numbers have the seven digits of a float32.
 */
export function mapToCsv(map: PolarizationMap): string {
  checkMap(map);
  const columns = map.channels.flatMap(({ name, unit, values, sigma }) => [
    { head: `${name}_${unitSuffix(unit)}`, values },
    ...(sigma ? [{ head: `${name}_sigma_${unitSuffix(unit)}`, values: sigma }] : []),
  ]);
  const number = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '');
  const lines = [['y_nm', 'x_nm', ...columns.map((column) => column.head)].join(',')];
  const [ry, rx] = map.shape;
  for (let y = 0; y < ry; y++) {
    for (let x = 0; x < rx; x++) {
      const place = [number(y * map.step_nm), number(x * map.step_nm)];
      lines.push([...place, ...columns.map((column) => number(column.values[y * rx + x]!))].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The map as NumPy's .npz: every channel [ry][rx] under its name, uncertainties under `<name>_sigma`, positions `y_nm` [ry] and `x_nm` [rx],
 * `step_nm` (one value), and `attributes_json`, the UTF-8 bytes of { units, provenance }:
 * `json.loads(bytes(npz['attributes_json']))`.
 */
export function mapToNpz(map: PolarizationMap): Uint8Array {
  checkMap(map);
  const units = Object.fromEntries(map.channels.map(({ name, unit }) => [name, unitInFiles(unit)]));
  const places = (count: number) => ({ data: evenSteps(count, map.step_nm), shape: [count] });
  const text = new TextEncoder().encode(JSON.stringify({ units, provenance: map.meta }));
  const arrays = map.channels.flatMap(({ name, values, sigma }) => [
    [name, { data: values, shape: map.shape }] as const,
    ...(sigma ? [[`${name}_sigma`, { data: sigma, shape: map.shape }] as const] : []),
  ]);
  return writeNpz({
    ...Object.fromEntries(arrays),
    y_nm: places(map.shape[0]),
    x_nm: places(map.shape[1]),
    step_nm: { data: Float64Array.of(map.step_nm), shape: [1] },
    attributes_json: { data: text, shape: [text.length] },
  });
}

/** Writes {@link mapToCsv}. @throws 'file-exists', 'disk-full' */
export async function writeMapCsv(path: string, map: PolarizationMap, options: WriteOptions = {}): Promise<void> {
  refuseExisting(path, options.overwrite ?? false);
  await writeWhole(path, mapToCsv(map));
}

/** Writes {@link mapToNpz}. @throws 'file-exists', 'disk-full' */
export async function writeMapNpz(path: string, map: PolarizationMap, options: WriteOptions = {}): Promise<void> {
  refuseExisting(path, options.overwrite ?? false);
  await writeWhole(path, mapToNpz(map));
}
