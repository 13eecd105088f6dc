import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { lowestAlong, plus, polarization, stationaryPoints } from '../ferroelectric/landscape.ts';
import { BARIUM_STRONTIUM_TITANATE } from '../ferroelectric/parameters.ts';
import { minimumEnergyPath } from '../ferroelectric/path.ts';
import { FREE } from '../ferroelectric/strain.ts';
import { uniformEnergy } from '../ferroelectric/uniform.ts';
import { directionHtml, directionSvg, directionText } from './landscape-labels.ts';
import { energyProfiles, polarizationProfile, sectionChart } from './landscape-profile.ts';
import { type LandscapeReportInput, renderLandscape } from './landscape-report.ts';
import { type Stereogram, stereogram } from './landscape-stereogram.ts';
import { gridDirections } from './stereographic.ts';

const of = uniformEnergy(BARIUM_STRONTIUM_TITANATE, { held: FREE });
const PIXELS = 36;
const halves: Stereogram['halves'] = [
  { half: 'upper', energies_meV: gridDirections(PIXELS, 'upper').map((n) => 1e3 * lowestAlong(of, n).energy_eV) },
];
const points = stationaryPoints(of);
const paths = (
  [
    ['path 1', [0, 1, 0], [1, 0, 1], [0, -1, 0], [-1, 0, 1]],
    ['path 2', [0, 1, 0], [1, 0, 0], [0, -1, 0], [0, 0, 1]],
  ] as [string, Vec3, Vec3, Vec3, Vec3][]
).map(([name, from, over, to, plane]) => {
  const path = minimumEnergyPath(of, [from, over, to], { plane, images: 31 });
  return { name, path, P_uC_cm2: path.u_A.map((u) => polarization(of, u)) };
});
const poles = points
  .filter(({ family }) => family !== 'u = 0')
  .flatMap(({ equivalents, kind }) => equivalents.map((direction) => ({ direction, kind })));
const drawn: Stereogram = {
  halves,
  pixels: PIXELS,
  poles,
  paths: paths.map(({ name, path }) => ({ name, directions: path.u_A })),
};
const sections = (
  [
    [0, 0, 1],
    [1, 1, 0],
    [1, 1, 1],
  ] as Vec3[]
).map((direction) => ({
  direction,
  points: Array.from({ length: 61 }, (_, i) => {
    const u = 0.22 * (i / 30 - 1);
    return [u, 1e3 * of.energy(plus([0, 0, 0], direction, u / Math.hypot(...direction)))] as const;
  }),
}));

test('names of directions: small whole numbers, otherwise shares of the largest part; bars for minus', () => {
  expect(directionText([0.1, -0.1, 0])).toBe('[1 −1 0]');
  expect(directionText([0.1, 0.2, -0.3])).toBe('[1 2 −3]');
  expect(directionText([0.05, 0, 0.123])).toBe('[0.41 0 1]');
  expect(directionText([0, 0, 0])).toBe('0');
  expect(directionSvg([1, -1, 1])).toBe('[1<tspan text-decoration="overline">1</tspan>1]');
  expect(directionHtml([-1, 0, 0])).toBe('[<span style="text-decoration:overline">1</span>00]');
});

test('a stereogram names the poles of its half: 4 minima, 8 saddles and 5 tops of BST, none from below', () => {
  const svg = stereogram(drawn);
  // Each name twice: its white edge and itself.
  const names = [...svg.matchAll(/>(\[.*?\])<\/text>/g)].map(([, name]) => name!.replaceAll(/<[^>]*>/g, ''));
  expect(names).toHaveLength(2 * (4 + 8 + 5));
  expect(svg).not.toContain(directionSvg([0, 0, -1]));
  expect(svg.match(/class="path"/g)).toHaveLength(2);
});

test('contours lie where the energy is: what is high at +y is drawn at the top, what is high at +x at the right', () => {
  const bandOf = (value: (n: Vec3) => number): [number, number][] => {
    const energies_meV = gridDirections(PIXELS, 'upper').map(value);
    const svg = stereogram({ ...drawn, halves: [{ half: 'upper', energies_meV }], poles: [], paths: [] });
    const highest = [.../<g class="contours"[\s\S]*?<\/g>/.exec(svg)![0].matchAll(/ d="([^"]+)"/g)].at(-1)![1]!;
    return [...highest.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
  };
  const middle = 0.5 * 202;
  for (const [, y] of bandOf((n) => n[1])) expect(y).toBeLessThan(middle);
  for (const [x] of bandOf((n) => n[0])) expect(x).toBeGreaterThan(middle);
});

test('profiles mark stations where they are: tops at the energy of the saddle', () => {
  const svg = energyProfiles(paths);
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) => [Number(m[1]), Number(m[2])]);
  expect(dots).toHaveLength(10);
  const [start, well, top] = dots as [number, number][];
  // Down the page is down in energy: 6.94, 9.01 and 8.41 meV below u = 0.
  expect((well![1]! - start![1]!) / (well![1]! - top![1]!)).toBeCloseTo((9.0119 - 6.944) / 0.6005, 1);
  expect(problem(() => energyProfiles([])).tag).toBe('range');
});

test('a grid of another size is refused', () => {
  expect(problem(() => stereogram({ ...drawn, pixels: PIXELS + 1 })).tag).toBe('shape');
  expect(problem(() => stereogram({ ...drawn, halves: [] })).tag).toBe('range');
});

const input: LandscapeReportInput = {
  material: 'Ba0.5Sr0.5TiO3',
  conditions: 'strain relaxed',
  points,
  index_sum: 1,
  paths,
  sections,
  halves,
  pixels: PIXELS,
  checks: [
    { what: 'a well', value: -9.0119, target: -9.01, unit: 'meV', tolerance: 0.005 },
    { what: 'another', value: -8.4, target: -8.41, unit: 'meV', tolerance: 0.005 },
  ],
  notes: ['A <note>.'],
  recipe_toml: '',
  recipe_hash: '0',
  seed: 1,
  version: '0',
};

test('the report has every figure, each number beside its target, and whether it agrees', () => {
  const files = renderLandscape(input);
  expect([...files.keys()]).toEqual([
    'report.html',
    'figures/stereogram.svg',
    'figures/sections.svg',
    'figures/paths.svg',
    'figures/polarization-path-1.svg',
    'figures/polarization-path-2.svg',
  ]);
  const html = files.get('report.html')!;
  expect(html).toContain('<td>a well</td><td>−9.01</td><td>−9.01</td><td>meV</td><td>yes</td>');
  expect(html).toContain('<td>another</td><td>−8.40</td><td>−8.41</td><td>meV</td><td>no</td>');
  expect(html).toContain('8 lowest minima of −9.012 meV');
  expect(html).toContain('held in the plane across [−1 0 1]');
  expect(html).toContain('A &lt;note&gt;.');
  expect(renderLandscape({ ...input, index_sum: 3 }).get('report.html')).toContain('some are missing');
});

test('gallery', async () => {
  const file = (name: string): string => `__snapshots__/${name}.svg`;
  await expect(stereogram({ ...drawn, title: 'Energy by direction' })).toMatchFileSnapshot(
    file('landscape-stereogram'),
  );
  await expect(energyProfiles(paths)).toMatchFileSnapshot(file('landscape-paths'));
  await expect(polarizationProfile(paths[0]!)).toMatchFileSnapshot(file('landscape-polarization'));
  await expect(sectionChart(sections)).toMatchFileSnapshot(file('landscape-sections'));
});
