import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { Dynamics } from './dynamics.ts';
import { KernelHamiltonian } from './kernel.ts';
import { BARIUM_TITANATE } from './parameters.ts';
import { FREE } from './strain.ts';
import { type SweepOptions, type SweepPoint, sweep } from './sweep.ts';
import { Langevin } from './thermostats.ts';

async function collect(run: Dynamics, options: SweepOptions): Promise<SweepPoint[]> {
  const points: SweepPoint[] = [];
  for await (const point of sweep(run, options)) points.push(point);
  return points;
}

test('barium titanate is cubic at 500 K and polar at 250 K', async () => {
  const kernel = await KernelHamiltonian.load({ parameters: BARIUM_TITANATE, cells: [8, 8, 8] }, { held: FREE });
  const run = new Dynamics(kernel, { thermostat: new Langevin(500, 1, 300) });
  const [hot, cold] = await collect(run, { temperatures_K: [500, 250], settling_fs: 10_000, averaging_fs: 10_000 });
  // This set, without pressure, turns tetragonal at 278 K on cooling and cubic at 293 K on heating (16³ cells, ± 8 K); below, the mode is about 0.1 Å.
  expect(hot!.order_A[0]).toBeLessThan(0.04);
  expect(cold!.order_A[0]).toBeGreaterThan(0.07);
  for (const point of [hot!, cold!]) expect(Math.abs(point.kinetic_K / point.temperature_K - 1)).toBeLessThan(0.03);
  // Spontaneous strain: the polar axis is the longest.
  const spread = (point: SweepPoint) => Math.max(...point.strain.slice(0, 3)) - Math.min(...point.strain.slice(0, 3));
  expect(spread(cold!)).toBeGreaterThan(3 * spread(hot!));
});

test('needs a thermostat, and stops when told to', async () => {
  const kernel = await KernelHamiltonian.load({ parameters: BARIUM_TITANATE, cells: [2, 2, 2] }, { held: FREE });
  const options = { temperatures_K: [300], settling_fs: 100, averaging_fs: 100 };
  expect((await problemOf(collect(new Dynamics(kernel), options))).tag).toBe('range');
  const stop = new AbortController();
  stop.abort();
  const task = { signal: stop.signal, progress: () => {} };
  const run = new Dynamics(kernel, { thermostat: new Langevin(300, 1) });
  expect((await problemOf(collect(run, { ...options, task }))).tag).toBe('aborted');
});
