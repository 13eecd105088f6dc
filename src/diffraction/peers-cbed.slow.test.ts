/**
 * Convergent-beam patterns of abTEM 1.0 (whole-atom slices, static atoms of (Ba,Sr)TiO3, every third pixel; test/oracles/README.md) against this room's slices and
 * WebAssembly multislice, given abTEM's habits (test-abtem.ts): to float32's rounding, which does not average out here, as every slice is the first of a run
 * (propagator-tables.ts).
 */

import { expect, test } from 'vitest';
import { oracle, oracleText } from '../../test/oracles/oracle.ts';
import { readExtxyz } from '../crystal/extxyz.ts';
import { abtemKernel, abtemProbe, abtemStack } from './test-abtem.ts';
import { intensities, r1 } from './test-structures.ts';

const N = 384;

for (const [name, tilt_mrad] of [
  ['cbed_bst_infinite_tilt0', [0, 0]],
  ['cbed_bst_infinite_tilt1', [1, 0.5]],
] as const) {
  test(`convergent probe on 8×8×2 cells of BST, 30 nm, tilt ${tilt_mrad.join(', ')} mrad: abTEM’s pattern`, async () => {
    const { data: want, shape } = oracle(name);
    const { structure } = readExtxyz(oracleText('bst_8x8x2.xyz'), 'bst_8x8x2.xyz');
    const exits = [38 * 4];
    const send = await abtemKernel(abtemStack(structure, 192, 192, 4, 'lobato'), 2, exits, {
      voltage_kV: 300,
      tilt_mrad,
    });
    let got = new Float64Array();
    send(abtemProbe(N, 63.2, 33.625, 33.575, 2.2), (_, spectrum) => {
      const I = intensities(spectrum);
      // Their axis 0 is x. Pixels 2, 5, … of 256, the direct beam at 128.
      const at = (i: number) => (3 * i + 2 - 128 + N) % N;
      got = Float64Array.from(want, (_, i) => I[at(i % shape[1]!) * N + at(Math.floor(i / shape[1]!))]!);
    });
    const difference = r1(got, want);
    console.log(`${name}, 30 nm, R1 against abTEM: ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-4);
  });
}
