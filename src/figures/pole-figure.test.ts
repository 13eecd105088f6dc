import { expect, test } from 'vitest';
import { cross, dot } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { poleFigure } from './pole-figure.ts';
import { poleDirections } from './pole-frame.ts';
import { exampleStates } from './test-findings.ts';

const plain = (svg: string): string => svg.replaceAll(/<[^>]+>/g, '');
/** Disks of the figure: what each holds. */
const disks = (svg: string): string[] => svg.split('<g class="pole-disk">').slice(1);
const poles = (disk: string): [number, number][] =>
  [...disk.matchAll(/class="poles" d="([^"]+)"/g)].flatMap((m) =>
    [...m[1]!.matchAll(/M([\d.]+) ([\d.]+)h0/g)].map((p): [number, number] => [Number(p[1]), Number(p[2])]),
  );
const circleOf = (disk: string): [number, number, number] =>
  /<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" fill="none" stroke="#1b1f24"/.exec(disk)!.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
/** Place in units of the rim, y up. */
const placed = (disk: string, [x, y]: readonly [number, number]): [number, number] => {
  const [cx, cy, r] = circleOf(disk);
  return [(x - cx) / r, (cy - y) / r];
};
const cloud = (...v: Vec3[]) => ({ x: v.map((u) => u[0]), y: v.map((u) => u[1]), z: v.map((u) => u[2]) });

test('for each polar axis: (right, up, to the reader) is right-handed and the poles lie where the table says', () => {
  const table = {
    x: [
      [0, 0, 1],
      [0, -1, 0],
      [1, 0, 0],
    ],
    y: [
      [1, 0, 0],
      [0, 0, 1],
      [0, -1, 0],
    ],
    z: [
      [1, 0, 0],
      [0, -1, 0],
      [0, 0, -1],
    ],
  } as const;
  for (const polar of ['x', 'y', 'z'] as const) {
    const [right, up, reader] = table[polar];
    expect(dot(cross(right as unknown as Vec3, up as unknown as Vec3), reader as unknown as Vec3)).toBe(1);
    const near = (v: readonly number[]): Vec3 => v.map((part, k) => 3 * part + 1e-3 * reader[k]!) as unknown as Vec3;
    for (const [v, where] of [
      [near(right), [1, 0]],
      [near(up), [0, 1]],
      [near(reader), [0, 0]],
    ] as const) {
      const [upper, lower] = disks(poleFigure({ polar, panels: [{ cloud: cloud(v) }] }));
      const found = poles(upper!);
      expect(found).toHaveLength(1);
      expect(poles(lower!)).toHaveLength(0);
      const [x, y] = placed(upper!, found[0]!);
      expect(x).toBeCloseTo(where[0], 2);
      expect(y).toBeCloseTo(where[1], 2);
    }
  }
});

test('the default’s middle is −y, then +y; a landscape is asked for where it is drawn', () => {
  expect(plain(poleFigure({ panels: [{ cloud: cloud([0, 1, 0]) }] }))).toMatch(/around −y[\s\S]*around \+y/);
  const pixels = 41;
  const middle = (pixels * pixels - 1) / 2;
  expect(poleDirections(pixels, 'upper')[middle]!.map((v) => Math.round(v * 1e6) + 0)).toEqual([0, -1e6, 0]);
  expect(poleDirections(pixels, 'lower', 'z')[middle]!.map((v) => Math.round(v * 1e6) + 0)).toEqual([0, 0, 1e6]);
  const energies = (half: 'upper' | 'lower') =>
    poleDirections(pixels, half).map((v) => v[0] ** 4 + v[1] ** 4 + v[2] ** 4);
  const landscape = { pixels, energies_meV: { upper: energies('upper'), lower: energies('lower') } };
  const svg = poleFigure({ panels: [{ cloud: cloud([1, 1, 1]) }], landscape });
  expect(svg.match(/class="contours"/g)).toHaveLength(2);
  expect(() => poleFigure({ panels: [{}], landscape: { pixels, energies_meV: {} } })).toThrow('no upper half');
});

test('of many points an even share is drawn, and said; NaN, zero vectors and other regions are not', () => {
  const count = 3000;
  const around = Array.from({ length: count }, (_, i): Vec3 => [0.3 * Math.cos(i), -1, 0.3 * Math.sin(i)]);
  const svg = poleFigure({ panels: [{ cloud: cloud(...around) }], halves: ['upper'], most: 500 });
  expect(Math.abs(poles(disks(svg)[0]!).length - 500)).toBeLessThan(3);
  expect(plain(svg)).toContain('one in 6 of up to 3\u2009000');
  const few = cloud([0, -1, 0], [0, 0, 0], [Number.NaN, 0, 0], [0.1, -1, 0]);
  const shown = poleFigure({
    panels: [{ cloud: { ...few, region: Uint8Array.of(0, 0, 0, 255) } }],
    regions: ['upper'],
    halves: ['upper'],
  });
  expect(poles(disks(shown)[0]!)).toHaveLength(1);
  expect(() => poleFigure({ panels: [{ cloud: { ...few, region: Uint8Array.of(1) } }] })).toThrow('1 and 4');
  expect(() => poleFigure({ panels: [] })).toThrow('no half');
});

test('tracks: a cone of the stated half angle, great circles through the rim on both halves', () => {
  const means = [
    { direction: [0, -1, 0] as Vec3, cone95_deg: 20 },
    { direction: [1, 0, 0] as Vec3, cone95_deg: 120 },
    { direction: [1, 1, 0] as Vec3, cone95_deg: 5 },
  ];
  const [upper, lower] = disks(
    poleFigure({ panels: [{ tracks: [{ region: 0, means }] }], regions: ['film'], states: ['a', 'b', 'c'] }),
  );
  const cone = /class="cone" d="([^"]+)"/.exec(upper!)![1]!;
  const radii = [...cone.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map((m) =>
    Math.hypot(...placed(upper!, [Number(m[1]), Number(m[2])])),
  );
  for (const radius of radii) expect(radius).toBeCloseTo(Math.tan((10 * Math.PI) / 180), 2);
  expect(upper!.match(/class="cone"/g)).toHaveLength(1);
  expect(lower!.match(/class="cone"/g)).toHaveLength(1);
  for (const disk of [upper!, lower!]) expect(disk).toContain('class="track"');
});

test('gallery', async () => {
  const states = exampleStates(22, 36);
  const region = Uint8Array.from({ length: 22 * 36 }, (_, i) => Math.min(2, Math.floor(i / (36 * 7.4))));
  const tracks = [0, 1, 2].map((k) => ({
    region: k,
    means: states.map((_, i) => ({
      direction: [0.4 - 0.2 * i, k - 1 + 0.4 * (i - 1), 0.5] as Vec3,
      cone95_deg: 6 + 2 * k,
    })),
  }));
  await expect(
    poleFigure({
      title: 'Poles',
      regions: ['upper', 'middle', 'lower'],
      states: states.map(({ name }) => name),
      most: 300,
      panels: [
        ...states.slice(0, 2).map(({ name, field }) => ({ head: name, cloud: { ...field.values, region } })),
        { head: 'means', tracks },
      ],
    }),
  ).toMatchFileSnapshot('__snapshots__/pole-figure.svg');
});
