/** Orthogonal blocks: known cells, the same neighbours as the crystal by a naive count, strain, and what cannot be cut. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { molybdenite2H, silicon } from './known-crystals.ts';
import { at, determinant, latticeOf, multiply, norm, planeSpacings, times } from './lattice.ts';
import { type CutBlock, orthogonalCell } from './orthogonal.ts';
import type { Vec3 } from './structure.ts';
import type { Crystal } from './unit-cell.ts';

function crystal(lengths: Vec3, angles: Vec3, atoms: readonly [symbol: string, ...f: Vec3][], name = 'test'): Crystal {
  return {
    name,
    lattice_A: latticeOf(lengths, angles),
    symbols: atoms.map(([symbol]) => symbol),
    fractional: Float64Array.from(atoms.flatMap(([, ...f]) => f)),
    occupancy: new Float64Array(atoms.length).fill(1),
    uIso_A2: new Float64Array(atoms.length).fill(Number.NaN),
  };
}

const STO = crystal(
  [3.905, 3.905, 3.905],
  [90, 90, 90],
  [
    ['Sr', 0, 0, 0],
    ['Ti', 0.5, 0.5, 0.5],
    ['O', 0.5, 0.5, 0],
    ['O', 0.5, 0, 0.5],
    ['O', 0, 0.5, 0.5],
  ],
);

/** The block as a crystal: for counting neighbours. */
function asCrystal({ cell_A, symbols, positions_A }: CutBlock): Crystal {
  const fractional = positions_A.map((x, i) => x / cell_A[i % 3]!);
  return { ...crystal(cell_A, [90, 90, 90], []), symbols, fractional };
}

/** Naive oracle: per pair of symbols, all distances below `radius` [Å] per atom, sorted. */
function distances({ lattice_A, symbols, fractional }: Crystal, radius: number): Map<string, number[]> {
  const reach = planeSpacings(lattice_A).map((d) => Math.ceil(radius / d) + 1) as unknown as Vec3;
  const found = new Map<string, number[]>();
  for (let i = 0; i < symbols.length; i++) {
    for (let j = 0; j < symbols.length; j++) {
      const [p, q] = [at(fractional, i), at(fractional, j)];
      const list = found.get(`${symbols[i]}-${symbols[j]}`) ?? [];
      found.set(`${symbols[i]}-${symbols[j]}`, list);
      for (let x = -reach[0]; x <= reach[0]; x++)
        for (let y = -reach[1]; y <= reach[1]; y++)
          for (let z = -reach[2]; z <= reach[2]; z++) {
            const d = norm(times([q[0] - p[0] + x, q[1] - p[1] + y, q[2] - p[2] + z], lattice_A));
            if (d > 1e-6 && d < radius) list.push(d);
          }
    }
  }
  for (const list of found.values()) list.sort((a, b) => a - b);
  return found;
}

/** Largest difference of the k-th distance per atom between crystal and block [Å]; Infinity where counts differ. */
function neighbourError(from: Crystal, block: CutBlock, radius = 6): number {
  const ours = distances(asCrystal(block), radius);
  let worst = 0;
  for (const [pair, theirs] of distances(from, radius)) {
    const list = ours.get(pair) ?? [];
    // Repeated so that both stand for the same number of atoms.
    const [m, n] = [block.symbols.length, from.symbols.length];
    if (list.length * n !== theirs.length * m) return Number.POSITIVE_INFINITY;
    for (let k = 0; k < list.length; k++)
      worst = Math.max(worst, Math.abs(list[k]! - theirs[Math.floor(((k + 0.5) * n) / m)]!));
  }
  return worst;
}

function density(block: CutBlock): number {
  return block.symbols.length / (block.cell_A[0] * block.cell_A[1] * block.cell_A[2]);
}

