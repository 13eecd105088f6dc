import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { dot, norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { apart, inPlane, plus } from './landscape.ts';
import { BARIUM_STRONTIUM_TITANATE as BST, BARIUM_TITANATE as BTO } from './parameters.ts';
import { type EnergyPath, minimumEnergyPath } from './path.ts';
import { splineThrough } from './path-spline.ts';
import { clamped, epitaxial, FREE } from './strain.ts';
import { uniformEnergy } from './uniform.ts';

const bst = uniformEnergy(BST, { held: FREE });

/** Between neighbouring stations the energy only falls or only rises. */
function expectMonotone({ stations, length_A, energy_eV }: EnergyPath): void {
  stations.slice(1).forEach((to, k) => {
    const from = stations[k]!;
    const inside = energy_eV.filter((_, i) => length_A[i]! > from.at_A + 1e-4 && length_A[i]! < to.at_A - 1e-4);
    const leg = [from.energy_eV, ...inside, to.energy_eV];
    const sign = Math.sign(to.energy_eV - from.energy_eV);
    leg.slice(1).forEach((energy, i) => void expect(sign * (energy - leg[i]!)).toBeGreaterThan(0));
  });
}

test('BST turns from ⟨111⟩ to ⟨111⟩ over ⟨110⟩: 0.60 meV, whatever the number of images', () => {
  for (const images of [11, 61]) {
    const path = minimumEnergyPath(
      bst,
      [
        [1, 1, 1],
        [1, -1, 1],
      ],
      { images },
    );
    expect(1e3 * path.barrier_eV).toBeCloseTo(0.6, 2);
    expect(path.stations.map(({ role, kind }) => `${role}: ${kind}`)).toEqual([
      'end: minimum',
      'barrier: saddle',
      'end: minimum',
    ]);
    const top = path.stations[1]!.u_A;
    expect(top[0]).toBeCloseTo(top[2], 9);
    expect(top[1]).toBeCloseTo(0, 9);
    expect(norm(bst.gradient(top))).toBeLessThan(1e-9);
    expectMonotone(path);
  }
});

test('it is a path of steepest descent: no force across it, and none of its images but at stations is at rest', () => {
  const path = minimumEnergyPath(
    bst,
    [
      [1, 1, 1],
      [1, -1, 1],
    ],
    { images: 81 },
  );
  expect(path.force_eV_per_A).toBeLessThan(1e-6);
  path.u_A.slice(1, -1).forEach((u, i) => {
    const chord = plus(path.u_A[i + 2]!, path.u_A[i]!, -1);
    const force = bst.gradient(u);
    const along = dot(force, chord) / norm(chord);
    expect(norm(plus(force, chord, -along / norm(chord)))).toBeLessThan(5e-6);
  });
  // Against the largest force along the path.
  expect(Math.max(...path.u_A.map((u) => norm(bst.gradient(u))))).toBeGreaterThan(9e-3);
});

test("the paper's two paths from [010] to [0-10]: over ⟨111⟩ in the (-101) plane, and in the xy plane, which costs more", () => {
  const upper = minimumEnergyPath(
    bst,
    [
      [0, 1, 0],
      [1, 0, 1],
      [0, -1, 0],
    ],
    { plane: [-1, 0, 1] },
  );
  const flat = minimumEnergyPath(
    bst,
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, -1, 0],
    ],
    { plane: [0, 0, 1] },
  );
  const wells = (path: EnergyPath) => path.stations.filter(({ role }) => role === 'well');
  expect(wells(upper).map(({ energy_eV }) => Math.round(1e5 * energy_eV))).toEqual([-901, -901]);
  expect(wells(flat).map(({ energy_eV }) => Math.round(1e5 * energy_eV))).toEqual([-841, -841]);
  expect(1e3 * upper.barrier_eV).toBeCloseTo(0.6, 2);
  expect(1e3 * flat.barrier_eV).toBeCloseTo(8.412 - 6.944, 2);
  for (const [path, normal] of [
    [upper, [-Math.SQRT1_2, 0, Math.SQRT1_2]],
    [flat, [0, 0, 1]],
  ] as [EnergyPath, Vec3][]) {
    for (const u of path.u_A) expect(Math.abs(dot(u, normal))).toBeLessThan(1e-12);
    expectMonotone(path);
  }
});

