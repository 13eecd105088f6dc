/** Numbers of every type and both orders of bytes, against DataView, which takes them one by one. */

import { expect, test } from 'vitest';
import { decodeNumbers, NUMBER_BYTES, type NumberType } from './decode-numbers.ts';

const ONE: Readonly<Record<NumberType, (view: DataView, at: number, little: boolean) => number | bigint>> = {
  bool: (view, at) => view.getUint8(at),
  uint8: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint16: (view, at, little) => view.getUint16(at, little),
  int16: (view, at, little) => view.getInt16(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint64: (view, at, little) => view.getBigUint64(at, little),
  int64: (view, at, little) => view.getBigInt64(at, little),
  float16: (view, at, little) => view.getFloat16(at, little),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
};

test.for(Object.keys(ONE) as NumberType[])('%s', (dtype) => {
  const size = NUMBER_BYTES[dtype];
  const all = Uint8Array.from({ length: 1 + 40 * size + 3 }, (_, i) => (i * 37 + (i >> 3) * 11) & 127);
  // At an odd address, three bytes too many, which make no number.
  const bytes = all.subarray(1);
  const before = bytes.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const little of [true, false]) {
    const wanted = Float32Array.from({ length: 40 + Math.floor(3 / size) }, (_, i) =>
      Number(ONE[dtype](view, i * size, little)),
    );
    // Bytes may be changed: a copy at an odd address, and one where such numbers may begin.
    const odd = all.slice().subarray(1);
    expect(decodeNumbers(odd, dtype, little)).toEqual(wanted);
    expect(decodeNumbers(before.slice(), dtype, little)).toEqual(wanted);
  }
});
