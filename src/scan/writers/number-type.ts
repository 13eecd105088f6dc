/**
 * Types of numbers that scans are written in, as each kind of file calls them. A scan is read as float32 and written in the type of its file: whole numbers up
 * to 2²⁴ come back exactly, larger ones and float64 with seven digits.
 */

import { fail } from '../../core/errors.ts';

export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export interface NumberKind {
  readonly name: string;
  readonly bytes: number;
  /** NumPy's name, little-endian, and Zarr 2's. */
  readonly numpy: string;
  readonly hdf5: string;
  /** TIFF's SampleFormat: 1 unsigned, 2 signed, 3 floating point. */
  readonly sample: 1 | 2 | 3;
  /** Whole numbers alone, from `low` to `high`. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /** An array of `count` such numbers. */
  readonly make: (count: number) => NumberArray;
}

const unsigned = (bits: number): readonly [number, number] => [0, 2 ** bits - 1];
const signed = (bits: number): readonly [number, number] => [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
const kind = (
  name: string,
  bytes: number,
  numpy: string,
  hdf5: string,
  sample: 1 | 2 | 3,
  make: (count: number) => NumberArray,
): NumberKind => ({
  name,
  bytes,
  numpy,
  hdf5,
  sample,
  make,
  ...(sample === 3 ? {} : { range: sample === 1 ? unsigned(8 * bytes) : signed(8 * bytes) }),
});

const FLOAT32 = kind('float32', 4, '<f4', '<f', 3, (n) => new Float32Array(n));
export const NUMBER_KINDS: readonly NumberKind[] = [
  kind('uint8', 1, '|u1', '<B', 1, (n) => new Uint8Array(n)),
  kind('int8', 1, '|i1', '<b', 2, (n) => new Int8Array(n)),
  kind('uint16', 2, '<u2', '<H', 1, (n) => new Uint16Array(n)),
  kind('int16', 2, '<i2', '<h', 2, (n) => new Int16Array(n)),
  kind('uint32', 4, '<u4', '<I', 1, (n) => new Uint32Array(n)),
  kind('int32', 4, '<i4', '<i', 2, (n) => new Int32Array(n)),
  kind('uint64', 8, '<u8', '<Q', 1, (n) => new BigUint64Array(n)),
  kind('int64', 8, '<i8', '<q', 2, (n) => new BigInt64Array(n)),
  FLOAT32,
  kind('float64', 8, '<f8', '<d', 3, (n) => new Float64Array(n)),
];

/** What numbers of a file are written as: themselves, truth values as uint8, what no file here knows as float32. */
export function kindOf(dtype: string): NumberKind {
  const name = dtype === 'bool' ? 'uint8' : dtype;
  return NUMBER_KINDS.find((one) => one.name === name) ?? FLOAT32;
}

/** Numbers in a type. @param where for messages @throws 'range' for one that the type does not hold */
export function asKind(values: Float32Array, { name, range, make }: NumberKind, where: string): NumberArray {
  if (name === 'float32') return values;
  const out = make(values.length);
  const big = out instanceof BigInt64Array || out instanceof BigUint64Array;
  const [low, high] = range ?? [-Infinity, Infinity];
  // The largest number of 32 bits is one more as float32.
  const most = Math.fround(high);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (range && !(Number.isInteger(value) && value >= low && value <= most)) {
      fail('range', `${where} holds ${value}, which is no ${name}.`, 'This is a bug, please report it.', { value });
    }
    if (!big) out[i] = Math.min(value, high);
    else out[i] = value < high ? BigInt(value) : name === 'int64' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  }
  return out;
}

/** The bytes of numbers, least significant first, as all machines have them that this runs on. */
export const bytesOf = (data: NumberArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
