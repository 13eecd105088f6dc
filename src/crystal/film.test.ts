/** Films: against naive supercells, strains by brute force, interfaces, and layers that cannot be. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { type Film, film } from './film.ts';
import { knownCrystal } from './known-crystals.ts';
import { type Block, orthogonalCell } from './orthogonal.ts';
import type { Vec3 } from './structure.ts';

const cut = (name: Parameters<typeof knownCrystal>[0], zone: Vec3 = [0, 0, 1], x: Vec3 = [1, 0, 0]) =>
  orthogonalCell(knownCrystal(name), { zone, x });
const STO = cut('SrTiO3');
const BTO = cut('BaTiO3');
const SRO = cut('SrRuO3');

function blockOf(
  cell_A: Vec3,
  atoms: readonly [symbol: string, ...xyz: Vec3][],
  u2_A2: Record<string, number> = {},
): Block {
  return {
    cell_A,
    symbols: atoms.map(([symbol]) => symbol),
    positions_A: Float64Array.from(atoms.flatMap(([, ...xyz]) => xyz)),
    occupancy: new Float64Array(atoms.length).fill(1),
    u2_A2,
  };
}

/** Symbols and positions as text, sorted: equal for equal sets of atoms. */
function atomsOf({ symbols, positions_A, occupancy }: Block): string[] {
  return symbols
    .map((symbol, i) => {
      const xyz = [0, 1, 2].map((axis) => (positions_A[3 * i + axis]! + 0).toFixed(6));
      return `${symbol} ${xyz.join(' ')} ${occupancy[i]}`;
    })
    .sort();
}

/** Naive oracle: the shortest distance between any two atoms [Å], over nearest images. */
function shortest({ cell_A, symbols, positions_A }: Film): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < symbols.length; i++)
    for (let j = 0; j < i; j++) {
      const d = cell_A.map((edge, axis) => {
        const delta = positions_A[3 * i + axis]! - positions_A[3 * j + axis]!;
        return delta - edge * Math.round(delta / edge);
      });
      least = Math.min(least, Math.hypot(...d));
    }
  return least;
}

test.each(['x', 'y', 'z'] as const)('one crystal along %s is its supercell', (growth) => {
  const g = 'xyz'.indexOf(growth);
  const built = film([{ block: STO, extent_A: 12 }], growth);
  const expected = [0, 1, 2].flatMap((k) =>
    STO.symbols.map((symbol, i): [string, ...Vec3] => {
      const [x, y, z] = [0, 1, 2].map((axis) => STO.positions_A[3 * i + axis]! + (axis === g ? 3.905 * k : 0));
      return [symbol, x!, y!, z!];
    }),
  );
  expect(atomsOf(built)).toEqual(atomsOf(blockOf(STO.cell_A, expected)));
  for (const axis of [0, 1, 2]) expect(built.cell_A[axis]).toBeCloseTo(axis === g ? 3 * 3.905 : 3.905, 9);
  expect(built.u2_A2).toEqual(STO.u2_A2);
});

test('a stack of perovskites and vacuum: counts, boundaries, strains', () => {
  const layers = [
    { extent_A: 5 },
    { block: STO, extent_A: 13.7 }, // 3.51 blocks
    { block: SRO, extent_A: 1 },
    { block: BTO, extent_A: 8 },
    { extent_A: 7.25 },
  ];
  const built = film(layers, 'z');
  const bounds = [0, 5, 5 + 4 * 3.905, 5 + 4 * 3.905 + 3.923];
  bounds.push(bounds[3]! + 2 * 4.0352, bounds[3]! + 2 * 4.0352 + 7.25);
  expect(built.layers.map(({ from_A }) => from_A.toFixed(6))).toEqual(bounds.slice(0, 5).map((x) => x.toFixed(6)));
  expect(built.layers.map(({ to_A }) => to_A.toFixed(6))).toEqual(bounds.slice(1).map((x) => x.toFixed(6)));
  expect(built.cell_A).toEqual([3.905, 3.905, built.layers[4]!.to_A]);
  const strains = [0, 0, 3.905 / 3.923 - 1, 3.905 / 3.991 - 1, 0];
  for (const [i, { strain }] of built.layers.entries()) for (const e of strain) expect(e).toBeCloseTo(strains[i]!, 12);
  expect(built.symbols.filter((s) => s === 'O')).toHaveLength(3 * 7);
  // Extent along the growth is kept: Ti of BaTiO3 stand c apart, at the height they have in the block.
  const top = built.symbols
    .flatMap((s, i) => (s === 'Ti' ? [built.positions_A[3 * i + 2]!] : []))
    .sort((a, b) => a - b);
  expect(top.slice(-2).map((z) => z - bounds[3]!)).toEqual([
    expect.closeTo(0.5468 * 4.0352, 9),
    expect.closeTo(1.5468 * 4.0352, 9),
  ]);
});

