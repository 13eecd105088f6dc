/** From a recipe to a map of a file, through the command line, on a study small enough for seconds; and what bad input gets. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, fails } from './run-cli.ts';
import { skipAloud } from './skip-aloud.ts';
import { SMALL_STUDY } from './small-study.ts';

const RECIPE = `
[structures]
count = 3
held_out = 1
cells = [2, 2, 1]
${SMALL_STUDY}[experiment]
shape = [3, 4]
thickness_nm = 10
tilt_mrad = [0.2, -0.1]
detector_pixels = 96
mrad_per_pixel = 0.5
hot_pixels = 3
`;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-cli-'));
  await writeFile(at('recipe.toml'), RECIPE);
  const { code, err } = await cli('demo', '--recipe', at('recipe.toml'), '--out', at('demo'));
  expect(err).not.toContain('bug');
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the demo', () => {
  test('says what it did in summary.json', async () => {
    const summary = JSON.parse(await readFile(at('demo/summary.json'), 'utf8'));
    expect(summary.patterns).toBe(4 * 96);
    expect(summary.passes).toBeGreaterThan(0);
    for (const key of ['simulate_s', 'train_s', 'map_s', 'mae_tilt_mrad', 'mae_thickness_nm', 'dose', 'seed']) {
      expect(summary[key], key).toBeGreaterThan(0);
    }
    for (const key of ['mae_pm', 'mae_uC_cm2']) {
      for (const axis of ['x', 'y', 'z']) expect(Number.isFinite(summary[key][axis]), `${key}.${axis}`).toBe(true);
    }
    // Three structures teach nothing of P: what is answered with its mean has no r, and the map says that it is not measured.
    const { warnings } = JSON.parse(await readFile(at('demo/map/summary.json'), 'utf8'));
    for (const axis of ['x', 'y', 'z']) {
      if (summary.correlation[axis] === null) expect(JSON.stringify(warnings)).toContain(`P_${axis} is not measured`);
      else expect(Math.abs(summary.correlation[axis])).toBeLessThanOrEqual(1);
    }
  });

  test('leaves a report, a map, figures and a scan that any EMD reader opens', async () => {
    expect(await readFile(at('demo/report.html'), 'utf8')).toContain('Against the truth');
    const map = await cli('info', at('demo/map'));
    expect(map.out).toContain('3 × 4 positions');
    const scan = await cli('info', at('demo/scan.h5'), '--json');
    expect(JSON.parse(scan.out)).toMatchObject({ kind: 'emd-1.0' });
    const csv = (await readFile(at('demo/map/map.csv'), 'utf8')).trim().split('\n');
    expect(csv).toHaveLength(1 + 12);
    expect(csv[0]).toContain('P_x_uC_cm2');
    expect(existsSync(at('demo/map/figures/polarization.svg'))).toBe(true);
  });

  test('says of σ what it covers, and marks positions out of domain in the files', async () => {
    const csv = (await readFile(at('demo/map/map.csv'), 'utf8')).split('\n')[0]!;
    expect(csv).toContain('out_of_domain');
    const sigma = JSON.parse(await readFile(at('demo/map/map.zarr/P_x_sigma/zarr.json'), 'utf8')).attributes;
    expect(sigma.coverage_factor_95).toBeGreaterThan(1);
    expect(sigma.prior).toBeGreaterThan(0);
    const summary = JSON.parse(await readFile(at('demo/map/summary.json'), 'utf8'));
    expect(summary.outside).toBeGreaterThanOrEqual(0);
    expect(summary.scores[0].covered_68).toBeLessThanOrEqual(1);
    expect(await readFile(at('demo/map/report.html'), 'utf8')).toContain('Calibrated on 1 held-out structure');
  });

  test('evaluate says whether σ can be believed, on new structures and on foreign ground', async () => {
    const more = ['--library', at('demo/library.zarr'), '--structures', '2', '--patterns', '12'];
    const on = ['--scan', at('demo/scan.h5'), '--out', at('evaluation'), '--json'];
    const { code, out } = await cli('evaluate', at('demo/model.onnx'), ...more, ...on);
    expect(code).toBe(0);
    const { sets, accuracy, limit, latents, scan } = JSON.parse(out);
    expect(sets.map(({ name }: { name: string }) => name)).toEqual([
      'held out',
      'new',
      'thickness',
      'absorption',
      'background',
      'blur',
      'inelastic',
      'dose',
    ]);
    expect(sets[1]).toMatchObject({ count: 24, structures: 2, shifted: false });
    // A tenth of the electrons is out of any domain.
    expect(sets[7]).toMatchObject({ outside: 24, verdict: { kind: 'marked' } });
    expect(await readFile(at('evaluation/report.html'), 'utf8')).toContain('Ranks of the truth');
    expect(existsSync(at('evaluation/figures/tarp.svg'))).toBe(true);

    // Beside every error the mean's; of the limit, P along the beam is told far worse than across it.
    for (const { name, mae_mean_only } of accuracy.labels) {
      // The one structure that is held out has one tilt.
      if (!name.startsWith('tilt')) expect(mae_mean_only, name).toBeGreaterThan(0);
    }
    expect(accuracy.curves[0].points.map(([dose]: number[]) => dose)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
    const sigma = (name: string) => limit.sigma_1e.find((one: { name: string }) => one.name === name).free;
    expect(sigma('P_z')).toBeGreaterThan(20 * sigma('P_x'));
    expect(sigma('P_x') / sigma('P_y')).toBeCloseTo(1, 1);
    expect(latents.with_latents).toHaveLength(6 * 24);
    expect(scan).toMatchObject({ positions: 12, bins: 20 });
    expect(scan.drawn).toBeLessThanOrEqual(scan.halves);
    for (const { by_image, any } of scan.nearest) expect(by_image.r1).toBeLessThan(any);
    for (const name of ['parity-noisy-P_z', 'dose-P_z', 'derivative-P_z', 'latents-correlation', 'nearest-patterns']) {
      expect(existsSync(at(`evaluation/figures/${name}.svg`)), name).toBe(true);
    }
    const wrong = ['evaluate', at('demo/model.onnx'), ...more, '--out', at('none')];
    await fails([...wrong, '--patterns', '1'], 2, /--patterns 1/);
    await fails([...wrong, '--rotation', '3'], 2, /--rotation says something of a scan/);
  });

  test('adapt fits the scan’s instrument, and writes a model only where that is better', {
    timeout: 240_000,
  }, async () => {
    const on = ['adapt', at('demo/model.onnx'), at('demo/scan.h5')];
    const more = ['--library', at('demo/library.zarr'), '--steps', '20', '--out', at('adapted.onnx')];
    const { code, out, err } = await cli(...on, ...more, '--json');
    expect(err).not.toContain('bug');
    expect(code).toBe(0);
    const said = JSON.parse(out);
    expect(existsSync(at('adapted.onnx'))).toBe(said.adapted);
    expect(said.use).toBe(said.adapted ? at('adapted.onnx') : at('demo/model.onnx'));
    expect(said.reasons.length).toBeGreaterThan(0);
    expect(said.consistency.map(({ name }: { name: string }) => name)).toEqual([
      'reconstruction',
      'latents',
      'looks',
      'library',
    ]);
    const { parameters, dose_e, patterns } = said.adaptation.camera;
    expect(patterns).toBe(12);
    expect(dose_e).toBeGreaterThan(0);
    for (const { value, error } of parameters) expect(Number.isFinite(value + error)).toBe(true);
    const report = await readFile(at('adapted-report/report.html'), 'utf8');
    expect(report).toContain('What the instrument did');
    expect(report.includes('Not adapted')).toBe(!said.adapted);
    await fails([...on, ...more, '--steps', '0', '--overwrite'], 2, /--steps 0/);
    await fails([...on, ...more], 1, /adapted(-report|\.onnx)/);
  });

  test('run again keeps its library, its model and its scan', async () => {
    const before = await readFile(at('demo/model.onnx'));
    const { code, out } = await cli('demo', '--recipe', at('recipe.toml'), '--out', at('demo'), '--json');
    expect(code).toBe(0);
    expect((await readFile(at('demo/model.onnx'))).equals(before)).toBe(true);
    expect(JSON.parse(out).passes).toBe(0);
  });

  test('info describes its library, model and recipe; report makes the report again', async () => {
    expect((await cli('info', at('demo/library.zarr'))).out).toContain('4 of 4 structures');
    expect((await cli('info', at('demo/model.onnx'))).out).toContain('300 kV');
    expect((await cli('info', at('recipe.toml'))).out).toContain('a recipe');
    await rm(at('demo/map/report.html'));
    expect((await cli('report', at('demo/map'))).code).toBe(0);
    expect(existsSync(at('demo/map/report.html'))).toBe(true);
  });

  test('structures writes extxyz', async () => {
    const { code, out } = await cli('structures', at('recipe.toml'), '--out', at('structures'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).structures).toBe(4);
    expect(await readFile(at('structures/training-0002.extxyz'), 'utf8')).toContain('Lattice="7.9');
  });
});

test('what structures writes is a specimen, with the thermal motion that its displacements leave', async () => {
  expect((await cli('structures', at('recipe.toml'), '--out', at('atoms'))).code).toBe(0);
  const specimen = (u2: string) =>
    `[specimen]\nfile = "atoms/training-0000.extxyz"\nthickness_nm = 2\n${u2}[simulation]\ncamera = { pixels = 32, mrad_per_pixel = 2 }\n`;
  const comment = (await readFile(at('atoms/training-0000.extxyz'), 'utf8')).split('\n')[1]!;
  const u2 = /u2_A2="([^"]*)"/.exec(comment)![1]!.replace(/([A-Z][a-z]?) (\S+) ?/g, '$1 = $2, ');
  await writeFile(at('own.toml'), specimen(''));
  await writeFile(at('given.toml'), specimen(`u2_A2 = { ${u2.replace(/, $/, '')} }\n`));
  for (const name of ['own', 'given']) {
    const { code, err } = await cli('simulate', at(`${name}.toml`), '--out', at(name));
    expect(code, err).toBe(0);
  }
  const patterns = (name: string) => readFile(at(`${name}/simulation.zarr/patterns/c/0/0/0/0/0`));
  expect((await patterns('own')).equals(await patterns('given'))).toBe(true);
});

describe('bad input', () => {
  test('with --json a failure is one line on standard output, whoever found it', async () => {
    await writeFile(at('unknown.toml'), '[structures]\ncout = 3\n');
    for (const [argv, tag, code] of [
      [['mapp', '--json'], 'usage', 2],
      [['init', 'scan.h5', '--json'], 'usage', 2],
      [['simulate', at('recipe.toml'), '--shard', '4/3', '--json'], 'usage', 2],
      [['simulate', at('none.toml'), '--json'], 'file-missing', 1],
      [['simulate', at('unknown.toml'), '--json'], 'recipe', 1],
    ] as const) {
      const result = await cli(...argv);
      expect(result.code, result.err).toBe(code);
      expect(result.out.trimEnd()).not.toContain('\n');
      const { error } = JSON.parse(result.out);
      expect(Object.keys(error)).toEqual(['tag', 'message', 'hint', 'fields']);
      expect(error.tag).toBe(tag);
      expect(error.message).not.toBe('');
      expect(error.hint).not.toBe('');
    }
  });

  test('a recipe that says nothing is not a study of defaults', async () => {
    await writeFile(at('empty.toml'), '# later\n');
    await writeFile(at('beside.toml'), '[scan]\nhot_sigma = 9\n');
    for (const command of ['simulate', 'slurm', 'structures', 'train'])
      await fails([command, at('empty.toml'), '--out', at('none')], 1, /is empty[\s\S]*examples/);
    for (const command of ['simulate', 'slurm'])
      await fails([command, at('beside.toml'), '--out', at('none')], 1, /everything would be a default[\s\S]*examples/);
  });

  test('usage: an unknown command, a missing option, a shard that is none', async () => {
    await fails(['mapp'], 2, /unknown command/);
    await fails(['init', 'scan.h5'], 2, /--material/);
    // 'given' is no name: what it is of stands in a recipe alone.
    await fails(['init', 'scan.h5', '--material', 'NaCl'], 2, /must be one of \(Ba,Sr\)TiO3, (?!.*given)/);
    await fails(['init', 'scan.h5', '--material', 'given'], 2, /stands in \[crystal\.given\] of a recipe/);
    await fails(['map', 'scan.h5', '--model', 'm.onnx', '--models', '.'], 2, /Leave one of them out/);
    await fails(['map', 'scan.h5', '--voltage', '300kV'], 2, /not from 20 to 1500 kV/);
    await fails(['simulate', at('recipe.toml'), '--shard', '4/3'], 2, /not a shard/);
    await fails(['simulate', at('recipe.toml'), '--workers', 'two'], 2, /not a number of threads/);
  });

  test('files that are missing', async () => {
    await fails(['map', at('none.h5'), '--model', at('demo/model.onnx')], 1, /none\.h5/);
    await fails(
      ['map', at('demo/scan.h5'), '--model', at('none.onnx'), '--out', at('m')],
      1,
      /none\.onnx does not exist/,
    );
    await fails(['info', at('none.h5')], 1, /does not exist/);
    await fails(['simulate', at('none.toml')], 1, /does not exist/);
    await fails(['report', at('demo')], 1, /not a map folder/);
  });

  test('a truncated HDF5 file', async () => {
    const whole = await readFile(at('demo/scan.h5'));
    await writeFile(at('half.h5'), whole.subarray(0, whole.length / 2));
    await fails(['map', at('half.h5'), '--model', at('demo/model.onnx'), '--out', at('m')], 1, /half\.h5/);
    expect(existsSync(at('m'))).toBe(false);
  });

  test('a damaged model', async () => {
    await writeFile(at('bad.onnx'), 'not a model');
    await fails(['map', at('demo/scan.h5'), '--model', at('bad.onnx'), '--out', at('m')], 1, /model/);
  });

  test('a recipe with a wrong unit, key or range', async () => {
    const write = (name: string, text: string) => writeFile(at(name), text);
    await write('unit.toml', '[library.thickness_A]\nmin = 300\nmax = 800\n');
    await fails(['simulate', at('unit.toml')], 1, /thickness_A[\s\S]*thickness_nm/);
    await write('key.toml', '[structures]\ncout = 3\n');
    await fails(['simulate', at('key.toml')], 1, /cout[\s\S]*count/);
    await write('range.toml', '[microscope]\nvoltage_kV = 300000\n');
    await fails(['simulate', at('range.toml')], 1, /microscope\.voltage_kV/);
    await write('lattice.toml', `${RECIPE}`.replace('pixels_per_order = 4', 'pixels_per_order = 5'));
    await fails(['simulate', at('lattice.toml'), '--out', at('lattice.zarr')], 1, /pixels_per_order/);
  });

  test('a model for another microscope', async () => {
    const { scanFile } = await import('../src/node/scan-file.ts');
    const { openScan } = await import('../src/scan/open.ts');
    const { writeEmd } = await import('../src/node/emd.ts');
    const source = await openScan(await scanFile(at('demo/scan.h5')));
    const patterns = Array.from({ length: 12 }, (_, i) => i);
    await writeEmd(at('other.h5'), {
      shape: source.shape,
      patterns: async (index) => Float32Array.from(await source.read(patterns[index]!, 1)),
      step_nm: 0.395,
      qPixel: 0.5,
      qUnits: 'mrad',
      metadata: { microscope: { voltage_kV: 200, convergence_mrad: 2.2 } },
    });
    source.close();
    await fails(
      ['map', at('other.h5'), '--model', at('demo/model.onnx'), '--out', at('m')],
      1,
      /trained for a voltage of 300 kV/,
    );
  });

  test('an output that exists is left alone', async () => {
    await mkdir(at('taken'), { recursive: true });
    await writeFile(at('taken/mine.txt'), 'keep');
    await fails(
      ['map', at('demo/scan.h5'), '--model', at('demo/model.onnx'), '--out', at('taken')],
      1,
      /exists already/,
    );
    await fails(['simulate', at('recipe.toml'), '--out', at('taken')], 1, /exists and holds something else/);
    await fails(['structures', at('recipe.toml'), '--out', at('taken')], 1, /exists already/);
    expect(await readFile(at('taken/mine.txt'), 'utf8')).toBe('keep');
  });

  test('a full disk loses nothing and says so', async (context) => {
    const small = at('small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], { stdio: 'pipe' });
    } catch {
      skipAloud(context, 'a small file system, which only root can mount');
    }
    try {
      await fails(
        ['map', at('demo/scan.h5'), '--model', at('demo/model.onnx'), '--out', join(small, 'map')],
        1,
        /disk is full/,
      );
      expect(existsSync(join(small, 'map'))).toBe(false);
      await fails(['simulate', at('recipe.toml'), '--out', join(small, 'library.zarr')], 1, /Nothing was begun/);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
