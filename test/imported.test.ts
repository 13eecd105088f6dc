/** Libraries of frames of a file through the command line: simulate, structures, slurm, info, and what bad input gets. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelFields } from '../src/crystal/build.ts';
import { readExtxyz, writeExtxyz } from '../src/crystal/extxyz.ts';
import { foreignFrames, polarFrames } from '../src/crystal/test-perovskites.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';
import { cli, fails } from './run-cli.ts';

const RECIPE = `
[structures]
file = "runs/run.xyz"
count = 2
held_out = 1
cells = [2, 2, 1]
[library]
thickness_nm = { min = 2, max = 3 }
tilt_max_mrad = 0.5
patterns_per_structure = 20
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
`;
const known = polarFrames([2, 2, 1], 7);

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  // What a path may hold, and TOML must quote.
  folder = await mkdtemp(join(tmpdir(), `ferroscope it's "an" import `));
  await mkdir(at('runs'));
  const frames = foreignFrames(known).map((frame) => writeExtxyz(frame));
  await writeFile(at('runs/run.xyz'), frames.join(''));
  await writeFile(at('recipe.toml'), RECIPE);
  const { code, err } = await cli('simulate', at('recipe.toml'), '--out', at('library.zarr'));
  expect(err).not.toContain('bug');
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('info says which frames of which file, and that the file does not say whether they are means', async () => {
  const { out } = await cli('info', at('library.zarr'));
  expect(out).toContain('3 of 3 structures');
  expect(out).toMatch(/2 frames \(1 … 3\) for training, 1 \(7\) held out, of the 7 in run\.xyz/);
  expect(out).toContain('labels are instantaneous or means, the file does not say');
  const json = JSON.parse((await cli('info', at('library.zarr'), '--json')).out);
  expect(json.source).toMatchObject({ file: 'run.xyz', frames: 7 });
  const bytes = await readFile(at('runs/run.xyz'));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  expect(json.identity.inputs.file).toEqual({ kind: 'file', name: 'run.xyz', size_bytes: bytes.length, content: hash });
  expect(out).toContain(`run.xyz, ${bytes.length} bytes, SHA-256 ${hash.slice(0, 12)}`);
});

test('structures writes the same frames, with sites and labels', async () => {
  expect((await cli('structures', at('recipe.toml'), '--out', at('structures'))).code).toBe(0);
  expect((await readdir(at('structures'))).sort()).toEqual([
    'held-out-0000.extxyz',
    'training-0000.extxyz',
    'training-0001.extxyz',
  ]);
  const { structure, info } = readExtxyz(await readFile(at('structures/training-0001.extxyz'), 'utf8'));
  expect(structure.sites!.cells).toEqual([2, 2, 1]);
  expect(info).toMatchObject({
    source: 'run.xyz',
    frame: '3',
    labels: 'instantaneous or means, the file does not say',
    columns: '2 2 3',
  });
  const want = labelFields(known[2]!, parseRecipe(''));
  for (const [key, values] of [
    ['P_uC_cm2', want.P],
    ['dTi_pm', want.dTi],
    ['dO_pm', want.dO],
  ] as const) {
    const got = info[key]!.split(' ').map(Number);
    expect(got).toEqual(Array.from(values, (value) => expect.closeTo(value, 2)));
  }
});

test('structures state what they follow from: the file and the settings that are looked at', async () => {
  const identity = async (text: string) => {
    await writeFile(at('other.toml'), text);
    expect((await cli('structures', at('other.toml'), '--out', at('other'), '--overwrite')).code).toBe(0);
    const comments = (await readdir(at('other'))).map(async (name) => {
      const { info } = readExtxyz(await readFile(at(`other/${name}`), 'utf8'));
      return info.identity;
    });
    const [id, ...more] = new Set(await Promise.all(comments));
    expect(more).toEqual([]);
    return id;
  };
  const own = readExtxyz(await readFile(at('structures/training-0000.extxyz'), 'utf8')).info.identity;
  expect(own).toMatch(/^[\da-f]{32}$/);
  expect(await identity(RECIPE.replace('[library]', 'texture = "uniform"\n[library]\nseed = 4'))).toBe(own);
  expect(await identity(RECIPE.replace('[structures]', '[crystal]\na_A = 3.96\n[structures]'))).not.toBe(own);
  // Of textures the seed counts.
  const drawn = RECIPE.replace(/file = .*\n/, '');
  const one = await identity(drawn);
  expect(await identity(`${drawn}seed = 2\n`)).not.toBe(one);
  expect(await identity(`${drawn}[training]\nepochs = 3\n`)).toBe(one);
});

test('the recipe that slurm writes elsewhere finds the file, and makes the same library', async () => {
  const { code, out } = await cli(
    'slurm',
    at('recipe.toml'),
    '--out',
    at('jobs.zarr'),
    '--folder',
    at('jobs'),
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ structures: 3, memory: '1G' });
  expect(parseRecipe(await readFile(at('jobs/recipe.toml'), 'utf8')).structures.file).toBe(at('runs/run.xyz'));
  // Shards that are there count as this recipe's.
  const again = await cli('simulate', at('jobs/recipe.toml'), '--out', at('library.zarr'), '--json');
  expect(JSON.parse(again.out)).toMatchObject({ made: 0, kept: 3 });
  const unfinished = await cli('simulate', at('jobs/recipe.toml'), '--out', at('jobs.zarr'), '--unfinished', '3');
  expect(unfinished.out).toBe('1,2,3\n');
});

test('bad input', async () => {
  const broken = async (from: string, to: string) => {
    await writeFile(at('broken.toml'), RECIPE.replace(from, to));
    return [at('broken.toml'), '--out', at('broken')];
  };
  for (const command of ['simulate', 'structures', 'slurm']) {
    await fails([command, ...(await broken('run.xyz', 'none.xyz'))], 1, /runs\/none\.xyz does not exist/);
    await fails([command, ...(await broken('count = 2', 'count = 20'))], 1, /holds 7 frames/);
    await fails([command, ...(await broken('[2, 2, 1]', '[2, 2, 2]'))], 1, /Set structures\.cells = \[2, 2, 1\]/);
  }
  await fails(
    ['demo', '--recipe', at('recipe.toml'), '--out', at('demo')],
    1,
    /run\.xyz; its \[experiment\] would be a texture/,
  );
  expect(await readdir(folder)).not.toContain('broken');
  // A file that a run still writes: its whole frames, another library.
  const text = await readFile(at('runs/run.xyz'), 'utf8');
  await mkdir(at('other/runs'), { recursive: true });
  await writeFile(at('other/recipe.toml'), RECIPE);
  await writeFile(at('other/runs/run.xyz'), text.slice(0, -100));
  const running = ['simulate', at('other/recipe.toml'), '--out', at('library.zarr')];
  await fails(
    running,
    1,
    /ends early[\s\S]*its 6 whole frames[\s\S]*contents of the file was run\.xyz .*and is run\.xyz/,
  );
});
