/** Patterns of probe positions on a GPU against those of the CPU: both ways, one batch or many, with all that a specimen may ask for. */

import { afterAll, expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { problem } from '../../core/test-problem.ts';
import { absorbingStack } from '../absorption.ts';
import { coherentParts } from '../coherence.ts';
import { Multislice } from '../cpu/multislice.ts';
import { SliceKernel } from '../cpu/wasm.ts';
import { gpuPositions } from '../engine.ts';
import { wavelength } from '../optics.ts';
import { type PositionGeometry, PositionPatterns } from '../position-patterns.ts';
import { sliceStack } from '../slices.ts';
import { perovskiteBlock, r1 } from '../test-structures.ts';
import { GpuMultislice } from './multislice.ts';
import { GpuPositionPatterns } from './position-patterns.ts';
import { openTestGpu } from './test-gpu.ts';

const gpu = await openTestGpu();
afterAll(() => gpu?.close());

const lambda = wavelength(200);
/** An oblong window: 3 × 2 blocks of 2 × 2 cells on 24 × 28 points each. */
const slices = {
  nx: 24,
  ny: 28,
  nSlices: 8,
  slicing: 'spline',
  u2_A2: { Ba: 0.006, Sr: 0.008, Ti: 0.006, O: 0.009 },
} as const;
const atoms = perovskiteBlock([2, 2, 1], 3.9, new RandomStream(3));
const tiles = [3, 2] as const;
const probe = {
  wavelength_A: lambda,
  convergence_mrad: 4,
  defocus_nm: 3,
  edge_mrad: (1e3 * lambda) / 15.6,
  aberrations: { C30_um: 900, C12_nm: 40, phi12_deg: 20 },
};
const geometry: PositionGeometry = {
  parts: [{ probe, weight: 1 }],
  // The first cuts the block.
  exits: [11, 40],
  tilt_mrad: [6, -3],
  reach: [20, 17],
  positions: 4,
};
const positions = [
  [0, 0],
  [1.3, 9.1],
  [22, 4],
  [-2, 3],
] as const;
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

const source = coherentParts(probe, [0, 0], { sourceRms_A: 0.5, sourceOrder: 2 }).map(({ position_A, weight }) => ({
  offset_A: position_A,
  weight,
}));
const spread = coherentParts(probe, [0, 0], { defocusRms_nm: 4, defocusOrder: 3 });

test.runIf(gpu).each([
  ['a point, in focus', {}],
  ['a source and a spread of focus', { source, parts: spread }],
] as const)('equal the CPU’s: %s', async (_, more) => {
  const stack = absorbingStack(atoms, slices);
  const reference = new PositionPatterns(new Multislice(await SliceKernel.load(), stack, 200, tiles, 0.8), {
    ...geometry,
    ...more,
    way: 'direct',
  });
  const want = positions.map((position) => reference.at(position));
  for (const way of ['direct', 'matrix'] as const) {
    // Batches that end within a position, and one for all.
    for (const batch of [3, 1000]) {
      const multislice = new GpuMultislice(gpu!, stack, 200, { tiles, bandLimit: 0.8, batch });
      const patterns = new GpuPositionPatterns(multislice, { ...geometry, ...more, way });
      const got = await all(patterns.at(positions));
      patterns.close();
      multislice.close();
      expect(got.length).toBe(positions.length);
      const worst = Math.max(...got.flatMap((each, p) => each.map((pattern, e) => r1(pattern, want[p]![e]!))));
      console.log(`positions, GPU against CPU, ${way}, batches of ${batch}: R1 ${worst.toExponential(1)}`);
      expect(worst).toBeLessThan(1e-5);
      // They are not each other's.
      expect(r1(got[1]![1]!, want[2]![1]!)).toBeGreaterThan(1e-2);
    }
  }
});

test.runIf(gpu)('the engine takes the cheaper way, stops when told to, and goes on with another specimen', async () => {
  const engine = gpuPositions(gpu!);
  const job = { stack: sliceStack(atoms, slices), tiles, voltage_kV: 200, bandLimit: 0.8 };
  const one = engine({ ...job, geometry });
  const [pattern] = await all(one.at(positions.slice(0, 1)));
  const stopped = async () => {
    for await (const _ of one.at(positions, () => {
      throw new Error('stop');
    }))
      expect.unreachable();
  };
  await expect(stopped()).rejects.toThrow('stop');
  one.close();
  const many = engine({ ...job, geometry: { ...geometry, positions: 1000 } });
  const [same] = await all(many.at(positions.slice(0, 1)));
  many.close();
  expect(r1(same![1]!, pattern![1]!)).toBeLessThan(1e-5);
  expect(problem(() => engine({ ...job, geometry: { ...geometry, reach: [36, 4] } })).tag).toBe('range');
});