const R2 = Math.SQRT2;
const R3 = Math.sqrt(3);
const A_SI = 5.431302;
const CASES: [name: string, from: Crystal, zone: Vec3, cell: Vec3, atoms: number][] = [
  ['SrTiO3 [001]', STO, [0, 0, 1], [3.905, 3.905, 3.905], 5],
  ['SrTiO3 [110]', STO, [1, 1, 0], [3.905, 3.905 * R2, 3.905 * R2], 10],
  ['SrTiO3 [111]', STO, [1, 1, 1], [3.905 * R2, 3.905 * R2 * R3, 3.905 * R3], 30],
  ['Si [110]', silicon(), [1, 1, 0], [A_SI / R2, A_SI, A_SI / R2], 4],
  ['Si [001]', silicon(), [0, 0, 1], [A_SI / R2, A_SI / R2, A_SI], 4],
  ['Si [112]', silicon(), [1, 1, 2], [A_SI / R2, A_SI * R3, (A_SI * R3) / R2], 12],
  ['MoS2 [001]', molybdenite2H(), [0, 0, 1], [3.16, 3.16 * R3, 12.294], 12],
  ['MoS2 [100]', molybdenite2H(), [1, 0, 0], [3.16 * R3, 12.294, 3.16], 12],
];

test.each(CASES)('%s: edges, atoms, and the neighbours of the crystal', (name, from, zone, cell, atoms) => {
  const block = orthogonalCell(from, { zone });
  for (const axis of [0, 1, 2] as const) expect(block.cell_A[axis]).toBeCloseTo(cell[axis], 6);
  expect(block.symbols).toHaveLength(atoms);
  expect(block.strain).toBeLessThan(1e-9);
  expect(density(block)).toBeCloseTo(from.symbols.length / determinant(from.lattice_A), 8);
  const error = neighbourError(from, block);
  console.log(
    `${name}: ${block.cell_A.map((x) => x.toFixed(3)).join(' × ')} Å, ${atoms} atoms, distances to 6 Å differ by ${error.toExponential(1)} Å at most`,
  );
  expect(error).toBeLessThan(1e-9);
  expect(block.positions_A.every((x, i) => x >= 0 && x < block.cell_A[i % 3]!)).toBe(true);
  // The rows make a right-handed box, z along the zone axis.
  expect(determinant(multiply(block.transformation, from.lattice_A))).toBeGreaterThan(0);
  const [u, v, w] = block.transformation[2];
  for (const product of [u * zone[1] - v * zone[0], v * zone[2] - w * zone[1]]) expect(product).toBeCloseTo(0, 9);
});

test('Si [110] shows its dumbbells, and z is [110]', () => {
  const { positions_A, transformation, u2_A2 } = orthogonalCell(silicon(), { zone: [1, 1, 0] });
  expect(transformation).toEqual([
    [0.5, -0.5, 0],
    [0, 0, -1],
    [0.5, 0.5, 0],
  ]);
  expect(u2_A2).toEqual({ Si: expect.closeTo(0.00577, 12) });
  // Atoms a/4 apart along y in projection, at the same x: 1.36 Å.
  const [p, ...rest] = [0, 1, 2, 3].map((i) => at(positions_A, i));
  const pairs = rest.map((q) => [Math.abs(q[0] - p![0]), Math.abs(q[1] - p![1])]);
  expect(pairs.some(([x, y]) => x! < 1e-9 && Math.abs(Math.min(y!, A_SI - y!) - A_SI / 4) < 1e-9)).toBe(true);
});

test('x as asked for: the cube of Si, and a direction that is not across the beam', () => {
  const cube = orthogonalCell(silicon(), { zone: [0, 0, 1], x: [1, 0, 0] });
  expect(cube.cell_A.map((x) => x.toFixed(4))).toEqual(['5.4313', '5.4313', '5.4313']);
  expect(cube.symbols).toHaveLength(8);
  expect(orthogonalCell(STO, { zone: [1, 1, 0], x: [1, -1, 0] }).cell_A[0]).toBeCloseTo(3.905 * R2, 9);
  expect(problem(() => orthogonalCell(STO, { zone: [1, 1, 0], x: [1, 0, 0] }))).toMatchObject({
    tag: 'range',
    fields: { angle_deg: expect.closeTo(45, 6) },
  });
});

