/** `ferroscope demo --bias` on a small film, by the shipped model: scans, truths, maps and numbers side by side; stopped and gone on with; kept where it is there. */

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderStore } from '../src/node/folder-store.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { readMapZarr } from '../src/polarization/map-files.ts';
import { getChannel } from '../src/polarization/polarization-map.ts';
import { openScan } from '../src/scan/open.ts';
import { cli, fails } from './run-cli.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

/** A film without any field of its own, that 0.15 V pole. */
const RECIPE = `
[film]
cells = [16, 4, 18]
screening_per_A = 0.3
biases_V = [-0.15, 0.15]
equilibrate_ps = 0.6
average_ps = 0.4
[structures]
jitter_pm = 0
[experiment]
seed = 5
shape = [10, 12]
thickness_nm = 12
wedge_nm = 0
detector_pixels = 128
inelastic_fraction = 0.08
background_fraction = 0.02
blur_mrad = 0.15
[bias]
relief_nm = 0.5
drift_nm = 0.2
[findings]
pairs = 4
film = "film"
[findings.regions.film]
y_nm = [0, 4]
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-bias-'));
  await writeFile(at('bias.toml'), RECIPE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Result {
  readonly comparisons: {
    readonly bias_V?: number;
    readonly name: string;
    readonly map: number;
    readonly truth: number;
    readonly held?: boolean;
  }[];
  readonly maps: { readonly bias_V: number; readonly scores: { name: string; correlation: number }[] }[];
}

test('P along the film’s normal turns with the bias, in truth and map alike; the scan is an EMD, its truth beside it; run again, nothing is made anew', async () => {
  const run = () => cli('demo', '--bias', '--recipe', at('bias.toml'), '--out', at('out'), '--json');
  const first = await run();
  expect(first.err).not.toContain('Error');
  expect(first.code).toBe(0);
  const { comparisons, maps } = JSON.parse(first.out) as Result;
  expect(maps.map(({ bias_V }) => bias_V)).toEqual([-0.15, 0.15]);
  const mean = (bias: number) => comparisons.find(({ name, bias_V }) => name === 'mean P_y' && bias_V === bias)!;
  // The film's normal is the map's y.
  expect(mean(-0.15).truth).toBeLessThan(-4);
  expect(mean(0.15).truth).toBeGreaterThan(4);
  expect(mean(-0.15).map).toBeLessThan(0);
  expect(mean(0.15).map).toBeGreaterThan(0);
  const scan = await openScan(await scanFile(at('out/scan_0.15V.h5')));
  expect(scan.shape).toEqual([10, 12, 128, 128]);
  scan.close();
  const truth = await readMapZarr(folderStore(at('out/truth_0.15V.zarr')));
  expect(getChannel(truth, 'thickness').values.every((t) => t > 9 && t < 15)).toBe(true);
  expect(existsSync(at('out/bands'))).toBe(false);
  for (const name of ['report.html', 'summary.json', 'analysis/report.html', 'truth-analysis/report.html']) {
    expect(existsSync(at('out', name))).toBe(true);
  }
  const made = await stat(at('out/scan_0.15V.h5'));
  const bytes = await readFile(at('out/map_0.15V/map.zarr/zarr.json'));
  const second = await run();
  expect(second.code).toBe(0);
  expect((await stat(at('out/scan_0.15V.h5'))).mtimeMs).toBe(made.mtimeMs);
  expect(await readFile(at('out/map_0.15V/map.zarr/zarr.json'))).toEqual(bytes);
  expect((JSON.parse(second.out) as Result).comparisons).toEqual(comparisons);
});

test('what cannot be is said before anything is made', async () => {
  await writeFile(at('wide.toml'), RECIPE.replace('shape = [10, 12]', 'shape = [10, 20]'));
  await fails(['demo', '--bias', '--recipe', at('wide.toml'), '--out', at('wide')], 1, /the film repeats after/);
  await writeFile(at('none.toml'), RECIPE.replace('[bias]\nrelief_nm = 0.5\ndrift_nm = 0.2\n', ''));
  await fails(['demo', '--bias', '--recipe', at('none.toml'), '--out', at('none')], 1, /lacks \[film\] or \[bias\]/);
  await fails(['demo', '--model', 'x.onnx'], 2, /--model is for demo --bias/);
  expect(existsSync(at('wide'))).toBe(false);
});
