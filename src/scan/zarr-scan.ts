/**
 * Scans in Zarr, versions 2 and 3, in a folder or a ZIP archive, read through zarrita: HyperSpy's .zspy, arrays whose dimensions have names and coordinates (as
 * xarray writes them), plain ones. Not here: Ferroscope's own groups (core/zarr.ts).
 */

import * as zarr from 'zarrita';
import { FerroscopeError, fail } from '../core/errors.ts';
import { plural } from '../core/numbers.ts';
import type { Axis } from './axis-order.ts';
import type { OpenOptions } from './formats/reader.ts';
import { stepOf } from './hdf5-kinds/found.ts';
import { hyperspyAxis } from './hdf5-kinds/hyperspy.ts';
import type { PatternSource } from './pattern-source.ts';
import type { FileTree, ScanFile } from './scan-file.ts';
import { type Numbers, product, type StoredArray } from './stored-array.ts';
import { storedScan } from './stored-scan.ts';

type AnyArray = zarr.Array<zarr.DataType, zarr.Readable>;
type Attributes = Readonly<Record<string, unknown>>;

interface Found {
  readonly path: `/${string}`;
  readonly array: AnyArray;
}

/** Arrays and groups beyond this are not looked at. */
const MOST = 2000;
const BYTES: Readonly<Record<string, number>> = { bool: 1, int8: 1, uint8: 1, int16: 2, uint16: 2, float64: 8 };
/** The files that say what a folder is. */
const MARKS = ['zarr.json', '.zarray', '.zgroup'];

/** Whether a folder's root is a Zarr group or array. @param names what lies directly in it */
export const isZarr = (names: readonly string[]): boolean => names.some((name) => MARKS.includes(name));

const join = (path: string, name: string): `/${string}` => `${path === '/' ? '' : (path as `/${string}`)}/${name}`;

async function allArrays(tree: FileTree, name: string): Promise<Found[]> {
  const root = zarr.root({
    get: (key: zarr.AbsolutePath) => tree.get(key),
    getRange: (key: zarr.AbsolutePath, range: zarr.RangeQuery) => tree.getRange(key, range),
  });
  const found: Found[] = [];
  const queue: `/${string}`[] = ['/'];
  for (let seen = 0; queue.length > 0 && seen < MOST; seen++) {
    const path = queue.shift()!;
    const names = await tree.list(path);
    if (!isZarr(names)) continue;
    const open = names.includes('zarr.json') ? zarr.open.v3 : zarr.open.v2;
    const group = names.includes('.zgroup') || (names.includes('zarr.json') && (await isGroup(tree, path)));
    if (group) queue.push(...names.filter((one) => !one.startsWith('.')).map((one) => join(path, one)));
    else {
      const array = await told(name, path, () => open(root.resolve(path), { kind: 'array' }));
      found.push({ path, array });
    }
  }
  return found;
}

async function isGroup(tree: FileTree, path: string): Promise<boolean> {
  const text = new TextDecoder().decode(await tree.get(join(path, 'zarr.json')));
  return /"node_type"\s*:\s*"group"/.test(text);
}

/** Runs one action of zarrita with its errors tagged. */
async function told<T>(name: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FerroscopeError) throw error;
    const why = (error as Error).message;
    if (/codec/i.test(why)) {
      fail(
        'unsupported',
        `${name}:${path} is packed in a way that is not built in: ${why}.`,
        'Save it with gzip, Blosc or Zstandard.',
      );
    }
    const type = /\b(?:data ?|d)type:? (\S+?)\.?$/i.exec(why)?.[1];
    if (type) refuseType(name, path, type);
    fail('format', `${name}:${path} cannot be read: ${why}.`, 'Copy it again, or save it again.', { path });
  }
}

/** Opens a scan in Zarr. @throws 'format', 'shape', 'unsupported', 'file-unreadable' */
export async function openZarrScan(file: ScanFile, tree: FileTree, options: OpenOptions): Promise<PatternSource> {
  const arrays = await allArrays(tree, file.name);
  const found = choose(file.name, arrays, options.dataset);
  const { path, array } = found;
  const { axes, metadata, layout } = await describe(tree, found, arrays, file.name);
  const others = arrays.filter((other) => other !== found && other.array.shape.length === 4).length;
  const stored = storedArray(file.name, path, array);
  return storedScan(
    file,
    stored,
    {
      layout,
      title: path.split('/').at(-2) || path.slice(1),
      axes,
      metadata,
      notes:
        others > 0
          ? [
              `There are ${plural(others, 'more 4D array', 'more 4D arrays')}; this is ${path}: --dataset chooses another.`,
            ]
          : [],
    },
    options,
  );
}

