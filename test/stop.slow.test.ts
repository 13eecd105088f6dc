/** Signals to the real command, at moments drawn at random: it ends by itself, before its time is over (src/cli/stopping.ts), and says so in one line. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../src/core/random.ts';
import { writeEmd } from '../src/node/emd.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { openScan } from '../src/scan/open.ts';
import { cli } from './run-cli.ts';
import { SMALL_STUDY } from './small-study.ts';

const RECIPE = `
[structures]
count = 40
held_out = 4
cells = [4, 4, 2]
${SMALL_STUDY}[experiment]
shape = [3, 4]
thickness_nm = 10
detector_pixels = 96
mrad_per_pixel = 0.5
descan_px = [0, 0]
hot_pixels = 0
`;
const SMALL = RECIPE.replace('count = 40', 'count = 3')
  .replace('held_out = 4', 'held_out = 1')
  .replace('[4, 4, 2]', '[2, 2, 1]');
const DYNAMICS = `
[structures]
cells = [8, 8, 8]
[dynamics]
frames = 1000
interval_ps = 0.5
`;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-stop-'));
  await writeFile(at('small.toml'), SMALL);
  await writeFile(at('long.toml'), RECIPE);
  await writeFile(at('train.toml'), SMALL.replace('epochs = 2', 'epochs = 100000\npatience = 100000'));
  await writeFile(at('dynamics.toml'), DYNAMICS);
  expect((await cli('demo', '--recipe', at('small.toml'), '--out', at('demo'))).code).toBe(0);
  // The demo's scan, every position many times over.
  const scan = await openScan(await scanFile(at('demo/scan.h5')));
  const [ry, rx, qy, qx] = scan.shape;
  const patterns: Uint16Array[] = [];
  for (let i = 0; i < ry * rx; i++) patterns.push(Uint16Array.from(await scan.read(i, 1), (v) => Math.max(0, v)));
  scan.close();
  const n = 40;
  const near = (i: number) => Math.floor((Math.floor(i / n) * ry) / n) * rx + Math.floor(((i % n) * rx) / n);
  await writeEmd(at('scan.h5'), {
    shape: [n, n, qy, qx],
    patterns: (i) => patterns[near(i)]!,
    vacuum: scan.vacuum,
    dark: scan.dark,
    step_nm: 0.395,
    qPixel: 0.5,
    qUnits: 'mrad',
    metadata: { microscope: { voltage_kV: 300, convergence_mrad: 2.2 } },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Whether it was at work when the signal came. */
  readonly hit: boolean;
}

/** Runs the command in a process of its own and signals it. */
async function stopped(argv: readonly string[], by: NodeJS.Signals, after_ms: number): Promise<Ended> {
  const source = fileURLToPath(new URL('./ferroscope.ts', import.meta.url));
  const child = spawn(process.execPath, [source, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  let hit = false;
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const timer = setTimeout(() => {
    hit = true;
    child.kill(by);
  }, after_ms);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, out, err, hit };
}

test.each([
  ['map', ['map', 'scan.h5', '--model', 'demo/model.onnx', '--out', 'mapped'], 'Nothing is kept'],
  ['simulate', ['simulate', 'long.toml', '--out', 'library.zarr'], 'goes on from there'],
  ['train', ['train', 'train.toml', '--library', 'demo/library.zarr', '--out', 'm.onnx'], 'goes on from there'],
  ['structures', ['structures', 'dynamics.toml', '--out', 'trajectory'], 'goes on from there'],
])('%s ends by itself and in one line', async (name, argv, kept) => {
  const words = [...argv.map((word) => (/[./]|^mapped$|^trajectory$/.test(word) ? at(word) : word)), '--json'];
  const moments = new RandomStream(1, 'stop', name);
  // A map is done in seconds, the others in minutes: somewhere in its second half models run.
  let [from, to] = [1500, 5000];
  if (name === 'map') {
    const begun = performance.now();
    const { code, err } = await stopped(words, 'SIGINT', 1e6);
    expect(code, err).toBe(0);
    await rm(at('mapped'), { recursive: true });
    to = 0.85 * (performance.now() - begun);
    from = to / 2;
  }
  let hits = 0;
  for (const by of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) {
    const { code, out, err, hit } = await stopped(words, by, from + (to - from) * moments.uniform());
    expect(err).not.toMatch(/Napi|terminate called|\n\s+at .*:\d+:\d+/);
    // Over before the signal, or whole when it came: then it says so, and not that nothing is kept.
    if (!hit || (name === 'map' && code === 0)) {
      expect(code, err).toBe(0);
      expect(JSON.parse(out)).not.toHaveProperty('error');
      await rm(at('mapped'), { recursive: true, force: true });
      continue;
    }
    hits++;
    expect(existsSync(at('mapped'))).toBe(false);
    // One whose time was over would have died of the signal, without a code.
    expect(code, err).toBe(by === 'SIGINT' ? 130 : 143);
    expect(err.match(/ferroscope:.*/g)).toEqual([expect.stringContaining(kept)]);
    expect(JSON.parse(out)).toMatchObject({ error: { tag: 'aborted' } });
  }
  expect(hits).toBeGreaterThan(0);
});
