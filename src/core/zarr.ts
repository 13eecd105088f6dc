/**
 * Zarr v3 groups of dense arrays through zarrita: made in memory file by file, and read from any {@link Store}. Arrays are little-endian and uncompressed, so
 * that single rows can be read in place.
 *
 *     const group = new GroupFiles();
 *     await group.put('labels', { data, shape: [n, 12], dimensions: ['pattern', 'label'] });
 *     await store.commit('training-0007', group.finish({ engine: 'cpu' }));
 *
 * Where an array's name is that of its dimension, xarray takes it for the coordinate along it; `units` are spelled as pint reads them.
 */

import * as zarr from 'zarrita';
import type * as z from 'zod';
import { FerroscopeError, fail } from './errors.ts';
import { firstIssue } from './schema.ts';
import type { Store } from './store.ts';

export type ZarrData = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array;

export interface ArrayInfo {
  readonly shape: readonly number[];
  readonly dimensions: readonly string[];
  /** `units` and `long_name`: what plots are labelled with. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Shape of a chunk; the whole array where left out. */
  readonly chunk?: readonly number[] | undefined;
  /** What stands for values that are not there. Default 0. */
  readonly fill?: number | undefined;
}

export interface ZarrArray extends ArrayInfo {
  readonly data: ZarrData;
}

const TYPES = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Int32Array, 'int32'],
] as const;
type TypeName = (typeof TYPES)[number][1];

const ROOT = '/zarr.json';
const METADATA = /^\/(.+)\/zarr\.json$/;
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 2));
const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
const strides = (shape: readonly number[]) =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));

/** The files of one group, in the making. */
export class GroupFiles {
  readonly #files = new Map<zarr.AbsolutePath, Uint8Array>();

  /** An array with its values, row by row. */
  async put(name: string, { data, ...info }: ZarrArray): Promise<void> {
    const array = await this.#create(name, info, TYPES.find(([kind]) => data instanceof kind)![1]);
    if (data.length > 0) await set(array, null, data, info.shape);
  }

  /** Where the positions along a dimension lie: its coordinate, named like it. */
  axis(name: string, data: Float64Array, units: string, long_name: string): Promise<void> {
    const attributes = { units, long_name };
    return this.put(name, { data, shape: [data.length], dimensions: [name], attributes, fill: Number.NaN });
  }

  /** Names along a dimension. zarrita cannot write text: codec vlen-utf8 is a count, then length and bytes of each; uint32, little-endian. */
  async names(name: string, names: readonly string[]): Promise<void> {
    await zarr.create(zarr.root(this.#files).resolve(name), {
      shape: [names.length],
      chunkShape: [names.length],
      dtype: 'string',
      fillValue: '',
      codecs: [{ name: 'vlen-utf8', configuration: {} }],
      dimensionNames: [name],
    });
    const texts = names.map((text) => new TextEncoder().encode(text));
    const chunk = new Uint8Array(4 + texts.reduce((sum, { length }) => sum + 4 + length, 0));
    const view = new DataView(chunk.buffer);
    view.setUint32(0, texts.length, true);
    let at = 4;
    for (const text of texts) {
      view.setUint32(at, text.length, true);
      chunk.set(text, at + 4);
      at += 4 + text.length;
    }
    this.#files.set(`/${name}/c/0`, chunk);
  }

  /**
   * An array whose chunks come later, one slab at a time.
   * @returns gives the files of the slab at `index` along the first axes; `data` fills the remaining ones
   */
  async stream(
    name: string,
    info: ArrayInfo,
    type: TypeName,
  ): Promise<(index: readonly number[], data: ZarrData) => Promise<[string, Uint8Array][]>> {
    const array = await this.#create(name, info, type);
    const head = new Set(this.#files.keys());
    return async (index, data) => {
      const rest = info.shape.slice(index.length);
      await set(array, [...index, ...rest.map(() => null)], data, rest);
      const made = [...this.#files].filter(([key]) => !head.has(key));
      for (const [key] of made) this.#files.delete(key);
      return made.map(([key, bytes]) => [key.slice(1), bytes]);
    };
  }

  /**
   * The group's zarr.json, then the arrays' files, by their key below the group. The arrays' metadata stand once more in the zarr.json, inline, as zarr-python 3
   * consolidates them and xarray looks for them; other readers pass over it.
   */
  finish(attributes: object): [string, Uint8Array][] {
    const metadata = Object.fromEntries(
      [...this.#files].flatMap(([key, bytes]) => {
        const name = METADATA.exec(key)?.[1];
        return name ? [[name, parse(bytes)]] : [];
      }),
    );
    const consolidated_metadata = { kind: 'inline', must_understand: false, metadata };
    const root = json({ zarr_format: 3, node_type: 'group', attributes, consolidated_metadata });
    return [
      ['zarr.json', root],
      ...[...this.#files].map(([key, bytes]): [string, Uint8Array] => [key.slice(1), bytes]),
    ];
  }

  #create(name: string, info: ArrayInfo, dtype: TypeName) {
    const { shape, dimensions, attributes, chunk = shape, fill = 0 } = info;
    return zarr.create(zarr.root(this.#files).resolve(name), {
      shape: [...shape],
      chunkShape: [...chunk],
      dtype,
      fillValue: fill,
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      dimensionNames: [...dimensions],
      ...(attributes && { attributes: { ...attributes } }),
    });
  }
}

type Made = zarr.Array<TypeName, Map<zarr.AbsolutePath, Uint8Array>>;

function set(
  array: Made,
  selection: (number | null)[] | null,
  data: ZarrData,
  shape: readonly number[],
): Promise<void> {
  // The array is of the type that `data` has; zarrita's overloads ask for one type at a time.
  const values = { data, shape: [...shape], stride: strides(shape) } as never;
  return zarr.set(array as zarr.Array<'float32', Map<zarr.AbsolutePath, Uint8Array>>, selection, values);
}

/** `count` equal steps, the first at `first`. */
export function evenSteps(count: number, step: number, first = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + i * step);
}

