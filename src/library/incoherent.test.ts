import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import type { PatternJob } from '../diffraction/engine.ts';
import { incoherent } from './incoherent.ts';

/** Stands for an engine whose patterns are fringes of frequency g along x: 1 + cos 2πgx. */
const fringes = (g: number) => async (job: PatternJob) =>
  Float32Array.from(job.requests, ({ position_A }) => 1 + Math.cos(2 * Math.PI * g * position_A[0]));

const jobOf = (x: number) => ({ requests: [{ position_A: [x, 0], tilt: [0, 0], exit: 1 }] }) as unknown as PatternJob;

test('a source damps fringes by exp(−2π²s²g²)', async () => {
  for (const [s, g, within] of [
    [0.4, 0.22, 1e-4],
    [0.85, 0.22, 2e-3],
    [0.85, 0.1, 1e-5],
  ] as const) {
    const [got] = await incoherent(fringes(g))(jobOf(0.3), Float64Array.of(s), quietTask);
    const want = 1 + Math.exp(-2 * (Math.PI * s * g) ** 2) * Math.cos(2 * Math.PI * g * 0.3);
    expect(Math.abs(got! - want)).toBeLessThan(within);
  }
});

test('a point stays a point', async () => {
  const [got] = await incoherent(fringes(0.2))(jobOf(0.3), Float64Array.of(0), quietTask);
  expect(got).toBeCloseTo(1 + Math.cos(2 * Math.PI * 0.2 * 0.3), 6);
});
