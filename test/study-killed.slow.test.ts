/** A study that is killed outright (SIGKILL: nothing can be tidied up), at moments drawn at random, again and again: it goes on, and ends where an undisturbed one does. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../src/core/random.ts';
import { cli } from './run-cli.ts';
import { SMALL_STUDY } from './small-study.ts';

const RECIPE = `
[structures]
count = 6
held_out = 2
cells = [2, 2, 1]
${SMALL_STUDY}[experiment]
shape = [2, 3]
thickness_nm = 10
detector_pixels = 96
mrad_per_pixel = 0.5
`;
const KILLS = 8;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-killed-'));
  await writeFile(at('own.toml'), RECIPE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param after milliseconds until it is killed @returns whether it ended by itself */
function study(out: string, after: number): Promise<boolean> {
  const program = fileURLToPath(new URL('./ferroscope.ts', import.meta.url));
  const child = spawn(process.execPath, [program, 'study', at('own.toml'), '--out', out], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), after);
  return new Promise((resolve) =>
    child.on('exit', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === null);
    }),
  );
}

test('killed at any time it goes on, and its model and map are those of a study that nobody killed', async () => {
  const start = performance.now();
  expect((await cli('study', at('own.toml'), '--out', at('whole'))).code).toBe(0);
  const whole = performance.now() - start;
  const random = new RandomStream(5, 'kill');
  let killed = 0;
  // Each later: a fresh process needs a second before it works.
  for (let i = 0; i < KILLS; i++) if (!(await study(at('cut'), 700 + random.uniform() * 0.5 * whole))) killed++;
  expect(killed).toBeGreaterThan(0);
  const { code, err } = await cli('study', at('own.toml'), '--out', at('cut'));
  expect(code, err).toBe(0);
  for (const name of ['model.onnx', 'map/map.csv']) {
    expect((await readFile(at(`cut/${name}`))).equals(await readFile(at(`whole/${name}`))), name).toBe(true);
  }
});