function choose(name: string, arrays: readonly Found[], dataset: string | undefined): Found {
  const known = arrays.map(({ path, array }) => `${path} (${array.shape.join(' × ')})`).join(', ');
  if (dataset !== undefined) {
    const wanted = arrays.find(({ path }) => path === dataset || path.slice(1) === dataset);
    return (
      wanted ?? fail('format', `${name} has no array '${dataset}'.`, known ? `It has: ${known}.` : 'It has no arrays.')
    );
  }
  const size = ({ array }: Found): number => product(array.shape);
  const ranked = (rank: number) =>
    arrays.filter(({ array }) => array.shape.length === rank).toSorted((a, b) => size(b) - size(a));
  const [best] = [...ranked(4), ...ranked(5), ...ranked(3)];
  return (
    best ??
    fail(
      'shape',
      `${name} holds no array of four axes${known ? `: ${known}` : ''}.`,
      'Choose the scan itself, or save it with four axes.',
    )
  );
}

interface Described {
  readonly layout: string;
  readonly axes: readonly (Axis | undefined)[];
  readonly metadata: ReadonlyMap<string, number | string | boolean>;
}

async function describe(
  tree: FileTree,
  { path, array }: Found,
  arrays: readonly Found[],
  name: string,
): Promise<Described> {
  const above = path.slice(0, path.lastIndexOf('/'));
  const rank = array.shape.length;
  const version = (await tree.get(join(path, '.zarray'))) ? 2 : 3;
  const first = await attributesOf(tree, `${above}/axis-0`);
  if (/^\/Experiments\/[^/]+\/data$/.test(path) && first) {
    const axes = await Promise.all(
      array.shape.map(async (_, i) => {
        const attributes = await attributesOf(tree, `${above}/axis-${i}`);
        return attributes && hyperspyAxis((key) => attributes[key]);
      }),
    );
    const beam = await attributesOf(tree, `${above}/metadata/Acquisition_instrument/TEM`);
    const metadata = new Map<string, number>();
    if (typeof beam?.beam_energy === 'number') metadata.set('beam_energy', beam.beam_energy);
    if (typeof beam?.convergence_angle === 'number') metadata.set('convergence_semiangle_mrad', beam.convergence_angle);
    return { layout: 'HyperSpy (zspy)', axes, metadata };
  }
  const names = array.dimensionNames ?? (array.attrs._ARRAY_DIMENSIONS as readonly (string | null)[] | undefined) ?? [];
  const axes = await Promise.all(
    Array.from({ length: rank }, async (_, i): Promise<Axis | undefined> => {
      const dimension = names[i];
      if (!dimension) return undefined;
      const along = arrays.find(
        (one) => one.path === join(above || '/', dimension) && one.array.shape.length === 1,
      )?.array;
      const units = along?.attrs.units;
      const step = along && stepOf((await told(name, dimension, () => zarr.get(along))).data);
      return { name: dimension, unit: typeof units === 'string' ? units : '', step };
    }),
  );
  return { layout: `Zarr ${version}`, axes, metadata: new Map() };
}

async function attributesOf(tree: FileTree, group: string): Promise<Attributes | undefined> {
  const parse = (bytes: Uint8Array | undefined): Attributes | undefined => {
    if (!bytes) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as Attributes;
    } catch {
      return undefined;
    }
  };
  const two = parse(await tree.get(join(group, '.zattrs')));
  return two ?? (parse(await tree.get(join(group, 'zarr.json')))?.attributes as Attributes | undefined);
}

function refuseType(name: string, path: string, dtype: string): never {
  const complex = /^complex|^[<>|]?c\d/.test(dtype);
  fail(
    'unsupported',
    `${name}:${path} holds ${complex ? 'complex numbers: waves' : `values of type ${dtype}`}, no counts of electrons.`,
    complex ? 'Save the intensity, numpy.abs(a) ** 2.' : 'Save it as uint16 or float32.',
    { dtype },
  );
}

function storedArray(name: string, path: string, array: AnyArray): StoredArray {
  const dtype = String(array.dtype);
  if (!/^(bool|u?int(8|16|32|64)|float(16|32|64))$/.test(dtype)) refuseType(name, path, dtype);
  return {
    path,
    shape: array.shape,
    chunk: array.chunks,
    dtype,
    bytes: BYTES[dtype] ?? 4,
    async read(box) {
      const part = await told(name, path, () =>
        zarr.get(
          array,
          box.map(([from, to]) => zarr.slice(from, to)),
        ),
      );
      // zarrita's booleans are no array.
      const data = dtype === 'bool' ? Uint8Array.from(part.data as Iterable<boolean>, Number) : part.data;
      return rowMajor(data as ArrayLike<number | bigint>, part.shape, part.stride, dtype);
    },
  };
}

/** The values in the order of their axes, as arrays of plain numbers. */
function rowMajor(
  data: ArrayLike<number | bigint>,
  shape: readonly number[],
  stride: readonly number[],
  dtype: string,
): Numbers {
  const inOrder = stride.every((step, axis) => step === product(shape.slice(axis + 1)) || shape[axis] === 1);
  const plain = /^(u?int(8|16|32)|float(32|64))$/.test(dtype);
  if (inOrder && plain) return data as unknown as Numbers;
  const out = dtype === 'bool' ? new Uint8Array(product(shape)) : new Float32Array(product(shape));
  const at = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = Number(data[from]!);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return out;
}
