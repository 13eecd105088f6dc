/** `ferroscope analyze` through the command line, on maps of a film whose truth is known. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelDensity, minimumOf } from '../src/findings/densities.ts';
import type { Finding } from '../src/findings/finding.ts';
import { filmMap, filmTruth, PRIOR, STEP_nm, shiftAt, writeMap } from './film-maps.ts';
import { cli, fails } from './run-cli.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const SHAPE = [32, 48] as const;
const SETTING = { shape: SHAPE, sigma: [1, 0.975 * PRIOR] } as const;
const BIASES = [-2, 0, 2];
const FILM_nm = [1.6, 11.6] as const;
const RECIPE = `[findings]
film = "film"
pairs = 6
[findings.regions.film]
y_nm = [${FILM_nm.join(', ')}]
[findings.regions.upper]
y_nm = [0, 6.1]
[findings.regions.lower]
y_nm = [6.2, 20]
`;

interface Result {
  readonly files: string[];
  readonly states: {
    readonly bias_V: number;
    readonly measured: string[];
    readonly registration: { shift_nm: number[]; shift_error_nm: number[] } | null;
    readonly findings: Finding[];
  }[];
  readonly series: {
    readonly findings: Finding[];
    readonly unchanged: { name: string; in_sigma: number }[];
    readonly poles: { region: string; bias_V: number; pole: { direction: number[] } }[];
  };
}
let result: Result;
const maps: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-analyze-'));
  for (const bias of BIASES) maps.push(await writeMap(at(`map${bias}V`), filmMap(bias, SETTING)));
  await writeFile(at('findings.toml'), RECIPE);
  // In another order than that of the biases.
  const order = [2, 0, 1];
  const { code, out, err } = await cli(
    ...['analyze', ...order.map((i) => maps[i]!), '--bias', order.map((i) => BIASES[i]).join(',')],
    ...['--recipe', at('findings.toml'), '--out', at('analysis'), '--json'],
  );
  expect(err).not.toMatch(/bug/);
  expect(code).toBe(0);
  result = JSON.parse(out);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const find = (findings: readonly Finding[], name: string): Finding => findings.find((one) => one.name === name)!;

/** Mean of what `of` says of the true vectors within the film, of the positions of the reference. */
function trueMean(bias_V: number, of: (P: [number, number, number]) => number): number {
  const truth = filmTruth(bias_V, SHAPE);
  let [sum, n] = [0, 0];
  for (let y = 0; y < SHAPE[0]; y++) {
    if (y * STEP_nm < FILM_nm[0] || y * STEP_nm > FILM_nm[1]) continue;
    for (let x = 0; x < SHAPE[1]; x++, n++) sum += of(truth(x, y));
  }
  return sum / n;
}

test('states come by rising bias, registered to the one without, within their errors', () => {
  expect(result.states.map(({ bias_V }) => bias_V)).toEqual(BIASES);
  expect(result.states[1]!.registration).toBeNull();
  for (const { bias_V, registration } of [result.states[0]!, result.states[2]!]) {
    shiftAt(bias_V).forEach((shift, k) => {
      const { shift_nm, shift_error_nm } = registration!;
      expect(Math.abs(shift_nm[k]! - shift * STEP_nm)).toBeLessThan(4 * shift_error_nm[k]! + 0.02);
    });
  }
  for (const { name, in_sigma } of result.series.unchanged) {
    expect(in_sigma, name).toBeGreaterThan(0.9);
    expect(in_sigma, name).toBeLessThan(1.3);
  }
});

