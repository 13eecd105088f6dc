/** Twin A: noise-free patterns of an independent multislice (numpy, complex64, box slices a/12 without an aperture), reproduced from its atoms. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sample } from '../../test/skip-aloud.ts';
import { Fft2 } from '../core/fft.ts';
import { readNpz } from '../core/npy.ts';
import { readExtxyz } from '../crystal/extxyz.ts';
import { Multislice } from './cpu/multislice.ts';
import { panelIndex, toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { sliceStack } from './slices.ts';

const N = 448;
const LENGTH_A = 63.2;
const PER_CELL = 12;
const POSITIONS = [0, 9, 23];

test('twin A: three positions at 10, 30, 50 nm, slices a/12: R1 below 1%', async (context) => {
  const folder = sample(context, 'twin-a');
  const text = readFileSync(`${folder}/twinA_structure.extxyz`, 'utf8');
  const { structure } = readExtxyz(text, 'twinA_structure.extxyz');
  const file = readNpz(new Uint8Array(readFileSync(`${folder}/twinA_xval.npz`)));
  const data = (name: string) => Float64Array.from(file[name]!.data as ArrayLike<number | bigint>, Number);
  const [amplitude, patterns, positions, tilts] = [
    data('probe_k_amplitude'),
    file.dp!.data as Float32Array,
    data('position_A'),
    data('tilt_mrad'),
  ];
  const cells = [...data('n_cells')];
  const stack = sliceStack(structure, {
    nx: N,
    ny: N,
    nSlices: 2 * PER_CELL,
    slicing: 'smooth',
    u2_A2: { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 },
  });
  const multislice = new Multislice(await SliceKernel.load(), stack, 300);
  const fft = new Fft2(N, N);
  const result: number[] = [];
  for (const p of POSITIONS) {
    const re = new Float64Array(N * N);
    const im = new Float64Array(N * N);
    for (let a = 0; a < 33; a++) {
      for (let b = 0; b < 33; b++) {
        const [h, k] = [a - 16, b - 16];
        const angle = (-2 * Math.PI * (h * positions[2 * p]! + k * positions[2 * p + 1]!)) / LENGTH_A;
        const at = ((k + N) % N) * N + ((h + N) % N);
        re[at] = amplitude[33 * a + b]! * Math.cos(angle);
        im[at] = amplitude[33 * a + b]! * Math.sin(angle);
      }
    }
    fft.run(re, im, 1);
    multislice.run(
      (panels) => toPanels(re, im, N, N, panels),
      cells.map((c) => c * PER_CELL),
      { tilt_mrad: [tilts[2 * p]!, tilts[2 * p + 1]!] },
      (exit, spectrum) => {
        const first = (3 * p + cells.indexOf(exit / PER_CELL)) * 257 * 257;
        let difference = 0;
        let sum = 0;
        for (let i = 0; i < 257 * 257; i++) {
          const at = panelIndex((Math.floor(i / 257) - 128 + N) % N, ((i % 257) - 128 + N) % N, N);
          // Their axis 0 is x: the panel index takes (x, y).
          const ours = (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2) / N ** 4;
          difference += Math.abs(ours - patterns[first + i]!);
          sum += patterns[first + i]!;
        }
        result.push(difference / sum);
      },
    );
  }
  console.log(
    `twin A, R1 at positions ${POSITIONS.join(', ')} × 10, 30, 50 nm [%]: ${result.map((x) => (100 * x).toFixed(2)).join(' ')}`,
  );
  for (const value of result) expect(value).toBeLessThan(0.01);
});
