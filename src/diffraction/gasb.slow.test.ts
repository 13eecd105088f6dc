/** GaSb [110]: all 2,500 measured positions, with the authors' own table beside ours, and what the fits say about what the source does not. */

import { expect, test } from 'vitest';
import { readDiskLists } from '../../test/ann-4ddd.ts';
import { sample } from '../../test/skip-aloud.ts';
import { absorbingStack } from './absorption.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { sliceStack } from './slices.ts';
import {
  BEAM,
  bestMatches,
  disk,
  diskTable,
  galliumAntimonide,
  images,
  type Match,
  median,
  placeOf,
  SLICES,
  THICKNESS_NM,
  TILTS,
} from './test-gasb.ts';

/** Median r and R1, printed. */
function summary(name: string, matches: readonly Match[]): { r: number; r1: number } {
  const [r, r1] = [median(matches.map((match) => match.r)), median(matches.map((match) => match.r1))];
  console.log(`GaSb, ${matches.length} positions, ${name}: median r ${r.toFixed(4)}, R1 ${(100 * r1).toFixed(1)}%`);
  return { r, r1 };
}

test('2,500 measured positions: with absorption better than the authors’ own table, without worse', async (context) => {
  const lists = readDiskLists(sample(context, 'ANN-4DDD'));
  const disks = lists.disks.map(([n1, n2]) => disk(n1, n2));
  const size = disks.length;
  const kernel = await SliceKernel.load();
  const ours = diskTable(kernel, absorbingStack(galliumAntimonide(), SLICES), disks);
  const damped = diskTable(kernel, sliceStack(galliumAntimonide(), SLICES), disks);

  const matches = bestMatches(ours, lists.measured);
  const own = bestMatches(lists.table, lists.measured);
  const turned = images(disks, -1, -1);
  const reversed = bestMatches(
    ours,
    lists.measured.map((row) => row.map((_, d) => row[turned[d]!]!)),
  );
  const [withIt, without, authors, wrong] = [
    summary('with absorption', matches),
    summary('without', bestMatches(damped, lists.measured)),
    summary('authors’ table', own),
    summary('polarity reversed', reversed),
  ];
  // The authors' five thicknesses alone: 5 nm apart, a table is too coarse to fit as well.
  const five = (table: Float32Array) => {
    const length = TILTS ** 2 * size;
    const out = new Float32Array(5 * length);
    for (let t = 0; t < 5; t++) out.set(table.subarray(5 * t * length, (5 * t + 1) * length), t * length);
    return out;
  };
  expect(THICKNESS_NM.filter((_, i) => i % 5 === 0)).toEqual([65, 70, 75, 80, 85]);
  const coarse = summary('with absorption, five thicknesses', bestMatches(five(ours), lists.measured));
  const coarseWithout = summary('without, five thicknesses', bestMatches(five(damped), lists.measured));

  expect(withIt.r).toBeGreaterThan(0.992);
  expect(withIt.r1).toBeLessThan(0.16);
  expect(without.r).toBeLessThan(0.985);
  expect(without.r1).toBeGreaterThan(1.4 * withIt.r1);
  expect(wrong.r).toBeLessThan(0.95);
  expect(coarse.r).toBeGreaterThan(authors.r + 0.004);
  expect(coarseWithout.r).toBeLessThan(authors.r - 0.01);

  // Their first tilt is −θx.
  const apart = [0, 1].map((axis) =>
    median(
      matches.map(({ pattern }, i) => {
        const [, x, y] = placeOf(pattern);
        const [, theirX, theirY] = placeOf(own[i]!.pattern);
        return 0.02 * Math.abs(axis === 0 ? x - (TILTS - 1 - theirX) : y - theirY);
      }),
    ),
  );
  const thickness = matches.map(({ pattern }) => THICKNESS_NM[placeOf(pattern)[0]]!);
  console.log(
    `tilts from both tables differ by ${apart.map((x) => x.toFixed(2)).join(', ')}° (median); thickness ${median(thickness)} nm here, ${median(own.map(({ pattern }) => 65 + 5 * placeOf(pattern)[0]))} nm there`,
  );
  for (const angle of apart) expect(angle).toBeLessThan(0.03);
});

test('voltage and disk radius: where the fits are best', async (context) => {
  const lists = readDiskLists(sample(context, 'ANN-4DDD'));
  const disks = lists.disks.map(([n1, n2]) => disk(n1, n2));
  const some = lists.measured.filter((_, i) => i % 47 === 0);
  const kernel = await SliceKernel.load();
  const stack = absorbingStack(galliumAntimonide(), SLICES);
  const r = (beam: typeof BEAM) => {
    const matches = bestMatches(diskTable(kernel, stack, disks, beam), some);
    return summary(`${beam.voltage_kV} kV, ${beam.radius_mrad} mrad`, matches).r;
  };
  const [r200, r260, r280, r300, r320] = [200, 260, 280, 300, 320].map((voltage_kV) => r({ ...BEAM, voltage_kV }));
  // Among the voltages that microscopes have; the fits themselves are best a little lower.
  expect(r300).toBeGreaterThan(r200! + 0.01);
  expect(Math.max(r280!, r300!)).toBeGreaterThan(Math.max(r260!, r320!));
  const [narrow, wide] = [0.8, 1.5].map((radius_mrad) => r({ ...BEAM, radius_mrad }));
  expect(r300).toBeGreaterThan(Math.max(narrow!, wide!));
});
