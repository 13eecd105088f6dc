import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
  return runDynamics(line, parseRecipe(text), 'recipe.toml');
}

test('a recipe with [dynamics] makes a trajectory, tables, figures and a report, whole or not at all', async () => {
  const stopped = new AbortController();
  stopped.abort();
  expect((await problemOf(run(TEXT, 'out', {}, stopped))).tag).toBe('aborted');
  expect(readdirSync(folder)).toEqual(['out.unfinished']);
  const other = TEXT.replace('0.002', '0.003');
  expect((await problemOf(run(other, 'out'))).tag).toBe('model-mismatch');
  await run(TEXT, 'out');
  expect(readdirSync(folder)).toEqual(['out']);
  expect(readdirSync(join(folder, 'out')).sort()).toEqual([
    'dynamics.json',
    'figures',
    'recipe.toml',
    'report.html',
    'runs',
    'runs.csv',
    'trajectory.extxyz',
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
  const data = JSON.parse(file('dynamics.json')) as { frames: unknown[]; strain: unknown[]; average_ps: number };
  expect([data.frames.length, data.strain.length, data.average_ps]).toEqual([6, 2, 0]);
  expect(file('report.html')).toContain('Strain turns the polarization');
  expect(existsSync(join(folder, 'out', 'figures', 'strain-2.svg'))).toBe(true);
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
