import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { knownCrystal } from './known-crystals.ts';
import { inverse, latticeOf, type Mat3, multiply, times } from './lattice.ts';
import type { PerKind } from './material.ts';
import { perovskite } from './perovskite.ts';
import { bismuthFerrite, leadTitanate, potassiumNiobate } from './perovskites.ts';
import { modeNorm, scaled } from './phase.ts';
import { polarMode } from './polar-mode.ts';
import { displaceBySoftMode } from './soft-mode.ts';
import type { Vec3 } from './structure.ts';
import { r3c } from './test-perovskites.ts';
import type { Crystal } from './unit-cell.ts';

type Place = readonly [symbol: string, at: Vec3, occupancy?: number];

function crystal(lattice_A: Mat3, places: readonly Place[]): Crystal {
  return {
    name: 'made',
    lattice_A,
    symbols: places.map(([symbol]) => symbol),
    fractional: Float64Array.from(places.flatMap(([, at]) => at)),
    occupancy: Float64Array.from(places, ([, , share]) => share ?? 1),
    uIso_A2: new Float64Array(places.length).fill(Number.NaN),
  };
}

/** The unit vector of a pattern, B positive. */
function unit(mode: PerKind): PerKind {
  return scaled(mode, (Math.sign(mode.Ti - (mode.Opar + 2 * mode.Operp) / 3) || 1) / modeNorm(mode));
}

function expectMode(found: PerKind, wanted: PerKind, tolerance: number): void {
  const [a, b] = [unit(found), unit(wanted)];
  for (const key of ['A', 'Ti', 'Opar', 'Operp'] as const)
    expect(Math.abs(a[key] - b[key]), key).toBeLessThan(tolerance);
}

const sorted = (direction: Vec3) => direction.map(Math.abs).sort((a, b) => b - a);

test('tetragonal PbTiO3 as it is refined: the built-in mode, amplitude and edges', () => {
  const found = polarMode(
    crystal(latticeOf([3.902, 3.902, 4.156], [90, 90, 90]), [
      ['Pb', [0, 0, 0]],
      ['Ti', [0.5, 0.5, 0.5377]],
      ['O', [0.5, 0.5, 0.1118]],
      ['O', [0.5, 0, 0.6174]],
      ['O', [0, 0.5, 0.6174]],
    ]),
  );
  const { material, phase, edge_A } = leadTitanate();
  expectMode(found.mode, material.mode, 1e-9);
  expect(modeNorm(found.mode)).toBeCloseTo(phase!.u_A, 9);
  expect(found.axis).toBe('001');
  expect(found.edges_A.toSorted()).toEqual([3.902, 3.902, 4.156].map((x) => expect.closeTo(x, 9)));
  expect(found.a_A).toBeCloseTo(edge_A, 4);
  expect([found.A, found.B]).toEqual([{ Pb: 1 }, { Ti: 1 }]);
  expect(found.left).toBeLessThan(1e-6);
  expect(found.other_A).toBeLessThan(1e-9);
});

// Operations of R3c lay Bi and Fe three times on one place each: a third of an atom.
test('BiFeO3 in its hexagonal cell: [111], the built-in mode, tilts told apart from it', () => {
  const found = polarMode(
    crystal(latticeOf([5.57882, 5.57882, 13.86932], [90, 90, 120]), [
      ...r3c([0, 0, 0]).map((at): Place => ['Bi', at, 1 / 3]),
      ...r3c([0, 0, 0.22021]).map((at): Place => ['Fe', at, 1 / 3]),
      ...r3c([0.4469, 0.0181, 0.95183]).map((at): Place => ['O', at]),
    ]),
  );
  const { material, phase, edge_A } = bismuthFerrite();
  expect(found.axis).toBe('111');
  // Two O⊥ of one mode are two numbers in R3c.
  expectMode(found.mode, material.mode, 0.01);
  expect(Math.abs(modeNorm(found.mode) / (Math.sqrt(3) * phase!.u_A) - 1)).toBeLessThan(0.01);
  expect(Math.abs(found.a_A - edge_A)).toBeLessThan(2e-3);
  expect(sorted(found.direction)).toEqual([1, 1, 1].map((c) => expect.closeTo(c / Math.sqrt(3), 3)));
  // a⁻a⁻a⁻ of 0.0622 edges: each O moves so far along two of three axes; Bi and Fe do not.
  const tilt = 0.0622 * edge_A;
  expect(Math.abs(found.other_A / (tilt * Math.sqrt((3 * 2) / (4 * 3))) - 1)).toBeLessThan(0.02);
});

