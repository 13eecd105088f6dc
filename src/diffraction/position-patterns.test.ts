/** One pass per position, or one per plane wave: the same patterns; and the same as the other two engines' code. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { absorbingStack } from './absorption.ts';
import { detectorWeights } from './angular-detector.ts';
import { annularScan } from './annular-scan.ts';
import { coherentParts } from './coherence.ts';
import { Multislice } from './cpu/multislice.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { directPatterns } from './direct.ts';
import { wavelength } from './optics.ts';
import { type PositionGeometry, PositionPatterns } from './position-patterns.ts';
import { sliceStack } from './slices.ts';
import { perovskiteBlock, r1 } from './test-structures.ts';

const lambda = wavelength(200);
const u2 = { Ba: 0.006, Sr: 0.008, Ti: 0.006, O: 0.009 };
/** An oblong window: 3 × 2 blocks of 2 × 2 cells on 24 × 28 points each. */
const options = { nx: 24, ny: 28, nSlices: 8, slicing: 'spline', u2_A2: u2 } as const;
const atoms = perovskiteBlock([2, 2, 1], 3.9, new RandomStream(3));
const probe = {
  wavelength_A: lambda,
  convergence_mrad: 4,
  defocus_nm: 3,
  edge_mrad: (1e3 * lambda) / 15.6,
  aberrations: { C30_um: 900, C12_nm: 40, phi12_deg: 20 },
};
const geometry: PositionGeometry = {
  parts: [{ probe, weight: 1 }],
  exits: [11, 40],
  tilt_mrad: [6, -3],
  reach: [20, 17],
  positions: 1,
};

test('plane waves summed are the direct probe: tilted, aberrated, spread in focus, absorbing, cut inside a block', async () => {
  const multislice = new Multislice(await SliceKernel.load(), absorbingStack(atoms, options), 200, [3, 2], 0.8);
  const parts = coherentParts(probe, [0, 0], { defocusRms_nm: 4, defocusOrder: 3 });
  const [direct, matrix] = (['direct', 'matrix'] as const).map(
    (way) => new PositionPatterns(multislice, { ...geometry, parts, way }),
  ) as [PositionPatterns, PositionPatterns];
  for (const position of [
    [0, 0],
    [1.3, 9.1],
    [22, 4],
  ] as const) {
    const [a, b] = [direct.at(position), matrix.at(position)];
    for (const e of [0, 1]) expect(r1(b[e]!, a[e]!)).toBeLessThan(3e-6);
    // Absorption and the tilt are in it: the thick pattern has lost electrons, and is not the one on axis.
    expect(b[1]!.reduce((x, y) => x + y)).toBeLessThan(0.99 * b[0]!.reduce((x, y) => x + y));
  }
});

test('the direct probe is that of directPatterns, and its detectors are those of annularScan', async () => {
  const multislice = new Multislice(await SliceKernel.load(), sliceStack(atoms, options), 200, [3, 3]);
  const reach = [24, 24] as const;
  const patterns = new PositionPatterns(multislice, { ...geometry, reach, way: 'direct' });
  const position = [3, 5] as const;
  const got = patterns.at(position);
  const want = directPatterns(multislice, probe, position, geometry.tilt_mrad, geometry.exits, 48);
  for (const e of [0, 1]) {
    const square = got[e]!.filter((_, i) => i % 49 < 48 && i < 48 * 49);
    expect(r1(square, want[e]!.intensity)).toBeLessThan(2e-6);
  }
  const detector = { inner_mrad: 8, outer_mrad: 20 };
  const scan = annularScan(multislice, probe, {
    positions_A: [position],
    detectors: [detector],
    exits: geometry.exits,
    tilt_mrad: geometry.tilt_mrad,
  });
  const weights = detectorWeights(detector, multislice, lambda);
  for (const e of [0, 1]) {
    let sum = 0;
    for (const [i, I] of got[e]!.entries()) {
      const [x, y] = [(i % 49) - 24, Math.floor(i / 49) - 24];
      sum +=
        I * weights[((y + multislice.ny) % multislice.ny) * multislice.nx + ((x + multislice.nx) % multislice.nx)]!;
    }
    expect(sum / scan[e]!).toBeCloseTo(1, 5);
  }
});

test('the cheaper way is taken', async () => {
  const multislice = new Multislice(await SliceKernel.load(), sliceStack(atoms, options), 200, [3, 2]);
  const way = (positions: number) => new PositionPatterns(multislice, { ...geometry, positions }).plan.way;
  expect([way(1), way(1000)]).toEqual(['direct', 'matrix']);
});

test('what cannot be is refused', async () => {
  const multislice = new Multislice(await SliceKernel.load(), sliceStack(atoms, options), 200);
  const refused = (change: Partial<PositionGeometry>) =>
    problem(() => new PositionPatterns(multislice, { ...geometry, ...change })).tag;
  expect(refused({ reach: [12, 4] })).toBe('range');
  expect(refused({ exits: [5, 3] })).toBe('range');
  expect(refused({ parts: [{ probe: { ...probe, wavelength_A: 0.02 }, weight: 1 }] })).toBe('range');
});
