/** Patterns of the GPU against those of the CPU, and against a direct multislice of the tiled block. */

import { afterAll, expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { quietTask } from '../../core/task.ts';
import { Multislice } from '../cpu/multislice.ts';
import { SliceKernel } from '../cpu/wasm.ts';
import { type PatternRequest, simulatePatterns } from '../scattering-matrix.ts';
import { type SliceStack, sliceStack } from '../slices.ts';
import { latticeBeam, perovskiteBlock, r1 } from '../test-structures.ts';
import { GpuMultislice } from './multislice.ts';
import { simulatePatternsGpu } from './patterns.ts';
import { openTestGpu } from './test-gpu.ts';

const gpu = await openTestGpu();
afterAll(() => gpu?.close());

const detector = { pixels: 24, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const u2_A2 = { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 };
const grid = 16;

function block(cells: readonly [number, number], nSlices = 16): SliceStack {
  const atoms = perovskiteBlock([...cells, 1], 3.95, new RandomStream(4, 'smatrix'));
  return sliceStack(atoms, { nx: grid * cells[0], ny: grid * cells[1], nSlices, slicing: 'smooth', u2_A2 });
}

test.runIf(gpu)('equal the CPU’s, every class in one batch or in many', async () => {
  const cells = [4, 2] as const;
  const stack = block(cells);
  const geometry = { detector, defocus_nm: 3, cells, offset: [0.37, 0.81] } as const;
  // Not in order of their exits.
  const requests: PatternRequest[] = [40, 8, 23].flatMap((exit) =>
    (
      [
        [0, 0],
        [2, -3],
        [-1, 2],
      ] as const
    ).map((tilt, i) => ({ position_A: [3.1 + i, 1.3], tilt, exit }) as const),
  );
  const want = simulatePatterns(new Multislice(await SliceKernel.load(), stack, 300), geometry, requests, quietTask);
  const largest = want.reduce((a, b) => Math.max(a, b));
  for (const batch of [1000, 5]) {
    const multislice = new GpuMultislice(gpu!, stack, 300, { batch });
    const progress: number[] = [];
    const got = await simulatePatternsGpu(multislice, geometry, requests, {
      ...quietTask,
      progress: (done, total) => progress.push(done / total),
    });
    multislice.close();
    const worst = want.reduce((w, I, i) => Math.max(w, Math.abs(I - got[i]!)), 0);
    console.log(
      `patterns, GPU against CPU, batches of ${batch}: R1 ${r1(got, want).toExponential(1)}, worst pixel ${(worst / largest).toExponential(1)} of the brightest`,
    );
    expect(r1(got, want)).toBeLessThan(3e-6);
    expect(worst / largest).toBeLessThan(1e-5);
    expect(progress.at(-1)).toBe(1);
  }
});

test.runIf(gpu)('equal a direct multislice of the tiled block, tilted, off column', async () => {
  const cells = [4, 2] as const;
  const stack = block(cells);
  const tilt = [2, -3] as const;
  const offset = [0.37, 0.81] as const;
  const position_A = [3.1, 1.3] as const;
  const matrix = new GpuMultislice(gpu!, stack, 300);
  const geometry = { detector, defocus_nm: 3, cells, offset };
  const got = await simulatePatternsGpu(matrix, geometry, [{ position_A, tilt, exit: 40 }], quietTask);
  matrix.close();

  // The same beam, written out on the window's lattice: the aperture at the tilt, the lattice offset in the propagator.
  const window = new GpuMultislice(gpu!, stack, 300, { tiles: [8 / cells[0], 8 / cells[1]] });
  const { nx, ny } = window;
  const step = 1 / (detector.a_A * detector.pixelsPerOrder);
  const { re, im, norm } = latticeBeam(window, detector, 3, position_A, tilt);
  const offset_invA = [offset[0] * step, offset[1] * step] as const;
  const spectrum = (await window.run({ fields: [{ re, im }] }, [40], { offset_invA }))[0]!;
  window.close();
  const half = detector.pixels / 2;
  const want = got.map((_, i) => {
    const x = ((i % detector.pixels) - half + tilt[0] + nx) % nx;
    const y = (Math.floor(i / detector.pixels) - half + tilt[1] + ny) % ny;
    return (spectrum[2 * (y * nx + x)]! ** 2 + spectrum[2 * (y * nx + x) + 1]! ** 2) / norm;
  });
  expect(want.reduce((a, b) => a + b)).toBeGreaterThan(0.5);
  expect(r1(got, want)).toBeLessThan(2e-5);
});

test.runIf(gpu)('stops when asked to, with the same error as the CPU', async () => {
  const multislice = new GpuMultislice(gpu!, block([2, 2]), 300);
  const geometry = { detector, defocus_nm: 0, cells: [2, 2], offset: [0, 0] } as const;
  const task = { ...quietTask, signal: AbortSignal.abort() };
  const request = { position_A: [0, 0], tilt: [0, 0], exit: 16 } as const;
  await expect(simulatePatternsGpu(multislice, geometry, [request], task)).rejects.toMatchObject({ tag: 'aborted' });
  multislice.close();
});