test('numbers of the specimen are there within what is stated, freed of the prior and of noise', () => {
  const { findings } = result.states[1]!;
  for (const [name, truth] of [
    ['mean P_y', trueMean(0, ([, y]) => y)],
    ['mean |P| in the plane', trueMean(0, ([x, y]) => Math.hypot(x, y))],
  ] as const) {
    const { corrected, sigma } = find(findings, name);
    expect(Math.abs(corrected! - truth), name).toBeLessThan(4 * sigma!);
  }
  const lengths: number[] = [];
  trueMean(0, ([x, y]) => lengths.push(Math.hypot(x, y)));
  const { at, density } = kernelDensity(Float64Array.from(lengths), { reflect: true });
  const [low, high] = find(findings, '|P| in the plane where −ln ρ is least').interval!;
  expect(low).toBeLessThan(minimumOf(at, density));
  expect(high).toBeGreaterThan(minimumOf(at, density));
  // As mapped |P| would be too large by noise.
  expect(find(findings, 'mean |P| in the plane').value).not.toBeCloseTo(
    trueMean(0, ([x, y]) => Math.hypot(x, y)),
    3,
  );
});

test('what is made with a component that the map does not measure is not determined, and stands beside its null', () => {
  for (const { measured, findings } of result.states) {
    expect(measured).toEqual(['x', 'y']);
    for (const name of ['mean P_z', 'mean |P|', '|P| where −ln ρ is least', 'topological charge Q', 'mean |T_d|']) {
      const { undetermined, interval } = find(findings, name);
      expect(undetermined, name).toMatch(/does not measure P along z/);
      expect(interval, name).toBeUndefined();
    }
    // |P| of the map is what P_z of the prior makes of it, drawn to the mean as the map's is.
    const length = find(findings, 'mean |P|');
    expect(length.value / length.nulls.prior!.mean).toBeCloseTo(1, 1);
    const { value, nulls } = find(findings, 'mean |T_d|');
    expect(Object.keys(nulls)).toEqual(['shuffled', 'prior', 'noise']);
    // T_d hangs on P_z: it is what the prior gives.
    expect(value / nulls.prior!.mean).toBeGreaterThan(0.8);
    expect(value / nulls.prior!.mean).toBeLessThan(1.25);
  }
});

test('P_y follows the bias, in the mean and in the directions of regions', () => {
  const means = result.states.map(({ findings }) => find(findings, 'mean P_y').corrected!);
  expect(means[0]! - means[1]!).toBeCloseTo(6, 0);
  expect(means[1]! - means[2]!).toBeCloseTo(6, 0);
  const pole = (region: string, bias_V: number) =>
    result.series.poles.find((one) => one.region === region && one.bias_V === bias_V)!.pole.direction[1]!;
  // Tail to tail: up above, where y is small, down below.
  expect(pole('upper', 0)).toBeLessThan(-0.5);
  expect(pole('lower', 0)).toBeGreaterThan(0.5);
  expect(pole('upper', -2)).toBeGreaterThan(0.5);
  expect(pole('lower', 2)).toBeLessThan(-0.5);
});

test('report, figures and the data behind them', async () => {
  expect(result.files).toContain('report.html');
  const report = await readFile(at('analysis', 'report.html'), 'utf8');
  for (const text of [
    'P along the beam is not measured',
    'not determined: the map does not measure P along z',
    'Without prior and noise there is no density of |P| in space at 0 V: the map does not measure P along z',
    'Where P lies along the beam is not drawn',
  ]) {
    expect(report.includes(text), text).toBe(true);
  }
  const rows = (await readFile(at('analysis', 'data/field_0V.csv'), 'utf8')).trim().split('\n');
  expect(rows[0]).toMatch(/^y_nm,x_nm,P_x_uC_cm2/);
  expect(rows).toHaveLength(1 + SHAPE[0] * SHAPE[1]);
  // −ln ρ beside what noise alone and P_z of the prior give: this P_z is the prior.
  const curve = (await readFile(at('analysis', 'data/potential-space.csv'), 'utf8')).trim().split('\n');
  const heads = curve[0]!.split(',');
  const column = (name: string) =>
    curve.slice(1).map((row) => Number(row.split(',')[heads.indexOf(name)] || Number.NaN));
  const [mapped, prior] = [column('minus_ln_mapped_0V'), column('minus_ln_prior_0V')];
  const least = Math.min(...mapped.filter(Number.isFinite));
  for (const [i, value] of mapped.entries())
    if (value < least + 1.5) expect(Math.abs(value - prior[i]!)).toBeLessThan(0.2);
  expect(result.files).toContain('figures/length-plane-deconvolved.svg');
  expect(result.files).not.toContain('figures/length-space-deconvolved.svg');
  expect(result.files).not.toContain('figures/window-along-beam.svg');
  expect(await readFile(at('analysis', 'figures/poles-depth.svg'), 'utf8')).not.toContain('class="contours"');
  const profile = (await readFile(at('analysis', 'data/profile-P_y.csv'), 'utf8')).trim().split('\n');
  expect(profile).toHaveLength(1 + SHAPE[0]);
});

