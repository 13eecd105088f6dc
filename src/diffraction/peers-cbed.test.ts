/** Convergent-beam patterns of another program (abTEM 1.0, whole-atom slices, static atoms), reproduced from /work/shared/reference. */

import { expect, test } from 'vitest';
import { readExtxyz } from '../crystal/extxyz.ts';
import { Multislice } from './cpu/multislice.ts';
import { panelIndex, toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { sliceStack } from './slices.ts';
import { abtemMultislice, abtemProbe, abtemStack } from './test-abtem.ts';
import { r1, sharedFile, sharedNpy } from './test-structures.ts';

for (const [name, tilt_mrad] of [
  ['cbed_bst_infinite_tilt0', [0, 0]],
  ['cbed_bst_infinite_tilt1', [1, 0.5]],
] as const) {
  test(`convergent probe on 8×8×2 cells of BST, 30 nm, tilt ${tilt_mrad.join(', ')} mrad: abTEM’s pattern`, async (context) => {
    const theirs = sharedNpy(context, name).data as Float32Array;
    const text = new TextDecoder().decode(sharedFile(context, 'reference/bst_8x8x2.xyz'));
    const { structure } = readExtxyz(text, 'bst_8x8x2.xyz');
    const n = 384;
    const wave = () => abtemProbe(n, 63.2, 33.625, 33.575, 2.2);
    const pattern = (intensity: (x: number, y: number) => number) =>
      Float64Array.from({ length: 256 * 256 }, (_, i) =>
        intensity((Math.floor(i / 256) - 128 + n) % n, ((i % 256) - 128 + n) % n),
      );
    const want = theirs.subarray(0, 256 * 256);

    let same = 1;
    const stack = abtemStack(structure, 192, 192, 4, 'lobato');
    abtemMultislice(stack, 2, wave(), [38 * 4], { voltage_kV: 300, tilt_mrad }, (_, s) => {
      same = r1(
        pattern((x, y) => s.re[y * n + x]! ** 2 + s.im[y * n + x]! ** 2),
        want,
      );
    });
    // Ours as it comes: exact phases, square band limit, float32.
    const ours = new Multislice(
      await SliceKernel.load(),
      sliceStack(structure, { nx: 192, ny: 192, nSlices: 4, slicing: 'whole-atom', bandLimit: 2 / 3 }),
      300,
      [2, 2],
      2 / 3,
    );
    let square = 1;
    const { re, im } = wave();
    ours.run(
      (panels) => toPanels(re, im, n, n, panels),
      [38 * 4],
      { tilt_mrad },
      (_, s) => {
        square = r1(
          pattern((x, y) => (s[panelIndex(x, y, n)]! ** 2 + s[panelIndex(x, y, n) + 4]! ** 2) / n ** 4),
          want,
        );
      },
    );
    console.log(
      `${name}, 30 nm, R1 against abTEM: its projections and aperture ${same.toExponential(1)}, our square band limit ${(100 * square).toPrecision(2)}%`,
    );
    expect(same).toBeLessThan(1e-6);
  });
}
