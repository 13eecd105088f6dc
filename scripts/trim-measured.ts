/**
 * Makes gasb_*.npy of test/oracles/: of the GaSb disks that were measured and tabulated by others, what tests compare with everywhere. Values are left out,
 * never changed but for rounding to float32.
 *
 *     node scripts/trim-measured.ts ../shared/samples/ANN-4DDD
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeNpy } from '../src/core/npy.ts';
import { readDiskLists } from '../test/ann-4ddd.ts';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Give the folder of the samples: node scripts/trim-measured.ts ../shared/samples/ANN-4DDD');
  process.exit(2);
}
const { disks, measured, table } = readDiskLists(folder);
const save = (name: string, data: Float32Array, shape: readonly number[]) =>
  writeFileSync(fileURLToPath(new URL(`../test/oracles/${name}.npy`, import.meta.url)), writeNpy({ data, shape }));

save('gasb_disks', Float32Array.from(disks.flat()), [disks.length, 2]);

// Every seventh row and column of 50 × 50 positions.
const kept = measured.filter((_, i) => Math.floor(i / 50) % 7 === 4 && (i % 50) % 7 === 4);
save('gasb_measured', Float32Array.from(kept.flatMap((values) => [...values])), [kept.length, disks.length]);

// All thicknesses, tilts −0.4, −0.2 … 0.4°.
const tilts = [5, 15, 25, 35, 45];
const rows = [0, 1, 2, 3, 4].flatMap((t) => tilts.flatMap((x) => tilts.map((y) => (t * 51 + x) * 51 + y)));
const at = (row: number) => [...table.subarray(row * disks.length, (row + 1) * disks.length)];
save('gasb_table', Float32Array.from(rows.flatMap(at)), [5, 5, 5, disks.length]);
