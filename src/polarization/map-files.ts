/**
 * Polarization maps as files: `map.zarr` (Zarr v3, made and read), CSV and NPZ (made).
 *
 * map.zarr is a group; each channel is a float32 array [ry][rx] with dimension_names ["y", "x"] and the attributes
 * `units` and `long_name`; its uncertainty, where stated, is the array `<name>_sigma`: value ± σ is the 68% interval, value ± `coverage_factor_95` (an attribute
 * of that array)·σ the 95% interval, its attribute `prior` is the σ of knowing nothing but the mean, `shared` the share of σ² that all positions have in common; `y` and `x` are the coordinates [nm], or positions, unit 1, where nobody knows the step. `position` has the attributes `flag_values` and `flag_meanings`. The group's
 * attributes hold `format`, `shape`, `step_nm`, `channels` (their order) and the provenance. One plain chunk each. Any Zarr v3
 * reader opens it; xarray takes it for a Dataset. Units are spelled as pint reads them: 'uC/cm^2' for this program's 'uC/cm2'.
 */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import { identitySchema } from '../core/identity.ts';
import { writeNpz } from '../core/npy.ts';
import type { Store } from '../core/store.ts';
import { evenSteps, GroupFiles, hasArray, readArray, readAttributes } from '../core/zarr.ts';
import { POSITION_KINDS } from '../scan/positions.ts';
import {
  checkMap,
  findChannel,
  longName,
  type MapChannel,
  POSITION,
  type PolarizationMap,
  stepOf,
} from './polarization-map.ts';

const FORMAT = 'ferroscope-map/3';

/** As files hold it. */
export const abstentionSchema = z.object({
  name: z.string(),
  unit: z.string(),
  share: z.number(),
  sigma: z.number(),
  prior: z.number(),
});

/** As files hold it. */
export const calibrationErrorSchema = z.object({
  name: z.string(),
  unit: z.string(),
  sigma: z.number(),
  by: z.object({ pixel: z.number(), ellipse: z.number(), rotation: z.number(), centre: z.number() }),
});

/** As files hold it. */
export const checkSchema = z.object({
  positions: z.number(),
  every: z.number(),
  left_out: z.number(),
  median: z.number(),
  threshold: z.number(),
  above: z.number(),
  freedom: z.number(),
  fitted: z.number(),
  variance: z.number(),
  floor: z.object({
    patterns: z.number(),
    structures: z.number(),
    cells: z.tuple([z.number(), z.number()]),
    thickness_nm: z.number(),
    counting: z.number(),
    truth: z.number(),
    stated: z.number(),
    reversed: z.number(),
    thicker: z.number(),
  }),
  check_s: z.number(),
});

/**
 * Format 1, of version 0.1.0, had no identity and no warnings, and spelled units as this program does. In formats 1 and 2 σ is a root mean square, not half of a 68%
 * interval, and no coverage factor is known.
 */
const attributes = z.object({
  format: z.enum([FORMAT, 'ferroscope-map/2', 'ferroscope-map/1']),
  shape: z.tuple([z.number(), z.number()]),
  step_nm: z.number().optional(),
  channels: z.array(z.string()),
  provenance: z.object({
    identity: identitySchema.optional(),
    recipe_hash: z.string(),
    version: z.string(),
    seed: z.number(),
    source: z.string(),
    dose_e: z.number().optional(),
    held_out_mae: z.record(z.string(), z.number()),
    model_choice: z.string().optional(),
    warnings: z.array(z.object({ level: z.enum(['wrong', 'care']), text: z.string() })).optional(),
    abstained: z.array(abstentionSchema).optional(),
    coverage: z.object({ structures: z.number(), promised_68: z.number(), promised_95: z.number() }).optional(),
    calibration_error: z.array(calibrationErrorSchema).optional(),
    check: checkSchema.optional(),
  }),
});

/** Every file of the map's Zarr group, by its path inside the folder. @throws 'shape', 'range' */
export async function encodeMapZarr(map: PolarizationMap): Promise<[string, Uint8Array][]> {
  checkMap(map);
  const { shape, step_nm } = map;
  const group = new GroupFiles();
  const { step, unit: of } = stepOf(map);
  for (const [axis, name] of ['y', 'x'].entries()) {
    const [unit, said] =
      of === 'nm' ? ['nm', `position along ${name}`] : ['1', `position along ${name}, counted: the step is not known`];
    await group.axis(name, evenSteps(shape[axis]!, step), unit, said);
  }
  for (const { name, unit, values, sigma, k95, prior, shared } of map.channels) {
    const put = (key: string, long_name: string, data: Float32Array, more = {}): Promise<void> =>
      group.put(key, {
        data,
        shape,
        dimensions: ['y', 'x'],
        attributes: { units: unitInFiles(unit), long_name, ...more },
        fill: Number.NaN,
      });
    await put(name, longName(name), values, name === POSITION ? FLAGS : {});
    const said = {
      ...(k95 !== undefined && { coverage_factor_95: k95 }),
      ...(prior !== undefined && { prior }),
      ...(shared !== undefined && { shared }),
    };
    if (sigma) await put(`${name}_sigma`, `standard uncertainty of the ${longName(name)}`, sigma, said);
  }
  const channels = map.channels.map(({ name }) => name);
  return group.finish({ format: FORMAT, shape, step_nm, channels, provenance: map.meta });
}