test('a map alone needs no bias; its numbers hang on neither threads nor on the other states, nor on a landscape under its poles', async () => {
  await writeFile(at('landscape.toml'), `[crystal]\nmaterial = "BST"\n[landscape]\n${RECIPE}`);
  const { code } = await cli(
    ...[
      'analyze',
      maps[1]!,
      '--recipe',
      at('landscape.toml'),
      '--workers',
      '1',
      '--out',
      at('alone'),
      '--also',
      'png',
      '--also',
      'pdf',
    ],
  );
  expect(code).toBe(0);
  const read = async (name: string) => JSON.parse(await readFile(at(name, 'analysis.json'), 'utf8'));
  const [series, alone] = [await read('analysis'), await read('alone')];
  const start = async (name: string) =>
    (await readFile(at('alone', 'figures', name))).subarray(0, 4).toString('latin1');
  expect(await start('walls.png')).toBe('\x89PNG');
  expect(await start('walls.pdf')).toBe('%PDF');
  expect(await readFile(at('alone', 'figures', 'poles-depth.svg'), 'utf8')).toContain('class="contours"');
  expect(alone.identity.inputs).toHaveProperty('landscape');
  expect(alone.states).toHaveLength(1);
  expect(alone.series.findings).toEqual([]);
  const wanted = series.states[1].findings;
  expect(alone.states[0].findings).toEqual(wanted);
}, 60_000);

describe('bad input', () => {
  const analyze = (...more: string[]) => ['analyze', ...more, '--out', at('none')];

  test('biases that are not one for each map', async () => {
    await fails(analyze(maps[0]!, maps[1]!), 2, /nothing says at which bias each is/);
    await fails(analyze(maps[0]!, maps[1]!, '--bias', '-2,0,2'), 2, /are not 2 biases/);
    await fails(analyze(maps[0]!, maps[1]!, '--bias', '-2,low'), 2, /one number for each map/);
    await fails(analyze(maps[0]!, maps[1]!, '--bias', '2,2'), 2, /both at 2 V/);
    await fails(analyze(maps[0]!, '--also', 'gif'), 2, /png or pdf/);
  });

  test('maps that are not of one series', async () => {
    const wide = await writeMap(at('wide'), filmMap(0, { ...SETTING, shape: [32, 40] }));
    await fails(analyze(maps[0]!, wide, '--bias', '-2,0'), 1, /32 × 40 positions/);
    const other = await writeMap(at('other'), filmMap(0, { ...SETTING, model: 'bb' }));
    await fails(analyze(maps[0]!, other, '--bias', '-2,0'), 1, /another model/);
  });

  test('a region outside of the map, one that is not there, a folder that is no map', async () => {
    const recipe = async (text: string) => {
      await writeFile(at('bad.toml'), text);
      return ['--recipe', at('bad.toml')];
    };
    await fails(
      analyze(maps[1]!, ...(await recipe('[findings.regions.far]\nx_nm = [100, 120]'))),
      1,
      /'far' holds no position/,
    );
    await fails(analyze(maps[1]!, ...(await recipe('[findings]\nfilm = "film"'))), 1, /has to be one of the regions/);
    await fails(analyze(maps[1]!, ...(await recipe('[crystal]\nmaterial = "BST"'))), 1, /none of \[findings\]/);
    await fails(analyze(at('nowhere')), 1, /nowhere/);
  });
});
