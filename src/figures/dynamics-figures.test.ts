import { expect, test } from 'vitest';
import { fixedLabel, plural, quantity } from '../core/numbers.ts';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { coverage, fibonacciSphere } from '../ferroelectric/dataset/coverage.ts';
import { Magnitudes, magnitudeDistributions } from '../ferroelectric/dataset/magnitudes.ts';
import type { RunSummary } from '../ferroelectric/dataset/table.ts';
import { FREE } from '../ferroelectric/strain.ts';
import { strainState } from '../ferroelectric/strain-study.ts';
import {
  coverageDisks,
  fieldInTime,
  magnitudeChart,
  polarizationInTime,
  temperatureInTime,
} from './dynamics-figures.ts';
import { type DynamicsReportInput, renderDynamics } from './dynamics-report.ts';
import { componentHistograms } from './strain-study-figure.ts';

const stream = new RandomStream(1, 'figures');
const vectors = (n: number, width = 10) => Float64Array.from({ length: 3 * n }, () => width * stream.normal());
const run = {
  series: Float64Array.from({ length: 8 * 50 }, (_, i) => {
    const t = 0.1 * (Math.floor(i / 8) + 1);
    return [t, 300 + 10 * Math.sin(t), 1, -2, 3 * Math.cos(t), 0.001, 0, -0.002][i % 8]!;
  }),
  temperature_K: 300,
  equilibrate_ps: 2,
};
const magnitudes = new Magnitudes([4, 4, 8], 250, 20);
for (let step = 1; step <= 60; step++) magnitudes.add(vectors(128, 0.06), step);
const distributions = magnitudeDistributions(magnitudes.counts, [4, 4, 8]);

test('a run in time: a line a component, the thermostat’s temperature, the end of equilibration', () => {
  const temperature = temperatureInTime(run);
  expect(temperature.match(/stroke-dasharray/g)).toHaveLength(2);
  expect(temperature).toContain('50 times; thermostat 300 K');
  expect(polarizationInTime(run).match(/stroke-dasharray/g)).toHaveLength(1);
  // The mean field so far is constant here: three level lines from 2 ps on, 100, 0 and −200 kV/cm.
  const lines = [...fieldInTime(run).matchAll(/<path d="(M[^"]+)"/g)].map(([, d]) => d!);
  const level = lines.filter((d) => new Set([...d.matchAll(/,([\d.]+)/g)].map(([, y]) => y)).size === 1);
  expect(level.length).toBeGreaterThanOrEqual(3);
  expect(problem(() => temperatureInTime({ ...run, series: new Float64Array(0) })).tag).toBe('range');
});

test('distributions of |P|: a line a column length, named, the peak told', () => {
  const shown = distributions.filter(({ window_ps }) => window_ps === 0);
  const svg = magnitudeChart(shown, 60);
  expect(svg).toContain(`1 cell, largest at ${quantity(shown[0]!.mode, 'uC/cm2')}`);
  for (const words of ['1 cell<', '2 cells<', '8 cells<', 'An instant']) expect(svg).toContain(words);
  expect(problem(() => magnitudeChart([{ ...shown[0]!, count: 0 }], 60)).tag).toBe('range');
});

test('coverage: even directions fill both disks evenly, and targets are rings', () => {
  const even = Float64Array.from(fibonacciSphere(2000).flatMap((v) => v.map((x) => 7 * x)));
  const svg = coverageDisks(even, 20, [
    [0, 0, 1],
    [0, 0, -1],
    [1, 0, 0],
  ]);
  // The equator is on both.
  expect(svg.match(/class="target"/g)).toHaveLength(4);
  const [upper] = svg.split('class="vectors"').slice(1);
  const dots = [...upper!.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="1.3"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(dots).toHaveLength(1000);
  const [, cx, cy, r] =
    /<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" fill="none" stroke="#1b1f24" stroke-width="0.8"\/>/
      .exec(svg.slice(svg.lastIndexOf('class="target"')))!
      .map(Number) as [number, number, number, number];
  const inner = dots.filter(([x, y]) => Math.hypot(x! - cx, y! - cy) < r / Math.SQRT2).length;
  expect(Math.abs(inner - 500)).toBeLessThan(25);
});

test('the report: numbers, strain states, what is left out', async () => {
  const summary: RunSummary = {
    run: {
      name: 'run-0001',
      temperature_K: 300,
      strain: 'free',
      conditions: { held: FREE },
      seed: 1,
      stream: 5,
    },
    temperature_K: 298.7,
    strain: [0.001, 0.001, 0.002, 0, 0, 0],
    field_V_per_A: [0, 0, 0.0025],
    P_uC_cm2: [0.1, -0.2, 12.3],
    cell_uC_cm2: 25.1,
    column_uC_cm2: 11.6,
    u_A: [0, 0, 0.05],
    u_rms_A: 0.064,
  };
  const columns = vectors(500);
  const ball = { p_max_uC_cm2: 20, directions: 8, sizes: 2 };
  const input: DynamicsReportInput = {
    material: 'Ba0.5Sr0.5TiO3',
    cells: '4 × 4 × 8',
    average_ps: 0.2,
    thermostat: 'Langevin thermostat',
    summaries: [summary],
    inTime: { ...run, run: 'run-0001', held: false },
    magnitudes: [{ of: '300 K, free', distributions, comparable: true }],
    columns_uC_cm2: columns,
    frames: { made: 12, kept: 10 },
    sampling: { coverage: await coverage(columns, ball), p_max_uC_cm2: 20, directions: fibonacciSphere(8) },
    strains: [strainState('free', [vectors(400)]), strainState('epitaxial, misfit −1 %', [vectors(400)])],
    notes: ['Shear is left out.'],
    recipe_toml: '[dynamics]\n',
    recipe_hash: 'abc',
    seed: 1,
    version: 'ferroscope test',
  };
  const files = renderDynamics(input);
  const html = files.get('report.html')!;
  expect([...files.keys()]).toEqual([
    'report.html',
    'figures/temperature.svg',
    'figures/polarization.svg',
    'figures/magnitude-0-ps.svg',
    'figures/magnitude-0-2-ps.svg',
    'figures/magnitude-1-ps.svg',
    'figures/coverage.svg',
    'figures/strain-1.svg',
    'figures/strain-2.svg',
  ]);
  for (const words of [
    '10 of 12 frames',
    'averaged over 0.2 ps',
    'exp(κt + βt² + γt⁴)',
    'Shear is left out.',
    '250.0',
    '<td>reference</td>',
    '8.6',
    '298.7',
  ]) {
    expect(html).toContain(words);
  }
  const plain = renderDynamics({
    ...input,
    average_ps: 0,
    strains: [],
    magnitudes: [{ of: '500 K, free', distributions, comparable: false }],
    inTime: { ...input.inTime, held: true },
  });
  expect([...plain.keys()]).toContain('figures/field.svg');
  expect(plain.get('report.html')).toContain('of one instant');
  expect(plain.get('report.html')).not.toContain('reference');
  expect(plain.get('report.html')).not.toContain('Strain turns');
});

test('component histograms: three outlines, three fits, their error told', () => {
  const state = strainState('epitaxial, misfit −1 %', [vectors(2000).map((v, i) => (i % 3 === 2 ? v + 30 : v))]);
  const svg = componentHistograms(state);
  const error = Math.max(...state.fits.map((fit) => fit.error));
  expect(svg).toContain(`${plural(2000, 'cell')}; fitted densities err by at most ${fixedLabel(error)}`);
  expect(svg.match(/stroke-width="1.7"/g)).toHaveLength(3);
});