/** Codes and their meanings, as the CF conventions have them. */
const FLAGS = { flag_values: POSITION_KINDS.map((_, code) => code), flag_meanings: POSITION_KINDS.join(' ') };

/** As pint reads it: 'uC/cm2' gives 'uC/cm^2'. */
const unitInFiles = (unit: string): string => unit.replaceAll(/(?<=[a-z])(?=\d)/gi, '^');

/** Reads a map from the store that holds its group. @throws 'file-missing', 'format', 'incomplete', 'shape' */
export async function readMapZarr(store: Store): Promise<PolarizationMap> {
  const hint = "Give a folder that 'ferroscope map' wrote.";
  const root = await readAttributes(store, attributes, 'a map of Ferroscope', hint);
  const load = async (name: string) => {
    if (!(await hasArray(store, name))) return undefined;
    const { data, attributes: said } = await readArray(store, name, Float32Array);
    return { values: data, unit: String(said.units ?? said.unit).replaceAll('^', ''), said };
  };
  const channels: MapChannel[] = [];
  for (const name of root.channels) {
    const found = await load(name);
    if (!found) fail('incomplete', `${store.name} lacks its channel ${name}.`, 'Map the scan again.', { name });
    const spread = await load(`${name}_sigma`);
    const { coverage_factor_95: k95, prior, shared } = spread?.said ?? {};
    channels.push({
      name,
      unit: found.unit,
      values: found.values,
      ...(spread && { sigma: spread.values }),
      ...(typeof k95 === 'number' && { k95 }),
      ...(typeof prior === 'number' && { prior }),
      ...(typeof shared === 'number' && { shared }),
    });
  }
  const { shape, step_nm, provenance } = root;
  const map: PolarizationMap = { shape, step_nm, channels, meta: provenance };
  checkMap(map);
  return map;
}

/** A unit as part of a column's name: 'uC/cm2' gives 'uC_cm2'. */
const unitSuffix = (unit: string): string => unit.replaceAll(/[^A-Za-z0-9]+/g, '_');

/**
 * One line per position, row by row: `y_nm,x_nm,P_x_uC_cm2,P_x_sigma_uC_cm2,…`. Positions count from the scan's first
 * corner, as `y` and `x` without a unit where nobody knows the step; a value that was not measured is an empty field; numbers have the seven digits of a float32.
 */
export function mapToCsv(map: PolarizationMap): string {
  checkMap(map);
  const columns = map.channels.flatMap(({ name, unit, values, sigma }) => [
    { head: `${name}_${unitSuffix(unit)}`, values },
    ...(sigma ? [{ head: `${name}_sigma_${unitSuffix(unit)}`, values: sigma }] : []),
  ]);
  const number = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '');
  const { step, unit: of } = stepOf(map);
  const heads = of === 'nm' ? ['y_nm', 'x_nm'] : ['y', 'x'];
  const lines = [[...heads, ...columns.map((column) => column.head)].join(',')];
  const [ry, rx] = map.shape;
  for (let y = 0; y < ry; y++) {
    for (let x = 0; x < rx; x++) {
      const place = [number(y * step), number(x * step)];
      lines.push([...place, ...columns.map((column) => number(column.values[y * rx + x]!))].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The map as NumPy's .npz: every channel [ry][rx] under its name, uncertainties under `<name>_sigma`, positions `y_nm` [ry] and `x_nm` [rx],
 * `step_nm` (one value; `y` and `x` alone where nobody knows the step), and `attributes_json`, the UTF-8 bytes of { units, coverage_factors_95, priors, shared, position_kinds, provenance }, the second to fourth by channel, the kinds in the order of the codes of `position`:
 * `json.loads(bytes(npz['attributes_json']))`.
 */
export function mapToNpz(map: PolarizationMap): Uint8Array {
  checkMap(map);
  const units = Object.fromEntries(map.channels.map(({ name, unit }) => [name, unitInFiles(unit)]));
  const { step, unit: counted } = stepOf(map);
  const places = (count: number) => ({ data: evenSteps(count, step), shape: [count] });
  const of = (key: 'k95' | 'prior' | 'shared') =>
    Object.fromEntries(
      map.channels.flatMap((channel) => (channel[key] === undefined ? [] : [[channel.name, channel[key]]])),
    );
  const said = {
    units,
    coverage_factors_95: of('k95'),
    priors: of('prior'),
    shared: of('shared'),
    ...(findChannel(map, POSITION) && { position_kinds: POSITION_KINDS }),
    provenance: map.meta,
  };
  const text = new TextEncoder().encode(JSON.stringify(said));
  const arrays = map.channels.flatMap(({ name, values, sigma }) => [
    [name, { data: values, shape: map.shape }] as const,
    ...(sigma ? [[`${name}_sigma`, { data: sigma, shape: map.shape }] as const] : []),
  ]);
  return writeNpz({
    ...Object.fromEntries(arrays),
    ...(counted === 'nm'
      ? {
          y_nm: places(map.shape[0]),
          x_nm: places(map.shape[1]),
          step_nm: { data: Float64Array.of(step), shape: [1] },
        }
      : { y: places(map.shape[0]), x: places(map.shape[1]) }),
    attributes_json: { data: text, shape: [text.length] },
  });
}
