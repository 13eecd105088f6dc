/** Numbers from their bytes, as files of frames and HDF5 store them. */

import { halfFloats } from './half-floats.ts';
import type { Numbers } from './stored-array.ts';

/** Types of stored numbers, and their bytes. */
export const NUMBER_BYTES = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
} as const;
export type NumberType = keyof typeof NUMBER_BYTES;

/** Halves as their bits. */
const ARRAYS = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<NumberType, unknown>;
const LITTLE_HERE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Numbers as they are stored; those that JavaScript has no array of, 64-bit integers and 16-bit floats, as float32.
 * @param bytes of whole numbers, which may be changed: the result may lie in them
 */
export function storedNumbers(bytes: Uint8Array, dtype: NumberType, little: boolean): Numbers {
  const size = NUMBER_BYTES[dtype];
  const count = Math.floor(bytes.length / size);
  const own = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  if (little !== LITTLE_HERE) swapBytes(own.subarray(0, count * size), size);
  const numbers = new ARRAYS[dtype](own.buffer as ArrayBuffer, own.byteOffset, count);
  if (dtype === 'float16') return halfFloats(numbers as Uint16Array);
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Float32Array.from(numbers, Number)
    : numbers;
}

/** The same as float32: counts up to 2²⁴ exactly. Converted as whole arrays, which is several times as fast as one by one. */
export function decodeNumbers(bytes: Uint8Array, dtype: NumberType, little: boolean): Float32Array {
  const numbers = storedNumbers(bytes, dtype, little);
  return numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
}

/** Turns the bytes of each number round, in place. */
function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let i = start, j = start + size - 1; i < j; i++, j--) {
      const first = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = first;
    }
  }
}