test('without a zone axis an orthogonal cell stays as it is, also a supercell or a left-handed one', () => {
  expect(orthogonalCell(silicon())).toMatchObject({
    cell_A: [A_SI, A_SI, A_SI],
    strain: 0,
    transformation: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  });
  expect([...orthogonalCell(STO).positions_A]).toEqual([...STO.fractional].map((f) => f * 3.905));
  const [a, b, c] = latticeOf([3, 4, 5], [90, 90, 90]);
  const left: Crystal = {
    ...crystal(
      [3, 4, 5],
      [90, 90, 90],
      [
        ['Ba', 0.1, 0.1, 0.2],
        ['O', 0.5, 0.7, 0.6],
        ['H', 0.9, 0.3, 0.4],
      ],
    ),
    lattice_A: [a, [0, -b[1], 0], c],
  };
  const block = orthogonalCell(left);
  expect(block.transformation[1]).toEqual([0, -1, 0]);
  // Handedness of the three atoms in space is kept.
  const triple = (p: readonly Vec3[]) => determinant([p[0]!, p[1]!, p[2]!]);
  const turned = [0, 1, 2].map((i) => at(block.positions_A, i)).map((p): Vec3 => [p[0], p[1] - 4, p[2]]);
  const given = [0, 1, 2].map((i) => times(at(left.fractional, i), left.lattice_A));
  expect(triple(turned)).toBeCloseTo(triple(given), 9);
});

test('a displacement of 2 pm keeps the large cell; none gives the small one', () => {
  const double = (shift: number) =>
    crystal(
      [3.905, 3.905, 7.81],
      [90, 90, 90],
      [
        ['Ti', 0.5, 0.5, 0.25],
        ['Ti', 0.5, 0.5, 0.75 + shift],
        ['Sr', 0, 0, 0],
        ['Sr', 0, 0, 0.5],
      ],
    );
  expect(orthogonalCell(double(0), { zone: [0, 0, 1] }).cell_A[2]).toBeCloseTo(3.905, 9);
  expect(orthogonalCell(double(0.02 / 7.81), { zone: [0, 0, 1] }).cell_A[2]).toBeCloseTo(7.81, 9);
});

test('a monoclinic crystal: the strain is stated, within its bound, and bounds every distance', () => {
  const zirconia = crystal(
    [5.15, 5.21, 5.317],
    [90, 99.23, 90],
    [
      ['Zr', 0.275, 0.04, 0.208],
      ['O', 0.07, 0.332, 0.345],
      ['O', 0.45, 0.757, 0.479],
    ],
  );
  const exact = orthogonalCell(zirconia, { zone: [0, 1, 0], maxStrain: 0.02 });
  const bent = orthogonalCell(zirconia, { zone: [0, 0, 1] });
  expect(bent.strain).toBeGreaterThan(1e-4);
  expect(bent.strain).toBeLessThan(0.005);
  for (const block of [exact, bent]) {
    expect(density(block) / (3 / determinant(zirconia.lattice_A))).toBeCloseTo(1, 3);
    // Up to 3.2 Å no shell is cut by the bound.
    expect(neighbourError(zirconia, block, 3.2)).toBeLessThan(3.2 * block.strain + 1e-9);
  }
  console.log(
    `ZrO2-like [001]: ${bent.cell_A.map((x) => x.toFixed(2)).join(' × ')} Å, ${bent.symbols.length} atoms, strain ${bent.strain.toExponential(2)}`,
  );
  const refused = problem(() => orthogonalCell(zirconia, { zone: [0, 0, 1], maxEdge_A: 40, maxStrain: 0.005 }));
  expect(refused.tag).toBe('unsupported');
  // The hint's strain is enough.
  const maxStrain = Number(/max_strain_percent = ([\d.]+\d)/.exec(refused.hint)?.[1]) / 100;
  expect(orthogonalCell(zirconia, { zone: [0, 0, 1], maxEdge_A: 40, maxStrain }).strain).toBeLessThan(maxStrain);
});

