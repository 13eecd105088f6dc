/** GaSb disk intensities of samples/ANN-4DDD, in the order and with the signs of their authors: see src/diffraction/test-gasb.ts. */

import { readFileSync } from 'node:fs';
import { type MatArray, readMat } from './mat.ts';

export interface DiskLists {
  /** Disk indices n1, n2 [43]. */
  readonly disks: readonly (readonly [n1: number, n2: number])[];
  /** [2500 positions][43], counts. */
  readonly measured: readonly Float32Array[];
  /** Simulated by the authors: [65, 70, 75, 80, 85 nm][51 tilts][51 tilts][43], −0.5° to 0.5°. */
  readonly table: Float32Array;
}

/** Reads both files of the folder. */
export function readDiskLists(folder: string): DiskLists {
  const read = (file: string): MatArray =>
    Object.values(readMat(new Uint8Array(readFileSync(`${folder}/${file}`))))[0]!;
  // Both [43][n1, n2, intensity][…], the first index fastest.
  const measured = read('005_exp_diskList_withcenter.mat');
  const simulated = read('diskListSim.mat');
  const size = measured.shape[0]!;
  const intensities = ({ data }: MatArray, i: number) =>
    Float32Array.from(data.subarray((3 * i + 2) * size, (3 * i + 3) * size));
  const [, , thicknesses, tilts] = simulated.shape as [number, number, number, number];
  const table = new Float32Array(thicknesses * tilts * size);
  for (let t = 0; t < thicknesses; t++) {
    for (let tilt = 0; tilt < tilts; tilt++) {
      table.set(intensities(simulated, t + thicknesses * tilt), (t * tilts + tilt) * size);
    }
  }
  return {
    disks: Array.from({ length: size }, (_, d) => [measured.data[d]!, measured.data[size + d]!] as const),
    measured: Array.from({ length: measured.shape[2]! }, (_, i) => intensities(measured, i)),
    table,
  };
}