test('BaTiO3 between SrTiO3, P along, against and across the growth: each O plane is whole and bonds are bonds', () => {
  const down = blockOf(
    BTO.cell_A,
    BTO.symbols.map((symbol, i) => {
      const [x, y, z] = BTO.positions_A.slice(3 * i, 3 * i + 3);
      return [symbol, x!, y!, z === 0 ? 0 : BTO.cell_A[2] - z!];
    }),
  );
  const crossed = cut('BaTiO3', [1, 0, 0], [0, 0, 1]);
  expect(crossed.cell_A[0]).toBeCloseTo(4.0352, 9);
  const cases = [
    [BTO, 'z'],
    [down, 'z'],
    [crossed, 'x'],
    [cut('BaTiO3', [1, 0, 0], [0, 1, 0]), 'y'],
    [cut('BaTiO3', [1, 0, 0], [0, -1, 0]), 'y'],
    [cut('BaTiO3', [-1, 0, 0], [0, 1, 0]), 'y'],
    [cut('BaTiO3', [0, 1, 0], [0, 0, 1]), 'x'],
  ] as const;
  for (const [block, growth] of cases) {
    const g = 'xyz'.indexOf(growth);
    const built = film(
      [
        { block: STO, extent_A: 8 },
        { block, extent_A: 8 },
        { block: STO, extent_A: 8 },
      ],
      growth,
    );
    expect(built.symbols).toHaveLength(30);
    // The shortest bond of BaTiO3 is 1.83 Å, a few hundredths less where it is compressed.
    expect(shortest(built)).toBeGreaterThan(1.8);
    // Whole planes: A-O and B-O2 in turn, within 0.3 Å of one another.
    const edge = built.cell_A[g]!;
    const order = built.symbols
      .map((symbol, i) => ({ symbol, z: (built.positions_A[3 * i + g]! + 0.5) % edge }))
      .sort((a, b) => a.z - b.z);
    const planes: string[][] = [];
    for (const [i, { symbol, z }] of order.entries()) {
      if (i === 0 || z - order[i - 1]!.z > 0.3) planes.push([]);
      planes.at(-1)!.push(symbol);
    }
    expect(planes.map((plane) => plane.length)).toEqual([2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3]);
  }
});

test('Pt on SrTiO3: the cube fits edge on edge, the diagonal block five on seven', () => {
  const straight = film(
    [
      { block: STO, extent_A: 4 },
      { block: cut('Pt'), extent_A: 4 },
    ],
    'z',
  );
  expect(straight.cell_A.slice(0, 2)).toEqual([3.905, 3.905]);
  const primitive = orthogonalCell(knownCrystal('Pt'), { zone: [0, 0, 1] });
  const turned = film(
    [
      { block: STO, extent_A: 4 },
      { block: primitive, extent_A: 4 },
    ],
    'z',
  );
  expect(turned.cell_A[0]).toBeCloseTo(5 * 3.905, 9);
  expect(turned.layers[1]!.strain[0]).toBeCloseTo((5 * 3.905) / ((7 * 3.924) / Math.SQRT2) - 1, 9);
  expect(turned.symbols.filter((s) => s === 'Pt')).toHaveLength(7 * 7 * 2);
  expect(turned.symbols.filter((s) => s === 'Ti')).toHaveLength(25);
});

test('any edges: the fewest repeats that fit, whole blocks, strain as it is; or an error', () => {
  const edge = fc.double({ min: 3, max: 12, noNaN: true });
  fc.assert(
    fc.property(
      edge,
      fc.array(edge, { minLength: 1, maxLength: 2 }),
      fc.constantFrom('x', 'y', 'z' as const),
      (a, others, growth) => {
        const g = 'xyz'.indexOf(growth);
        const p = g === 0 ? 1 : 0;
        const blocks = [a, ...others].map((along) => {
          const cell = [4, 4, 4];
          cell[p] = along;
          return blockOf(cell as unknown as Vec3, [['Si', 0.1 * cell[0]!, 0.1 * cell[1]!, 0.1 * cell[2]!]]);
        });
        const layers = blocks.map((block) => ({ block, extent_A: 6.1 })); // 1.5 blocks and a bit
        // Brute force: every number of either.
        const fits = (n: number) =>
          others.every((b) =>
            Array.from({ length: 60 }, (_, m) => (n * a) / ((m + 1) * b) - 1).some((e) => Math.abs(e) <= 0.03),
          );
        const n = [1, 2, 3, 4, 5, 6, 7, 8].find(fits);
        if (n === undefined) {
          expect(problem(() => film(layers, growth))).toMatchObject({ tag: 'unsupported', fields: { axis: 'xyz'[p] } });
          return;
        }
        const built = film(layers, growth);
        expect(built.cell_A[p]).toBeCloseTo(n * a, 9);
        let atoms = 0;
        for (const [i, { strain, from_A, to_A }] of built.layers.entries()) {
          const repeats = (n * a) / ((1 + strain[0]!) * blocks[i]!.cell_A[p]!);
          expect(Math.abs(strain[0]!)).toBeLessThanOrEqual(0.03);
          expect(strain[1]).toBe(0);
          expect(repeats).toBeCloseTo(Math.round(repeats), 9);
          expect(to_A - from_A).toBeCloseTo(8, 9);
          atoms += 2 * Math.round(repeats);
        }
        expect(built.symbols).toHaveLength(atoms);
        expect(built.positions_A.every((x, i) => x >= 0 && x < built.cell_A[i % 3]!)).toBe(true);
      },
    ),
    // 8 edges are 16.497 of the second layer's: 3.1 % more than 16, but 3.0 % less than 17.
    { numRuns: 200, examples: [[10.495316121469996, [5.089577157014031, 3.115396604945296], 'y']] },
  );
});

