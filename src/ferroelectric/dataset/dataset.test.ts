import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { quietTask } from '../../core/task.ts';
import { localFields } from '../../crystal/local.ts';
import { readTrajectory } from '../../crystal/read-trajectory.ts';
import { cellCount, requireSites } from '../../crystal/structure.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { chooseCovering, coverage } from './coverage.ts';
import { allFrames, doRuns, latticeAtoms, meanStrain, trajectory } from './dataset.ts';
import { blockMean } from './held-mean.ts';
import { dynamicsPlan } from './plan.ts';
import { runSummaries } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-dataset-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recipe = parseRecipe(`
[structures]
cells = [4, 4, 2]
jitter_pm = 0

[dynamics]
temperature_K = 300
equilibrate_ps = 0.4
interval_ps = 0.4
average_ps = 0.4
frames = 3
seeds = [1, 2]

[dynamics.sampling]
p_max_uC_cm2 = 24
directions = 6
sizes = 2
keep = 30
`);
const plan = dynamicsPlan(recipe, new RandomStream(1));
const ball = recipe.dynamics!.sampling!;
const info = { program: 'test' };

test('runs over threads, their frames as atoms, and the frames that cover the ball', async () => {
  const runs = join(folder, 'runs');
  const results = await doRuns(plan, runs, info, quietTask, { workers: 2 });
  expect(readdirSync(runs)).toHaveLength(2 * 24);
  // Done already: nothing is made again, and half-written files go.
  writeFileSync(join(runs, 'run-0001.npz.abcd.part'), '');
  rmSync(join(runs, 'run-0002.extxyz'));
  expect(await doRuns(plan, runs, info, quietTask, { workers: 1 })).toEqual(results);
  expect(existsSync(join(runs, 'run-0002.extxyz'))).toBe(true);
  expect(existsSync(join(runs, 'run-0001.npz.abcd.part'))).toBe(false);

  // Every run's block has the polarization that it was to hold, exactly: sharing and averaging leave the mean alone.
  const frames = allFrames(plan, results);
  expect(frames).toHaveLength(24 * 3);
  for (const { run, cells } of frames) {
    blockMean(cells).forEach((P, axis) => void expect(P).toBeCloseTo(plan.runs[run]!.target_uC_cm2![axis]!, 9));
  }
  // By seed, then by time, then drawn: any group of 12 holds every target once.
  const second = frames.slice(12, 24);
  expect(second.every(({ frame }) => frame === 1)).toBe(true);
  expect(second.map(({ run }) => run).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, run) => run));
  expect(second.map(({ run }) => run)).not.toEqual(frames.slice(0, 12).map(({ run }) => run));
  expect(frames.slice(36).every(({ run }) => plan.runs[run]!.seed === 2)).toBe(true);

  // In the run's own box, and on the recipe's lattice.
  const text = readFileSync(join(runs, 'run-0003.extxyz'), 'utf8');
  const own = readTrajectory(text, 'run-0003.extxyz').frames;
  expect(own).toHaveLength(3);
  own[0]!.cell_A.forEach((edge, axis) => {
    const want = plan.cells[axis]! * plan.parameters.a0_A * (1 + meanStrain(results[2]!)[axis]!);
    expect(edge).toBeCloseTo(want, 9);
  });
  expect(text.split('\n')[1]).toMatch(/run=run-0003 temperature_K=300 strain=free .*average_ps=0.4 program=test/);

  const kept = chooseCovering(
    frames.map(({ columns }) => columns),
    ball.keep,
    ball,
  ).map((i) => frames[i]!);
  const columns = (list: typeof frames) => Float64Array.from(list.flatMap((frame) => [...frame.columns]));
  const [chosen, all] = [coverage(columns(kept), ball), coverage(columns(frames), ball)];
  expect(chosen.least_over_most).toBeGreaterThan(all.least_over_most);
  expect(chosen.empty_cap_deg).toBeLessThan(60);

  const file = readTrajectory(trajectory(plan, results, kept, info), 'trajectory.extxyz').frames;
  expect(file).toHaveLength(30);
  file.forEach((structure, i) => {
    expect(structure.cell_A).toEqual([15.8, 15.8, 7.9]);
    const { P } = localFields(structure, plan.material);
    // Positions are written to 1e-6 Å, which is 0.001 µC/cm².
    P.forEach((value, n) => void expect(Math.abs(value - kept[i]!.cells[n]!)).toBeLessThan(2e-3));
  });
});

test('a run in numbers', async () => {
  const runs = join(folder, 'runs');
  const results = await doRuns(plan, runs, info, quietTask, { workers: 1 });
  const [first] = runSummaries(plan, results, allFrames(plan, results));
  const { target_uC_cm2: target } = plan.runs[0]!;
  first!.P_uC_cm2.forEach((P, axis) => void expect(P).toBeCloseTo(target![axis]!, 9));
  first!.u_A.forEach((u, axis) => void expect(255.04 * u).toBeCloseTo(target![axis]!, 2));
  // The larger, the less it is averaged: |mean| ≤ mean of columns ≤ mean of cells.
  expect(first!.column_uC_cm2).toBeGreaterThan(Math.hypot(...target!));
  expect(first!.cell_uC_cm2).toBeGreaterThan(first!.column_uC_cm2);
  expect(first!.u_rms_A).toBeGreaterThan(0.04);
});

test('residual jitter is that of the recipe, another in each frame, and the same again', async () => {
  const results = await doRuns(plan, join(folder, 'runs'), info, quietTask, { workers: 1 });
  const rough = { ...plan, jitter_pm: 5 };
  const shift = (frame: number) => {
    const [with_, without] = [rough, plan].map((of) => latticeAtoms(of, 0, results[0]!, frame).positions_A);
    return with_!.map((x, i) => x - without![i]!);
  };
  const [a, b] = [shift(0), shift(1)];
  expect(requireSites(latticeAtoms(rough, 0, results[0]!, 0)).kind).toHaveLength(5 * cellCount(plan.cells));
  const rms = Math.sqrt(a.reduce((sum, v) => sum + v * v, 0) / a.length);
  expect(Math.abs(rms / 0.05 - 1)).toBeLessThan(4 / Math.sqrt(2 * a.length));
  expect(Math.abs(a.reduce((sum, v, i) => sum + v * b[i]!, 0) / a.length)).toBeLessThan(
    4 * 0.05 ** 2 * a.length ** -0.5,
  );
  expect(shift(0)).toEqual(a);
});
