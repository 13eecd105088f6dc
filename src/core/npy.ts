/**
 * NPY and NPZ (NumPy's array files, NEP 1): read little-endian numeric arrays in either order, write float32,
 * float64 and integers in row-major order. Not here: object arrays, structured types.
 */

import { unzipSync, zipSync } from 'fflate';
import { fail } from './errors.ts';

export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense row-major array. */
export interface NdArray<T extends NumericArray = NumericArray> {
  readonly data: T;
  readonly shape: readonly number[];
}

const TYPES: Record<string, (buffer: ArrayBuffer) => NumericArray> = {
  '<f4': (b) => new Float32Array(b),
  '<f8': (b) => new Float64Array(b),
  '|i1': (b) => new Int8Array(b),
  '|u1': (b) => new Uint8Array(b),
  '|b1': (b) => new Uint8Array(b),
  '<i2': (b) => new Int16Array(b),
  '<u2': (b) => new Uint16Array(b),
  '<i4': (b) => new Int32Array(b),
  '<u4': (b) => new Uint32Array(b),
  '<i8': (b) => new BigInt64Array(b),
  '<u8': (b) => new BigUint64Array(b),
};

/** Reads one NPY file; a column-major array comes back row-major. `name` is for messages. @throws 'format', 'unsupported' */
export function readNpy(bytes: Uint8Array, name = 'array'): NdArray {
  const bad = (what: string): never =>
    fail('format', `${name} is not a readable NPY file: ${what}.`, 'Save it again with numpy.save.');
  if (bytes.length < 12 || bytes[0] !== 0x93 || new TextDecoder().decode(bytes.subarray(1, 6)) !== 'NUMPY') {
    bad('no NUMPY signature');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6]! >= 2;
  const headerLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (wide ? 12 : 10) + headerLength;
  const header = new TextDecoder().decode(bytes.subarray(wide ? 12 : 10, start));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? bad('no dtype');
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? bad('no shape');
  const fortran = /'fortran_order':\s*True/.test(header);
  const make = TYPES[descr];
  if (!make)
    fail('unsupported', `${name} has dtype ${descr}.`, `Convert it to one of ${Object.keys(TYPES).join(' ')}.`);
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  // A copy with a buffer of its own: Node's Buffer.slice would be a view.
  const body = new Uint8Array(bytes.subarray(start));
  if (body.length % Number(descr.slice(2)) !== 0) bad('it ends inside a value');
  const data = make(body.buffer);
  const expected = shape.reduce((a, b) => a * b, 1);
  if (data.length !== expected) bad(`${data.length} values where the shape says ${expected}`);
  return { data: fortran ? rowMajor(data, shape) : data, shape };
}

/** The values of a column-major array in row-major order. */
function rowMajor<T extends NumericArray>(data: T, shape: readonly number[]): T {
  const out = data.slice() as T;
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    out[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out;
}

/** Reads every array of an NPZ file, by name without '.npy', each as `readNpy` does. @throws 'format', 'unsupported' */
export function readNpz(bytes: Uint8Array, name = 'archive'): Record<string, NdArray> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch {
    fail('format', `${name} is not a readable NPZ (zip) file.`, 'Save it again with numpy.savez.');
  }
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [file.replace(/\.npy$/, ''), readNpy(content, `${name}:${file}`)]),
  );
}

const DESCR = new Map<unknown, string>([
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int8Array, '|i1'],
  [Uint8Array, '|u1'],
  [Int16Array, '<i2'],
  [Uint16Array, '<u2'],
  [Int32Array, '<i4'],
  [Uint32Array, '<u4'],
  [BigInt64Array, '<i8'],
  [BigUint64Array, '<u8'],
]);

/** What stands before the values of a row-major array in an NPY file, version 1.0. @param descr NumPy's name of the type: '<u2' */
export function npyHead(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const out = new Uint8Array(10 + padded.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 0xff, padded.length >> 8]);
  out.set(new TextEncoder().encode(padded), 10);
  return out;
}

/** One row-major array as an NPY file. @throws 'unsupported' for a type without an NPY name */
export function writeNpy({ data, shape }: NdArray): Uint8Array {
  const descr =
    DESCR.get(data.constructor) ?? fail('unsupported', 'No NPY type for this array.', 'Use a numeric array.');
  const head = npyHead(descr, shape);
  const out = new Uint8Array(head.length + data.byteLength);
  out.set(head);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), head.length);
  return out;
}

/** Several arrays as an NPZ file, each under its key. @throws as `writeNpy` */
export function writeNpz(arrays: Record<string, NdArray>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)])));
}
