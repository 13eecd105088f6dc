import { expect, test } from 'vitest';
import { counts2, equalBins } from '../findings/relation.ts';
import { countsFigure } from './counts-figure.ts';
import { densities } from './densities.ts';
import { findingTable, insideNull } from './finding-table.ts';
import { histogramFigure } from './histogram-figure.ts';
import { type ProfileState, profileFigure } from './profile-figure.ts';
import { buildReport } from './report.ts';
import { seriesStyle } from './series-style.ts';
import { exampleStates } from './test-findings.ts';

const plain = (svg: string): string => svg.replaceAll(/<[^>]+>/g, '');
const numbers = (text: string): number[] => [...text.matchAll(/-?[\d.]+/g)].map((m) => Number(m[0]));
/** Corners of strokes of that colour, [path][x, y, x, y …]. */
const strokes = (svg: string, colour: string): number[][] =>
  [...svg.matchAll(new RegExp(`<path d="([^"]+)" fill="none" stroke="${colour}"`, 'g'))].map((m) => numbers(m[1]!));

test('states differ without colour, by dash and by mark', () => {
  for (const count of [2, 3, 5]) {
    const styles = Array.from({ length: count }, (_, i) => seriesStyle(i, count));
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(count);
    expect(new Set(styles.map(({ mark }) => mark)).size).toBe(count);
  }
});

const place_nm = [0, 1, 2, 3];
const profile = (values: number[]): ProfileState => ({
  name: 'film',
  values,
  band68: { low: values.map((v) => v - 1), high: values.map((v) => v + 1) },
});

test('profiles run down the page as maps do, or up; a gap parts line and band; the null lies behind', () => {
  const options = {
    symbol: 'P_y',
    unit: 'uC/cm2',
    place_nm,
    range: [-10, 10] as const,
    states: [profile([0, 5, Number.NaN, 5])],
  };
  const colour = seriesStyle(0, 1).colour;
  const down = profileFigure(options);
  const [line] = strokes(down, colour);
  expect(line!.length).toBe(6);
  expect(line![3]! - line![1]!).toBeGreaterThan(20);
  expect(line![2]! - line![0]!).toBeGreaterThan(20);
  const up = strokes(profileFigure({ ...options, upwards: true }), colour)[0]!;
  expect(up[3]! - up[1]!).toBeCloseTo(line![1]! - line![3]!, 1);
  expect(
    [...down.matchAll(/<path d="([^"]+)" fill="#0b5fa5" fill-opacity/g)].map((m) => m[1]!.match(/z/g)!.length),
  ).toEqual([2]);
  const nothing = { name: 'shuffled', mean: [0, 0, 0, 0], low: [-1, -1, -1, -1], high: [1, 1, 1, 1] };
  const both = profileFigure({ ...options, null: nothing });
  const behind = both.lastIndexOf('fill="#dfe3e7" fill-opacity');
  expect(behind).toBeGreaterThan(0);
  expect(behind).toBeLessThan(both.indexOf(`stroke="${colour}"`));
  expect(plain(both)).toContain('shuffled');
  expect(() => profileFigure({ ...options, states: [] })).toThrow('no profile');
  expect(() => profileFigure({ ...options, states: [profile([1])] })).toThrow('1 values at 4 places');
});

