/**
 * Plane-wave beams of abTEM 1.0 (whole-atom slices, static SrTiO3, to 80 nm; test/oracles/README.md) against this room's slices and multislice, given abTEM's
 * habits (test-abtem.ts): to rounding. As they come ours differ, since static atoms on 0.08 Å pixels leave the last word to how a program ends the band:
 * the second bound is what abTEM's widened projections and Nyquist frequencies alone make, in its aperture.
 */

import { expect, test } from 'vitest';
import { oracle } from '../../test/oracles/oracle.ts';
import { planeWave } from './reference.ts';
import { type SliceStack, sliceStack } from './slices.ts';
import { abtemReference, abtemStack } from './test-abtem.ts';
import { intensities, r1, strontiumTitanate } from './test-structures.ts';

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
    test(`SrTiO3 plane wave to 80 nm, ${model}, ${perCell} slices a cell: abTEM’s beams, to rounding`, () => {
      const { data, shape } = oracle(`pw_sto_${model}_infinite_n48_m${perCell}`);
      const a = 3.905;
      const crystal = strontiumTitanate(a);
      // Planes in the middle of slices: AO at a/4 with 2 slices a cell, at a/8 with 4.
      const positions_A = crystal.positions_A.map((x, i) => (i % 3 === 2 && perCell === 4 ? x - a / 8 : x));
      const atoms = { ...crystal, positions_A };
      const exits = Array.from({ length: shape[0]! }, (_, c) => 5 * (c + 1) * perCell);
      const worst = (stack: SliceStack) => {
        const r1s: number[] = [];
        abtemReference(stack, planeWave(48, 48, 0, 0), exits, { voltage_kV: 300 }, (_, spectrum) => {
          const I = intensities(spectrum);
          const ours = BEAMS.map(([h, k]) => I[48 * k + h]!);
          r1s.push(r1(ours, data.subarray(6 * r1s.length, 6 * r1s.length + 6)));
        });
        expect(r1s).toHaveLength(shape[0]!);
        return Math.max(...r1s);
      };
      const same = worst(abtemStack(atoms, 48, 48, perCell, model));
      const options = { nx: 48, ny: 48, nSlices: perCell, slicing: 'whole-atom', factors: model } as const;
      const slices = worst(sliceStack(atoms, options));
      console.log(
        `SrTiO3 ${model} a/${perCell}, worst R1 against abTEM to 80 nm: with all its habits ${same.toExponential(1)}, ` +
          `our slices in its aperture ${(100 * slices).toPrecision(2)}%`,
      );
      expect(same).toBeLessThan(2e-6);
      expect(slices).toBeLessThan(0.025);
    });
  }
}