test('orthorhombic KNbO3, whose axes lie at 45° to its cell: [110]', () => {
  const [z, y] = [0.0364, 0.0024];
  const inC: readonly Place[] = [
    ['K', [0, 0, 0.0138]],
    ['Nb', [0.5, 0, 0.5]],
    ['O', [0, 0, 0.5 + z]],
    ['O', [0.5, 0.25 + y, 0.25 + 0.0342]],
    ['O', [0.5, 0.75 - y, 0.25 + 0.0342]],
  ];
  const places = inC.flatMap(([symbol, [a, b, c]]): Place[] => [
    [symbol, [a, b, c]],
    [symbol, [a, b + 0.5, c + 0.5]],
  ]);
  const found = polarMode(crystal(latticeOf([3.973, 5.695, 5.721], [90, 90, 90]), places));
  const { material, phase, edge_A } = potassiumNiobate();
  expect(found.axis).toBe('110');
  expectMode(found.mode, material.mode, 0.03);
  expect(Math.abs(modeNorm(found.mode) / (Math.SQRT2 * phase!.u_A) - 1)).toBeLessThan(0.03);
  expect(found.a_A).toBeCloseTo(edge_A, 3);
});

test('property: a mode in any direction, in any basis and frame, from any origin, comes back', () => {
  const random = new RandomStream(5, 'polar mode');
  for (let trial = 0; trial < 12; trial++) {
    const { material } = leadTitanate();
    const cells: Vec3 = [2, 2, 2];
    const u: Vec3 = [random.between(-0.2, 0.2), random.between(-0.2, 0.2), random.between(0.05, 0.2)];
    const size = Math.hypot(...u);
    const block = displaceBySoftMode(
      perovskite(cells, 3.95, new Uint8Array(8).fill(1)),
      material,
      Float64Array.from({ length: 24 }, (_, i) => u[i % 3]!),
    );
    const [a, b, g] = [random.between(0, 6), random.between(0, 3), random.between(0, 6)];
    const about = (t: number, axis: number): Mat3 => {
      const [c, s] = [Math.cos(t), Math.sin(t)];
      return axis === 2
        ? [
            [c, s, 0],
            [-s, c, 0],
            [0, 0, 1],
          ]
        : [
            [1, 0, 0],
            [0, c, s],
            [0, -s, c],
          ];
    };
    const turn = multiply(multiply(about(a, 2), about(b, 0)), about(g, 2));
    const box: Mat3 = [
      [7.9, 0, 0],
      [0, 7.9, 0],
      [0, 0, 7.9],
    ];
    // Another basis of the same lattice, determinant 1.
    const basis: Mat3 = [
      [1, 1, 0],
      [0, 1, 0],
      [0, -1, 1],
    ];
    const shift = random.between(0, 8);
    const back = inverse(multiply(basis, box));
    const places = block.symbols.map((symbol, i): Place => {
      const [x, y, z] = block.positions_A.slice(3 * i, 3 * i + 3);
      const f = times([x! + shift, y!, z! - shift], back);
      return [symbol, f.map((c) => c - Math.floor(c)) as unknown as Vec3];
    });
    const found = polarMode(crystal(multiply(multiply(basis, box), turn), places));
    expectMode(found.mode, material.mode, 1e-6);
    expect(modeNorm(found.mode)).toBeCloseTo(size, 6);
    expect(sorted(found.direction)).toEqual(sorted(u).map((c) => expect.closeTo(c / size, 5)));
    expect(found.left).toBeLessThan(1e-5);
    expect(found.other_A).toBeLessThan(1e-8);
  }
});

test('shares of mixed sites; no mode where there is none; what is no perovskite', () => {
  const mixed = polarMode(
    crystal(latticeOf([4, 4, 4.1], [90, 90, 90]), [
      ['Ba', [0, 0, 0], 0.6],
      ['Sr', [0, 0, 0], 0.4],
      ['Ti', [0.5, 0.5, 0.52]],
      ['O', [0.5, 0.5, 0]],
      ['O', [0.5, 0, 0.5]],
      ['O', [0, 0.5, 0.5]],
    ]),
  );
  expect([mixed.A, mixed.B]).toEqual([{ Ba: expect.closeTo(0.6, 9), Sr: expect.closeTo(0.4, 9) }, { Ti: 1 }]);
  // Titanium spread over eight places about the middle: disorder, no mode.
  const split = crystal(latticeOf([4, 4, 4], [90, 90, 90]), [
    ['Ba', [0, 0, 0]],
    ...[0, 1, 2, 3, 4, 5, 6, 7].map(
      (k): Place => ['Ti', [0, 1, 2].map((b) => 0.5 + ((k >> b) & 1 ? 0.012 : -0.012)) as unknown as Vec3, 0.125],
    ),
    ['O', [0.5, 0.5, 0]],
    ['O', [0.5, 0, 0.5]],
    ['O', [0, 0.5, 0.5]],
  ]);
  expect(() => polarMode(split)).toThrow(expect.objectContaining({ tag: 'unsupported' }));
  expect(() => polarMode(knownCrystal('SrTiO3'))).toThrow(expect.objectContaining({ tag: 'unsupported' }));
  for (const name of ['Si', 'Pt', '2H-MoS2'] as const) {
    expect(() => polarMode(knownCrystal(name))).toThrow(expect.objectContaining({ tag: 'shape' }));
  }
});
