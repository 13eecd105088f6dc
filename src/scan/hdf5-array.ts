/**
 * Datasets of HDF5 as arrays of counts: their types of numbers, and what of them can be unpacked. What cannot be read is refused before reading, by its name.
 * Not here: which dataset is the scan.
 */

import { fail } from '../core/errors.ts';
import type { NumberType } from './decode-numbers.ts';
import { halfFloats } from './half-floats.ts';
import { guarded, type Hdf5Dataset, type Hdf5File } from './hdf5.ts';
import { directNumbers } from './hdf5-direct.ts';
import type { ScanFile } from './scan-file.ts';
import type { Box, Numbers, StoredArray } from './stored-array.ts';

/** Filters of HDF5 itself: deflate, shuffle, fletcher32, szip, nbit, scale-offset. */
const BUILT_IN_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6]);
/** Registered filters by number, where the file's own name for one is long or missing (HDF Group, registered filter plugins). */
const FILTER_NAMES: Readonly<Record<number, string>> = {
  307: 'bzip2',
  32000: 'LZF',
  32001: 'Blosc',
  32004: 'LZ4',
  32008: 'bitshuffle',
  32013: 'ZFP',
  32015: 'Zstandard',
  32017: 'SZ',
  32024: 'SZ3',
  32026: 'Blosc2',
};

const BITS = { b: 8, h: 16, i: 32, q: 64, e: 16, f: 32, d: 64 } as const;
const [BITFIELD, COMPOUND, ENUM, COMPLEX] = [4, 6, 8, 11];

/** 'uint16', 'float32', 'bool' …; undefined for what is not a plain real number. */
export function numberType(dataset: Hdf5Dataset): string | undefined {
  const { type, size, enum_type } = dataset.metadata;
  // h5py's booleans are an enumeration, PyTables' a field of bits.
  const names = Object.keys(enum_type?.members ?? {});
  if (type === ENUM && size === 1 && names.length === 2 && names.every((name) => /^(true|false)$/i.test(name)))
    return 'bool';
  if (type === BITFIELD && size === 1) return 'bool';
  const match = /^[<>|]?([bhiqefd])$/i.exec(String(dataset.dtype));
  const letter = match?.[1];
  if (!letter) return undefined;
  const bits = BITS[letter.toLowerCase() as keyof typeof BITS];
  if ('efd'.includes(letter)) return `float${bits}`;
  return `${letter === letter.toLowerCase() ? 'int' : 'uint'}${bits}`;
}

/** Whether it holds complex numbers: HDF5's own, or pairs of floating-point numbers named as h5py and others do. */
export function isComplex({ dtype, metadata }: Hdf5Dataset): boolean {
  if (metadata.type === COMPLEX) return true;
  if (metadata.type !== COMPOUND || !Array.isArray(dtype) || dtype.length !== 2) return false;
  return (dtype as unknown[]).every(
    (member, i) =>
      Array.isArray(member) && new RegExp(i === 0 ? '^re?(al)?$' : '^i(m(ag)?)?$', 'i').test(String(member[0])),
  );
}

/** Refuses a dataset that h5wasm would misread. @throws 'unsupported' */
export function checkReadable(dataset: Hdf5Dataset, path: string, plugins: Hdf5File['plugins']): string {
  const where = `${path}:${dataset.path}`;
  if (isComplex(dataset)) {
    fail(
      'unsupported',
      `${where} holds complex numbers: waves, no counts of electrons.`,
      'Save the intensity, numpy.abs(a) ** 2.',
      { path },
    );
  }
  const type = numberType(dataset);
  if (!type) fail('unsupported', `${where} holds text or compound values.`, 'Save it as uint16 or float32.');
  const alien = dataset.filters.find((filter) => !BUILT_IN_FILTERS.has(filter.id) && !plugins?.has(filter.id));
  if (alien) {
    const name = FILTER_NAMES[alien.id] ?? (alien.name.split(';')[0] || `filter ${alien.id}`);
    const hint =
      'Rewrite it with gzip, for example: h5repack -f GZIP=4 in.h5 out.h5 (with the HDF5 plugins installed).';
    fail('unsupported', `${where} is compressed with ${name}, which is not built in.`, hint, {
      path,
      filter: alien.id,
    });
  }
  return type;
}

const ARRAYS = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];

/** An array of an HDF5 file for reading in boxes. @throws 'unsupported' */
export function storedArray(dataset: Hdf5Dataset, scan: ScanFile, file: Hdf5File): StoredArray {
  const { name: path } = scan;
  const dtype = checkReadable(dataset, path, file.plugins);
  // The library has no array of 16-bit floats: taken for whole numbers, their bits come as they are.
  const half = dtype === 'float16';
  const source: Hdf5Dataset = half
    ? Object.create(dataset, { metadata: { value: { ...dataset.metadata, type: 0, signed: false } } })
    : dataset;
  const byLibrary = (box: Box): Numbers => {
    const value = guarded(path, `reading ${dataset.path}`, () => source.slice(box.map(([a, b]) => [a, b])));
    if (half && value instanceof Uint16Array) return halfFloats(value);
    // h5py's booleans are bytes with a sign.
    if (dtype === 'bool' && value instanceof Int8Array) return new Uint8Array(value);
    const kind = ARRAYS.find((one) => value instanceof one);
    return kind ? (value as Numbers) : toFloat32(value, path);
  };
  const header = guarded(path, `reading ${dataset.path}`, () => file.headerAddress?.(dataset.path));
  let direct =
    header === undefined
      ? undefined
      : directNumbers(scan, header, dataset, dtype as NumberType, dataset.metadata.littleEndian ?? true);
  let trusted = false;
  return {
    path: dataset.path,
    shape: dataset.shape ?? [],
    chunk: dataset.metadata.chunks ?? undefined,
    dtype,
    bytes: half || (dataset.metadata.size === 8 && dtype.includes('int')) ? 4 : dataset.metadata.size,
    async read(box) {
      const numbers = await direct?.(box);
      if (numbers && trusted) return numbers;
      const known = byLibrary(box);
      // The first box tells whether the file was understood.
      if (numbers) trusted = same(numbers, known);
      if (numbers && !trusted) direct = undefined;
      return known;
    },
  };
}

/** Bit by bit, so that what is no number is equal too. */
function same(a: Numbers, b: Numbers): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return a.constructor === b.constructor && x!.length === y!.length && x!.every((byte, i) => byte === y![i]);
}

/** A whole dataset as float32, row-major in its own shape, values as stored. @throws 'file-unreadable' */
export function readAll(dataset: Hdf5Dataset, path: string): Float32Array {
  return toFloat32(
    guarded(path, `reading ${dataset.path}`, () => dataset.value),
    path,
  );
}

function toFloat32(value: unknown, path: string): Float32Array {
  if (value instanceof Float32Array) return value;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float32Array.from(value, Number);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return new Float32Array(value as unknown as ArrayLike<number>);
  if (typeof value === 'number' || typeof value === 'bigint') return new Float32Array([Number(value)]);
  fail('unsupported', `${path}: an array is not of plain numbers.`, 'Save it as uint16 or float32.', { path });
}