test('occupancy is carried; thermal motion is the mean over atoms of the layers that know it', () => {
  const half = {
    ...blockOf(
      [4, 4, 4],
      [
        ['Ba', 0, 0, 0],
        ['Sr', 0, 0, 0],
        ['O', 2, 2, 0],
      ],
      { Sr: 0.01, O: 0.01 },
    ),
    occupancy: Float64Array.of(0.25, 0.75, 1),
  };
  const full = blockOf(
    [4, 4, 4],
    [
      ['Sr', 0, 0, 0],
      ['O', 2, 2, 0],
    ],
    { Sr: 0.006 },
  );
  const built = film(
    [
      { block: half, extent_A: 12 },
      { block: full, extent_A: 4 },
    ],
    'z',
  );
  const shares = built.symbols.map((symbol, i) => `${symbol} ${built.occupancy[i]}`);
  expect(shares.filter((s) => s === 'Ba 0.25')).toHaveLength(3);
  expect(shares.filter((s) => s === 'Sr 0.75')).toHaveLength(3);
  expect(shares.filter((s) => s === 'Sr 1')).toHaveLength(1);
  // Sr: 3 × 0.75 atoms at 0.01, one at 0.006.
  expect(built.u2_A2).toEqual({ Sr: expect.closeTo((2.25 * 0.01 + 0.006) / 3.25, 12), O: expect.closeTo(0.01, 12) });
});

test('weights of the mean count blocks across the growth too; an atom below 0 comes at the end of the box', () => {
  const coarse = blockOf([8, 4, 4], [['O', 0, 0, 3.9]], { O: 0.01 });
  const fine = blockOf([4, 4, 4], [['O', 0, 0, 1]], { O: 0.004 });
  const layers = [
    { block: coarse, extent_A: 4 },
    { block: fine, extent_A: 4 },
  ];
  const built = film(layers, 'z');
  expect(built.u2_A2.O).toBeCloseTo((0.01 + 2 * 0.004) / 3, 12);
  expect(atomsOf(built)).toEqual(
    atomsOf(
      blockOf(
        [8, 4, 8],
        [
          ['O', 0, 0, 7.9],
          ['O', 0, 0, 5],
          ['O', 4, 0, 5],
        ],
      ),
    ),
  );
});

test('films that cannot be', () => {
  expect(problem(() => film([{ extent_A: 10 }], 'z'))).toMatchObject({
    tag: 'range',
    message: expect.stringMatching(/no atoms/),
  });
  expect(problem(() => film([], 'z')).tag).toBe('range');
  for (const extent_A of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const refused = problem(() => film([{ block: STO, extent_A: 4 }, { extent_A }], 'z'));
    expect(refused).toMatchObject({ tag: 'range', fields: { layer: 2 } });
  }
  // 50 Å against up to 8 × 3.905 Å: nothing fits. The layer is named by its place in the film, vacuum counted.
  const wide = blockOf([3.9, 50, 4], [['Pt', 0, 0, 0]]);
  const misfit = problem(() => film([{ extent_A: 3 }, { block: STO, extent_A: 4 }, { block: wide, extent_A: 4 }], 'z'));
  expect(misfit.message).toMatch(
    /^Layer 3 \(Pt\) does not fit along y: 1 × 50.000 Å on 8 × 3.905 Å is a strain of -37.5 %/,
  );
  expect(misfit).toMatchObject({ tag: 'unsupported', fields: { layer: 3, axis: 'y', strain: (8 * 3.905) / 50 - 1 } });
  // One block ends with a plane 0.6 Å short of its end, the next begins with one 0.3 Å below its beginning.
  const late = blockOf([4, 4, 4], [['O', 0, 0, 3.4]]);
  const early = blockOf([4, 4, 4], [['O', 0, 0, 3.7]]);
  const meeting = problem(() =>
    film([{ block: late, extent_A: 8 }, { block: early, extent_A: 8 }, { extent_A: 9 }], 'z'),
  );
  expect(meeting).toMatchObject({ tag: 'unsupported', fields: { layers: [1, 2] } });
  const apart = film([{ block: late, extent_A: 8 }, { extent_A: 2 }, { block: early, extent_A: 8 }], 'z');
  expect(shortest(apart)).toBeCloseTo(2.3, 9);
});