test('shared sites keep their occupancies', () => {
  const bst: Crystal = {
    ...crystal(
      [3.95, 3.95, 3.95],
      [90, 90, 90],
      [
        ['Ba', 0, 0, 0],
        ['Sr', 0, 0, 0],
        ['Ti', 0.5, 0.5, 0.5],
      ],
    ),
    occupancy: Float64Array.of(0.6, 0.4, 1),
    uIso_A2: Float64Array.of(0.006, 0.008, Number.NaN),
  };
  const { symbols, occupancy, u2_A2 } = orthogonalCell(bst, { zone: [1, 1, 0] });
  expect(symbols.map((symbol, i) => `${symbol} ${occupancy[i]}`).sort()).toEqual([
    'Ba 0.6',
    'Ba 0.6',
    'Sr 0.4',
    'Sr 0.4',
    'Ti 1',
    'Ti 1',
  ]);
  expect(u2_A2).toEqual({ Ba: expect.closeTo(0.006, 12), Sr: expect.closeTo(0.008, 12) });
});

test('random zone axes: the neighbours are those of the crystal', () => {
  const index = fc.integer({ min: -2, max: 2 });
  const coordinate = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const zone = fc.tuple(index, index, index).filter((uvw) => uvw.some((u) => u !== 0));
  fc.assert(
    fc.property(zone, coordinate, coordinate, coordinate, (uvw, x, y, z) => {
      const from = crystal(
        [4, 4, 4],
        [90, 90, 90],
        [
          ['Ti', 0, 0, 0],
          ['O', x, y, z],
        ],
      );
      const block = orthogonalCell(from, { zone: uvw });
      expect(neighbourError(from, block, 4.5)).toBeLessThan(1e-8);
    }),
    { numRuns: 20 },
  );
});

test('zone axes that are none', () => {
  for (const zone of [
    [0, 0, 0],
    [0.5, 0, 1],
    [Number.NaN, 0, 1],
  ] as Vec3[]) {
    expect(problem(() => orthogonalCell(STO, { zone })).tag).toBe('range');
  }
  expect(problem(() => orthogonalCell(STO, { zone: [0, 0, 1], maxStrain: 2 })).tag).toBe('range');
});

test('left to itself, a block has a strain below 0.005 where there is one, and up to 0.01, told, where there is none', () => {
  // BiFeO3 along pseudo-cubic [001]: its rhombohedral angle makes a pseudo-cubic one of 89.4°.
  const bfo = crystal(
    [5.577, 5.577, 13.861],
    [90, 90, 120],
    [0, 1, 2].flatMap((k): [string, ...Vec3][] => [
      ['Bi', (2 * k) / 3, k / 3, k / 3],
      ['Bi', (2 * k) / 3, k / 3, k / 3 + 0.5],
      ['Fe', (2 * k) / 3, k / 3, k / 3 + 0.2208],
      ['Fe', (2 * k) / 3, k / 3, k / 3 + 0.7208],
    ]),
  );
  const block = orthogonalCell(bfo, { zone: [-4, -2, 1] });
  expect(block.strain).toBeGreaterThan(0.005);
  expect(block.strain).toBeLessThan(0.01);
  // x is [010] of the hexagonal cell or like it; y is not at right angles to z.
  expect(block.notes).toEqual([
    expect.stringMatching(/along \[-4 -2 1\] was bent.*90\.000°, 90\.78\d°, 90\.000°.* 0\.97 %/),
  ]);
  expect(density(block)).toBeCloseTo(bfo.symbols.length / determinant(bfo.lattice_A), 4);
  expect(problem(() => orthogonalCell(bfo, { zone: [-4, -2, 1], maxStrain: 0.005 })).tag).toBe('unsupported');
  expect(orthogonalCell(bfo).notes).toEqual([]);
});
