import { expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { memoryStore } from '../../core/store.ts';
import { problemOf } from '../../core/test-problem.ts';
import type { Vec3 } from '../../crystal/structure.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { ReferenceHamiltonian } from '../energy.ts';
import { KernelHamiltonian } from '../kernel.ts';
import { BARIUM_STRONTIUM_TITANATE as BST } from '../parameters.ts';
import { FREE } from '../strain.ts';
import { randomModes } from '../test-systems.ts';
import { uniformEnergy } from '../uniform.ts';
import { SERIES_COLUMNS } from './collected.ts';
import { blockMean, HeldMean } from './held-mean.ts';
import { BIN_UC_CM2, Magnitudes, magnitudeDistributions } from './magnitudes.ts';
import { dynamicsPlan } from './plan.ts';
import { doRun, type LoadEngine, type RunState } from './run.ts';
import { readState, writeState } from './store.ts';

const planOf = (text: string, cells = '[2, 2, 2]') =>
  dynamicsPlan(parseRecipe(`[structures]\ncells = ${cells}\n[dynamics]\n${text}`), new RandomStream(1));

test('what holds a uniform mode is the slope of its energy: Z* E = ∂E/∂u', async () => {
  const inner = await KernelHamiltonian.load({ parameters: BST, cells: [3, 2, 4] }, { held: FREE });
  const held = new HeldMean(inner);
  const u: Vec3 = [0.03, -0.05, 0.11];
  held.u_A.set(held.u_A.map((_, i) => u[i % 3]!));
  held.evaluate();
  const slope = uniformEnergy(BST, { held: FREE }).gradient(u);
  held.field_V_per_A.forEach((E, axis) => void expect(E * BST.zStar).toBeCloseTo(slope[axis]!, 10));
  held.force.forEach((f) => void expect(Math.abs(f)).toBeLessThan(1e-12));
});

test('a held polarization stays, and the temperature is the thermostat’s', async () => {
  for (const thermostat of ['langevin', 'nose-hoover']) {
    const plan = planOf(
      `thermostat = "${thermostat}"\nequilibrate_ps = 1\ninterval_ps = 1\naverage_ps = 1\nframes = 12\n[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 4\nsizes = 1\nkeep = 4\n`,
      '[4, 4, 2]',
    );
    const run = plan.runs[1]!;
    const result = await doRun(plan, run);
    const P = result.series.subarray(result.series.length - SERIES_COLUMNS).subarray(2, 5);
    // Of the mode's own cell, a0³ with the published Z*, and of the recipe's: 256.2 and 255.0 per Å.
    run.target_uC_cm2!.forEach((want, axis) => void expect(P[axis]! / want).toBeCloseTo(256.2 / 255.0, 2));
    const [first, last] = [result.u_A.subarray(0, 96), result.u_A.subarray(-96)];
    blockMean(first).forEach((u, axis) => void expect(blockMean(last)[axis]).toBeCloseTo(u, 12));
    // 12 ps of 93 components whose energies stay alike for some 0.1 ps: the mean errs by about 2 %.
    expect(Math.abs(result.temperature_K / 300 - 1)).toBeLessThan(0.06);
  }
});

const TEXT = 'equilibrate_ps = 0.05\ninterval_ps = 0.2\naverage_ps = 0.1\nframes = 5\n';

test.each([
  ['free', 'langevin', ''],
  ['held', 'nose-hoover', '[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 4\nsizes = 1\nkeep = 4\n'],
])('a run that was stopped goes on to the last bit, from a state kept in a store: %s', async (_, thermostat, more) => {
  const plan = planOf(`thermostat = "${thermostat}"\n${TEXT}${more}`);
  const run = plan.runs[0]!;
  const unbroken = await doRun(plan, run);
  const store = memoryStore();
  const saved: number[] = [];
  for (const share of [0.3, 0.55, 0.9]) {
    let state: RunState | undefined;
    const stopping = doRun(plan, run, {
      from: await readState(store, run),
      save: (now) => {
        state = structuredClone(now);
      },
      progress: (done) => {
        if (done > share) throw new Error('stopped');
      },
    });
    await expect(stopping).rejects.toThrow('stopped');
    await writeState(store, plan, run, state!);
    expect(await readState(store, run)).toEqual(state);
    saved.push(state!.dynamics.steps);
  }
  // After equilibration, at the end of a frame, and further each time.
  expect(saved).toEqual([125, 225, 425]);
  expect(await doRun(plan, run, { from: await readState(store, run) })).toEqual(unbroken);
});

test('a state goes with its run only', async () => {
  const plan = planOf(TEXT);
  const states: RunState[] = [];
  await doRun(plan, plan.runs[0]!, { save: (state) => states.push(structuredClone(state)) });
  expect(states).toHaveLength(4);
  const [from] = states;
  const longer = planOf(TEXT.replace('frames = 5', 'frames = 6'));
  const larger = planOf(TEXT, '[4, 2, 2]');
  const another = planOf(`${TEXT}seeds = [2]\n`);
  for (const other of [longer, larger, another]) {
    expect((await problemOf(doRun(other, other.runs[0]!, { from }))).tag).toBe('stale');
  }
});

test('frames are means over their windows; the reference engine gives the same', async () => {
  const plan = planOf(TEXT);
  const short = { ...plan, equilibrate: 3, interval: 4, average: 2, frames: 2 };
  const kernel = await doRun(short, plan.runs[0]!);
  const seen: Float64Array[] = [];
  const load: LoadEngine = async (system, conditions) => {
    const engine = new ReferenceHamiltonian(system, conditions);
    const evaluate = engine.evaluate.bind(engine);
    engine.evaluate = () => {
      seen.push(engine.u_A.slice());
      return evaluate();
    };
    return engine;
  };
  const reference = await doRun(short, plan.runs[0]!, { load });
  reference.u_A.forEach((u, i) => void expect(kernel.u_A[i]).toBeCloseTo(u, 12));
  // The start, then one evaluation a step: frames end with steps 7 and 11.
  for (const [frame, step] of [7, 11].entries()) {
    for (let i = 0; i < 24; i++) {
      expect(reference.u_A[24 * frame + i]).toBeCloseTo((seen[step]![i]! + seen[step - 1]![i]!) / 2, 14);
    }
  }
  const squares = seen.slice(4).map((u) => u.reduce((sum, v) => sum + v * v, 0) / 24);
  expect(reference.u2_A2).toBeCloseTo(squares.reduce((a, b) => a + b) / 8, 12);
});

test('|P| of normal components follows Maxwell: mode √2 σ, shrinking with the root of the column and of the window', () => {
  const cells: Vec3 = [16, 16, 16];
  const magnitudes = new Magnitudes(cells, 250, 100);
  // Steps of 100 fs: 2 to a window of 0.2 ps, 10 to one of 1 ps, each independent.
  for (let step = 1; step <= 10; step++) magnitudes.add(randomModes(cells, step, 0.06), step);
  const found = magnitudeDistributions(magnitudes.counts, cells);
  expect(found.map(({ window_ps, column }) => `${window_ps} ${column}`).slice(0, 5)).toEqual([
    '0 1',
    '0 2',
    '0 8',
    '0 16',
    '0.2 1',
  ]);
  for (const { window_ps, column, mode, mean, rms, count, density } of found) {
    const steps = Math.max(1, 10 * window_ps);
    const sigma = 15 / Math.sqrt(column * steps);
    expect(count).toBe((4096 / column) * (window_ps === 1 ? 1 : 5));
    // Smoothing by a twelfth of the rms moves the mode by under 1 %; the rest is chance, for 256 columns in the worst case.
    expect(Math.abs(mode / (Math.SQRT2 * sigma) - 1)).toBeLessThan(count > 5000 ? 0.06 : 0.2);
    expect(Math.abs(mean / (sigma * Math.sqrt(8 / Math.PI)) - 1)).toBeLessThan(4 * 0.42 * count ** -0.5 + 0.002);
    expect(Math.abs(rms / (sigma * Math.sqrt(3)) - 1)).toBeLessThan(0.05);
    expect(density.reduce((a, b) => a + b, 0) * BIN_UC_CM2).toBeCloseTo(1, 2);
  }
});

test('free BST at 300 K: u 0.064 Å rms, |P| of an instant peaks at 25.1 µC/cm² in one cell and at 19.9 in two', async () => {
  const plan = planOf('equilibrate_ps = 2\ninterval_ps = 1\nframes = 2\n', '[8, 8, 8]');
  // A block of 16³, beyond what a library's recipe takes along the beam, with the A sites of a new draw.
  const ba = new RandomStream(1, 'a-order').shuffle(Uint8Array.from({ length: 4096 }, (_, i) => i % 2));
  const result = await doRun({ ...plan, cells: [16, 16, 16], ba }, plan.runs[0]!);
  expect(Math.abs(Math.sqrt(result.u2_A2) / 0.064 - 1)).toBeLessThan(0.03);
  const [one, two] = magnitudeDistributions(result.magnitudes, [16, 16, 16]);
  expect(Math.abs(one!.mode / 25.1 - 1)).toBeLessThan(0.06);
  expect(Math.abs(two!.mode / 19.9 - 1)).toBeLessThan(0.06);
});
