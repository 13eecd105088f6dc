import { beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../../core/random.ts';
import { memoryStore, type Store } from '../../core/store.ts';
import { quietTask } from '../../core/task.ts';
import { testHost } from '../../core/test-host.ts';
import { problemOf } from '../../core/test-problem.ts';
import { localFields } from '../../crystal/local.ts';
import { readTrajectory } from '../../crystal/read-trajectory.ts';
import { cellCount, requireSites } from '../../crystal/structure.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import type { RunResult } from './collected.ts';
import { chooseCovering, coverage } from './coverage.ts';
import { allFrames, doRuns, trajectory } from './dataset.ts';
import { latticeAtoms, meanStrain } from './frames.ts';
import { blockMean } from './held-mean.ts';
import { dynamicsPlan } from './plan.ts';
import { doRun, type RunState } from './run.ts';
import { dynamicsWorker } from './run-job.ts';
import { trajectoryIdentity, writeState } from './store.ts';
import { runSummaries } from './table.ts';

const TEXT = `
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
`;
const recipe = parseRecipe(TEXT);
const plan = dynamicsPlan(recipe, new RandomStream(1));
const ball = recipe.dynamics!.sampling!;
const identity = trajectoryIdentity(recipe, 1, 'test');
const host = testHost(dynamicsWorker);
const never = testHost(() => Promise.reject(new Error('begun again')));

/** Every file by its key. */
const files = new Map<string, Uint8Array>();
const store = memoryStore('out', files);
let results: RunResult[];
/** Folders in the order in which they were committed. */
const committed: string[] = [];
beforeAll(async () => {
  results = await doRuns(plan, { store: watched(store), identity, host, workers: 2 }, quietTask);
});

function watched(of: Store): Store {
  return {
    ...of,
    commit: (folder, made) => {
      committed.push(folder);
      return of.commit(folder, made);
    },
  };
}

test('a group for each run; states on the way, which go', async () => {
  const names = plan.runs.map(({ name }) => name);
  expect((await store.list()).toSorted()).toEqual([...names, 'zarr.json']);
  for (const name of names) {
    const own = committed.filter((folder) => folder.startsWith(name));
    expect(own).toEqual([`${name}.unfinished`, `${name}.unfinished`, name]);
  }
  const keys = [...files.keys()].filter((key) => /^\/run-0001\/[^/]+$/.test(key));
  expect(keys.toSorted()).toEqual(['/run-0001/frames.extxyz', '/run-0001/zarr.json']);
  // Done already: nothing is made again.
  expect(await doRuns(plan, { store, identity, host: never }, quietTask)).toEqual(results);
});

test('what was stopped is gone on with, and comes out the same to the last bit, whatever was stopped', async () => {
  const kept = new Map([...files].filter(([key]) => /^\/(zarr|run-00(0[2-9]|1))/.test(key)));
  const resumed = memoryStore('out', kept);
  // One killed before its state was gone, one killed on the way, one before its first state.
  for (const r of [1, 20]) {
    let state: RunState | undefined;
    const save = (now: RunState) => {
      state = structuredClone(now);
    };
    await doRun(plan, plan.runs[r]!, { save });
    await writeState(resumed, plan, plan.runs[r]!, state!);
  }
  expect(await resumed.list()).toEqual(expect.arrayContaining(['run-0002.unfinished', 'run-0021.unfinished']));
  const begun: string[] = [];
  const noted: typeof dynamicsWorker = async (data) => {
    const worker = await dynamicsWorker(data);
    return {
      ...worker,
      run: (job, progress) => {
        begun.push(`${plan.runs[job.run]!.name} from ${job.from?.dynamics.steps ?? 0}`);
        return worker.run(job, progress);
      },
    };
  };
  const again = await doRuns(plan, { store: resumed, identity, host: testHost(noted), workers: 1 }, quietTask);
  expect(begun).toEqual(
    ['0001', '0020', '0021', '0022', '0023', '0024'].map((n) => `run-${n} from ${n === '0021' ? 600 : 0}`),
  );
  expect(again).toEqual(results);
  expect(new Map([...kept].toSorted())).toEqual(new Map([...files].toSorted()));
});

test('runs go with what they follow from, and with nothing else', async () => {
  const changed = (from: string, to: string) => {
    const text = TEXT.replace(from, to);
    expect(text).not.toBe(TEXT);
    return trajectoryIdentity(parseRecipe(text), 1, 'test');
  };
  for (const other of ['[training]\nepochs = 3\n', '[library]\npixels = 32\n', '[crystal.u2_A2]\nTi = 0.001\n']) {
    expect(changed('[structures]', `${other}[structures]\ncount = 3`).id).toBe(identity.id);
  }
  const others = {
    'crystal.a_A': changed('[structures]', '[crystal]\na_A = 3.96\n[structures]'),
    'structures.jitter_pm': changed('jitter_pm = 0', 'jitter_pm = 1'),
    'dynamics.seeds': changed('seeds = [1, 2]', 'seeds = [1, 3]'),
    'dynamics.sampling.sizes': changed('sizes = 2', 'sizes = 3'),
    'a_sites.seed': trajectoryIdentity(recipe, 2, 'test'),
    'the program': trajectoryIdentity(recipe, 1, 'another'),
  };
  for (const [what, other] of Object.entries(others)) {
    const problem = await problemOf(doRuns(plan, { store, identity: other, host: never }, quietTask));
    expect(problem.tag).toBe('stale');
    expect(problem.message).toContain(`${what} was`);
  }
});

test('their frames as atoms, and the frames that cover the ball', async () => {
  // Every run's block has the polarization that it was to hold, exactly: sharing and averaging leave the mean alone.
  const frames = await allFrames(plan, results);
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
  const text = new TextDecoder().decode(files.get('/run-0003/frames.extxyz'));
  const own = readTrajectory(text, 'frames.extxyz').frames;
  expect(own).toHaveLength(3);
  own[0]!.cell_A.forEach((edge, axis) => {
    const want = plan.cells[axis]! * plan.parameters.a0_A * (1 + meanStrain(results[2]!)[axis]!);
    expect(edge).toBeCloseTo(want, 9);
  });
  const comment = text.split('\n')[1]!;
  expect(comment).toMatch(/run=run-0003 temperature_K=300 strain=free .*average_ps=0.4 /);
  expect(comment).toContain(` identity=${identity.id} program=test `);

  const chosenOnes = await chooseCovering(
    frames.map(({ columns }) => columns),
    ball.keep,
    ball,
  );
  const kept = chosenOnes.map((i) => frames[i]!);
  const columns = (list: typeof frames) => Float64Array.from(list.flatMap((frame) => [...frame.columns]));
  const [chosen, all] = [await coverage(columns(kept), ball), await coverage(columns(frames), ball)];
  expect(chosen.least_over_most).toBeGreaterThan(all.least_over_most);
  expect(chosen.empty_cap_deg).toBeLessThan(60);

  const file = readTrajectory(await trajectory(plan, results, kept, identity), 'trajectory.extxyz').frames;
  expect(file).toHaveLength(30);
  file.forEach((structure, i) => {
    expect(structure.cell_A).toEqual([15.8, 15.8, 7.9]);
    const { P } = localFields(structure, plan.material);
    // Positions are written to 1e-6 Å, which is 0.001 µC/cm².
    P.forEach((value, n) => void expect(Math.abs(value - kept[i]!.cells[n]!)).toBeLessThan(2e-3));
  });
});

test('a run in numbers', async () => {
  const [first] = runSummaries(plan, results, await allFrames(plan, results));
  const { target_uC_cm2: target } = plan.runs[0]!;
  first!.P_uC_cm2.forEach((P, axis) => void expect(P).toBeCloseTo(target![axis]!, 9));
  first!.u_A.forEach((u, axis) => void expect(255.04 * u).toBeCloseTo(target![axis]!, 2));
  // The larger, the less it is averaged: |mean| ≤ mean of columns ≤ mean of cells.
  expect(first!.column_uC_cm2).toBeGreaterThan(Math.hypot(...target!));
  expect(first!.cell_uC_cm2).toBeGreaterThan(first!.column_uC_cm2);
  expect(first!.u_rms_A).toBeGreaterThan(0.04);
});

test('residual jitter is that of the recipe, another in each frame, and the same again', () => {
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

test('what takes long after the runs can be stopped', async () => {
  const stop = new AbortController();
  stop.abort();
  const task = { ...quietTask, signal: stop.signal };
  const frames = await allFrames(plan, results);
  const columns = frames.map((frame) => frame.columns);
  for (const action of [
    allFrames(plan, results, task),
    trajectory(plan, results, frames, identity, task),
    chooseCovering(columns, 2, ball, task),
    coverage(columns[0]!, ball, task),
  ]) {
    expect((await problemOf(action)).tag).toBe('aborted');
  }
});