/** Attributes of a store's root group as they are; undefined where there is no group. */
export async function rawAttributes(store: Store): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await store.get(ROOT);
  if (!bytes) return undefined;
  try {
    return (parse(bytes) as { attributes?: Record<string, unknown> }).attributes ?? {};
  } catch {
    return {};
  }
}

/**
 * Attributes of a store's root group, checked.
 * @param what the store should be: 'a Ferroscope library'
 * @throws 'file-missing' where there is nothing, 'format' where they are not what the schema says
 */
export async function readAttributes<T>(store: Store, schema: z.ZodType<T>, what: string, hint: string): Promise<T> {
  const attributes = await rawAttributes(store);
  if (!attributes)
    fail('file-missing', `${store.name} does not exist, or is no Zarr group.`, hint, { path: store.name });
  const result = schema.safeParse(attributes);
  if (result.success) return result.data;
  fail('format', `${store.name} is not ${what} (${firstIssue(result.error)}).`, hint, { path: store.name });
}

/** A whole array. @throws 'format' where it or a chunk of it is not there, or of another type */
export async function readArray<T extends ZarrData>(
  store: Store,
  name: string,
  kind: new (length: number) => T,
): Promise<{ readonly data: T; readonly shape: readonly number[]; readonly attributes: zarr.Attributes }> {
  const broken = (why: string): never =>
    fail('format', `${store.name}: the array ${name} ${why}.`, 'It is damaged: remove it and make it again.', { name });
  try {
    // Zarr takes a chunk that is not there for fill values; ours are all written.
    let missing: string | undefined;
    const get = async (key: zarr.AbsolutePath) => {
      const bytes = await store.get(key);
      if (bytes === undefined && key.startsWith(`/${name}/c`)) missing = key;
      return bytes;
    };
    const array = await zarr.open.v3(zarr.root({ get }).resolve(name), { kind: 'array' });
    const { data, shape } = await zarr.get(array);
    if (missing !== undefined) return broken(`lacks ${missing}`);
    if (!(data instanceof kind)) return broken(`holds ${array.dtype}`);
    return { data, shape, attributes: array.attrs };
  } catch (error) {
    if (error instanceof FerroscopeError) throw error;
    return broken(`cannot be read (${(error as Error).message})`);
  }
}

/** Whether the store has an array of that name. */
export async function hasArray(store: Store, name: string): Promise<boolean> {
  return (await store.get(`/${name}${ROOT}`)) !== undefined;
}

/** How the rows of an array lie in its chunks: chunked along the first axis alone, float32. */
export interface RowLayout {
  readonly name: string;
  /** Rows in a chunk. */
  readonly chunk: number;
  readonly rank: number;
  /** Values of a row. */
  readonly size: number;
}

/**
 * Single rows, without reading whole chunks: a training draws patterns in any order from libraries that no memory holds. Rows of an uncompressed chunk lie one
 * behind the other, so each is one range of its file, where zarrita would take the chunk whole. The key of a chunk is Zarr's default one (`c/i/0/0`).
 * @param rows which row goes to which place of `out`
 * @param out [places][size]
 * @throws 'format' for a chunk that is missing or cut short
 */
export async function readRows(
  store: Store,
  { name, chunk, rank, size }: RowLayout,
  rows: readonly (readonly [row: number, place: number])[],
  out: Float32Array,
): Promise<void> {
  for (const [row, place] of rows) {
    const key = `/${name}/c/${Math.floor(row / chunk)}${'/0'.repeat(rank - 1)}` as const;
    const bytes = await store.getRange(key, { offset: (row % chunk) * size * 4, length: size * 4 });
    if (bytes?.length !== size * 4) {
      fail('format', `${store.name}${key} is missing or cut short.`, 'Remove that folder and make it again.', { key });
    }
    new Uint8Array(out.buffer, out.byteOffset + place * size * 4, size * 4).set(bytes);
  }
}