test('a histogram’s steps stand on the axis, with the width at half the fitted height', () => {
  const density = [0, 0.5, 0.5, 0];
  const fit = [0, 1, 2, 3, 4].map((x) => [x, 0.5 * Math.exp(-((x - 2) ** 2))] as const);
  const half = Math.sqrt(Math.log(2));
  const svg = histogramFigure({
    symbol: 'rotation',
    unit: '°',
    range: [0, 4],
    states: [{ name: '0 V', density, n: 10, fit, fwhm: { low: 2 - half, high: 2 + half, sigma: 0.1 } }],
    null: { name: 'noise', density: [0.25, 0.25, 0.25, 0.25] },
  });
  expect(plain(svg)).toContain('0 V, n = 10, FWHM 1.67 ± 0.10°');
  const [steps, curve] = strokes(svg, '#0b5fa5');
  const bottom = steps![1]!;
  expect(Math.max(...steps!.filter((_, i) => i % 2 === 1))).toBeCloseTo(bottom, 1);
  const peak = Math.min(...curve!.filter((_, i) => i % 2 === 1));
  const [x0, y, , , x1] = /class="fwhm" d="M([\d.]+) ([\d.]+)v(6)m(0) -3H([\d.]+)/.exec(svg)!.slice(1).map(Number);
  expect(y! + 3).toBeCloseTo((bottom + peak) / 2, 1);
  const width = (steps!.at(-2)! - steps![0]!) / 4;
  expect((x1! - x0!) / width).toBeCloseTo(2 * half, 1);
  expect(() =>
    histogramFigure({
      symbol: '',
      unit: '',
      range: [0, 1],
      states: [
        { name: '', density: [1] },
        { name: '', density: [1, 2] },
      ],
    }),
  ).toThrow('Not all');
  expect(() => histogramFigure({ symbol: '', unit: '', range: [0, 1], states: [] })).toThrow('no distribution');
});

test('counts: the cell of high b is up, empty cells are white, means carry errors, the mean change points where it should', () => {
  const a = Float64Array.from({ length: 400 }, (_, i) => i / 400);
  const b = a.map((v) => 2 * v);
  const counts = counts2(a, b, { a: [0, 1], b: [-1, 2] }, [30, 20]);
  const svg = countsFigure({
    a: { symbol: '|T_d|', unit: '1/nm2' },
    b: { symbol: '|ΔP_y|', unit: 'uC/cm2' },
    counts,
    bins: equalBins(a, b, 5),
    null: { name: 'shuffled', bins: equalBins(a, b.toReversed(), 5) },
    mean: { a: 0.5, b: 1, sigma_a: 0.1, sigma_b: 0.2 },
  });
  const means = [...svg.matchAll(/<g class="means">[\s\S]*?<\/g>/g)].map((m) => m[0]);
  expect(means).toHaveLength(2);
  const rise = (group: string): number => {
    const places = [...group.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="2.3"/g)].map((m) => Number(m[2]));
    return places[0]! - places.at(-1)!;
  };
  // b grows up the page.
  expect(rise(means[1]!)).toBeGreaterThan(40);
  const arrow = numbers(/class="mean-change">[\s\S]*?<path d="(M[\d.]+ [\d.]+L[\d.]+ [\d.]+)" stroke/.exec(svg)![1]!);
  expect(arrow[2]).toBeGreaterThan(arrow[0]!);
  expect(arrow[3]).toBeLessThan(arrow[1]!);
  expect(svg).toContain('400 positions counted by |T_d| and |ΔP_y|, 1 to 20 per cell; 0 lie beyond the axes.');
});