test('a free path falls off a ridge that it starts on: never over a second-order saddle', () => {
  // The arcs lead over [-100], which is a top of the landscape.
  const path = minimumEnergyPath(bst, [
    [1, 1, 1],
    [-1, 1, 1],
    [-1, -1, -1],
  ]);
  const kinds = path.stations.filter(({ role }) => role === 'barrier').map(({ kind }) => kind);
  expect(kinds).toEqual(['saddle', 'saddle', 'saddle']);
  expect(1e3 * path.barrier_eV).toBeCloseTo(0.6, 2);
});

test('strain changes the barrier: clamped above relaxed, and a compressed film switches over its plane', () => {
  const through: Vec3[] = [
    [1, 1, 1],
    [1, -1, 1],
  ];
  const held = minimumEnergyPath(uniformEnergy(BTO, { held: clamped() }), through).barrier_eV;
  expect(1e3 * held).toBeCloseTo(15.71 - 12.35, 1);
  expect(1e3 * minimumEnergyPath(uniformEnergy(BTO, { held: FREE }), through).barrier_eV).toBeCloseTo(21.02 - 20.19, 1);
  const film = uniformEnergy(BST, { held: epitaxial(-0.01, 'z') });
  const switching = minimumEnergyPath(film, [
    [0, 0, 1],
    [1, 1, 0],
    [0, 0, -1],
  ]);
  expect(switching.stations.map(({ kind }) => kind)).toEqual(['minimum', 'saddle', 'minimum']);
  expect(switching.stations[1]!.u_A[2]).toBeCloseTo(0, 8);
});

test('in a plane that is no mirror, the ends are stationary in the plane', () => {
  const normal: Vec3 = [1 / Math.sqrt(6), -1 / Math.sqrt(6), 2 / Math.sqrt(6)];
  const path = minimumEnergyPath(
    bst,
    [
      [1, 1, 0],
      [0, 2, 1],
    ],
    { plane: [1, -1, 2] },
  );
  for (const { u_A } of path.stations) expect(norm(inPlane(bst.gradient(u_A), normal))).toBeLessThan(1e-9);
});

test('what is no path is refused', () => {
  const tag = (through: Vec3[], options = {}) => problem(() => minimumEnergyPath(bst, through, options)).tag;
  expect(tag([[1, 1, 1]])).toBe('range');
  expect(
    tag([
      [1, 1, 1],
      [-1, -1, -1],
    ]),
  ).toBe('range');
  expect(
    tag([
      [1, 1, 1],
      [1, 1, 1],
    ]),
  ).toBe('range');
  expect(
    tag(
      [
        [1, 1, 1],
        [1, -1, 1],
      ],
      { plane: [0, 0, 1] },
    ),
  ).toBe('range');
  expect(
    tag(
      [
        [1, 1, 0],
        [1, -1, 0],
      ],
      { plane: [0, 0, 0] },
    ),
  ).toBe('range');
  const film = uniformEnergy(BST, { held: epitaxial(-0.01, 'z') });
  expect(
    problem(() =>
      minimumEnergyPath(film, [
        [1, 1, 1],
        [0, 0, 1],
      ]),
    ).message,
  ).toContain('[1 1 1]');
});

test('the spline keeps a circle: radius and tangents to its fourth order, points evenly apart', () => {
  const error = (n: number) => {
    const points = Array.from({ length: n }, (_, i): Vec3 => {
      const angle = Math.PI * (i / (n - 1)) ** 1.2;
      return [Math.cos(angle), Math.sin(angle), 0.3];
    });
    const spline = splineThrough(points);
    const middle = Math.floor(n / 2);
    const [x, y] = points[middle]!;
    expect(apart(spline.tangents[middle]!, [-y, x, 0])).toBeLessThan(2 / n ** 2);
    const even = spline.evenly(n).slice(n >> 2, 3 * (n >> 2));
    const gaps = even.slice(1).map((u, i) => apart(u, even[i]!));
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThan(1.01);
    return Math.max(...even.map(([a, b]) => Math.abs(Math.hypot(a, b) - 1)));
  };
  expect(error(20)).toBeLessThan(1e-4);
  expect(error(40)).toBeLessThan(error(20) / 8);
});
