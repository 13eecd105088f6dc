/** SrTiO3 [001], position-averaged CBED: the incoherent sum, and five measured patterns of 50 to 62 nm with and without absorption. */

import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { quietTask } from '../core/task.ts';
import { absorbingStack } from './absorption.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { cpuEngine } from './engine.ts';
import { pacbed } from './test-pacbed.ts';
import { matchThickness, ncc, readGrey } from './test-pacbed-match.ts';
import { BINNING, labelOf, RADIUS_MRAD, SRTIO3, simulatedPacbed, thickness_nm } from './test-srtio3.ts';
import { r1, strontiumTitanate } from './test-structures.ts';

test('the sum over plane waves is the mean over probe positions of a library’s patterns', async () => {
  const kernel = await SliceKernel.load();
  const { a_A, voltage_kV, convergence_mrad } = SRTIO3;
  const stack = absorbingStack(strontiumTitanate(a_A), { ...SRTIO3.slices, u2_A2: SRTIO3.u2_A2 });
  const [perOrder, orders, pixels, exit] = [4, 5, 24, 20 * SRTIO3.slices.nSlices];
  const sum = pacbed(new Multislice(kernel, stack, voltage_kV), [exit], { convergence_mrad, perOrder, orders });
  // Disks overlap up to the fourth order, so that a fifth of the cell is near enough.
  const positions = Array.from({ length: 25 }, (_, i) => [((i % 5) * a_A) / 5, (Math.floor(i / 5) * a_A) / 5] as const);
  const geometry = {
    detector: { pixels, pixelsPerOrder: perOrder, a_A, voltage_kV, convergence_mrad },
    defocus_nm: 8,
    cells: [1, 1],
    offset: [0, 0],
  } as const;
  const requests = positions.map((position_A) => ({ position_A, tilt: [0, 0] as const, exit }));
  const patterns = await cpuEngine(kernel)({ stack, bandLimit: 1, geometry, requests }, quietTask);
  const area = pixels * pixels;
  const mean = Float64Array.from({ length: area }, (_, i) =>
    positions.reduce((total, _position, p) => total + patterns[p * area + i]! / positions.length, 0),
  );
  const first = (sum.size - 1 - pixels) / 2;
  const cut = mean.map((_, i) => sum.patterns[0]![(first + Math.floor(i / pixels)) * sum.size + first + (i % pixels)]!);
  expect(r1(cut, mean)).toBeLessThan(1e-4);
  // One position alone is another pattern.
  expect(r1(patterns.subarray(0, area), mean)).toBeGreaterThan(0.1);
});

test('thickness of five measured patterns: within 0.8 nm with absorption, worse without', async (context) => {
  const folder = sample(context, 'DeepDiffraction');
  const kernel = await SliceKernel.load();
  const simulated = { with: simulatedPacbed(kernel, true), without: simulatedPacbed(kernel, false) };
  const errors = { with: 0, without: 0 };
  const files = readdirSync(folder).toSorted();
  expect(files.length).toBe(5);
  for (const file of files) {
    const image = readGrey(`${folder}/${file}`, BINNING);
    const label = labelOf(file);
    const found = (['with', 'without'] as const).map((kind) => {
      const match = matchThickness(image, simulated[kind], SRTIO3.convergence_mrad, RADIUS_MRAD);
      const thickness = thickness_nm(match.best);
      errors[kind] += Math.abs(thickness - label.middle) / files.length;
      const within = ncc(image, simulated[kind], simulated[kind].patterns[match.best]!, match.place, 13);
      const scale = match.place[2] / BINNING;
      console.log(
        `${file}, ${kind} absorption: ${thickness.toFixed(1)} nm, NCC ${match.curve[match.best]!.toFixed(4)}, inside the bright disk ${within.toFixed(3)}, ${scale.toFixed(4)} mrad per pixel`,
      );
      return { ncc: match.curve[match.best]!, within };
    });
    expect(found[0]!.ncc).toBeGreaterThan(0.994);
    expect(found[0]!.ncc).toBeGreaterThan(found[1]!.ncc + 0.003);
    expect(found[0]!.within).toBeGreaterThan(0.965);
    expect(found[1]!.within).toBeLessThan(0.965);
  }
  console.log(
    `mean error of thickness: ${errors.with.toFixed(2)} nm with absorption, ${errors.without.toFixed(2)} nm without`,
  );
  expect(errors.with).toBeLessThan(0.8);
  expect(errors.without).toBeGreaterThan(1.2);
});
