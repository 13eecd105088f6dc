/**
 * Makes the files of test/oracles/: of the arrays that abTEM made, the part that the tests compare with. Values are left out or (one projection) summed,
 * never changed.
 *
 *     node scripts/trim-oracles.ts ../shared/reference
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy, writeNpy } from '../src/core/npy.ts';

const [reference] = process.argv.slice(2);
if (!reference) {
  console.error('Give the folder of the whole arrays: node scripts/trim-oracles.ts ../shared/reference');
  process.exit(2);
}
const oracles = fileURLToPath(new URL('../test/oracles/', import.meta.url));

/** Keeps what `pick` of an array [rows][columns] (leading axes counted as rows) chooses: a list of rows of values. */
function trim(name: string, pick: (at: (row: number, column: number) => number, rows: number) => number[][]): void {
  const { data, shape } = readNpy(new Uint8Array(readFileSync(join(reference!, `${name}.npy`))), name);
  const columns = shape.at(-1)!;
  const kept = pick((row, column) => Number(data[row * columns + column]), data.length / columns);
  const values = kept.flat();
  const out = data instanceof Float32Array ? Float32Array.from(values) : Float64Array.from(values);
  writeFileSync(join(oracles, `${name}.npy`), writeNpy({ data: out, shape: [kept.length, kept[0]!.length] }));
}

const upTo = (count: number, first: number, step: number) => Array.from({ length: count }, (_, i) => first + i * step);

for (const element of ['Ba', 'Sr', 'Ti', 'O']) {
  for (const model of ['lobato', 'kirkland']) {
    // Every tenth k, to 6 1/Å.
    trim(`fe_${element}_${model}`, (at) => upTo(61, 0, 10).map((row) => [at(row, 0), at(row, 1), at(row, 2)]));
    // From the nucleus to half a box: along a row, along the diagonal, and summed over y (whose transform has each frequency of the axis).
    trim(`atom_${element}_${model}_infinite`, (at) => [
      upTo(101, 0, 1).map((i) => at(100, (100 + i) % 200)),
      upTo(101, 0, 1).map((i) => at((100 + i) % 200, (100 + i) % 200)),
      upTo(101, 0, 1).map((i) => upTo(200, 0, 1).reduce((sum, y) => sum + at(y, (100 + i) % 200), 0)),
    ]);
  }
  // 3D potential at every second r, 0.005 to 7.85 Å.
  trim(`radial_${element}_lobato`, (at) => upTo(200, 0, 2).map((row) => [at(row, 0), at(row, 2)]));
}

for (const model of ['lobato', 'kirkland']) {
  for (const perCell of [2, 4]) {
    // Six beams after every fifth of 205 cells.
    trim(`pw_sto_${model}_infinite_n48_m${perCell}`, (at) =>
      upTo(41, 4, 5).map((row) => upTo(6, 1, 1).map((column) => at(row, column))),
    );
  }
}

// The thinnest of three patterns, every third pixel: 3 shares no factor with the 16 pixels from disk to disk, so every part of a disk is met.
for (const tilt of [0, 1]) {
  trim(`cbed_bst_infinite_tilt${tilt}`, (at) =>
    upTo(85, 2, 3).map((row) => upTo(85, 2, 3).map((column) => at(row, column))),
  );
}
writeFileSync(join(oracles, 'bst_8x8x2.xyz'), readFileSync(join(reference, 'bst_8x8x2.xyz')));

// One of 122 directions.
const direction = 100;
trim('lacbed_directions', (at) => [[at(direction, 0), at(direction, 1)]]);
for (const name of ['zp10', 'zm10']) {
  trim(`lacbed_bstvca_fin64_${name}`, (at) =>
    upTo(17, 17 * direction, 1).map((row) => upTo(17, 0, 1).map((column) => at(row, column))),
  );
}

// Whole.
trim('haadf_sto_line', (at, rows) => upTo(rows, 0, 1).map((row) => upTo(3, 0, 1).map((column) => at(row, column))));