test('findings: σ sets the digits, nulls are grey, and what a null gives too is said', () => {
  const finding = {
    name: 'Q',
    unit: '',
    value: 0.03,
    sigma: 0.02,
    interval: [-0.01, 0.07] as const,
    n: 19_800,
    nulls: { noise: { mean: 0.01, interval: [-0.05, 0.06] as const } },
  };
  const size = {
    name: 'P_y, upper',
    unit: 'uC/cm2',
    value: 6.1234,
    sigma: 0.21,
    corrected: 6.0,
    n: 6000,
    nulls: { shuffled: { mean: 0.1, interval: [-0.4, 0.5] as const } },
  };
  const table = findingTable([finding, size], 'Found');
  expect(table.columns.map(({ label }) => label)).toEqual([
    'Finding',
    'Value',
    'Without noise, ± σ',
    '95% interval',
    'n',
    'Shuffled',
    'Noise alone',
  ]);
  const html = (cell: unknown) => (typeof cell === 'object' ? (cell as { html: string }).html : String(cell));
  expect(html(table.rows[0]![0])).toContain('<span class="null">as noise alone gives</span>');
  expect(table.rows[0]!.slice(1, 4)).toEqual(['0.030 ± 0.020', '', '−0.010 to 0.070']);
  expect(html(table.rows[0]![4])).toContain('19\u2009800');
  expect(html(table.rows[1]![0])).toContain(', upper <span class="null">(µC/cm²)</span></div>');
  expect(table.rows[1]!.slice(1, 3)).toEqual(['6.12', '6.00 ± 0.21']);
  expect(html(table.rows[1]![5])).toBe('<span class="null">0.10 (−0.40 to 0.50)</span>');
  expect(insideNull(finding, { mean: 0, interval: [0.04, 1] })).toBe(false);
  // In closed form, without an interval of its own: inside the value's.
  expect(insideNull(finding, { mean: 0.05, interval: [0.05, 0.05] })).toBe(true);
  expect(insideNull(finding, { mean: 0.08, interval: [0.08, 0.08] })).toBe(false);
  const open = findingTable([{ ...size, undetermined: 'no peak' }]);
  expect(html(open.rows[0]![0])).toContain('not determined: no peak');
  const report = buildReport({
    title: 't',
    summary: 's',
    sections: [{ heading: 'h', table }],
    provenance: { recipe_toml: '', version: '0' },
  });
  expect(report.includes('as noise alone gives')).toBe(true);
  // No nulls: no column for them.
  expect(findingTable([{ ...size, nulls: {}, corrected: undefined }]).columns.map(({ label }) => label)).toEqual([
    'Finding',
    'Value ± σ',
    'n',
  ]);
});

test('gallery', async () => {
  const states = exampleStates(22, 36);
  const file = (name: string): string => `__snapshots__/${name}.svg`;
  const rows = (values: ArrayLike<number>): number[] =>
    Array.from({ length: 22 }, (_, y) => {
      const row = Array.from({ length: 36 }, (_, x) => values[y * 36 + x]!).filter(Number.isFinite);
      return row.reduce((a, b) => a + b, 0) / row.length;
    });
  const profiles = states.map(({ name, field }): ProfileState => {
    const values = rows(field.values.y);
    const around = (by: number) => ({ low: values.map((v) => v - by), high: values.map((v) => v + by) });
    return { name, values, band68: around(0.8), band95: around(1.6) };
  });
  const flat = (value: number) => new Array(22).fill(value);
  await expect(
    profileFigure({
      title: 'Across the film',
      symbol: 'P_y',
      unit: 'uC/cm2',
      place_nm: Array.from({ length: 22 }, (_, i) => 0.4 * i),
      states: profiles,
      null: { name: 'shuffled, 95%', mean: flat(0.2), low: flat(-0.6), high: flat(1) },
    }),
  ).toMatchFileSnapshot(file('profile-figure'));
  await expect(
    histogramFigure({
      symbol: '|P|',
      unit: 'uC/cm2',
      range: [0, 20],
      states: states.map(({ name, field: { values } }) => ({
        name,
        density: densities(
          values.x.map((x, i) => Math.hypot(x, values.y[i]!, values.z[i]!)),
          [0, 20],
          20,
        ),
      })),
    }),
  ).toMatchFileSnapshot(file('histogram-figure'));
  const change = (axis: 'x' | 'y') =>
    Float64Array.from(states[2]!.field.values[axis], (v, i) => v - states[1]!.field.values[axis][i]!).filter(
      Number.isFinite,
    );
  await expect(
    countsFigure({
      title: '0 V → +2 V',
      a: { symbol: 'ΔP_y', unit: 'uC/cm2' },
      b: { symbol: 'ΔP_x', unit: 'uC/cm2' },
      counts: counts2(change('y'), change('x'), { a: [-12, 12], b: [-8, 8] }, [16, 24]),
      bins: equalBins(change('y'), change('x'), 6),
      mean: { a: 3, b: -1, sigma_a: 0.6, sigma_b: 0.5 },
    }),
  ).toMatchFileSnapshot(file('counts-figure'));
});
