import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import type { Aberrations } from './aberrations.ts';
import { Multislice } from './cpu/multislice.ts';
import { panelIndex, toPanels } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { pixel_invA } from './detector.ts';
import { directPatterns } from './direct.ts';
import { latticeProbe, simulatePatterns } from './scattering-matrix.ts';
import { sliceStack } from './slices.ts';
import { latticeBeam, perovskiteBlock } from './test-structures.ts';

const detector = { pixels: 32, pixelsPerOrder: 8, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
/** About a radian each at the aperture's edge. */
const lens = { C12_nm: 100, phi12_deg: 30, C21_nm: 1e5, phi21_deg: -70, C30_um: 5e4 };
const cases: readonly Case[] = [
  { cells: [2, 2], tilt: [0, 0] },
  { cells: [4, 2], tilt: [2, -3] },
  { cells: [8, 4], tilt: [-1, 2] },
  { cells: [4, 2], tilt: [2, -3], aberrations: lens },
];

interface Case {
  readonly cells: readonly [number, number];
  readonly tilt: readonly [number, number];
  readonly aberrations?: Aberrations;
}

test.each(cases)('equals a direct multislice of the tiled block: $cells, $tilt, $aberrations', async (each) => {
  const { cells, tilt, aberrations } = each;
  const kernel = await SliceKernel.load();
  const atoms = perovskiteBlock([...cells, 2], 3.95, new RandomStream(4, 'smatrix'));
  const grid = 20;
  const stack = sliceStack(atoms, {
    nx: grid * cells[0],
    ny: grid * cells[1],
    nSlices: 16,
    slicing: 'spline',
    u2_A2: { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 },
  });
  const offset: [number, number] = [0.37, 0.81];
  const position: [number, number] = [3.1, 1.3];
  const exits = [80, 120];
  const matrix = new Multislice(kernel, stack, 300, [1, 1]);
  const got = simulatePatterns(
    matrix,
    { detector, defocus_nm: 3, aberrations, cells, offset },
    exits.map((exit) => ({ position_A: position, tilt, exit })),
    quietTask,
  );
  const window = new Multislice(kernel, stack, 300, [8 / cells[0], 8 / cells[1]]);
  const probe = latticeProbe(detector, 3, aberrations);

  // The same beam, written out on the window's lattice: the aperture at the tilt, the lattice offset in the propagator.
  const { nx, ny } = window;
  const [step] = pixel_invA(detector);
  const { re, im, norm } = latticeBeam(window, detector, 3, position, tilt, aberrations);
  const offset_invA: [number, number] = [offset[0] * step, offset[1] * step];
  window.run(
    (panels) => toPanels(re, im, nx, ny, panels),
    exits,
    { offset_invA },
    (exit, spectrum) => {
      const e = exits.indexOf(exit);
      let difference = 0;
      let sum = 0;
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 32; x++) {
          const at = panelIndex((x - 16 + tilt[0] + nx) % nx, (y - 16 + tilt[1] + ny) % ny, ny);
          const want = (spectrum[at]! ** 2 + spectrum[at + 4]! ** 2) / (norm * (nx * ny) ** 2);
          difference += Math.abs(got[e * 1024 + y * 32 + x]! - want);
          sum += want;
        }
      }
      expect(sum).toBeGreaterThan(0.5);
      // Float32 on grids of different size: rounding of 120 slices (5e-6 to 1.3e-5 where the radices differ), far below 1 pm of P_z.
      expect(difference / sum).toBeLessThan(2e-5);
    },
  );

  // A tilted specimen instead of a tilted beam: the same up to what the band limit cuts in either frame.
  const theta = tilt.map((t, axis) => Math.atan((t + offset[axis as 0 | 1]) * step * probe.wavelength_A) * 1e3);
  const tilted = directPatterns(window, probe, position, theta as [number, number], exits, 32);
  for (const e of [0, 1]) {
    const { intensity } = tilted[e]!;
    let difference = 0;
    for (let i = 0; i < 1024; i++) difference += Math.abs(got[e * 1024 + i]! - intensity[i]!);
    expect(difference).toBeLessThan(1e-3);
  }
});
