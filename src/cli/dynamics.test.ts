import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Identity } from '../core/identity.ts';
import { problemOf } from '../core/test-problem.ts';
import { readTrajectory } from '../crystal/read-trajectory.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { Console } from './console.ts';
import { runDynamics } from './dynamics.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-dynamics-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TEXT = `
[structures]
cells = [4, 4, 2]
[dynamics]
strain = ["free", "epitaxial"]
misfit_percent = -1
equilibrate_ps = 0.1
interval_ps = 0.2
frames = 3
field_V_per_A = [0, 0, 0.002]
`;

function run(text: string, name: string, options: Record<string, string | boolean> = {}, stop = new AbortController()) {
  const console = new Console(false, stop.signal);
  console.result = () => {};
  const line = { positional: [], options: { out: join(folder, name), workers: '2', ...options }, console };
  return runDynamics(line, parseRecipe(text));
}

test('a recipe with [dynamics] makes a trajectory, tables, figures and a report, whole or not at all', async () => {
  const stopped = new AbortController();
  stopped.abort();
  expect((await problemOf(run(TEXT, 'out', {}, stopped))).tag).toBe('aborted');
  expect(readdirSync(folder)).toEqual(['out.unfinished']);
  const other = TEXT.replace('0.002', '0.003');
  const stale = await problemOf(run(other, 'out'));
  expect(stale.tag).toBe('stale');
  expect(stale.message).toMatch(
    /out\.unfinished .*dynamics\.field_V_per_A was \[0,0,0\.002\], and is \[0,0,0\.003\] now/,
  );
  await run(TEXT, 'out');
  expect(readdirSync(folder)).toEqual(['out']);
  expect(readdirSync(join(folder, 'out')).sort()).toEqual([
    'dynamics.json',
    'figures',
    'recipe.toml',
    'report.html',
    'run-0001',
    'run-0002',
    'runs.csv',
    'trajectory.extxyz',
    'zarr.json',
  ]);
  expect((await problemOf(run(TEXT, 'out'))).tag).toBe('file-exists');
  await run(other, 'out', { overwrite: true });

  const file = (name: string) => readFileSync(join(folder, 'out', name), 'utf8');
  const { frames } = readTrajectory(file('trajectory.extxyz'), 'trajectory.extxyz');
  expect(frames).toHaveLength(6);
  expect(frames.every(({ cell_A }) => cell_A.join() === '15.8,15.8,7.9')).toBe(true);
  const rows = file('runs.csv').trim().split('\n');
  const head = rows[0]!.split(',');
  expect(rows).toHaveLength(3);
  expect(rows[2]).toContain('"epitaxial, misfit −1 %"');
  expect(rows[1]!.split(',')[head.indexOf('field_z_V_per_A')]).toBe('0.003');
  const data = JSON.parse(file('dynamics.json')) as Said & { frames: unknown[]; strain: unknown[]; average_ps: number };
  expect([data.frames.length, data.strain.length, data.average_ps]).toEqual([6, 2, 0]);
  expect(file('report.html')).toContain('Strain turns the polarization');
  // Everything says what it is, and with which settings.
  const { id } = data.identity;
  for (const name of ['trajectory.extxyz', 'run-0002/frames.extxyz']) {
    const comments = file(name).match(/\bidentity=\w+/g)!;
    expect(new Set(comments)).toEqual(new Set([`identity=${id}`]));
  }
  expect(file('report.html')).toContain(id);
  expect(JSON.parse(file('zarr.json')).attributes.identity).toEqual(data.identity);
  expect(file('recipe.toml')).toBe(data.recipe_toml);
  expect(file('recipe.toml')).not.toMatch(/training|library|microscope/);
  expect(existsSync(join(folder, 'out', 'figures', 'strain-2.svg'))).toBe(true);
});

interface Said {
  readonly identity: Identity;
  readonly recipe_toml: string;
}

test('what is embedded makes the same again, wherever the seeds came from', async () => {
  const text = `[study]\nseed = 7\n[library]\nseed = 3\n${TEXT}`.replace('frames = 3', 'frames = 1');
  await run(text, 'first');
  const read = (name: string, path: string) => readFileSync(join(folder, name, path));
  const { identity } = JSON.parse(read('first', 'dynamics.json').toString()) as Said;
  expect(identity.settings.a_sites).toEqual({ seed: 3 });
  expect(identity.settings.dynamics).toMatchObject({ seeds: [7] });
  await run(read('first', 'recipe.toml').toString(), 'second');
  // The id of a trajectory stands in all its comments.
  for (const path of ['trajectory.extxyz', 'runs.csv', 'run-0001/u_A/c/0/0/0/0/0', 'figures/coverage.svg']) {
    expect(read('second', path).equals(read('first', path)), path).toBe(true);
  }
});

test('stopped in the middle of runs, on real threads, it goes on to the same bits', async () => {
  const text = `${TEXT.replace('interval_ps = 0.2\nframes = 3', 'interval_ps = 5\nframes = 12')}seeds = [1, 2, 3, 4]\n`;
  const place = join(folder, 'stopped.unfinished');
  const states = () =>
    existsSync(place) ? readdirSync(place).filter((name) => /^run-.*\.unfinished$/.test(name)) : [];
  // Where the runs in hand were done before they could be stopped, once more.
  while (states().length === 0) {
    const stop = new AbortController();
    const watch = setInterval(() => {
      if (states().length > 0) stop.abort();
    }, 1);
    try {
      expect((await problemOf(run(text, 'stopped', {}, stop))).tag).toBe('aborted');
    } finally {
      clearInterval(watch);
    }
  }
  await run(text, 'stopped');
  await run(text, 'unbroken', { workers: '3' });
  const all = (name: string) =>
    readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(join(folder, name).length), readFileSync(path).toString('base64')] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(all('stopped')).toEqual(all('unbroken'));
});

test('with sampling, the frames that cover the ball', async () => {
  const sampling = '[dynamics.sampling]\np_max_uC_cm2 = 20\ndirections = 6\nsizes = 1\nkeep = 8\n';
  await run(TEXT.replace(/strain.*\n.*\n/, '').replace(/field.*\n/, sampling), 'covered');
  const path = join(folder, 'covered', 'trajectory.extxyz');
  expect(readTrajectory(readFileSync(path, 'utf8'), 'trajectory.extxyz').frames).toHaveLength(8);
  const { coverage } = JSON.parse(readFileSync(join(folder, 'covered', 'dynamics.json'), 'utf8')) as {
    coverage: { inside: number; beyond: number; empty_cap_deg: number };
  };
  expect(coverage.inside).toBe(Math.round(8 * 16 * (1 - coverage.beyond)));
  expect(coverage.empty_cap_deg).toBeLessThan(60);
});
