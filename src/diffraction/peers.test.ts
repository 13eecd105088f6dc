/** Plane-wave beams of another program (abTEM 1.0, whole-atom slices, static atoms), reproduced from /work/shared/reference. */

import { expect, test } from 'vitest';
import { planeWave } from './reference.ts';
import { type SliceStack, sliceStack } from './slices.ts';
import { abtemMultislice, abtemStack } from './test-abtem.ts';
import { intensities, planeWaveBeams, r1, sharedNpy, strontiumTitanate } from './test-structures.ts';

const percent = (x: number) => `${(100 * x).toPrecision(2)}%`;

const BEAMS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [2, 0],
  [2, 1],
  [2, 2],
] as const;

for (const model of ['lobato', 'kirkland'] as const) {
  for (const perCell of [2, 4]) {
    test(`SrTiO3 plane wave to 80 nm, ${model}, ${perCell} slices a cell: abTEM’s beams, to rounding`, (context) => {
      const table = sharedNpy(context, `pw_sto_${model}_infinite_n48_m${perCell}`).data as Float64Array;
      const a = 3.905;
      const crystal = strontiumTitanate(a);
      // Planes in the middle of slices: AO at a/4 with 2 slices a cell, at a/8 with 4.
      const positions_A = crystal.positions_A.map((x, i) => (i % 3 === 2 && perCell === 4 ? x - a / 8 : x));
      const atoms = { ...crystal, positions_A };
      const exits = Array.from({ length: 205 }, (_, c) => (c + 1) * perCell);
      const theirs = exits.map((_, c) => table.subarray(8 * c + 1, 8 * c + 7));
      const beams = (I: Float64Array) => BEAMS.map(([h, k]) => I[48 * k + h]!);
      const worst = (ours: number[][]) => Math.max(...ours.map((I, c) => r1(I, theirs[c]!)));
      const withTheirAperture = (stack: SliceStack) => {
        const out: number[][] = [];
        const wave = planeWave(48, 48, 0, 0);
        abtemMultislice(stack, 1, wave, exits, { voltage_kV: 300 }, (_, s) => out.push(beams(intensities(s))));
        return worst(out);
      };
      const options = { nx: 48, ny: 48, nSlices: perCell, slicing: 'whole-atom', factors: model } as const;
      const limited = sliceStack(atoms, { ...options, bandLimit: 2 / 3 });
      const same = withTheirAperture(abtemStack(atoms, 48, 48, perCell, model));
      const slices = withTheirAperture(sliceStack(atoms, options));
      const square = worst(planeWaveBeams(limited, exits, { voltage_kV: 300, bandLimit: 2 / 3 }).map(beams));
      console.log(
        `SrTiO3 ${model} a/${perCell}, worst R1 against abTEM to 80 nm: its projections and aperture ${same.toExponential(1)}, ` +
          `our slices in its aperture ${percent(slices)}, our square band limit ${percent(square)}`,
      );
      expect(same).toBeLessThan(2e-6);
      // Our slices do not widen the projection (sin κ/κ) and leave out the Nyquist frequencies.
      expect(slices).toBeLessThan(0.1);
    });
  }
}
