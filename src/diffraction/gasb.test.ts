/** GaSb [110] of 65 to 85 nm: disk intensities of 49 measured positions, and of another program's table, against simulation with and without absorption. */

import { beforeAll, expect, test } from 'vitest';
import { oracleRows } from '../../test/oracles/oracle.ts';
import { absorbingStack } from './absorption.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { cpuPositions } from './engine.ts';
import { wavelength } from './optics.ts';
import { aperture } from './probe-wave.ts';
import { sliceStack } from './slices.ts';
import {
  BEAM,
  bestMatches,
  disk,
  diskTable,
  galliumAntimonide,
  images,
  median,
  SLICES,
  THICKNESS_NM,
  TILTS,
} from './test-gasb.ts';
import { type Pair, rockingCurves } from './test-rocking.ts';

const disks = oracleRows('gasb_disks').map(([n1, n2]) => disk(n1!, n2!));
let kernel: SliceKernel;
let tables: { readonly with: Float32Array; readonly without: Float32Array };

beforeAll(async () => {
  kernel = await SliceKernel.load();
  tables = {
    with: diskTable(kernel, absorbingStack(galliumAntimonide(), SLICES), disks),
    without: diskTable(kernel, sliceStack(galliumAntimonide(), SLICES), disks),
  };
});

test('disks from plane waves are the disks in the pattern of a specimen', async () => {
  const stack = absorbingStack(galliumAntimonide(), SLICES);
  const tiles: Pair = [12, 16];
  const exits = [10 * SLICES.nSlices];
  const tilt_mrad: Pair = [4, -2.5];
  const { voltage_kV, radius_mrad } = BEAM;
  const probe = { wavelength_A: wavelength(voltage_kV), convergence_mrad: radius_mrad, defocus_nm: 0, edge_mrad: 0.3 };
  const inner = disks.filter(([h, k]) => Math.abs(h) <= 2 && Math.abs(k) <= 2);
  const reach: Pair = [3 * tiles[0], 3 * tiles[1]];
  const source = cpuPositions(kernel)({
    stack,
    tiles,
    voltage_kV,
    bandLimit: 1,
    geometry: { parts: [{ probe, weight: 1 }], exits, tilt_mrad, reach, positions: 1, way: 'direct' },
  });
  const centre = (source.height >> 1) * source.width + (source.width >> 1);
  let pattern = new Float64Array();
  for await (const [only] of source.at([[7, 11]])) pattern = only as typeof pattern;
  source.close();

  const cell = new Multislice(kernel, stack, voltage_kV);
  const length_A = [cell.length_A[0] * tiles[0], cell.length_A[1] * tiles[1]] as const;
  const points = aperture({ nx: cell.nx * tiles[0], ny: cell.ny * tiles[1], length_A }, probe);
  const got = inner.map(([h, k]) =>
    points.reduce((sum, { x, y }) => sum + pattern[centre + (k * tiles[1] + y) * source.width + h * tiles[0] + x]!, 0),
  );
  const toInvA = 1e-3 / probe.wavelength_A;
  const directions = points.map(
    ({ x, y }): Pair => [x / length_A[0] + tilt_mrad[0] * toInvA, y / length_A[1] + tilt_mrad[1] * toInvA],
  );
  const curves = rockingCurves(cell, directions, exits, inner);
  const want = inner.map((_, d) =>
    points.reduce((sum, { re, im }, p) => sum + (re ** 2 + im ** 2) * curves[p * inner.length + d]!, 0),
  );
  for (const [d, value] of want.entries()) expect(Math.abs(got[d]! - value)).toBeLessThan(1e-5);
  expect(Math.max(...want)).toBeGreaterThan(0.1);
});

test('against the authors’ table: R1 21% with absorption, 34–39% without; each thickness is found among theirs', () => {
  const [names, tilts] = [
    [65, 70, 75, 80, 85],
    [5, 15, 25, 35, 45],
  ] as const;
  const theirs = oracleRows('gasb_table');
  const perThickness = tilts.length ** 2;
  /** R1 at one of our thicknesses against one of theirs, one scale; their first tilt is −θx. */
  const compare = (table: Float32Array, ours: number, t: number): number => {
    const pairs = Array.from({ length: perThickness }, (_, i) => {
      const [x, y] = [TILTS - 1 - tilts[Math.floor(i / tilts.length)]!, tilts[i % tilts.length]!];
      const from = ((ours * TILTS + x) * TILTS + y) * disks.length;
      return [...theirs[t * perThickness + i]!].map((value, d) => [table[from + d]!, value] as const);
    }).flat();
    const total = (f: (own: number, other: number) => number) => pairs.reduce((sum, [a, b]) => sum + f(a, b), 0);
    const scale = total((a, b) => a * b) / total((a) => a * a);
    return total((a, b) => Math.abs(scale * a - b)) / total((_, b) => b);
  };
  for (const [t, nominal] of names.entries()) {
    const at = THICKNESS_NM.indexOf(nominal);
    const curve = THICKNESS_NM.map((_, i) => compare(tables.with, i, t));
    const without = compare(tables.without, at, t);
    const best = curve.indexOf(Math.min(...curve));
    console.log(
      `authors’ ${nominal} nm: R1 ${(100 * curve[at]!).toFixed(1)}% with absorption, ${(100 * without).toFixed(1)}% without; least ${(100 * curve[best]!).toFixed(1)}% at ${THICKNESS_NM[best]} nm`,
    );
    expect(curve[at]).toBeLessThan(0.24);
    expect(without).toBeGreaterThan(0.3);
    const among = names.map((name) => curve[THICKNESS_NM.indexOf(name)]!);
    expect(among.indexOf(Math.min(...among))).toBe(t);
  }
});

test('49 measured positions: r 0.99 with absorption, worse without, worst with the polarity reversed', () => {
  const measured = oracleRows('gasb_measured');
  const turned = images(disks, -1, -1);
  const fits = {
    with: bestMatches(tables.with, measured),
    without: bestMatches(tables.without, measured),
    // The other polarity is the crystal turned half around the beam.
    reversed: bestMatches(
      tables.with,
      measured.map((row) => row.map((_, d) => row[turned[d]!]!)),
    ),
  };
  const medians = Object.fromEntries(
    Object.entries(fits).map(([name, list]) => [
      name,
      { r: median(list.map(({ r }) => r)), r1: median(list.map(({ r1 }) => r1)) },
    ]),
  ) as Record<keyof typeof fits, { r: number; r1: number }>;
  for (const [name, { r, r1 }] of Object.entries(medians)) {
    console.log(`GaSb, 49 positions, ${name}: median r ${r.toFixed(4)}, R1 ${(100 * r1).toFixed(1)}%`);
  }
  const better = fits.with.filter(({ r }, i) => r > fits.without[i]!.r).length;
  console.log(`absorption fits better at ${better} of ${measured.length}`);
  expect(medians.with.r).toBeGreaterThan(0.99);
  expect(medians.without.r).toBeLessThan(0.985);
  expect(medians.with.r1).toBeLessThan(0.75 * medians.without.r1);
  expect(medians.reversed.r).toBeLessThan(0.95);
  expect(better).toBeGreaterThan(0.9 * measured.length);
});
