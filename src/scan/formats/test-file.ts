/** For tests: bytes as a file, and every beginning of it. Not a test. */

import { expect } from 'vitest';
import { FerroscopeError } from '../../core/errors.ts';
import { openScan } from '../open.ts';
import type { ScanFile } from '../scan-file.ts';
import type { OpenOptions } from './reader.ts';

/** @param beside other files of the folder, by name */
export function bytesFile(
  name: string,
  bytes: Uint8Array,
  beside: Readonly<Record<string, Uint8Array>> = {},
): ScanFile {
  return {
    name,
    size_bytes: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
    openHdf5: () => Promise.reject(new Error('no HDF5')),
    sibling: async (leaf) => (beside[leaf] ? bytesFile(leaf, beside[leaf], beside) : undefined),
  };
}

/** Sum of all counts of a scan, and its shape. */
export async function sumOf(file: ScanFile, options: OpenOptions = {}) {
  const source = await openScan(file, options);
  let sum = 0;
  for (const value of await source.read(0, source.shape[0] * source.shape[1])) sum += value;
  source.close();
  return { shape: source.shape, sum, info: source.info };
}

/** Expects of every beginning of a file, up to `until` bytes, a tagged error, on opening or on reading. */
export async function expectEachCutTold(
  file: (bytes: Uint8Array) => ScanFile,
  whole: Uint8Array,
  options: OpenOptions = {},
  until = whole.length,
) {
  const wrong: string[] = [];
  for (let n = 0; n < until; n++) {
    const result = await sumOf(file(whole.slice(0, n)), options).then(
      () => 'opened',
      (error: unknown) => (error instanceof FerroscopeError ? '' : String(error)),
    );
    if (result) wrong.push(`${n} bytes: ${result}`);
  }
  expect(wrong).toEqual([]);
}

/** Opens each beginning of `bytes` and reads it through: what does not open or ends early has to say so by a tagged error. @param cuts lengths */
export async function expectTaggedWhenCut(
  name: string,
  bytes: Uint8Array,
  cuts: readonly number[],
  options: OpenOptions = {},
  folder: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  for (const length of cuts) {
    const cut = bytesFile(name, bytes.subarray(0, length), folder);
    const outcome = await openScan(cut, options).then(
      (source) => source.read(0, source.shape[0] * source.shape[1]).then(() => 'read'),
      (error: unknown) => error,
    );
    expect(outcome, `${name}, ${length} of ${bytes.length} bytes`).toBeInstanceOf(FerroscopeError);
  }
}

/** Bytes from a list of [offset, type, value]; little-endian unless told. */
export function bytesWith(
  size: number,
  fields: readonly (readonly [at: number, type: 'u16' | 'i32' | 'u32' | 'f32' | 'f64', value: number])[],
  little = true,
) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const set = { u16: 'setUint16', i32: 'setInt32', u32: 'setUint32', f32: 'setFloat32', f64: 'setFloat64' } as const;
  for (const [at, type, value] of fields) view[set[type]](at, value, little);
  return bytes;
}

/** @param length with zeros behind the text, where it is longer */
export const ascii = (text: string, length = text.length): Uint8Array => {
  const out = new Uint8Array(length);
  out.set(new TextEncoder().encode(text));
  return out;
};

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Bytes of `count` numbers. */
export function numbers(count: number, bytes: 1 | 2 | 4, little: boolean, value: (i: number) => number): Uint8Array {
  const out = new Uint8Array(count * bytes);
  const view = new DataView(out.buffer);
  for (let i = 0; i < count; i++) {
    if (bytes === 1) view.setUint8(i, value(i));
    else if (bytes === 2) view.setUint16(2 * i, value(i), little);
    else view.setUint32(4 * i, value(i), little);
  }
  return out;
}
