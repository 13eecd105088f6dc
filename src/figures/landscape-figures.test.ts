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
import { energySolid, solidDirections } from './landscape-solid.ts';
import { type Stereogram, stereogram } from './landscape-stereogram.ts';
import { gridDirections } from './stereographic.ts';

const of = uniformEnergy(BARIUM_STRONTIUM_TITANATE, { held: FREE });
const PIXELS = 36;
const halves: Stereogram['halves'] = [
  { half: 'upper', energies_meV: gridDirections(PIXELS, 'upper').map((n) => 1e3 * lowestAlong(of, n).energy_eV) },
];
const FACETS = 8;
const solid = {
  facets: FACETS,
  energies_meV: solidDirections(FACETS).map((n) => 1e3 * lowestAlong(of, n).energy_eV),
};
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

test('the surface in space: as wide as it is low, seen with z up, x to the left, y to the right; what looks away is left out', () => {
  const cornersOf = (energy: (n: Vec3) => number): [number, number][] => {
    const svg = energySolid({ facets: FACETS, energies_meV: solidDirections(FACETS).map(energy), poles: [] });
    const group = /<g class="solid"[\s\S]*?<\/g>/.exec(svg)![0];
    const paths = [...group.matchAll(/ d="M([^z]+)z"/g)].map(([, d]) => d!);
    // Half of all facets of a sphere, about half of what it is bent to.
    expect(Math.abs(paths.length / (6 * FACETS ** 2) - 0.5)).toBeLessThan(0.12);
    return paths.flatMap((d) => d.split('L').map((one) => one.split(' ').map(Number) as [number, number]));
  };
  const box = (points: readonly [number, number][]) => ({
    left: Math.min(...points.map(([x]) => x)),
    right: Math.max(...points.map(([x]) => x)),
    top: Math.min(...points.map(([, y]) => y)),
    bottom: Math.max(...points.map(([, y]) => y)),
  });
  const sphere = box(cornersOf(() => -5));
  const middle = [(sphere.left + sphere.right) / 2, (sphere.top + sphere.bottom) / 2] as const;
  const radius = middle[0] - sphere.left;
  expect(radius / (middle[1] - sphere.top)).toBeCloseTo(1, 1);
  // Lowest at one end of an axis, highest at the other: 1 and 0.6 of the radius.
  const up = box(cornersOf((n) => -n[2]));
  expect(middle[1] - up.top).toBeGreaterThan(up.bottom - middle[1]);
  const right = box(cornersOf((n) => -n[1]));
  expect(right.right - middle[0]).toBeGreaterThan(middle[0] - right.left);
  const left = box(cornersOf((n) => -n[0]));
  expect(middle[0] - left.left).toBeGreaterThan(left.right - middle[0]);
  for (const one of [up, right, left]) expect(one.right - one.left).toBeLessThan(2 * radius + 0.1);
});

test('the surface names the axes and the wells in sight, and refuses another grid', () => {
  const svg = energySolid({ ...solid, poles });
  expect(svg.match(/class="axis"/g)).toHaveLength(3);
  const names = new Set([...svg.matchAll(/>(\[.*?\])<\/text>/g)].map(([, name]) => name!));
  for (const n of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 1],
    [1, 1, 0],
  ] as Vec3[])
    expect(names).toContain(directionSvg(n));
  expect(names).not.toContain(directionSvg([-1, -1, -1]));
  expect(energySolid({ ...solid, poles })).toBe(svg);
  expect(problem(() => energySolid({ ...solid, facets: 7, poles })).tag).toBe('shape');
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
  solid,
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
    'figures/solid.svg',
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
  await expect(energySolid({ ...solid, title: 'Energy by direction', poles })).toMatchFileSnapshot(
    file('landscape-solid'),
  );
  await expect(energyProfiles(paths)).toMatchFileSnapshot(file('landscape-paths'));
  await expect(polarizationProfile(paths[0]!)).toMatchFileSnapshot(file('landscape-polarization'));
  await expect(sectionChart(sections)).toMatchFileSnapshot(file('landscape-sections'));
});
