/** Reads the numbers of this folder: results of other programs, listed with their origin in README.md. */

import { readFileSync } from 'node:fs';
import { type NdArray, readNpy } from '../../src/core/npy.ts';

/** The array in `name`.npy, row-major; shape and units as README.md says. */
export function oracle(name: string): NdArray<Float32Array | Float64Array> {
  return readNpy(new Uint8Array(readFileSync(new URL(`${name}.npy`, import.meta.url))), name) as NdArray<
    Float32Array | Float64Array
  >;
}

/** The text of a file of this folder. */
export function oracleText(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** The same array as rows along its last axis. */
export function oracleRows(name: string): Float32Array[] {
  const { data, shape } = oracle(name);
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, i) =>
    Float32Array.from(data.subarray(i * width, (i + 1) * width)),
  );
}
